select submission_id, row_number, series,
    hours_in_dutch(value * conversions.factor / 0.0000036 / peak_mw) as value_as_filed,
    replace(format('{:,d}', $hours::bigint), ',', '.') as allowed
from energy_demand
join conversions using (carrier, unit)
where conversions.basis = coalesce(energy_demand.heating_value_basis, '')
  and conversions.canon = 'PJ'
  and energy_demand.direction = 'offtake'
  and value > 0 and peak_mw > 0
  and value * conversions.factor / 0.0000036 < peak_mw * $hours
