with digits as (
    select submission_id, row_number, series, ean_code,
        [ean_code[i]::int for i in range(1, 19)] as digit
    from connection
    where regexp_full_match(ean_code, '[0-9]{18}')
),
checked as (
    select *,
        (10 - list_sum([digit[i] * if(i % 2 = 1, 3, 1) for i in range(1, 18)]) % 10) % 10 as expected
    from digits
)
select submission_id, row_number, series, ean_code as value_as_filed, expected::int::text as allowed
from checked
where digit[18] <> expected
