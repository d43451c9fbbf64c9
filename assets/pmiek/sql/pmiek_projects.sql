with levels as (
    select *, 'municipality' as area_level, null as park from site_project
    union all by name
    select *, 'business_park' as area_level, lower(business_park) as park from site_project
),

-- What is one value in every row, such as the round, is no column to group by: that takes most of the time.
cells as (
    select
        province_code, area_level, municipality_code, municipality_name, park, route, certainty, commissioning_year,
        -- One park in two spellings of capitals is one park.
        min(business_park) filter (where area_level = 'business_park') as business_park,
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
    group by all
)

select
    settings.round,
    cells.province_code,
    provinces.label as province_name,
    settings.blueprint_version,
    settings.factor_version,
    area_level,
    municipality_code,
    municipality_name,
    business_park,
    route,
    certainty,
    commissioning_year,
    'shown' as cell_status,
    project_count,
    company_count,
    delta_peak_mw,
    delta_energy_pj,
    weighted_peak_mw,
    weighted_energy_pj,
    co2_filed_count,
    co2_reduction_kt,
    weighted_co2_kt,
    co2_factor_count,
    co2_by_factor_kt,
    weighted_co2_by_factor_kt
from cells
cross join settings
join provinces on provinces.code = cells.province_code
order by
    cells.province_code, area_level desc, municipality_code nulls last, park nulls last, route, certainty,
    commissioning_year
