with filed as (
    select * from site_demand
),

moments as (
    select base_year as year, 'base' as scenario from settings
    union
    select year, scenario from filed
    union
    select year, scenario from estimated_demand
),

-- Every carrier in the base year and in every (year, scenario) that anyone filed, and every other combination filed.
asked as (
    select year, scenario, carriers.code as carrier, carriers.default_use as use, 'offtake' as direction
    from moments cross join carriers
    union
    select distinct year, scenario, carrier, use, direction from filed
    union
    select distinct year, scenario, carrier, use, direction from estimated_demand
),

places as (
    select code as province_code, label as province_name from provinces
    where filed or code in (select province_code from filed) or code in (select province_code from estimated_demand)
),

cells as (
    select
        province_code, case when grouping(sector) = 1 then 'all' else sector end as sector,
        year, scenario, carrier, use, direction,
        count(value) as filed_values,
        sum(energy_pj) as energy_pj,
        sum(electricity_twh) as electricity_twh,
        sum(mass_kt) as mass_kt,
        count(distinct group_id) filter (where value is not null) as company_count,
        -- A site has one row per year, scenario, carrier, use and direction: see the key of site_demand.
        count(*) as site_count,
        count(*) filter (where value is null) as not_filed_count
    from filed
    group by province_code, year, scenario, carrier, use, direction, grouping sets ((sector), ())
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
    from filed
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
    from filed
    semi join base_sites using (kvk_number, site_id, carrier, use, direction)
    where scenario <> 'base' and value is not null
    group by province_code, year, scenario, carrier, use, direction, grouping sets ((sector), ())
),

project_lines as (
    select
        site_place.province_code, company.sector, project.carrier_to as carrier,
        year(project.commissioning_date) as from_year, certainty.fid_or_further,
        -- DECIMAL, since a sum of doubles depends on their order.
        (project.delta_value * conversions.factor)::decimal(38, 12) as amount
    from project
    join site_place using (submission_id, site_id)
    join company using (submission_id)
    join certainty on certainty.code = project.certainty
    join conversions
        on conversions.carrier = project.carrier_to and conversions.unit = project.delta_unit
        and conversions.basis = ''
    where project.delta_value > 0 and year(project.commissioning_date) > (select base_year from settings)
),

project_shares as (
    select
        cells.province_code, cells.sector, cells.year, cells.carrier,
        sum(amount) filter (where fid_or_further) as decided, sum(amount) as planned
    from (select distinct province_code, sector, year, carrier from cells) as cells
    join project_lines
        on project_lines.province_code = cells.province_code
        and project_lines.carrier = cells.carrier
        and cells.sector in ('all', project_lines.sector)
        and project_lines.from_year <= cells.year
    group by all
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
)

select
    settings.round,
    judged.province_code,
    judged.province_name,
    settings.blueprint_version,
    settings.factor_version,
    judged.year,
    judged.scenario,
    judged.carrier,
    judged.use,
    judged.direction,
    judged.sector,
    case
        when hidden then 'too_much_estimated'
        when coalesce(judged.filed_values, 0) = 0 then 'not_filed'
        when coalesce(judged.energy_pj, judged.mass_kt) = 0 then 'zero'
        else 'shown'
    end as cell_status,
    case when not hidden then judged.energy_pj::decimal(38, 12) end as energy_pj,
    case when not hidden then judged.electricity_twh::decimal(38, 12) end as electricity_twh,
    case when not hidden then judged.mass_kt::decimal(38, 12) end as mass_kt,
    coalesce(judged.company_count, 0) as company_count,
    coalesce(judged.site_count, 0) as site_count,
    coalesce(judged.not_filed_count, 0) as not_filed_count,
    case
        when not hidden and judged.scenario <> 'base' and judged.direction = 'offtake' and project_shares.planned > 0
            then (100 * coalesce(project_shares.decided, 0)::double / project_shares.planned::double)::decimal(38, 1)
    end as fid_share_pct,
    case
        when not hidden and judged.scenario <> 'base' and base.amount > 0 and followed.sites = base.sites
            then (100 * (judged.amount::double / base.amount::double - 1))::decimal(38, 1)
    end as change_from_base_pct,
    case when not hidden and quantity = 'energy' then estimated::decimal(38, 12) end as estimated_pj,
    case when not hidden and quantity = 'mass' then estimated::decimal(38, 12) end as estimated_kt,
    share::decimal(38, 1) as imputed_share_pct
from judged
cross join settings
left join base
    on base.province_code = judged.province_code and base.sector = judged.sector
    and base.carrier = judged.carrier and base.use = judged.use and base.direction = judged.direction
left join followed
    on followed.province_code = judged.province_code and followed.sector = judged.sector
    and followed.year = judged.year and followed.scenario = judged.scenario and followed.carrier = judged.carrier
    and followed.use = judged.use and followed.direction = judged.direction
left join project_shares
    on project_shares.province_code = judged.province_code and project_shares.sector = judged.sector
    and project_shares.year = judged.year and project_shares.carrier = judged.carrier
order by
    judged.province_code, judged.year, judged.scenario, judged.carrier, judged.use, judged.direction, judged.sector
