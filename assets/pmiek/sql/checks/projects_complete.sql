-- Every accepted project is counted once at each level, with all its figures.
with levels as (
    select code as area_level from (values ('municipality'), ('business_park')) as levels(code)
),
accepted as (
    select
        area_level, province_code,
        count(*) as projects,
        coalesce(sum(delta_peak_mw), 0) as mw, coalesce(sum(weighted_peak_mw), 0) as weighted_mw,
        coalesce(sum(delta_energy_pj), 0) as pj, coalesce(sum(weighted_energy_pj), 0) as weighted_pj,
        coalesce(sum(co2_reduction_kt), 0) as filed_kt, coalesce(sum(weighted_co2_kt), 0) as weighted_kt,
        coalesce(sum(co2_by_factor_kt), 0) as factor_kt,
        coalesce(sum(weighted_co2_by_factor_kt), 0) as weighted_factor_kt
    from site_project cross join levels
    group by all
),
counted as (
    select
        area_level, province_code,
        sum(project_count) as projects,
        coalesce(sum(delta_peak_mw), 0) as mw, coalesce(sum(weighted_peak_mw), 0) as weighted_mw,
        coalesce(sum(delta_energy_pj), 0) as pj, coalesce(sum(weighted_energy_pj), 0) as weighted_pj,
        coalesce(sum(co2_reduction_kt), 0) as filed_kt, coalesce(sum(weighted_co2_kt), 0) as weighted_kt,
        coalesce(sum(co2_by_factor_kt), 0) as factor_kt,
        coalesce(sum(weighted_co2_by_factor_kt), 0) as weighted_factor_kt
    from pmiek_projects
    group by all
)
select area_level, province_code
from accepted
full join counted using (area_level, province_code)
where (accepted.projects = counted.projects
    and accepted.mw = counted.mw and accepted.weighted_mw = counted.weighted_mw
    and accepted.pj = counted.pj and accepted.weighted_pj = counted.weighted_pj
    and accepted.filed_kt = counted.filed_kt and accepted.weighted_kt = counted.weighted_kt
    and accepted.factor_kt = counted.factor_kt
    and accepted.weighted_factor_kt = counted.weighted_factor_kt) is not true
