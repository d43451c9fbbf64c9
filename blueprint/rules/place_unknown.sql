select site.submission_id, site.row_number, site.series, coalesce(site.postcode, '') as value_as_filed,
    case when now.municipality_name is not null
        then ' Volgens een oude postcodetabel is het ' || now.municipality_code || ' (' || now.municipality_name || ').'
        else '' end as allowed
from site
join placed using (submission_id, row_number, series)
left join municipality_now as now on now.municipality_code = placed.municipality_by_postcode
-- What stands there but is no municipality is an error of its own.
where placed.placed_by = 'not_placed' and site.municipality_code is null
