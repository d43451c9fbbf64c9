-- A site files a row per kind of flexibility, and its battery stands in each: the largest counts, once per site.
select
    coalesce(company.group_id, company.kvk_number) as holding,
    submission_id || ' ' || site_id as site,
    province_code as region_code,
    max(storage_mwh)::double as value
from flexibility
join site_place using (submission_id, site_id)
join company using (submission_id)
where storage_mwh is not null
group by all
order by all
