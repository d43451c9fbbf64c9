select submission_id, row_number, series, delta_unit as value_as_filed, carriers.units_shown as allowed
from project
join carriers on carriers.code = project.carrier_to
where delta_unit in (select unit from units)
  and not list_contains(carriers.units, delta_unit)
