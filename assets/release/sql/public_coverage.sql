with standing as (
    select submission_id from register where state not in ('superseded', 'duplicate', 'withdrawn')
)

select distinct kvk_number as holding, coalesce(province_code, 'PV00') as region_code, 'invited' as taking_part
from expected
union all
select distinct coalesce(kvk_number, submission_id), province_code, 'accepted'
from filed_sites
semi join standing using (submission_id)
where accepted
order by all
