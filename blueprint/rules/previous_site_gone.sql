with gone as (
    select company.submission_id, previous_site.site_id, coalesce(previous_site.site_name, '') as site_name
    from company
    join previous_company using (kvk_number)
    join previous_site on previous_site.submission_id = previous_company.submission_id
    where not exists (
        select 1 from same_site
        where same_site.submission_id = company.submission_id
          and same_site.previous_submission_id = previous_site.submission_id
          and same_site.previous_site_id = previous_site.site_id
    )
      -- A site whose row was refused was not left out.
      and not exists (
        select 1 from filed_sites
        where filed_sites.submission_id = company.submission_id and filed_sites.site_id = previous_site.site_id
          and not filed_sites.accepted
    )
)
select company.submission_id, company.row_number, company.series,
    string_agg(gone.site_id || if(gone.site_name = '', '', ' (' || gone.site_name || ')'), ', ' order by gone.site_id)
        as value_as_filed,
    '' as allowed
from gone
join company using (submission_id)
group by company.submission_id, company.row_number, company.series
