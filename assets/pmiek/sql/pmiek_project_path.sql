-- Read where it is asked for: to keep all its rows takes longer.
with path as not materialized (
    select *, coalesce(unexplained_energy_pj, unexplained_mass_kt) is not null as is_whole
    from site_path
),

sums as (
    select
        province_code, year, scenario, carrier, use, direction, 'all' as certainty,
        count(distinct group_id) as company_count,
        count(*) as site_count,
        count(*) filter (where is_whole) as path_site_count,
        sum(project_count)::bigint as project_count,
        sum(replacing_count)::bigint as replacing_count,
        sum(base_energy_pj) filter (where is_whole) as base_energy_pj,
        sum(delta_energy_pj) filter (where is_whole) as delta_energy_pj,
        sum(unexplained_energy_pj) as unexplained_energy_pj,
        sum(replaced_energy_pj) as replaced_energy_pj,
        sum(plan_energy_pj) filter (where is_whole) as plan_energy_pj,
        sum(without_projects_energy_pj) filter (where is_whole) as without_projects_energy_pj,
        sum(weighted_energy_pj) filter (where is_whole) as weighted_energy_pj,
        sum(weighted_plan_energy_pj) filter (where is_whole) as weighted_plan_energy_pj,
        sum(delta_energy_pj) filter (where not is_whole and project_count > 0) as off_path_energy_pj,
        sum(weighted_energy_pj) filter (where not is_whole and project_count > 0) as weighted_off_path_energy_pj,
        sum(base_mass_kt) filter (where is_whole) as base_mass_kt,
        sum(delta_mass_kt) filter (where is_whole) as delta_mass_kt,
        sum(unexplained_mass_kt) as unexplained_mass_kt,
        sum(plan_mass_kt) filter (where is_whole) as plan_mass_kt,
        sum(without_projects_mass_kt) filter (where is_whole) as without_projects_mass_kt,
        sum(weighted_mass_kt) filter (where is_whole) as weighted_mass_kt,
        sum(weighted_plan_mass_kt) filter (where is_whole) as weighted_plan_mass_kt,
        sum(delta_mass_kt) filter (where not is_whole and project_count > 0) as off_path_mass_kt,
        sum(weighted_mass_kt) filter (where not is_whole and project_count > 0) as weighted_off_path_mass_kt
    from path
    group by all
),

moments as (
    select unnest(years) as year, 'plan' as scenario, base_year from settings
    union
    select year, scenario, base_year from sums cross join settings
),

asked as (
    select year, scenario, carriers.code as carrier, carriers.default_use as use, 'offtake' as direction
    from moments cross join carriers
    where year > base_year
    union
    select year, scenario, carrier, use, direction from sums
),

places as (
    select code as province_code, label as province_name from provinces
    where filed or code in (select province_code from sums)
),

classes as (
    select
        path.province_code, path.year, path.scenario, path.carrier, path.use, path.direction, step.certainty,
        count(distinct path.group_id) as company_count,
        count(distinct (path.submission_id, path.site_id)) as site_count,
        count(distinct (path.submission_id, path.site_id)) filter (where is_whole) as path_site_count,
        count(*) filter (where is_first) as project_count,
        bool_and(coalesce(step.delta_energy_pj, step.delta_mass_kt) = 0) as delta_is_zero,
        sum(step.delta_energy_pj) filter (where is_whole) as delta_energy_pj,
        sum(step.weighted_energy_pj) filter (where is_whole) as weighted_energy_pj,
        sum(step.delta_energy_pj) filter (where not is_whole) as off_path_energy_pj,
        sum(step.weighted_energy_pj) filter (where not is_whole) as weighted_off_path_energy_pj,
        sum(step.delta_mass_kt) filter (where is_whole) as delta_mass_kt,
        sum(step.weighted_mass_kt) filter (where is_whole) as weighted_mass_kt,
        sum(step.delta_mass_kt) filter (where not is_whole) as off_path_mass_kt,
        sum(step.weighted_mass_kt) filter (where not is_whole) as weighted_off_path_mass_kt
    from path
    join site_project_step as step
        on (step.submission_id, step.site_id, step.carrier_to, step.use, step.direction)
            = (path.submission_id, path.site_id, path.carrier, path.use, path.direction)
        and step.counts_from_year <= path.year
        and coalesce(step.delta_energy_pj, step.delta_mass_kt) is not null
    group by all
),

-- More of one project and less of another may add up to nothing: that is no zero.
changed as (
    select province_code, year, scenario, carrier, use, direction, bool_and(delta_is_zero) as delta_is_zero
    from classes
    group by all
),

lines as (
    select places.*, asked.*, 'all' as certainty, delta_is_zero
    from places
    cross join asked
    left join changed using (province_code, year, scenario, carrier, use, direction)
    union all by name
    select classes.* exclude (province_code), places.* from classes join places using (province_code)
),

cells as (
    select
        lines.province_code, lines.province_name, lines.carrier, lines.use, lines.direction, lines.year,
        lines.scenario, lines.certainty, coalesce(lines.delta_is_zero, true) as delta_is_zero,
        coalesce(lines.company_count, sums.company_count, 0) as company_count,
        coalesce(lines.site_count, sums.site_count, 0) as site_count,
        coalesce(lines.path_site_count, sums.path_site_count, 0) as path_site_count,
        coalesce(lines.project_count, sums.project_count, 0) as project_count,
        case when lines.certainty = 'all' then coalesce(sums.replacing_count, 0) end as replacing_count,
        coalesce(lines.delta_energy_pj, sums.delta_energy_pj) as delta_energy_pj,
        coalesce(lines.weighted_energy_pj, sums.weighted_energy_pj) as weighted_energy_pj,
        coalesce(lines.off_path_energy_pj, sums.off_path_energy_pj) as off_path_energy_pj,
        coalesce(lines.weighted_off_path_energy_pj, sums.weighted_off_path_energy_pj) as weighted_off_path_energy_pj,
        coalesce(lines.delta_mass_kt, sums.delta_mass_kt) as delta_mass_kt,
        coalesce(lines.weighted_mass_kt, sums.weighted_mass_kt) as weighted_mass_kt,
        coalesce(lines.off_path_mass_kt, sums.off_path_mass_kt) as off_path_mass_kt,
        coalesce(lines.weighted_off_path_mass_kt, sums.weighted_off_path_mass_kt) as weighted_off_path_mass_kt,
        sums.base_energy_pj, sums.unexplained_energy_pj, sums.replaced_energy_pj, sums.plan_energy_pj,
        sums.without_projects_energy_pj, sums.weighted_plan_energy_pj, sums.base_mass_kt, sums.unexplained_mass_kt,
        sums.plan_mass_kt, sums.without_projects_mass_kt, sums.weighted_plan_mass_kt
    from lines
    left join sums
        on (sums.province_code, sums.year, sums.scenario, sums.carrier, sums.use, sums.direction, sums.certainty)
            = (lines.province_code, lines.year, lines.scenario, lines.carrier, lines.use, lines.direction,
                lines.certainty)
)

select
    settings.round,
    province_code,
    province_name,
    settings.blueprint_version,
    settings.factor_version,
    carrier,
    use,
    direction,
    year,
    scenario,
    certainty,
    case
        when path_site_count = 0 and project_count = 0 then 'not_filed'
        when coalesce(base_energy_pj, base_mass_kt, 0) = 0 and coalesce(plan_energy_pj, plan_mass_kt, 0) = 0
            and delta_is_zero then 'zero'
        else 'shown'
    end as cell_status,
    company_count,
    site_count,
    path_site_count,
    project_count,
    replacing_count,
    base_energy_pj,
    delta_energy_pj,
    unexplained_energy_pj,
    replaced_energy_pj,
    plan_energy_pj,
    without_projects_energy_pj,
    weighted_energy_pj,
    weighted_plan_energy_pj,
    off_path_energy_pj,
    weighted_off_path_energy_pj,
    base_mass_kt,
    delta_mass_kt,
    unexplained_mass_kt,
    plan_mass_kt,
    without_projects_mass_kt,
    weighted_mass_kt,
    weighted_plan_mass_kt,
    off_path_mass_kt,
    weighted_off_path_mass_kt
from cells
cross join settings
order by province_code, carrier, use, direction, year, scenario, certainty
