-- By company first: of those there are far fewer than rows.
with companies as (
    select
        province_code, sector, year, scenario, carrier, use, direction, group_id,
        count(value) as filed_values,
        sum(energy_pj) as energy_pj,
        sum(electricity_twh) as electricity_twh,
        sum(mass_kt) as mass_kt,
        -- A site has one row per year, scenario, carrier, use and direction: see the key of site_demand.
        count(*) as site_count
    from site_demand
    group by all
),

cells as (
    select
        province_code, case when grouping(sector) = 1 then 'all' else sector end as sector,
        year, scenario, carrier, use, direction,
        sum(filed_values)::bigint as filed_values,
        sum(energy_pj) as energy_pj,
        sum(electricity_twh) as electricity_twh,
        sum(mass_kt) as mass_kt,
        count(distinct group_id) filter (where filed_values > 0) as company_count,
        sum(site_count)::bigint as site_count,
        sum(site_count - filed_values)::bigint as not_filed_count
    from companies
    group by province_code, year, scenario, carrier, use, direction, grouping sets ((sector), ())
),

moments as (
    select base_year as year, 'base' as scenario from settings
    union
    select year, scenario from cells
    union
    select year, scenario from estimated_demand
),

-- Every carrier in the base year and in every (year, scenario) that anyone filed, and every other combination filed.
asked as (
    select year, scenario, carriers.code as carrier, carriers.default_use as use, 'offtake' as direction
    from moments cross join carriers
    union
    select distinct year, scenario, carrier, use, direction from cells
    union
    select distinct year, scenario, carrier, use, direction from estimated_demand
),

places as (
    select code as province_code, label as province_name from provinces
    where filed or code in (select province_code from cells) or code in (select province_code from estimated_demand)
),

-- What was estimated stands beside what was filed, and says which part of both together it is.
estimates as (
    select
        province_code, case when grouping(sector) = 1 then 'all' else sector end as sector,
        year, scenario, carrier, use, direction,
        sum(energy_pj) as estimated_pj,
        sum(mass_kt) as estimated_kt
    from estimated_demand
    group by province_code, year, scenario, carrier, use, direction, grouping sets ((sector), ())
),

base_sites as (
    select kvk_number, site_id, carrier, use, direction
    from site_demand
    where scenario = 'base' and value is not null
),

base as (
    select province_code, sector, carrier, use, direction,
        coalesce(energy_pj, mass_kt) as amount, filed_values as sites
    from cells
    where scenario = 'base' and filed_values > 0
),

-- Of how many sites of the base year the later value is known: a change is shown only when it is all of them.
followed as (
    select
        province_code, case when grouping(sector) = 1 then 'all' else sector end as sector,
        year, scenario, carrier, use, direction,
        count(*) as sites
    from site_demand
    semi join base_sites using (kvk_number, site_id, carrier, use, direction)
    where scenario <> 'base' and value is not null
    group by province_code, year, scenario, carrier, use, direction, grouping sets ((sector), ())
),

project_shares as (
    select
        cells.province_code, cells.sector, cells.year, cells.carrier,
        sum(amount) filter (where fid_or_further) as decided, sum(amount) as planned
    from (select distinct province_code, sector, year, carrier from cells) as cells
    join (
        select province_code, sector, carrier_to as carrier, counts_from_year, fid_or_further,
            coalesce(delta_energy_pj, delta_mass_kt) as amount
        from site_project_step
        join certainty on certainty.code = site_project_step.certainty
        where direction = 'offtake'
    ) as steps
        on steps.province_code = cells.province_code and steps.carrier = cells.carrier
        and cells.sector in ('all', steps.sector)
        and steps.counts_from_year <= cells.year
    where amount > 0
    group by all
),

-- What projects add to the plans that were filed: the plan of who filed none has no project in it either.
in_plans as (
    select
        filed.province_code, case when grouping(filed.sector) = 1 then 'all' else filed.sector end as sector,
        filed.year, filed.scenario, filed.carrier, filed.use, filed.direction,
        coalesce(step.certainty, 'all') as certainty,
        sum(delta_energy_pj) as project_extra_pj,
        sum(weighted_energy_pj) as weighted_extra_pj,
        sum(delta_mass_kt) as project_extra_kt,
        sum(weighted_mass_kt) as weighted_extra_kt,
        -- More of one project and less of another may add up to nothing: that is no zero.
        bool_and(coalesce(delta_energy_pj, delta_mass_kt) = 0) as extra_is_zero,
        count(distinct filed.group_id) as company_count,
        count(distinct (filed.submission_id, filed.site_id)) as site_count
    from site_project_step as step
    join site_demand as filed
        on filed.submission_id = step.submission_id and filed.site_id = step.site_id
        and filed.carrier = step.carrier_to and filed.use = step.use and filed.direction = step.direction
        and step.counts_from_year <= filed.year
    where filed.scenario <> 'base' and filed.value is not null
        and coalesce(delta_energy_pj, delta_mass_kt) is not null
    group by filed.province_code, filed.year, filed.scenario, filed.carrier, filed.use, filed.direction,
        grouping sets ((filed.sector, step.certainty), (filed.sector), (step.certainty), ())
),

figures as (
    select
        places.province_code, places.province_name, sectors.code as sector, asked.*,
        cells.* exclude (province_code, sector, year, scenario, carrier, use, direction),
        coalesce(estimates.estimated_pj, estimates.estimated_kt, 0) as estimated,
        coalesce(cells.energy_pj, cells.mass_kt, 0) as amount,
        quantity
    from asked
    join (select code as carrier, quantity from carriers) as quantities using (carrier)
    cross join places
    cross join sectors
    left join cells
        on cells.province_code = places.province_code and cells.sector = sectors.code
        and cells.year = asked.year and cells.scenario = asked.scenario and cells.carrier = asked.carrier
        and cells.use = asked.use and cells.direction = asked.direction
    left join estimates
        on estimates.province_code = places.province_code and estimates.sector = sectors.code
        and estimates.year = asked.year and estimates.scenario = asked.scenario
        and estimates.carrier = asked.carrier and estimates.use = asked.use
        and estimates.direction = asked.direction
),

judged as (
    select
        *,
        estimated * 100 > (estimated + amount) * most_estimated_pct.bound as hidden,
        case when estimated > 0 then 100 * estimated::double / (estimated + amount)::double else 0 end as share
    from figures
    cross join (select bound from estimate_bounds where code = 'most_estimated_pct') as most_estimated_pct
),

lines as (
    select
        judged.*, 'all' as certainty,
        in_plans.project_extra_pj, in_plans.weighted_extra_pj, in_plans.project_extra_kt, in_plans.weighted_extra_kt,
        case
            when hidden then 'too_much_estimated'
            when coalesce(filed_values, 0) = 0 then 'not_filed'
            when amount = 0 and coalesce(extra_is_zero, true) then 'zero'
            else 'shown'
        end as cell_status
    from judged
    left join (select * from in_plans where certainty = 'all') as in_plans
        using (province_code, sector, year, scenario, carrier, use, direction)
    union all by name
    select
        in_plans.*, province_name, hidden,
        case
            when hidden then 'too_much_estimated'
            when extra_is_zero then 'zero'
            else 'shown'
        end as cell_status
    from in_plans
    join (
        select province_code, province_name, sector, year, scenario, carrier, use, direction, hidden from judged
    ) using (province_code, sector, year, scenario, carrier, use, direction)
    where certainty <> 'all'
)

select
    settings.round,
    lines.province_code,
    lines.province_name,
    settings.blueprint_version,
    settings.factor_version,
    lines.year,
    lines.scenario,
    lines.carrier,
    lines.use,
    lines.direction,
    lines.sector,
    lines.certainty,
    lines.cell_status,
    case when not hidden then lines.energy_pj::decimal(38, 12) end as energy_pj,
    case when not hidden then lines.electricity_twh::decimal(38, 12) end as electricity_twh,
    case when not hidden then lines.mass_kt::decimal(38, 12) end as mass_kt,
    case when not hidden then lines.project_extra_pj::decimal(38, 12) end as project_extra_pj,
    case when not hidden then lines.weighted_extra_pj::decimal(38, 12) end as weighted_extra_pj,
    case when not hidden then
        (energy_pj - coalesce(project_extra_pj, 0) + coalesce(weighted_extra_pj, 0))::decimal(38, 12)
    end as weighted_plan_energy_pj,
    case when not hidden then lines.project_extra_kt::decimal(38, 12) end as project_extra_kt,
    case when not hidden then lines.weighted_extra_kt::decimal(38, 12) end as weighted_extra_kt,
    case when not hidden then
        (mass_kt - coalesce(project_extra_kt, 0) + coalesce(weighted_extra_kt, 0))::decimal(38, 12)
    end as weighted_plan_mass_kt,
    coalesce(lines.company_count, 0) as company_count,
    coalesce(lines.site_count, 0) as site_count,
    case when certainty = 'all' then coalesce(lines.not_filed_count, 0) end as not_filed_count,
    case
        when certainty = 'all' and not hidden and lines.scenario <> 'base' and lines.direction = 'offtake'
            and project_shares.planned > 0
            then (100 * coalesce(project_shares.decided, 0)::double / project_shares.planned::double)::decimal(38, 1)
    end as fid_share_pct,
    case
        when certainty = 'all' and not hidden and lines.scenario <> 'base' and base.amount > 0
            and followed.sites = base.sites
            then (100 * (lines.amount::double / base.amount::double - 1))::decimal(38, 1)
    end as change_from_base_pct,
    case when not hidden and quantity = 'energy' then estimated::decimal(38, 12) end as estimated_pj,
    case when not hidden and quantity = 'mass' then estimated::decimal(38, 12) end as estimated_kt,
    share::decimal(38, 1) as imputed_share_pct
from lines
cross join settings
left join base
    on base.province_code = lines.province_code and base.sector = lines.sector
    and base.carrier = lines.carrier and base.use = lines.use and base.direction = lines.direction
left join followed
    on followed.province_code = lines.province_code and followed.sector = lines.sector
    and followed.year = lines.year and followed.scenario = lines.scenario and followed.carrier = lines.carrier
    and followed.use = lines.use and followed.direction = lines.direction
left join project_shares
    on project_shares.province_code = lines.province_code and project_shares.sector = lines.sector
    and project_shares.year = lines.year and project_shares.carrier = lines.carrier
order by
    lines.province_code, lines.year, lines.scenario, lines.carrier, lines.use, lines.direction, lines.sector,
    lines.certainty
