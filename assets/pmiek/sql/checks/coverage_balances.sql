-- Filed, missing and filed elsewhere together are the invited and the uninvited; both agree with the list.
with listed as (
    select province_code, sector, count(distinct kvk_number) as invited from expected group by all
    union all
    select province_code, 'all', count(distinct kvk_number) from expected group by all
),

without_answer as (
    select province_code, sector, count(distinct kvk_number) as missing
    from invitations where state = 'missing' group by all
    union all
    select province_code, 'all', count(distinct kvk_number) from invitations where state = 'missing' group by all
),

list as (
    select count(*) > 0 as is_loaded from expected
)

select coalesce(coverage.province_code, listed.province_code), coalesce(coverage.sector, listed.sector)
from pmiek_coverage as coverage
cross join list
full join listed using (province_code, sector)
left join without_answer using (province_code, sector)
where (coverage.filed_count = coverage.accepted_count + coverage.refused_count) is not true
    or (coalesce(list.is_loaded, true) and (
        coverage.filed_count + coverage.missing_count + coverage.elsewhere_count
            = coverage.invited_count + coverage.uninvited_count
        and coverage.invited_count = coalesce(listed.invited, 0)
        and coverage.missing_count = coalesce(without_answer.missing, 0)
    ) is not true)
    or (list.is_loaded is false and coalesce(
        coverage.invited_count, coverage.missing_count, coverage.elsewhere_count, coverage.uninvited_count
    ) is not null)
