select
    settings.round,
    site_project.province_code,
    provinces.label as province_name,
    municipality_code,
    municipality_name,
    route,
    technique,
    carrier_from,
    carrier_to,
    certainty,
    commissioning_year,
    settings.blueprint_version,
    settings.factor_version,
    case
        when coalesce(sum(delta_peak_mw), sum(delta_energy_pj), sum(delta_mass_kt)) is null then 'not_filed'
        when coalesce(bool_and(delta_peak_mw = 0), true) and coalesce(bool_and(delta_energy_pj = 0), true)
            and coalesce(bool_and(delta_mass_kt = 0), true) then 'zero'
        else 'shown'
    end as cell_status,
    count(*) as project_count,
    count(distinct group_id) as company_count,
    sum(delta_peak_mw) as delta_peak_mw,
    sum(delta_energy_pj) as delta_energy_pj,
    sum(delta_mass_kt) as delta_mass_kt,
    sum(weighted_peak_mw) as weighted_peak_mw,
    sum(weighted_energy_pj) as weighted_energy_pj,
    sum(weighted_mass_kt) as weighted_mass_kt
from site_project
cross join settings
join provinces on provinces.code = site_project.province_code
group by all
order by
    site_project.province_code, municipality_code nulls last, route, technique nulls last, carrier_from nulls first,
    carrier_to nulls last, certainty, commissioning_year
