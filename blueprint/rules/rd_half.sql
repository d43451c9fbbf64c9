select submission_id, row_number, series, format('{:.0f}', coalesce(rd_x_m, rd_y_m)) as value_as_filed, '' as allowed
from site
where (rd_x_m is null) <> (rd_y_m is null)
