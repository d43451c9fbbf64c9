-- Base year + projects + unexplained = plan, and so with weighted projects; no project is lost or counted twice.
select submission_id, site_id, carrier, year
from site_path
where (base_energy_pj + delta_energy_pj + unexplained_energy_pj) is distinct from
        (case when base_energy_pj is not null then plan_energy_pj end)
    or (base_mass_kt + delta_mass_kt + unexplained_mass_kt) is distinct from
        (case when base_mass_kt is not null then plan_mass_kt end)
    or (without_projects_energy_pj + delta_energy_pj) is distinct from plan_energy_pj
    or (without_projects_mass_kt + delta_mass_kt) is distinct from plan_mass_kt
    or (without_projects_energy_pj + weighted_energy_pj) is distinct from weighted_plan_energy_pj
    or (without_projects_mass_kt + weighted_mass_kt) is distinct from weighted_plan_mass_kt
    or (base_energy_pj + weighted_energy_pj + unexplained_energy_pj) is distinct from
        (case when base_energy_pj is not null then weighted_plan_energy_pj end)
union all
select submission_id, site_id, carrier, year
from (
    select submission_id, site_id, carrier_to as carrier, years.year,
        coalesce(sum(delta_energy_pj), 0) as pj, coalesce(sum(delta_mass_kt), 0) as kt,
        coalesce(sum(weighted_energy_pj), 0) as weighted_pj, coalesce(sum(weighted_mass_kt), 0) as weighted_kt
    from site_project_step
    join (select unnest(years) as year from settings) as years on site_project_step.counts_from_year <= years.year
    where coalesce(delta_energy_pj, delta_mass_kt) is not null
    group by all
) as filed
full join (
    select submission_id, site_id, carrier, site_path.year,
        coalesce(sum(delta_energy_pj), 0) as pj, coalesce(sum(delta_mass_kt), 0) as kt,
        coalesce(sum(weighted_energy_pj), 0) as weighted_pj, coalesce(sum(weighted_mass_kt), 0) as weighted_kt
    from site_path cross join settings
    where scenario = 'plan' and list_contains(settings.years, site_path.year) and project_count > 0
    group by all
) as placed using (submission_id, site_id, carrier, year)
where (filed.pj = placed.pj and filed.kt = placed.kt and filed.weighted_pj = placed.weighted_pj
    and filed.weighted_kt = placed.weighted_kt) is not true
union all
-- What was filed of plans is all there, once.
select null, null, null, null
from (
    select count(*) as rows, sum(coalesce(energy_pj, mass_kt)) as amount
    from site_demand cross join settings
    where scenario <> 'base' and site_demand.year > settings.base_year and value is not null
) as filed
cross join (
    select count(*) as rows, sum(coalesce(plan_energy_pj, plan_mass_kt)) as amount
    from site_path
    where coalesce(plan_energy_pj, plan_mass_kt) is not null
) as placed
where (filed.rows, filed.amount) is distinct from (placed.rows, placed.amount)
