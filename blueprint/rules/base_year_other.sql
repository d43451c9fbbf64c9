select submission_id, row_number, series, submission.base_year::text as value_as_filed, settings.base_year::text as allowed
from submission cross join settings
where submission.base_year <> settings.base_year
