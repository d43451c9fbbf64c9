with demand as (
    select submission_id, row_number, series, site_id, carrier, use, direction, scenario, year,
        value * conversions.factor as amount
    from energy_demand
    join conversions using (carrier, unit)
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '') and value > 0
),
compared as (
    select *,
        median(amount) over (partition by submission_id, site_id, carrier, use, direction) as usual
    from demand
)
select submission_id, row_number, series,
    round(greatest(amount / usual, usual / amount))::int::text as value_as_filed,
    '' as allowed
from compared
where greatest(amount / usual, usual / amount) between $low and $high
