-- Sites, firms, spots (where a site lies and how it is connected) and lines (what is asked when) have numbers here:
-- there are many facts, and in each cell a site and a firm are counted once. For what moments a site or firm counts is
-- one number, a bit per moment, so that it is not written out per site.
with firms as (
    select submission_id, dense_rank() over (order by coalesce(group_id, kvk_number)) as firm from company
),

moments as (
    select *, 1::hugeint << (row_number() over () - 1) as moment
    from (
        select base_year as year, 'base' as scenario from settings
        union
        select year, scenario from site_demand
    )
),

-- What is asked, of which moments: a number stands for it in the many facts. Demand is of one year and scenario, a
-- contract of all, and a step of a project of each from its year on.
asks as (
    select row_number() over () as ask, *
    from (
        select distinct carrier, direction, year, scenario, 0 as from_year, 'all' as certainty from site_demand
        union
        select distinct carrier, unnest(['offtake', 'supply']), 0, '', 0, 'all' from site_connection
        union
        select distinct 'electricity', unnest(['offtake', 'supply']), 0, '', 0, 'all' from flexibility
        union
        select distinct carrier_to, direction, 0, '', counts_from_year, certainty from site_project_step
    )
),

flows as (
    select row_number() over () as flow, *
    from (select distinct carrier, direction, unnest(['all', certainty]) as certainty from asks)
),

lines as (
    select row_number() over (order by carrier, direction, year, scenario, certainty) as line, *
    from flows cross join moments
),

-- Of which lines an ask is part: a project is once among all certainties and once under its own.
ask_lines as (
    select ask, line, flow, moment
    from asks
    join lines
        on lines.carrier = asks.carrier and lines.direction = asks.direction
        and lines.certainty in ('all', asks.certainty)
        and (lines.year = asks.year or (asks.year = 0 and lines.year >= asks.from_year))
        and (lines.scenario = asks.scenario or asks.scenario = '')
),

ask_moments as (
    select ask, flow, bit_or(moment) as moments from ask_lines group by all
),

-- One name per park and station: what differs in case and spaces only is the same, under its commonest spelling. A site
-- of which nothing is filed has no say in it.
heard as materialized (
    select submission_id, site_id from site_demand
    union
    select submission_id, site_id from site_connection
    union
    select submission_id, site_id from site_project_step
    union
    select submission_id, site_id from flexibility
),

written as (
    select province_code, municipality_code, business_park, spelled(business_park) as park, count(*) as sites
    from site_place
    semi join heard using (submission_id, site_id)
    where business_park is not null
    group by province_code, municipality_code, business_park
),

park_names as (
    select province_code, municipality_code, lower(park) as folded, park as name
    from written
    where park is not null
    group by province_code, municipality_code, park
    qualify row_number() over (
        partition by province_code, municipality_code, lower(park) order by sum(sites) desc, park) = 1
),

station_names as (
    select
        row_number() over () as station, province_code, grid_operator, lower(substation) as folded, substation as name
    from site_connection
    where substation is not null
    group by province_code, grid_operator, substation
    qualify row_number() over (
        partition by province_code, grid_operator, lower(substation) order by count(*) desc, substation) = 1
),

grounds as (
    select
        filed.*, park_names.name as park,
        dense_rank() over (order by filed.province_code, filed.municipality_code, park_names.name) as ground
    from (select distinct province_code, municipality_code, municipality_name, business_park from site_place) as filed
    left join park_names
        on park_names.province_code = filed.province_code
        and park_names.municipality_code is not distinct from filed.municipality_code
        and park_names.folded = lower(spelled(filed.business_park))
),

sites as (
    select submission_id, site_id, row_number() over () as site, firm, ground
    from site_place
    join firms using (submission_id)
    join grounds
        on grounds.province_code = site_place.province_code
        and grounds.municipality_code is not distinct from site_place.municipality_code
        and grounds.business_park is not distinct from site_place.business_park
),

connections as (
    select
        site, firm, ground, carrier, is_main,
        coalesce(site_connection.grid_operator, 'unknown') as grid_operator,
        coalesce(station, 0) as station,
        connection_capacity_mva, connection_capacity_mw, contracted_offtake_mw, contracted_feed_in_mw,
        request_pending, requested_extra_mw
    from site_connection
    join sites using (submission_id, site_id)
    left join station_names
        on station_names.province_code = site_connection.province_code
        and station_names.grid_operator = site_connection.grid_operator
        and station_names.folded = lower(site_connection.substation)
),

expected as (
    select unnest(expects) as carrier, code as grid_operator from grid_operators
),

spots as (
    select row_number() over () as spot, *
    from (
        select ground, grid_operator, station from connections
        union
        select ground, 'unknown', 0 from grounds
        union
        select ground, grid_operator, 0 from grounds cross join expected
    )
    join (select distinct ground, province_code, municipality_code, municipality_name, park from grounds) using (ground)
),

-- Where no connection was filed nobody is known, but for the operator that expects the carrier.
unconnected as (
    select ground, carriers.code as carrier, spot
    from carriers
    left join expected on expected.carrier = carriers.code
    join spots on spots.grid_operator = coalesce(expected.grid_operator, 'unknown') and station = 0
),

-- Demand and projects stand at the main connection of the site for that carrier.
mains as (
    select site, carrier, spot from connections join spots using (ground, grid_operator, station) where is_main
),

demand_facts as (
    select
        site, firm, coalesce(mains.spot, unconnected.spot) as spot, ask,
        value is not null or peak_mw is not null as is_filed,
        energy_pj, electricity_twh, mass_kt, peak_mw as peak_sum_mw,
        -- Only who filed both energy and peak says anything of hours.
        case when direction = 'offtake' and peak_mw > 0 then electricity_twh end as hours_twh,
        case when direction = 'offtake' and peak_mw > 0 and electricity_twh is not null then peak_mw end as hours_mw
    from site_demand
    join asks using (carrier, direction, year, scenario)
    join sites using (submission_id, site_id)
    join unconnected using (ground, carrier)
    left join mains using (site, carrier)
),

-- What does not depend on the year, of connections and of flexibility; storage stands at offtake, generation at supply.
contracts as (
    select site, firm, ground, grid_operator, station, carrier, 'offtake' as direction,
        connection_capacity_mva, connection_capacity_mw, contracted_offtake_mw, requested_extra_mw,
        case when request_pending then 1 end as pending_requests
    from connections
    union all by name
    select site, firm, ground, grid_operator, station, carrier, 'supply' as direction, contracted_feed_in_mw
    from connections
),

-- A battery may stand in several rows of a site, and so may own generation of one type: each counts once.
generation as (
    select submission_id, site_id, coalesce(own_generation_type, '') as own_generation_type,
        max(own_generation_mw)::decimal(38, 6) as own_generation_mw
    from flexibility
    where own_generation_mw is not null
    group by all
),

flexible as (
    select submission_id, site_id, 'offtake' as direction,
        sum(case when flex_direction = 'less_offtake' then flexible_mw::decimal(38, 6) end) as flexible_mw,
        sum(case when flex_direction = 'more_offtake' then flexible_mw::decimal(38, 6) end)
            as flexible_more_offtake_mw,
        max(storage_mwh)::decimal(38, 6) as storage_mwh
    from flexibility
    group by all
    union all by name
    select submission_id, site_id, 'supply' as direction,
        sum(case when flex_direction = 'less_feed_in' then flexible_mw::decimal(38, 6) end)
            as flexible_less_feed_in_mw,
        sum(case when flex_direction = 'more_feed_in' then flexible_mw::decimal(38, 6) end)
            as flexible_more_feed_in_mw
    from flexibility
    group by all
    union all by name
    select submission_id, site_id, 'supply' as direction, sum(own_generation_mw) as own_generation_mw
    from generation
    group by all
),

standing_asks as (
    select * from asks where certainty = 'all' and year = 0
),

standing_facts as (
    select contracts.* exclude (ground, grid_operator, station, carrier, direction), spot, ask
    from contracts
    join standing_asks using (carrier, direction)
    join spots using (ground, grid_operator, station)
    where coalesce(connection_capacity_mva, contracted_offtake_mw, contracted_feed_in_mw, requested_extra_mw,
        pending_requests) is not null
    union all by name
    select
        flexible.* exclude (submission_id, site_id, direction), sites.site, firm,
        coalesce(mains.spot, unconnected.spot) as spot, ask
    from flexible
    join standing_asks on standing_asks.carrier = 'electricity' and standing_asks.direction = flexible.direction
    join sites using (submission_id, site_id)
    join unconnected on unconnected.ground = sites.ground and unconnected.carrier = 'electricity'
    left join mains on mains.site = sites.site and mains.carrier = 'electricity'
    where coalesce(flexible_mw, flexible_more_offtake_mw, flexible_less_feed_in_mw, flexible_more_feed_in_mw,
        storage_mwh, own_generation_mw) is not null
),

project_facts as (
    select
        sites.site, firm, coalesce(mains.spot, unconnected.spot) as spot, ask,
        case when carrier_to = 'electricity' then delta_peak_mw end as project_extra_mw,
        case when carrier_to = 'electricity' then weighted_peak_mw end as weighted_extra_mw,
        delta_energy_pj as project_extra_pj, weighted_energy_pj as weighted_extra_pj,
        delta_mass_kt as project_extra_kt, weighted_mass_kt as weighted_extra_kt
    from site_project_step as step
    join asks
        on asks.carrier = carrier_to and asks.direction = step.direction
        and asks.certainty = step.certainty and asks.from_year = step.counts_from_year
    join sites using (submission_id, site_id)
    join unconnected on unconnected.ground = sites.ground and unconnected.carrier = carrier_to
    left join mains on mains.site = sites.site and mains.carrier = carrier_to
    where coalesce(project_extra_mw, project_extra_pj, project_extra_kt) is not null
),

-- A site that names no park or station is not dropped, so that each kind of area adds up to the province.
named as (
    select spot, province_code, 'municipality' as area_kind, municipality_code, null as grid_operator,
        municipality_name as area
    from spots
    union all by name
    select spot, province_code, 'business_park' as area_kind, municipality_code, park as area from spots
    union all by name
    select spot, spots.province_code, 'substation' as area_kind, spots.grid_operator, name as area
    from spots left join station_names using (station)
    union all by name
    select spot, province_code, 'grid_operator' as area_kind, grid_operator, label as area
    from spots left join grid_operators on grid_operators.code = spots.grid_operator
),

-- Numbered in the order of the rows, and so are lines: two numbers sort faster than ten names.
areas as (
    select
        * replace (coalesce(area, 'niet opgegeven') as area),
        dense_rank() over (
            order by province_code, area_kind, municipality_code nulls first, grid_operator nulls first,
                coalesce(area, 'niet opgegeven')
        ) as area_number
    from named
),

filed as (
    select site, any_value(firm) as firm, spot, flow, bit_or(moments) as moments
    from (
        select site, firm, spot, ask from demand_facts where is_filed
        union all
        select site, firm, spot, ask from standing_facts
        union all
        select site, firm, spot, ask from project_facts
    )
    join ask_moments using (ask)
    group by site, spot, flow
),

-- The spots of a site lie in one municipality and on one park, but may be connected in several ways.
site_flows as (
    select site, flow, min(spot) as spot, count(*) as spots, bit_or(moments) as moments from filed group by site, flow
),

several as (
    select filed.* from filed join site_flows using (site, flow) where spots > 1
),

site_spots as (
    select unnest(['municipality', 'business_park']) as area_kind, spot, flow, moments from site_flows
    union all
    select unnest(['grid_operator', 'substation']), spot, flow, moments from site_flows where spots = 1
    union all
    select 'grid_operator', min(spot), flow, bit_or(moments)
    from several join spots using (spot) group by site, grid_operator, flow
    union all
    select 'substation', spot, flow, moments from several
),

site_counts as (
    select area_number, line, sum(sites)::bigint as site_count
    from (select area_kind, spot, flow, moments, count(*) as sites from site_spots group by all)
    join areas using (area_kind, spot)
    join lines using (flow)
    where moments & moment != 0
    group by all
),

firm_areas as (
    select firm, area_number, flow, bit_or(moments) as moments
    from (select firm, spot, flow, bit_or(moments) as moments from filed group by all)
    join areas using (spot)
    group by all
),

firm_counts as (
    select area_number, line, sum(firms)::bigint as company_count
    from (select area_number, flow, moments, count(*) as firms from firm_areas group by all)
    join lines using (flow)
    where moments & moment != 0
    group by all
),

-- Of an area and an ask of demand or of what stands there is one line, or one per moment; only projects add up by line.
demand_sums as (
    select
        area_number, ask, bool_or(is_filed) as demand_is_filed,
        bool_and(coalesce(energy_pj, 0) = 0 and coalesce(mass_kt, 0) = 0 and coalesce(peak_sum_mw, 0) = 0)
            as demand_is_zero,
        sum(columns('.*_(pj|twh|kt|mw)')) as '\0'
    from (
        select spot, ask, bool_or(is_filed) as is_filed, sum(columns('.*_(pj|twh|kt|mw)')) as '\0'
        from demand_facts
        group by all
    )
    join areas using (spot)
    group by all
),

standing_sums as (
    select area_number, flow, sum(columns('.*_(mwh|mw|mva|requests)')) as '\0'
    from standing_facts
    join areas using (spot)
    join ask_moments using (ask)
    group by all
),

project_sums as (
    select area_number, line, bool_and(is_zero) as project_is_zero, sum(columns('.*_(pj|kt|mw)')) as '\0'
    from (
        select
            area_number, ask,
            bool_and(coalesce(project_extra_mw, 0) = 0 and coalesce(project_extra_pj, 0) = 0
                and coalesce(project_extra_kt, 0) = 0) as is_zero,
            sum(columns('.*_(pj|kt|mw)')) as '\0'
        from project_facts
        join areas using (spot)
        group by all
    )
    join ask_lines using (ask)
    group by all
),

demand_lines as (
    select * exclude (ask, flow, moment) from demand_sums join ask_lines using (ask)
),

cells as (
    select area_number, line from demand_lines
    union
    select area_number, line from standing_sums join lines using (flow)
    union
    select area_number, line from project_sums
),

sums as (
    select
        * exclude (moment),
        demand_is_filed or standing.there or project.there as is_filed,
        coalesce(demand_is_zero, true) and coalesce(project_is_zero, true)
            and coalesce(greatest(connection_capacity_mva, contracted_offtake_mw, contracted_feed_in_mw,
                requested_extra_mw, flexible_mw, flexible_more_offtake_mw, flexible_less_feed_in_mw,
                flexible_more_feed_in_mw, own_generation_mw, storage_mwh, pending_requests), 0) = 0 as is_zero
    from cells
    join lines using (line)
    left join demand_lines using (area_number, line)
    left join (select *, true as there from standing_sums) as standing using (area_number, flow)
    left join (select *, true as there from project_sums) as project using (area_number, line)
)

select
    settings.round,
    areas.province_code,
    provinces.label as province_name,
    settings.blueprint_version,
    settings.factor_version,
    areas.area_kind,
    areas.area,
    areas.municipality_code,
    areas.grid_operator,
    sums.carrier,
    sums.direction,
    sums.year,
    sums.scenario,
    sums.certainty,
    case when is_filed is not true then 'not_filed' when is_zero then 'zero' else 'shown' end as cell_status,
    sums.energy_pj::decimal(38, 12) as energy_pj,
    sums.electricity_twh::decimal(38, 12) as electricity_twh,
    sums.mass_kt::decimal(38, 12) as mass_kt,
    sums.peak_sum_mw::decimal(38, 6) as peak_sum_mw,
    -- TWh over MW is a million hours.
    (1000000 * sums.hours_twh::double / sums.hours_mw::double)::decimal(38, 1) as full_load_hours,
    sums.connection_capacity_mva::decimal(38, 6) as connection_capacity_mva,
    sums.connection_capacity_mw::decimal(38, 6) as connection_capacity_mw,
    sums.contracted_offtake_mw::decimal(38, 6) as contracted_offtake_mw,
    sums.contracted_feed_in_mw::decimal(38, 6) as contracted_feed_in_mw,
    sums.pending_requests::bigint as pending_request_count,
    sums.requested_extra_mw::decimal(38, 6) as requested_extra_mw,
    sums.flexible_mw::decimal(38, 6) as flexible_mw,
    sums.flexible_more_offtake_mw::decimal(38, 6) as flexible_more_offtake_mw,
    sums.flexible_less_feed_in_mw::decimal(38, 6) as flexible_less_feed_in_mw,
    sums.flexible_more_feed_in_mw::decimal(38, 6) as flexible_more_feed_in_mw,
    sums.own_generation_mw::decimal(38, 6) as own_generation_mw,
    sums.storage_mwh::decimal(38, 6) as storage_mwh,
    sums.project_extra_mw::decimal(38, 6) as project_extra_mw,
    sums.weighted_extra_mw::decimal(38, 6) as weighted_extra_mw,
    sums.project_extra_pj::decimal(38, 12) as project_extra_pj,
    sums.weighted_extra_pj::decimal(38, 12) as weighted_extra_pj,
    sums.project_extra_kt::decimal(38, 12) as project_extra_kt,
    sums.weighted_extra_kt::decimal(38, 12) as weighted_extra_kt,
    coalesce(site_count, 0) as site_count,
    coalesce(company_count, 0) as company_count
from sums
cross join settings
join (select distinct * exclude (spot) from areas) as areas using (area_number)
join provinces on provinces.code = areas.province_code
left join site_counts using (area_number, line)
left join firm_counts using (area_number, line)
order by area_number, line
