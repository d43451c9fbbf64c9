with same as (
    select *, first_value(row_number) over same_change as first_row, row_number() over same_change as number
    from project
    where delta_value <> 0
    window same_change as (
        partition by submission_id, site_id, carrier_to, delta_value, delta_unit, year(commissioning_date)
        order by row_number, series
    )
)
select submission_id, row_number, series,
    replace(rtrim(rtrim(format('{:.6f}', delta_value), '0'), '.'), '.', ',') || coalesce(' ' || delta_unit, '')
        as value_as_filed,
    'regel ' || first_row as allowed
from same
where number > 1
