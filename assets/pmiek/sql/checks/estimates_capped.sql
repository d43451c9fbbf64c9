-- A figure stands unless more than the bound of it was estimated; its share is that of the estimates.
with filed as (
    select province_code, year, scenario, carrier, use, direction, sector,
        coalesce(energy_pj, mass_kt) as amount, 0 as estimated
    from province_demand
    union all
    select province_code, year, scenario, carrier, use, direction, sector, 0, coalesce(energy_pj, mass_kt)
    from estimated_demand
),
sums as (
    select province_code, year, scenario, carrier, use, direction,
        case when grouping(sector) = 1 then 'all' else sector end as sector,
        coalesce(sum(estimated), 0) as estimated,
        coalesce(sum(estimated), 0) + coalesce(sum(amount), 0) as together
    from filed
    group by province_code, year, scenario, carrier, use, direction, grouping sets ((sector), ())
)
select province_code, year, scenario, carrier, use, direction, sector
from (select * from pmiek_energy_demand where certainty = 'all') as cells
full join sums using (province_code, year, scenario, carrier, use, direction, sector)
cross join (select bound from estimate_bounds where code = 'most_estimated_pct') as most
where ((cells.cell_status = 'too_much_estimated')
        = coalesce(sums.estimated * 100 > sums.together * most.bound, false)
    and (cells.cell_status = 'too_much_estimated'
        or coalesce(cells.estimated_pj, cells.estimated_kt) = coalesce(sums.estimated, 0))
    ) is not true
