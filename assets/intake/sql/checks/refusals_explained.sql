-- No row is refused without an error that says why.
select status.submission_id, status.table_name
from submission_status as status
where status.table_name <> '*' and status.rows_refused > 0
  and not exists (
      select 1 from findings
      where findings.submission_id = status.submission_id and findings.severity = 'error'
        and (findings.table_name = status.table_name or findings.table_name is null)
  )
