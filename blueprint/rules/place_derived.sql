select site.submission_id, site.row_number, site.series,
    coalesce(site.municipality_code, '') as value_as_filed,
    place.municipality_name || ' (' || provinces.label || '), met ' || case
        when placed.placed_by in ('coordinate', 'coast', 'split_by_coordinate') then 'de coördinaat'
        when placed.placed_by = 'split' then 'de belangrijkste opvolger van ' || site.municipality_code
        when placed.placed_by = 'name_narrowed' then 'de naam van de gemeente en de coördinaat of postcode'
        else 'de plaatsnaam' end as allowed
from site
join (select submission_id, row_number, series, placed_by, municipality_code as code from placed) as placed
    using (submission_id, row_number, series)
join municipality_now as place on place.municipality_code = placed.code
join provinces on provinces.code = place.province_code
where placed.placed_by not in ('municipality_code', 'succession')
