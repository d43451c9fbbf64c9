select project.submission_id, project.row_number, project.series,
    strftime(commissioning_date, '%d-%m-%Y') as value_as_filed,
    settings.base_year::text as allowed
from project cross join settings
where year(commissioning_date) <= settings.base_year
  and (coalesce(delta_value, 0) <> 0 or coalesce(delta_peak_mw, 0) <> 0)
