with located as (
    select placed.*, coalesce(municipality_by_code, municipality_by_city) as named
    from placed
    -- Of a municipality that was split the coordinate tells the part.
    where municipality_by_coordinate is not null and placed_by <> 'split_by_coordinate'
),

apart as (
    select located.*, here.municipality_name || ' (' || here_province.label || ')' as place
    from located
    join municipality_now as here on here.municipality_code = located.municipality_by_coordinate
    join provinces as here_province on here_province.code = here.province_code
    join municipality_now as named_now on named_now.municipality_code = located.named
    where located.named <> located.municipality_by_coordinate
      -- A village can carry the name of another municipality, and the outlines leave out the water before the coast.
      and (here.province_code <> named_now.province_code
          or (municipality_by_code is not null and coordinate_where = 'land' and border_m > $metres))
)

select submission_id, row_number, series,
    replace(format('{:.4f}; {:.4f}', latitude, longitude), '.', ',') as value_as_filed,
    place as allowed
from apart
