-- Every row that came was accepted or refused, and what was accepted of the filings that count is what stands there.
with counted as (
    select table_name, sum(rows_accepted) as accepted
    from submission_status
    where table_name <> '*' and state in ('accepted', 'accepted_with_remarks')
    group by all
),
standing as (
    select 'submission' as table_name, count(*) as rows from submission
    union all select 'company', count(*) from company
    union all select 'site', count(*) from site
    union all select 'connection', count(*) from connection
    union all select 'energy_demand', count(*) from energy_demand
    union all select 'project', count(*) from project
    union all select 'flexibility', count(*) from flexibility
    union all select 'bottleneck', count(*) from bottleneck
    union all select 'consent', count(*) from consent
)
select table_name, submission_id from submission_status where rows_in <> rows_accepted + rows_refused
union all
select standing.table_name, null
from standing left join counted using (table_name)
where (standing.rows = coalesce(counted.accepted, 0)) is not true
