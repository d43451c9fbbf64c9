with filed as (
    select submission_id, site_id, carrier, use, direction, min(row_number) as row_number, min(series) as series,
        (select list(distinct year) from filed_energy_demand as came
         where came.submission_id = energy_demand.submission_id and came.site_id = energy_demand.site_id
           and came.carrier = energy_demand.carrier and came.use = energy_demand.use
           and came.direction = energy_demand.direction) as years
    from energy_demand
    group by submission_id, site_id, carrier, use, direction
)
select submission_id, row_number, series, '' as value_as_filed,
    array_to_string([year for year in settings.years if not list_contains(filed.years, year)], ', ') as allowed
from filed cross join settings
where len([year for year in settings.years if not list_contains(filed.years, year)]) > 0
