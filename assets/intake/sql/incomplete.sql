-- Sites of which a row was refused, by table: what is summed there would be too little to be compared.
with lost as (
    select submission_id, site_id, 'connection' as table_name
    from filed_connection anti join connection using (submission_id, row_number, series)
    union all
    select submission_id, site_id, 'energy_demand'
    from filed_energy_demand anti join energy_demand using (submission_id, row_number, series)
    union all
    select submission_id, site_id, 'project'
    from filed_project anti join project using (submission_id, row_number, series)
),
placed_lost as (
    select lost.submission_id, lost.table_name, lost.site_id, filed_site.site_id is not null as is_known
    from lost
    left join filed_site on filed_site.submission_id = lost.submission_id and filed_site.site_id = lost.site_id
)
-- A row of which the site is not known may be of any.
select distinct site.submission_id, site.site_id, placed_lost.table_name
from site
join placed_lost on placed_lost.submission_id = site.submission_id
    and (not placed_lost.is_known or placed_lost.site_id = site.site_id)
order by all
