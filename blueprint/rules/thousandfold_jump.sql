with demand as (
    select submission_id, row_number, series, site_id, carrier, use, direction, scenario, year,
        value * conversions.factor as amount
    from energy_demand
    join conversions using (carrier, unit)
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '') and value > 0
),
-- One value is only that far from another where the largest is so many times the smallest, but for rounding.
wide as (
    select submission_id, site_id, carrier, use, direction
    from demand
    group by all
    having max(amount) > 0.99 * $low * min(amount)
),
compared as (
    select *,
        median(amount) over series_of_site as usual,
        max(amount) filter (where scenario = 'base') over series_of_site as base
    from demand
    semi join wide using (submission_id, site_id, carrier, use, direction)
    window series_of_site as (partition by submission_id, site_id, carrier, use, direction)
),
distances as (
    select *, greatest(amount / usual, usual / amount) as from_usual, greatest(amount / base, base / amount) as from_base
    from compared
),
-- Or a thousand times a thousand, as between m3 and a million m3.
judged as (
    select *,
        bool_or(from_usual between $low and $high or from_usual / 1000 between $low and $high)
            over (partition by submission_id, site_id, carrier, use, direction) as one_stands_out
    from distances
)
-- One value that stands out is told by itself; when half of them do, those that differ from the base year are.
select submission_id, row_number, series,
    round(if(one_stands_out, from_usual, from_base))::int::text as value_as_filed,
    '' as allowed
from judged
where if(one_stands_out, from_usual, from_base) between $low and $high
    or if(one_stands_out, from_usual, from_base) / 1000 between $low and $high
