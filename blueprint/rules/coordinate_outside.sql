select site.submission_id, site.row_number, site.series,
    replace(format('{:.4f}; {:.4f}', site.latitude, site.longitude), '.', ',') as value_as_filed,
    '' as allowed
from site
join placed using (submission_id, row_number, series)
where degrees_reading = 'unreadable' or (degrees_reading is not null and coordinate_where = 'abroad')
