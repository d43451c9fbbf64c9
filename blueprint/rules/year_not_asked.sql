select submission_id, row_number, series, year::text as value_as_filed, settings.years_shown as allowed
from energy_demand cross join settings
where year is not null and not list_contains(settings.years, year)
