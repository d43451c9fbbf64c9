with filed as (
    select * from site_demand
),

moments as (
    select base_year as year, 'base' as scenario from settings
    union
    select year, scenario from filed
),

-- Every carrier in the base year and in every (year, scenario) that anyone filed, and every other combination filed.
asked as (
    select year, scenario, carriers.code as carrier, carriers.default_use as use, 'offtake' as direction
    from moments cross join carriers
    union
    select distinct year, scenario, carrier, use, direction from filed
),

places as (
    select code as province_code, label as province_name from provinces
    where filed or code in (select province_code from filed)
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
)

select
    settings.round,
    places.province_code,
    places.province_name,
    settings.blueprint_version,
    settings.factor_version,
    asked.year,
    asked.scenario,
    asked.carrier,
    asked.use,
    asked.direction,
    sectors.code as sector,
    case
        when coalesce(cells.filed_values, 0) = 0 then 'not_filed'
        when coalesce(cells.energy_pj, cells.mass_kt) = 0 then 'zero'
        else 'shown'
    end as cell_status,
    cells.energy_pj::decimal(38, 12) as energy_pj,
    cells.electricity_twh::decimal(38, 12) as electricity_twh,
    cells.mass_kt::decimal(38, 12) as mass_kt,
    coalesce(cells.company_count, 0) as company_count,
    coalesce(cells.site_count, 0) as site_count,
    coalesce(cells.not_filed_count, 0) as not_filed_count,
    case
        when asked.scenario <> 'base' and asked.direction = 'offtake' and project_shares.planned > 0
            then (100 * coalesce(project_shares.decided, 0)::double / project_shares.planned::double)::decimal(38, 1)
    end as fid_share_pct,
    case
        when asked.scenario <> 'base' and base.amount > 0 and followed.sites = base.sites
            then (100 * (coalesce(cells.energy_pj, cells.mass_kt)::double / base.amount::double - 1))::decimal(38, 1)
    end as change_from_base_pct
from asked
cross join places
cross join sectors
cross join settings
left join cells
    on cells.province_code = places.province_code and cells.sector = sectors.code
    and cells.year = asked.year and cells.scenario = asked.scenario and cells.carrier = asked.carrier
    and cells.use = asked.use and cells.direction = asked.direction
left join base
    on base.province_code = places.province_code and base.sector = sectors.code
    and base.carrier = asked.carrier and base.use = asked.use and base.direction = asked.direction
left join followed
    on followed.province_code = places.province_code and followed.sector = sectors.code
    and followed.year = asked.year and followed.scenario = asked.scenario and followed.carrier = asked.carrier
    and followed.use = asked.use and followed.direction = asked.direction
left join project_shares
    on project_shares.province_code = places.province_code and project_shares.sector = sectors.code
    and project_shares.year = asked.year and project_shares.carrier = asked.carrier
order by
    province_code, asked.year, asked.scenario, asked.carrier, asked.use, asked.direction, sector
