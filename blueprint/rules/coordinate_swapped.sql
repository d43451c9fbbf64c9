select site.submission_id, site.row_number, site.series,
    replace(format('{:.4f}; {:.4f}', site.latitude, site.longitude), '.', ',') as value_as_filed,
    '' as allowed
from site
join placed using (submission_id, row_number, series)
where degrees_reading = 'swapped'
