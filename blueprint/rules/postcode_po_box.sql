select site.submission_id, site.row_number, site.series, site.postcode as value_as_filed, '' as allowed
from site
join placed using (submission_id, row_number, series)
where placed.is_po_box
