select site.submission_id, site.row_number, site.series,
    municipality.municipality_name || ' (' || municipality.municipality_code || ')' as value_as_filed,
    municipality.valid_from || '; deze ronde telt met de gemeenten van ' || settings.geography_year as allowed
from site cross join settings
join placed using (submission_id, row_number, series)
join municipality on municipality.municipality_code = site.municipality_code
where placed.placed_by = 'not_placed' and municipality.valid_from > settings.geography_year
