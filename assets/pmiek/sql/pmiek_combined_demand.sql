with energy_carriers as (
    select code as carrier from carriers where quantity = 'energy'
),

filed as (
    select
        submission_id, kvk_number, sector, site_id, province_code, municipality_code,
        year, scenario, carrier, use, direction, energy_pj, electricity_twh, peak_mw, false as is_estimate
    from site_demand
    where value is not null
    union all by name
    select
        submission_id, kvk_number, sector, site_id, province_code, municipality_code,
        year, scenario, carrier, use, direction, energy_pj, electricity_twh, true as is_estimate
    from estimated_demand
),

-- Each filed scenario has its own power of two, so that a number holds which of them a company gave a value for.
choices as (
    select
        demand_scenario, scenario, preference, mark,
        coalesce(
            bit_or(mark) over (
                partition by demand_scenario order by preference rows between unbounded preceding and 1 preceding),
            0
        ) as better
    from scenario_mapping
    join (select code as scenario, (1 << (row_number() over (order by code) - 1))::int as mark from scenarios)
        using (scenario)
),

countable as (
    select filed.*, mark, coalesce(submission_id, kvk_number) as filer
    from filed
    join (select distinct scenario, mark from choices) using (scenario)
    semi join energy_carriers using (carrier)
),

-- Who filed a plan that goes before another. Only there plans are laid beside one another: over all rows that takes
-- longer than all else together, and in most rounds few filed more than one plan.
choosing as (
    select distinct filer from countable where mark & (select bit_or(better) from choices) != 0
),

beside as (
    select *, 0 as marks from countable anti join choosing using (filer)
    union all
    select *,
        bit_or(mark) over (
            partition by submission_id, site_id, kvk_number, sector, province_code, year, carrier, use, direction
        ) as marks
    from countable semi join choosing using (filer)
),

ours as (
    select
        province_code, municipality_code, year, scenario, carrier, direction, is_estimate, marks,
        peak_mw is not null as has_peak, energy_pj is not null as has_energy,
        sum(energy_pj) as energy_pj, sum(electricity_twh) as electricity_twh, sum(peak_mw) as peak_mw,
        count(*) as value_count
    from beside
    group by all
),

-- Companies file their own plans: per value the first of those that stand for a scenario of the operators.
planned as (
    select
        ours.*, demand_scenario, preference,
        row(province_code, carrier, direction, year, demand_scenario) as cell
    from ours
    join choices using (scenario)
    where marks & better = 0
),

loaded as (
    select
        coalesce(municipality_now.province_code, other_demand.province_code) as province_code,
        municipality_now.current_code as municipality_code,
        other_demand.other_sector, other_demand.carrier, other_demand.direction, other_demand.year,
        other_demand.demand_scenario,
        (value * conversions.factor)::decimal(38, 12) as energy_pj,
        case when other_demand.carrier = 'electricity'
            then (value * conversions.factor / 3.6)::decimal(38, 12) end as electricity_twh,
        peak_mw::decimal(38, 6) as peak_mw,
        demand_source, holds_industry,
        coalesce(industry_overlaps.counts, 'both') as counts,
        row(
            coalesce(municipality_now.province_code, other_demand.province_code), other_demand.carrier,
            other_demand.direction, other_demand.year, other_demand.demand_scenario
        ) as cell
    from other_demand
    semi join energy_carriers on energy_carriers.carrier = other_demand.carrier
    left join municipality_now on municipality_now.municipality_code = other_demand.municipality_code
    left join conversions
        on conversions.carrier = other_demand.carrier and conversions.unit = other_demand.unit
        and conversions.basis = coalesce(other_demand.heating_value_basis, '')
    left join industry_overlaps on industry_overlaps.code = other_demand.holds_industry
),

-- A place that is not known may be anywhere in the province: rather one figure left out than one counted twice.
-- A row that holds the companies of this round only is beside what they filed there themselves.
loaded_counted as (
    select
        loaded.*,
        counts <> 'filed' or not exists (
            select 1 from planned
            where planned.cell = loaded.cell and not is_estimate and planned.energy_pj is not null
                and coalesce(planned.municipality_code = loaded.municipality_code, true)
        ) as energy_counts,
        counts <> 'filed' or not exists (
            select 1 from planned
            where planned.cell = loaded.cell and not is_estimate and planned.peak_mw is not null
                and coalesce(planned.municipality_code = loaded.municipality_code, true)
        ) as peak_counts
    from loaded
),

-- Where a loaded row holds all industry, what companies filed there is beside it. What was estimated is also beside
-- a row that holds the companies of this round and counts.
ours_counted as (
    select
        planned.*,
        not exists (
            select 1 from loaded_counted as held
            where held.cell = planned.cell and held.energy_counts and held.energy_pj is not null
                and (held.counts = 'loaded' or (held.counts = 'filed' and planned.is_estimate))
                and coalesce(held.municipality_code = planned.municipality_code, true)
        ) as energy_counts,
        not exists (
            select 1 from loaded_counted as held
            where held.cell = planned.cell and held.counts = 'loaded' and held.peak_mw is not null
                and coalesce(held.municipality_code = planned.municipality_code, true)
        ) as peak_counts
    from planned
),

lines as (
    select
        province_code, 'industry' as other_sector, 'filed' as part_kind, carrier, direction, year, demand_scenario,
        case when not is_estimate then energy_pj end as energy_pj,
        case when not is_estimate then electricity_twh end as electricity_twh,
        peak_mw, energy_counts, peak_counts,
        null as holds_industry, 'Opgaven van bedrijven, ronde ' || settings.round as demand_source,
        case when is_estimate then energy_pj else 0 end as estimated_pj,
        case when not is_estimate and preference > 1 then value_count else 0 end as other_plan
    from ours_counted cross join settings
    union all by name
    select
        province_code, other_sector, 'loaded' as part_kind, carrier, direction, year, demand_scenario,
        energy_pj, electricity_twh, peak_mw, energy_counts, peak_counts, holds_industry, demand_source,
        0 as estimated_pj, 0 as other_plan
    from loaded_counted
),

parts as (
    select
        province_code, other_sector, part_kind, carrier, direction, year, demand_scenario,
        count(energy_pj) + count(peak_mw) as values_there,
        sum(energy_pj) as energy_pj,
        sum(electricity_twh) as electricity_twh,
        sum(peak_mw) as peak_sum_mw,
        coalesce(sum(energy_pj) filter (where energy_counts), case when count(energy_pj) > 0 then 0 end) as counted_pj,
        coalesce(sum(electricity_twh) filter (where energy_counts), case when count(electricity_twh) > 0 then 0 end)
            as counted_twh,
        coalesce(sum(peak_mw) filter (where peak_counts), case when count(peak_mw) > 0 then 0 end) as counted_peak_mw,
        sum(estimated_pj) as estimated_pj,
        sum(estimated_pj) filter (where energy_counts) as counted_estimated_pj,
        string_agg(distinct holds_industry, '; ' order by holds_industry) as holds_industry,
        string_agg(distinct demand_source, '; ' order by demand_source)
            filter (where energy_pj is not null or peak_mw is not null) as demand_source,
        sum(other_plan)::bigint as other_plan_count
    from lines
    group by all
),

whole as (
    select
        province_code, 'all' as other_sector, 'together' as part_kind, carrier, direction, year, demand_scenario,
        sum(values_there) as values_there,
        sum(counted_pj) as energy_pj,
        sum(counted_twh) as electricity_twh,
        sum(counted_peak_mw) as peak_sum_mw,
        sum(counted_pj) as counted_pj,
        sum(counted_peak_mw) as counted_peak_mw,
        sum(energy_pj) - sum(counted_pj) as left_out_pj,
        sum(peak_sum_mw) - sum(counted_peak_mw) as left_out_peak_mw,
        sum(counted_estimated_pj) as estimated_pj,
        string_agg(holds_industry, '; ' order by other_sector) as holds_industry,
        string_agg(other_sectors.label || ': ' || demand_source, ' | ' order by other_sector, part_kind)
            as demand_source,
        sum(other_plan_count)::bigint as other_plan_count
    from parts
    join other_sectors on other_sectors.code = parts.other_sector
    group by all
),

cells as (
    select *, energy_pj - counted_pj as left_out_pj, peak_sum_mw - counted_peak_mw as left_out_peak_mw from parts
    union all by name
    select * from whole
),

years as (
    select distinct year from lines where demand_scenario <> 'base'
),

moments as (
    select base_year as year, 'base' as demand_scenario from settings
    union
    select year, demand_scenario from lines
    union
    select years.year, demand_scenarios.code
    from years cross join demand_scenarios
    where demand_scenarios.code <> 'base'
),

asked as (
    select year, demand_scenario, carrier, 'offtake' as direction from moments cross join energy_carriers
    union
    select year, demand_scenario, carrier, direction from lines
),

rows_wanted as (
    select 'industry' as other_sector, 'filed' as part_kind
    union all
    select code, case when code = 'all' then 'together' else 'loaded' end from other_sectors
),

places as (
    select code as province_code, label as province_name from provinces
    where filed or code in (select province_code from lines)
),

judged as (
    select
        places.*, rows_wanted.*, asked.*,
        cells.* exclude (province_code, other_sector, part_kind, carrier, direction, year, demand_scenario),
        coalesce(cells.estimated_pj, 0) as estimated,
        coalesce(cells.energy_pj, 0) as amount,
        coalesce(cells.estimated_pj, 0) * 100
            > (coalesce(cells.estimated_pj, 0) + coalesce(cells.energy_pj, 0)) * most_estimated_pct.bound as hidden
    from asked
    cross join places
    cross join rows_wanted
    cross join (select bound from estimate_bounds where code = 'most_estimated_pct') as most_estimated_pct
    left join cells
        on cells.province_code = places.province_code and cells.other_sector = rows_wanted.other_sector
        and cells.part_kind = rows_wanted.part_kind and cells.carrier = asked.carrier
        and cells.direction = asked.direction and cells.year = asked.year
        and cells.demand_scenario = asked.demand_scenario
)

select
    settings.round,
    province_code,
    province_name,
    other_sector,
    part_kind,
    carrier,
    direction,
    year,
    demand_scenario,
    settings.blueprint_version,
    settings.factor_version,
    case
        when hidden then 'too_much_estimated'
        when coalesce(values_there, 0) = 0 then case when part_kind = 'loaded' then 'not_loaded' else 'not_filed' end
        when amount = 0 and coalesce(peak_sum_mw, 0) = 0 then 'zero'
        else 'shown'
    end as cell_status,
    case when not hidden then energy_pj end::decimal(38, 12) as energy_pj,
    case when not hidden then electricity_twh end::decimal(38, 12) as electricity_twh,
    case when not hidden then peak_sum_mw end::decimal(38, 6) as peak_sum_mw,
    case when not hidden then counted_pj end::decimal(38, 12) as counted_pj,
    case when not hidden then left_out_pj end::decimal(38, 12) as left_out_pj,
    case when not hidden then counted_peak_mw end::decimal(38, 6) as counted_peak_mw,
    case when not hidden then left_out_peak_mw end::decimal(38, 6) as left_out_peak_mw,
    holds_industry,
    demand_source,
    coalesce(other_plan_count, 0)::bigint as other_plan_count,
    case when not hidden then estimated end::decimal(38, 12) as estimated_pj,
    (case when estimated > 0 then 100 * estimated::double / (estimated + amount)::double else 0 end)::decimal(38, 1)
        as imputed_share_pct
from judged
cross join settings
order by province_code, other_sector, part_kind, carrier, direction, year, demand_scenario
