select submission_id, row_number, series, municipality_code as value_as_filed,
    coalesce(municipality_year, settings.geography_year)::text as allowed
from site cross join settings
where municipality_code is not null
  and lower(municipality_code) not in (select lower(name) from ambiguous_municipality)
  and not exists (
      select 1 from municipality
      where municipality.municipality_code = site.municipality_code
        -- Of what existed when the tables begin, the year in which it started is not known.
        and (site.municipality_year is null or municipality.valid_from <= $from
            or site.municipality_year >= municipality.valid_from)
  )
