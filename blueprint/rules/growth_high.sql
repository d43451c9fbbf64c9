with demand as (
    select submission_id, row_number, series, site_id, scenario, year, carrier, use, direction,
        value * conversions.factor as amount
    from energy_demand
    join conversions using (carrier, unit)
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '')
),
base as (
    select submission_id, site_id, carrier, use, direction, amount from demand where scenario = 'base'
)
select demand.submission_id, demand.row_number, demand.series,
    replace(format('{:.1f}', demand.amount / base.amount), '.', ',') as value_as_filed,
    $times::int::text as allowed
from demand
join base using (submission_id, site_id, carrier, use, direction)
where base.amount > 0
  and demand.amount > base.amount * $times
  and demand.amount / base.amount not between 500 and 2000
