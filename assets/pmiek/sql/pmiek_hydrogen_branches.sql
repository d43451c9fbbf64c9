with per_kt as (
    select factor from conversions where carrier = 'hydrogen' and unit = 'kt' and basis = ''
),

demand_rows as (
    select
        submission_id, site_id, year, scenario, direction, 'all' as certainty,
        value is not null or (direction = 'offtake' and peak_mw is not null) as is_filed,
        case when direction = 'offtake' then energy_pj end as energy_pj,
        case when direction = 'offtake' then (energy_pj / per_kt.factor)::decimal(38, 12) end as hydrogen_kt,
        case when direction = 'offtake' then peak_mw end as peak_mw,
        case when direction = 'supply' then energy_pj end as supply_pj
    from site_demand
    cross join per_kt
    where carrier = 'hydrogen'
),

moments as (
    select base_year as year, 'base' as scenario from settings
    union
    select year, scenario from site_demand
),

project_rows as (
    select
        submission_id, site_id, moments.year, moments.scenario, unnest(['all', certainty]) as certainty,
        true as is_filed, delta_energy_pj as project_extra_pj, weighted_energy_pj as weighted_extra_pj
    from site_project_step
    join moments on counts_from_year <= moments.year
    where carrier_to = 'hydrogen' and delta_energy_pj is not null
),

facts as (
    select * from demand_rows
    union all by name
    select * from project_rows
),

placed as (
    select
        facts.*, site_place.province_code, site_place.municipality_code, site_place.municipality_name,
        coalesce(company.group_id, company.kvk_number) as group_id
    from facts
    join site_place using (submission_id, site_id)
    join company using (submission_id)
),

lines as (
    select * from placed
    union all by name
    select provinces.code as province_code, moments.*, 'all' as certainty, false as is_filed
    from provinces cross join moments
    where provinces.filed
      and (provinces.code, moments.year, moments.scenario) not in (select (province_code, year, scenario) from placed)
)

select
    settings.round,
    lines.province_code,
    provinces.label as province_name,
    lines.municipality_code,
    lines.municipality_name,
    lines.year,
    lines.scenario,
    lines.certainty,
    settings.blueprint_version,
    settings.factor_version,
    case
        when not bool_or(is_filed) then 'not_filed'
        when bool_and(coalesce(energy_pj, 0) = 0 and coalesce(peak_mw, 0) = 0 and coalesce(supply_pj, 0) = 0
            and coalesce(project_extra_pj, 0) = 0) then 'zero'
        else 'shown'
    end as cell_status,
    sum(energy_pj)::decimal(38, 12) as energy_pj,
    sum(hydrogen_kt)::decimal(38, 12) as hydrogen_kt,
    sum(peak_mw)::decimal(38, 6) as peak_sum_mw,
    sum(supply_pj)::decimal(38, 12) as supply_pj,
    sum(project_extra_pj)::decimal(38, 12) as project_extra_pj,
    sum(weighted_extra_pj)::decimal(38, 12) as weighted_extra_pj,
    provinces.hydrogen_from as network_from,
    provinces.hydrogen_from <= lines.year as network_foreseen,
    count(distinct (submission_id, site_id)) filter (where is_filed) as site_count,
    count(distinct group_id) filter (where is_filed) as company_count
from lines
cross join settings
join provinces on provinces.code = lines.province_code
group by all
order by lines.province_code, lines.municipality_code nulls last, lines.year, lines.scenario, lines.certainty
