with located as (
    select site.submission_id, site.row_number, site.series, latitude, longitude, filed.current_code
    from site
    join municipality_now as filed using (municipality_code)
    where latitude is not null and longitude is not null
      and filed.current_code in (select current_code from municipality_cells)
),
near as (
    select located.*, cells.current_code as near_code,
        latitude between south and north and longitude between west and east as within
    from located
    join municipality_cells as cells
        on latitude between south - $latitude and north + $latitude
        and longitude between west - $longitude and east + $longitude
),
named as (
    select distinct near.submission_id, near.row_number, near.series, near.latitude, near.longitude, near.within,
        near.near_code = near.current_code as is_filed,
        place.municipality_name || ' (' || provinces.label || ')' as name
    from near
    join municipality_now as place on place.municipality_code = near.near_code
    join provinces on provinces.code = place.province_code
)
select submission_id, row_number, series,
    replace(format('{:.4f}; {:.4f}', latitude, longitude), '.', ',') as value_as_filed,
    coalesce(
        string_agg(name, ' of ' order by name) filter (where within),
        string_agg(name, ' of ' order by name)
    ) as allowed
from named
group by submission_id, row_number, series, latitude, longitude
having not bool_or(is_filed)
