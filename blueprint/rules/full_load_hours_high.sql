select submission_id, row_number, series,
    coalesce(
        replace(format('{:,d}', try_cast(round(value * conversions.factor / 0.0000036 / nullif(peak_mw, 0)) as bigint)),
            ',', '.'),
        'oneindig veel') as value_as_filed,
    replace(format('{:,d}', $hours::bigint), ',', '.') as allowed
from energy_demand
join conversions using (carrier, unit)
where conversions.basis = coalesce(energy_demand.heating_value_basis, '')
  and conversions.canon = 'PJ'
  and peak_mw is not null
  and value * conversions.factor / 0.0000036 > peak_mw * $hours * 1.000001
