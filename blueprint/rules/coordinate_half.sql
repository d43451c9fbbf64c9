select submission_id, row_number, series,
    replace(format('{:.4f}', coalesce(latitude, longitude)), '.', ',') as value_as_filed,
    '' as allowed
from site
where (latitude is null) <> (longitude is null)
