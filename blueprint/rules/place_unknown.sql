select submission_id, row_number, series, coalesce(postcode, '') as value_as_filed, '' as allowed
from site
where municipality_code is null
