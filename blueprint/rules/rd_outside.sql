select site.submission_id, site.row_number, site.series,
    format('{:.0f}; {:.0f}', site.rd_x_m, site.rd_y_m) as value_as_filed,
    '' as allowed
from site
join placed using (submission_id, row_number, series)
where metres_reading = 'unreadable'
    or (metres_reading is not null and degrees_reading is null and coordinate_where = 'abroad')
