-- Per province the path is the sum of its sites, the certainty classes are all projects, and it adds up to the plan.
with sites as (
    select province_code, carrier, use, direction, year, scenario,
        sum(base_energy_pj) filter (where unexplained_energy_pj is not null) as base_pj,
        sum(unexplained_energy_pj) as unexplained_pj,
        sum(replaced_energy_pj) as replaced_pj,
        sum(plan_energy_pj) filter (where unexplained_energy_pj is not null) as plan_pj,
        coalesce(sum(delta_energy_pj), 0) as delta_pj, coalesce(sum(weighted_energy_pj), 0) as weighted_pj,
        sum(base_mass_kt) filter (where unexplained_mass_kt is not null) as base_kt,
        sum(unexplained_mass_kt) as unexplained_kt,
        sum(plan_mass_kt) filter (where unexplained_mass_kt is not null) as plan_kt,
        coalesce(sum(delta_mass_kt), 0) as delta_kt, coalesce(sum(weighted_mass_kt), 0) as weighted_kt,
        sum(project_count) as projects, count(*) as sites
    from site_path
    group by all
),
whole as (
    select *,
        coalesce(delta_energy_pj, 0) + coalesce(off_path_energy_pj, 0) as delta_pj,
        coalesce(weighted_energy_pj, 0) + coalesce(weighted_off_path_energy_pj, 0) as weighted_pj,
        coalesce(delta_mass_kt, 0) + coalesce(off_path_mass_kt, 0) as delta_kt,
        coalesce(weighted_mass_kt, 0) + coalesce(weighted_off_path_mass_kt, 0) as weighted_kt
    from pmiek_project_path
),
classes as (
    select province_code, carrier, use, direction, year, scenario,
        sum(project_count) as projects, sum(coalesce(delta_energy_pj, 0)) as delta_energy_pj,
        sum(coalesce(weighted_energy_pj, 0)) as weighted_energy_pj, sum(delta_pj) as delta_pj,
        sum(weighted_pj) as weighted_pj, sum(delta_kt) as delta_kt, sum(weighted_kt) as weighted_kt
    from whole
    where certainty <> 'all'
    group by all
),
empty as (
    select 0::bigint as projects, 0::decimal(38, 12) as zero
)
select province_code, carrier, year, scenario
from (select * from whole where certainty = 'all') as whole
full join sites using (province_code, carrier, use, direction, year, scenario)
left join classes using (province_code, carrier, use, direction, year, scenario)
cross join empty
where whole.base_energy_pj is distinct from sites.base_pj
    or whole.unexplained_energy_pj is distinct from sites.unexplained_pj
    or whole.replaced_energy_pj is distinct from sites.replaced_pj
    or whole.plan_energy_pj is distinct from sites.plan_pj
    or whole.base_mass_kt is distinct from sites.base_kt
    or whole.unexplained_mass_kt is distinct from sites.unexplained_kt
    or whole.plan_mass_kt is distinct from sites.plan_kt
    or (whole.delta_pj = coalesce(sites.delta_pj, 0) and whole.weighted_pj = coalesce(sites.weighted_pj, 0)
        and whole.delta_kt = coalesce(sites.delta_kt, 0) and whole.weighted_kt = coalesce(sites.weighted_kt, 0)
        and whole.project_count = coalesce(sites.projects, 0)
        and whole.site_count = coalesce(sites.sites, 0)) is not true
    or (whole.delta_pj = coalesce(classes.delta_pj, zero) and whole.weighted_pj = coalesce(classes.weighted_pj, zero)
        and whole.delta_kt = coalesce(classes.delta_kt, zero)
        and whole.weighted_kt = coalesce(classes.weighted_kt, zero)
        and whole.project_count = coalesce(classes.projects, 0)
        and coalesce(whole.delta_energy_pj, 0) = coalesce(classes.delta_energy_pj, zero)
        and coalesce(whole.weighted_energy_pj, 0) = coalesce(classes.weighted_energy_pj, zero)) is not true
    or (whole.base_energy_pj + whole.delta_energy_pj + whole.unexplained_energy_pj)
        is distinct from whole.plan_energy_pj
    or (whole.base_energy_pj + whole.weighted_energy_pj + whole.unexplained_energy_pj)
        is distinct from whole.weighted_plan_energy_pj
    or (whole.without_projects_energy_pj + whole.delta_energy_pj) is distinct from whole.plan_energy_pj
    or (whole.base_mass_kt + whole.delta_mass_kt + whole.unexplained_mass_kt) is distinct from whole.plan_mass_kt
    or (whole.base_mass_kt + whole.weighted_mass_kt + whole.unexplained_mass_kt)
        is distinct from whole.weighted_plan_mass_kt
    or (whole.without_projects_mass_kt + whole.delta_mass_kt) is distinct from whole.plan_mass_kt
