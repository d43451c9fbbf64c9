-- What is one value in every row, such as the round, is no column to group by: that takes most of the time.
with cells as (
    select
        province_code, municipality_code, municipality_name, route, technique, carrier_from, carrier_to, certainty,
        commissioning_year,
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
    group by all
)

select
    settings.round,
    cells.province_code,
    provinces.label as province_name,
    cells.municipality_code,
    cells.municipality_name,
    cells.route,
    cells.technique,
    cells.carrier_from,
    cells.carrier_to,
    cells.certainty,
    cells.commissioning_year,
    settings.blueprint_version,
    settings.factor_version,
    cells.* exclude (
        province_code, municipality_code, municipality_name, route, technique, carrier_from, carrier_to, certainty,
        commissioning_year)
from cells
cross join settings
join provinces on provinces.code = cells.province_code
order by
    cells.province_code, municipality_code nulls last, route, technique nulls last, carrier_from nulls first,
    carrier_to nulls last, certainty, commissioning_year
