select site.submission_id, site.row_number, site.series, site.municipality_code as value_as_filed,
    current.municipality_code || ' ' || current.municipality_name as allowed
from site
join placed using (submission_id, row_number, series)
join municipality_now on municipality_now.municipality_code = site.municipality_code
join municipality as current
    on current.municipality_code = coalesce(placed.municipality_code, municipality_now.current_code)
where municipality_now.current_code <> site.municipality_code
