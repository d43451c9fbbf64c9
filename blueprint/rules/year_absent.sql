with filed as (
    select submission_id, site_id, carrier, use, direction, min(row_number) as row_number, min(series) as series,
        list(distinct year) as years
    from energy_demand
    where value is not null
    group by submission_id, site_id, carrier, use, direction
)
select submission_id, row_number, series, '' as value_as_filed,
    array_to_string([year for year in settings.years if not list_contains(filed.years, year)], ', ') as allowed
from filed cross join settings
where len([year for year in settings.years if not list_contains(filed.years, year)]) > 0
