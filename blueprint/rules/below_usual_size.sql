with size as (
    select submission_id, site_id,
        coalesce(sum(value * factor) filter (where carrier = 'electricity'), 0) / 0.0036 as electricity_gwh,
        coalesce(sum(value * factor) filter (where carrier = 'natural_gas'), 0) / 0.03165 * 1000000 as gas_m3
    from energy_demand
    join conversions using (carrier, unit)
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '')
      and year = (select base_year from settings) and direction = 'offtake'
    group by submission_id, site_id
)
select site.submission_id, site.row_number, site.series, site.site_id as value_as_filed,
    format('{:d} miljoen m3 gas of {:d} GWh elektriciteit per jaar', ($gas_m3 / 1000000)::int, $electricity_gwh::int) as allowed
from site
join size using (submission_id, site_id)
anti join (from incomplete where table_name = 'energy_demand') as incomplete using (submission_id, site_id)
where not site.is_ets and size.electricity_gwh < $electricity_gwh and size.gas_m3 < $gas_m3
