-- What projects add to a plan is the same by certainty as together, and that of the paths of its sites;
-- the weighted plan is the plan with the weighted projects in the place of the projects.
with cells as (
    select province_code, year, scenario, carrier, use, direction, sector,
        coalesce(sum(project_extra_pj) filter (where certainty = 'all'), 0) as pj,
        coalesce(sum(project_extra_pj) filter (where certainty <> 'all'), 0) as class_pj,
        coalesce(sum(weighted_extra_pj) filter (where certainty = 'all'), 0) as weighted_pj,
        coalesce(sum(weighted_extra_pj) filter (where certainty <> 'all'), 0) as class_weighted_pj,
        coalesce(sum(project_extra_kt) filter (where certainty = 'all'), 0) as kt,
        coalesce(sum(project_extra_kt) filter (where certainty <> 'all'), 0) as class_kt,
        coalesce(sum(weighted_extra_kt) filter (where certainty = 'all'), 0) as weighted_kt,
        coalesce(sum(weighted_extra_kt) filter (where certainty <> 'all'), 0) as class_weighted_kt,
        sum(energy_pj) as energy_pj, sum(weighted_plan_energy_pj) as plan_pj,
        sum(mass_kt) as mass_kt, sum(weighted_plan_mass_kt) as plan_kt,
        bool_or(cell_status = 'too_much_estimated') as hidden
    from pmiek_energy_demand
    group by all
),
-- The same projects stand in the paths of the sites, where their plan was filed.
paths as (
    select province_code, year, scenario, carrier, use, direction, sector,
        coalesce(sum(delta_energy_pj), 0) as pj, coalesce(sum(weighted_energy_pj), 0) as weighted_pj,
        coalesce(sum(delta_mass_kt), 0) as kt, coalesce(sum(weighted_mass_kt), 0) as weighted_kt
    from site_path
    where coalesce(plan_energy_pj, plan_mass_kt) is not null
    group by all
)
select province_code, year, scenario, carrier, use, direction, sector
from cells
where (pj, weighted_pj, kt, weighted_kt) <> (class_pj, class_weighted_pj, class_kt, class_weighted_kt)
    or (energy_pj - pj + weighted_pj) is distinct from plan_pj
    or (mass_kt - kt + weighted_kt) is distinct from plan_kt
union all
select province_code, year, scenario, carrier, use, direction, sector
from (select * from cells where sector <> 'all' and not hidden) as cells
full join paths using (province_code, year, scenario, carrier, use, direction, sector)
anti join (select * from cells where hidden) as hidden
    using (province_code, year, scenario, carrier, use, direction, sector)
where (coalesce(cells.pj, 0), coalesce(cells.weighted_pj, 0), coalesce(cells.kt, 0), coalesce(cells.weighted_kt, 0))
    <> (coalesce(paths.pj, 0), coalesce(paths.weighted_pj, 0), coalesce(paths.kt, 0), coalesce(paths.weighted_kt, 0))
