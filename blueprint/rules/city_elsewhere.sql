select site.submission_id, site.row_number, site.series, site.city as value_as_filed,
    city_now.municipality_name || ' (' || city_province.label || ')' as allowed
from site
join placed using (submission_id, row_number, series)
join municipality_now as city_now on city_now.municipality_code = placed.municipality_by_city
join provinces as city_province on city_province.code = city_now.province_code
left join municipality_now as code_now on code_now.municipality_code = placed.municipality_by_code
where city_now.province_code <> code_now.province_code
    or (city_now.province_code = placed.province_code
        and list_contains(string_split(placed.placement_conflicts, ';'), 'city'))
