with compared as (
    select *, greatest(amount / previous_amount, previous_amount / amount) as times
    from base_year_pair
    where amount > 0 and previous_amount > 0
)
select submission_id, row_number, series,
    replace(format('{:,d}', round(times)::bigint), ',', '.') as value_as_filed,
    previous_shown as allowed
from compared
where times between $low and $high
