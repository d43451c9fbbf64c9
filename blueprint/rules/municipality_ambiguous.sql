select submission_id, row_number, series, municipality_code as value_as_filed, ambiguous_municipality.choices as allowed
from site
join ambiguous_municipality on lower(ambiguous_municipality.name) = lower(site.municipality_code)
join (select submission_id, row_number, series, code_reading from placed) as placed
    using (submission_id, row_number, series)
where placed.code_reading = 'ambiguous'
