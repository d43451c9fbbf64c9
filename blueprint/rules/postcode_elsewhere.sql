select site.submission_id, site.row_number, site.series, site.postcode as value_as_filed,
    case when placed.province_by_postcode = placed.province_code then postcode_now.municipality_name || ' (' else '' end
        || provinces.label
        || case when placed.province_by_postcode = placed.province_code then ')' else '' end as allowed
from site
join placed using (submission_id, row_number, series)
join provinces on provinces.code = placed.province_by_postcode
left join municipality_now as postcode_now on postcode_now.municipality_code = placed.municipality_by_postcode
where placed.placed_by not in ('not_placed', 'offshore')
    and list_contains(string_split(placed.placement_conflicts, ';'), 'postcode')
