-- Every accepted project is there once, its change was converted, and no weight makes an increase larger.
select submission_id, project_id
from site_project
where (probability_pct between 0 and 100) is not true
    or (delta_peak_mw >= 0 and weighted_peak_mw > delta_peak_mw)
    or (delta_energy_pj >= 0 and weighted_energy_pj > delta_energy_pj)
    or (delta_mass_kt >= 0 and weighted_mass_kt > delta_mass_kt)
union all
select project.submission_id, project.project_id
from project
left join site_project using (submission_id, project_id)
where (site_project.site_id = project.site_id) is not true
    or (project.delta_value is not null and project.delta_unit is not null and project.carrier_to is not null
        and site_project.delta_energy_pj is null and site_project.delta_mass_kt is null)
union all
select null, null
from (select count(*) as projects from project) as accepted
cross join (select count(*) as projects from site_project) as counted
where accepted.projects <> counted.projects
