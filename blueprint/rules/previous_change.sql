with compared as (
    select *, greatest(amount / previous_amount, previous_amount / amount) as times
    from base_year_pair
    where amount > 0 and previous_amount > 0
)
select submission_id, row_number, series,
    replace(format('{:.1f}', times), '.', ',') as value_as_filed,
    previous_shown as allowed
from compared
where greatest(amount, previous_amount) >= $least_pj
  and times > $times
  and times not between 500 and 2000
