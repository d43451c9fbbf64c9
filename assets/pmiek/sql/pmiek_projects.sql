with levels as (
    select *, 'municipality' as area_level, null as park from site_project
    union all by name
    select *, 'business_park' as area_level, lower(business_park) as park from site_project
)

select
    settings.round,
    levels.province_code,
    provinces.label as province_name,
    settings.blueprint_version,
    settings.factor_version,
    levels.area_level,
    levels.municipality_code,
    levels.municipality_name,
    -- One park in two spellings of capitals is one park.
    min(business_park) filter (where area_level = 'business_park') as business_park,
    levels.route,
    levels.certainty,
    levels.commissioning_year,
    'shown' as cell_status,
    count(*) as project_count,
    count(distinct group_id) as company_count,
    sum(delta_peak_mw) as delta_peak_mw,
    sum(delta_energy_pj) as delta_energy_pj,
    sum(weighted_peak_mw) as weighted_peak_mw,
    sum(weighted_energy_pj) as weighted_energy_pj,
    count(co2_reduction_kt) as co2_filed_count,
    sum(co2_reduction_kt) as co2_reduction_kt,
    sum(weighted_co2_kt) as weighted_co2_kt,
    count(co2_by_factor_kt) as co2_factor_count,
    sum(co2_by_factor_kt) as co2_by_factor_kt,
    sum(weighted_co2_by_factor_kt) as weighted_co2_by_factor_kt
from levels
cross join settings
join provinces on provinces.code = levels.province_code
group by
    settings.round, levels.province_code, provinces.label, settings.blueprint_version, settings.factor_version,
    levels.area_level, levels.municipality_code, levels.municipality_name, park, levels.route, levels.certainty,
    levels.commissioning_year
order by
    levels.province_code, levels.area_level desc, levels.municipality_code nulls last, park nulls last, levels.route,
    levels.certainty, levels.commissioning_year
