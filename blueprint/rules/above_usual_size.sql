with gas as (
    select submission_id, site_id, carriers.carrier, m3_per_hour * factor as pj_per_hour
    from gas_room
    join (select carrier, factor, if(carrier = 'green_gas', 'natural_gas', carrier) as pipe
          from conversions where unit = 'm3' and basis = '') as carriers using (pipe)
)
select energy_demand.submission_id, energy_demand.row_number, energy_demand.series,
    in_dutch(value, 3) || ' ' || replace(unit, '_', ' ') as value_as_filed,
    in_dutch(value * conversions.factor, 1) || ' PJ' as allowed
from energy_demand
join conversions using (carrier, unit)
join site using (submission_id, site_id)
left join gas using (submission_id, site_id, carrier)
where conversions.basis = coalesce(energy_demand.heating_value_basis, '')
  and conversions.canon = 'PJ'
  and site.industrial_cluster = 'cluster6'
  and value * conversions.factor > $pj
  -- Where no connection that is enlarged would do either, another rule speaks.
  and coalesce(direction <> 'offtake' or value * conversions.factor <= pj_per_hour * $hours, true)
-- Years share a unit: the largest tells enough.
qualify row_number() over (
    partition by energy_demand.submission_id, site_id, carrier, use, direction, scenario, unit
    order by value desc, year, energy_demand.row_number
) = 1
