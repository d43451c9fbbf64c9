with shared as (
    select ean_code from connection where ean_code is not null
    group by ean_code having min(submission_id) <> max(submission_id)
)
select submission_id, row_number, series, ean_code as value_as_filed, '' as allowed
from connection
where ean_code in (select ean_code from shared)
