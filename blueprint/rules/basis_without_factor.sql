select submission_id, row_number, series, heating_value_basis as value_as_filed, 'LHV' as allowed
from energy_demand
where heating_value_basis in ('LHV', 'HHV')
  and list_contains((select units from carriers where carriers.code = energy_demand.carrier), unit)
  and not exists (
      select 1 from conversions
      where conversions.carrier = energy_demand.carrier
        and conversions.unit = energy_demand.unit
        and conversions.basis = energy_demand.heating_value_basis
  )
