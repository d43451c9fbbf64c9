with split as (
    select municipality_code from municipality_now where was_split and municipality_code <> current_code
)
select site.submission_id, site.row_number, site.series,
    now.municipality_name as value_as_filed, before.municipality_name as allowed
from site
join same_site using (submission_id, site_id)
join filed_sites using (submission_id, site_id)
join previous_site
    on previous_site.submission_id = same_site.previous_submission_id
    and previous_site.site_id = same_site.previous_site_id
join previous_filed_sites
    on previous_filed_sites.submission_id = same_site.previous_submission_id
    and previous_filed_sites.site_id = same_site.previous_site_id
join municipality_now as now on now.municipality_code = filed_sites.municipality_code
join municipality_now as before on before.municipality_code = previous_filed_sites.municipality_code
where now.current_code <> before.current_code
  -- Of a municipality that was split only the main successor is known: the site may have stayed where it was.
  and coalesce(site.municipality_code not in (from split), true)
  and coalesce(previous_site.municipality_code not in (from split), true)
