-- The same change is the same in whatever unit it was filed.
with changes as (
    select project.*, coalesce(conversions.canon, delta_unit) as canon,
        round(delta_value * coalesce(conversions.factor, 1), 9) as change
    from project
    left join conversions
        on conversions.carrier = project.carrier_to and conversions.unit = project.delta_unit
        and conversions.basis = ''
    where delta_value <> 0
),
same as (
    select *, first_value(row_number) over same_change as first_row, row_number() over same_change as number
    from changes
    window same_change as (
        partition by submission_id, site_id, carrier_to, change, canon, year(commissioning_date)
        order by row_number, series
    )
)
select submission_id, row_number, series,
    in_dutch(delta_value, 6) || coalesce(' ' || delta_unit, '')
        as value_as_filed,
    'regel ' || first_row as allowed
from same
where number > 1
