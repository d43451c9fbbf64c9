with used as (
    select submission_id, site_id, year, scenario, sum(value * conversions.factor / 0.0000036) as mwh
    from energy_demand
    join conversions using (carrier, unit)
    where energy_demand.carrier = 'electricity' and direction = 'offtake'
      and conversions.basis = coalesce(energy_demand.heating_value_basis, '')
    group by all
),
highest as (
    select submission_id, site_id, max(mwh) as mwh from used group by all
)
select connection.submission_id, connection.row_number, connection.series,
    in_dutch(requested_extra_mw, 3) as value_as_filed,
    hours_in_dutch(highest.mwh / requested_extra_mw) as allowed
from connection
join highest using (submission_id, site_id)
anti join (from incomplete where table_name = 'energy_demand') as incomplete using (submission_id, site_id)
where connection.carrier = 'electricity'
  and highest.mwh > 0 and highest.mwh < requested_extra_mw * $hours
