select submission_id, row_number, series, unit as value_as_filed, carriers.units_shown as allowed
from energy_demand
join carriers on carriers.code = energy_demand.carrier
where unit in (select unit from units)
  and not list_contains(carriers.units, unit)
