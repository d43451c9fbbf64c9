with runs as (
    select submission_id, min(row_number) as row_number, min(series) as series, value, unit,
        count(distinct year) as years, min(year) as first_year, max(year) as last_year
    from energy_demand
    where value > 0
    group by submission_id, site_id, carrier, use, direction, unit, value
)
select submission_id, row_number, series, years::text as value_as_filed,
    format('van {} tot en met {}', first_year, last_year) as allowed
from runs
where years >= $years
