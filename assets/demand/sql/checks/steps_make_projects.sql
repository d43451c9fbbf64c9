-- The steps of a project are its whole change and none is more than that; it is commissioned once, and nothing counts
-- before its year.
with steps as (
    select submission_id, project_id,
        count(*) filter (where is_first) as firsts,
        min(counts_from_year) as from_year, max(counts_from_year) as last_year,
        coalesce(sum(delta_peak_mw), 0) as mw, coalesce(sum(weighted_peak_mw), 0) as weighted_mw,
        coalesce(sum(delta_energy_pj), 0) as pj, coalesce(sum(weighted_energy_pj), 0) as weighted_pj,
        coalesce(sum(delta_mass_kt), 0) as kt, coalesce(sum(weighted_mass_kt), 0) as weighted_kt,
        coalesce(max(abs(delta_energy_pj)), 0) as largest_pj, coalesce(max(abs(delta_mass_kt)), 0) as largest_kt
    from site_project_step
    group by all
),
projects as (
    select submission_id, project_id, commissioning_year,
        coalesce(delta_peak_mw, 0) as mw, coalesce(weighted_peak_mw, 0) as weighted_mw,
        coalesce(delta_energy_pj, 0) as pj, coalesce(weighted_energy_pj, 0) as weighted_pj,
        coalesce(delta_mass_kt, 0) as kt, coalesce(weighted_mass_kt, 0) as weighted_kt
    from site_project
    where in_path
)
select submission_id, project_id
from projects
full join steps using (submission_id, project_id)
where (firsts = 1 and from_year = commissioning_year and last_year <= commissioning_year + 1
    and projects.mw = steps.mw and projects.weighted_mw = steps.weighted_mw
    and projects.pj = steps.pj and projects.weighted_pj = steps.weighted_pj
    and projects.kt = steps.kt and projects.weighted_kt = steps.weighted_kt
    and largest_pj <= abs(projects.pj) and largest_kt <= abs(projects.kt)) is not true
