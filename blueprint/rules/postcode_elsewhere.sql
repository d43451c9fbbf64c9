select site.submission_id, site.row_number, site.series, site.postcode as value_as_filed,
    provinces.label as allowed
from site
join placed using (submission_id, row_number, series)
join provinces on provinces.code = placed.province_by_postcode
where placed.placed_by not in ('not_placed', 'offshore') and placed.province_by_postcode <> placed.province_code
