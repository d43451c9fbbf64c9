with filed as (
    select submission_id, site_id, carrier, use, direction,
        min(row_number) filter (scenario = 'base') as base_row,
        min(row_number) filter (scenario <> 'base') as plan_row,
        (select list(distinct year) from filed_energy_demand as came
         where came.submission_id = energy_demand.submission_id and came.site_id = energy_demand.site_id
           and came.carrier = energy_demand.carrier and came.use = energy_demand.use
           and came.direction = energy_demand.direction) as years
    from energy_demand
    group by submission_id, site_id, carrier, use, direction
),
absent as (
    select filed.*, settings.base_year,
        [year for year in settings.years if not list_contains(filed.years, year)] as missing
    from filed cross join settings
)
-- The first of these years, in the row where it would stand: that is the cell which is empty.
select submission_id,
    if(missing[1] = base_year, coalesce(base_row, plan_row), coalesce(plan_row, base_row)) as row_number,
    missing[1]::text as series, '' as value_as_filed, array_to_string(missing, ', ') as allowed
from absent
where len(missing) > 0
