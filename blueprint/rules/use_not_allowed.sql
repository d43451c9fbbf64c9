select submission_id, row_number, series, use_label.label as value_as_filed, needed.label as allowed
from energy_demand
join carriers on carriers.code = energy_demand.carrier
join uses as use_label on use_label.code = energy_demand.use
join uses as needed on needed.code = 'feedstock'
where carriers.quantity = 'mass' and energy_demand.use <> 'feedstock'
