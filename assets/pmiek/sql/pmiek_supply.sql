-- A carrier is in the list of those that have no temperature, or the temperature of the row says its class.
with without_temperature as (
    select unnest(carriers) as carrier, code as temperature_class from temperature_classes where len(carriers) > 0
),

supplied as (
    select
        site_demand.*,
        coalesce(without_temperature.temperature_class, temperature_classes.code, 'unknown') as temperature_class
    from site_demand
    left join energy_demand using (submission_id, site_id, year, scenario, carrier, use, direction)
    left join without_temperature using (carrier)
    left join temperature_classes
        on energy_demand.temperature_c >= temperature_classes.low
        and energy_demand.temperature_c < temperature_classes.high
    where site_demand.direction = 'supply'
),

cells as (
    select
        province_code, municipality_code, carrier, temperature_class, year, scenario,
        case when count(value) = 0 then 'not_filed' when sum(value) = 0 then 'zero' else 'shown' end as cell_status,
        sum(energy_pj)::decimal(38, 12) as energy_pj,
        sum(mass_kt)::decimal(38, 12) as mass_kt,
        sum(peak_mw)::decimal(38, 6) as peak_sum_mw,
        count(distinct group_id) filter (where value is not null) as company_count,
        count(distinct (submission_id, site_id)) as site_count,
        count(*) filter (where value is null) as not_filed_count
    from supplied
    group by all
),

moments as (
    select base_year as year, 'base' as scenario from settings
    union
    select year, scenario from site_demand
),

-- What is exchanged in an area has a row in every province, also where nobody supplies it.
silent as (
    select
        provinces.code as province_code, exchange_carriers.code as carrier, moments.year, moments.scenario,
        coalesce(without_temperature.temperature_class, 'unknown') as temperature_class
    from provinces
    cross join exchange_carriers
    cross join moments
    left join without_temperature on without_temperature.carrier = exchange_carriers.code
    where provinces.filed
        and (provinces.code, exchange_carriers.code, moments.year, moments.scenario)
            not in (select (province_code, carrier, year, scenario) from cells)
),

lines as (
    select * from cells
    union all by name
    select *, 'not_filed' as cell_status, 0 as company_count, 0 as site_count, 0 as not_filed_count from silent
)

select
    settings.round,
    lines.province_code,
    provinces.label as province_name,
    lines.municipality_code,
    municipality_now.municipality_name,
    lines.carrier,
    lines.temperature_class,
    lines.year,
    lines.scenario,
    settings.blueprint_version,
    settings.factor_version,
    lines.cell_status,
    lines.energy_pj,
    lines.mass_kt,
    lines.peak_sum_mw,
    lines.company_count,
    lines.site_count,
    lines.not_filed_count
from lines
cross join settings
join provinces on provinces.code = lines.province_code
join carriers on carriers.code = lines.carrier
left join municipality_now using (municipality_code)
join temperature_classes on temperature_classes.code = lines.temperature_class
order by lines.province_code, lines.municipality_code nulls last, carriers.position,
    temperature_classes.position, lines.year, lines.scenario
