select submission_id, row_number, series,
    replace(format('{:.4f}; {:.4f}', latitude, longitude), '.', ',') as value_as_filed, '' as allowed
from site
where latitude is not null and longitude is not null
  and not exists (
      select 1 from municipality_cells
      where latitude between south - $latitude and north + $latitude
        and longitude between west - $longitude and east + $longitude
  )
