-- A spot is where something stands: a place, an operator and a station. Lines (what is asked when) have numbers, and of
-- what moments a site or firm filed something is one number too, a bit per moment: in each cell both count once.
with moments as (
    select *, 1::hugeint << (row_number() over () - 1) as moment
    from (
        select base_year as year, 'base' as scenario from settings
        union
        select year, scenario from site_demand
    )
),

since as (
    select from_year, bit_or(moment) as moments
    from (select 0 as from_year union select counts_from_year from site_project_step)
    join moments on year >= from_year
    group by from_year
),

demand as not materialized (
    select
        *, row(province_code, municipality_code, business_park, grid_operator, substation) as spot,
        'all' as certainty, value is not null or peak_mw is not null as is_filed
    from site_demand
),

-- What does not depend on the year, of connections and of flexibility; storage stands at offtake, generation at supply.
connections as not materialized (
    select
        *, row(province_code, municipality_code, business_park, grid_operator, substation) as spot,
        'all' as certainty
    from site_connection
),

flexibility as not materialized (
    select
        *, row(province_code, municipality_code, business_park, grid_operator, substation) as spot,
        'electricity' as carrier, 'all' as certainty
    from site_flexibility
),

standing as not materialized (
    select
        * exclude (contracted_feed_in_mw), 'offtake' as direction,
        case when request_pending then 1 end as pending_requests
    from connections
    where request_pending or coalesce(connection_capacity_mva, contracted_offtake_mw, requested_extra_mw) is not null
    union all by name
    select
        * exclude (connection_capacity_mva, connection_capacity_mw, contracted_offtake_mw, requested_extra_mw),
        'supply' as direction
    from connections
    where contracted_feed_in_mw is not null
    union all by name
    select
        * exclude (flexible_less_feed_in_mw, flexible_more_feed_in_mw, own_generation_mw), 'offtake' as direction
    from flexibility
    where coalesce(flexible_mw, flexible_more_offtake_mw, storage_mwh) is not null
    union all by name
    select * exclude (flexible_mw, flexible_more_offtake_mw, storage_mwh), 'supply' as direction
    from flexibility
    where coalesce(flexible_less_feed_in_mw, flexible_more_feed_in_mw, own_generation_mw) is not null
),

projects as not materialized (
    select
        *, row(province_code, municipality_code, business_park, grid_operator, substation) as spot,
        carrier_to as carrier,
        case when carrier_to = 'electricity' then delta_peak_mw end as project_extra_mw,
        case when carrier_to = 'electricity' then weighted_peak_mw end as weighted_extra_mw,
        delta_energy_pj as project_extra_pj, weighted_energy_pj as weighted_extra_pj,
        delta_mass_kt as project_extra_kt, weighted_mass_kt as weighted_extra_kt
    from site_project_step
    where coalesce(project_extra_mw, project_extra_pj, project_extra_kt) is not null
),

-- In the sums of spots sites are no more, so that names are looked up for few rows.
demand_spots as (
    select
        spot, carrier, direction, year, scenario, certainty,
        bool_or(is_filed) as demand_is_filed,
        bool_and(coalesce(energy_pj, 0) = 0 and coalesce(mass_kt, 0) = 0 and coalesce(peak_mw, 0) = 0)
            as demand_is_zero,
        sum(energy_pj) as energy_pj, sum(electricity_twh) as electricity_twh, sum(mass_kt) as mass_kt,
        sum(peak_mw) as peak_sum_mw,
        -- Only who filed both energy and peak says anything of hours.
        sum(electricity_twh) filter (where direction = 'offtake' and peak_mw > 0) as hours_twh,
        sum(peak_mw) filter (where direction = 'offtake' and peak_mw > 0 and electricity_twh is not null) as hours_mw
    from demand
    group by all
),

standing_spots as (
    select
        spot, carrier, direction, certainty,
        sum(columns('^(connection|contracted|requested|flexible|own|storage|pending).*_(mwh|mw|mva|requests)$')) as '\0'
    from standing
    group by all
),

project_spots as (
    select
        spot, carrier, direction, certainty, counts_from_year,
        bool_and(coalesce(project_extra_mw, 0) = 0 and coalesce(project_extra_pj, 0) = 0
            and coalesce(project_extra_kt, 0) = 0) as project_is_zero,
        sum(columns('^(project|weighted)_extra.*')) as '\0'
    from projects
    group by all
),

-- A project is once among all certainties and once under its own.
flows as (
    select row_number() over () as flow, *
    from (
        select carrier, direction, 'all' as certainty from demand_spots
        union
        select carrier, direction, 'all' from standing_spots
        union
        select carrier, direction, unnest(['all', certainty]) from project_spots
    )
),

lines as (
    select row_number() over (order by carrier, direction, year, scenario, certainty) as line, *
    from flows cross join moments
),

spots as (
    select row_number() over () as spot_number, *
    from (
        select spot from demand_spots
        union
        select spot from standing_spots
        union
        select spot from project_spots
    )
),

-- Where a site stands, for which flow, and at what moments it filed something.
present as (
    select submission_id, site_id, group_id, spot_number, flow, bit_or(moments) as moments
    from (
        select submission_id, site_id, group_id, spot, carrier, direction, certainty, moment as moments
        from demand join moments using (year, scenario)
        where is_filed
        union all
        select submission_id, site_id, group_id, spot, carrier, direction, certainty, moments
        from standing cross join (select moments from since where from_year = 0)
        union all
        select
            submission_id, site_id, group_id, spot, carrier, direction, unnest(['all', certainty]) as certainty, moments
        from projects join since on from_year = counts_from_year
    )
    join spots using (spot)
    join flows using (carrier, direction, certainty)
    group by all
),

-- One name per park and station: what differs in case and spaces only is the same, under its commonest spelling. A site
-- of which nothing is filed has no say in it.
park_names as (
    select province_code, municipality_code, lower(park) as folded, park as name
    from (
        select province_code, municipality_code, spelled(business_park) as park,
            count(distinct (submission_id, site_id)) as sites
        from (
            select submission_id, site_id, province_code, municipality_code, business_park from site_demand
            union all
            select submission_id, site_id, province_code, municipality_code, business_park from site_connection
            union all
            select submission_id, site_id, province_code, municipality_code, business_park from site_flexibility
            union all
            select submission_id, site_id, province_code, municipality_code, business_park from site_project_step
        )
        where business_park is not null
        group by all
    )
    where park is not null
    qualify row_number() over (
        partition by province_code, municipality_code, lower(park) order by sites desc, park) = 1
),

station_names as (
    select province_code, grid_operator, lower(substation) as folded, substation as name
    from site_connection
    where substation is not null
    group by province_code, grid_operator, substation
    qualify row_number() over (
        partition by province_code, grid_operator, lower(substation) order by count(*) desc, substation) = 1
),

-- A site that names no park or station is not dropped, so that each kind of area adds up to the province.
named as (
    select spot_number, spot[1] as province_code, 'municipality' as area_kind, spot[2] as municipality_code,
        null as grid_operator, municipality_name as area
    from spots left join municipality_now on municipality_now.municipality_code = spot[2]
    union all by name
    select spot_number, spot[1] as province_code, 'business_park' as area_kind, spot[2] as municipality_code, name as area
    from spots
    left join park_names
        on park_names.province_code = spot[1] and park_names.municipality_code is not distinct from spot[2]
        and folded = lower(spelled(spot[3]))
    union all by name
    select spot_number, spot[1] as province_code, 'substation' as area_kind, spot[4] as grid_operator, name as area
    from spots
    left join station_names
        on station_names.province_code = spot[1] and station_names.grid_operator = spot[4] and folded = lower(spot[5])
    union all by name
    select spot_number, spot[1] as province_code, 'grid_operator' as area_kind, spot[4] as grid_operator, label as area
    from spots left join grid_operators on grid_operators.code = spot[4]
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

-- A site may be connected at several stations or to several operators; only there must its spots be laid together.
several as (
    select submission_id, site_id, flow
    from (
        select submission_id, site_id, carrier
        from site_connection
        group by all
        having count(distinct grid_operator || coalesce(' ' || substation, '')) > 1
    )
    join flows using (carrier)
),

site_areas as (
    select area_number, flow, moments, sites
    from (
        select spot_number, flow, moments, count(*) as sites
        from present anti join several using (submission_id, site_id, flow)
        group by all
    )
    join areas using (spot_number)
    union all
    select area_number, flow, bit_or(moments), 1
    from present
    semi join several using (submission_id, site_id, flow)
    join areas using (spot_number)
    group by submission_id, site_id, area_number, flow
),

site_counts as (
    select area_number, line, sum(sites)::bigint as site_count
    from site_areas
    join lines using (flow)
    where moments & moment != 0
    group by all
),

firm_areas as (
    select group_id, area_number, flow, bit_or(moments) as moments
    from (
        select group_id, spot_number, flow, bit_or(moments) as moments
        from present
        group by all
    )
    join areas using (spot_number)
    group by all
),

firm_counts as (
    select area_number, line, sum(firms)::bigint as company_count
    from (select area_number, flow, moments, count(*) as firms from firm_areas group by all)
    join lines using (flow)
    where moments & moment != 0
    group by all
),

-- Of an area is one line of demand per moment; what stands there is of every moment, and a project from its year on.
demand_lines as (
    select
        area_number, line, bool_or(demand_is_filed) as demand_is_filed, bool_and(demand_is_zero) as demand_is_zero,
        sum(columns('.*_(pj|twh|kt|mw)')) as '\0'
    from demand_spots
    join spots using (spot)
    join areas using (spot_number)
    join lines using (carrier, direction, certainty, year, scenario)
    group by all
),

standing_sums as (
    select area_number, flow, sum(columns('.*_(mwh|mw|mva|requests)')) as '\0'
    from standing_spots
    join spots using (spot)
    join areas using (spot_number)
    join flows using (carrier, direction, certainty)
    group by all
),

project_sums as (
    select
        area_number, line, bool_and(project_is_zero) as project_is_zero,
        sum(columns('.*_extra_(pj|kt|mw)')) as '\0'
    from project_spots as projects
    join spots using (spot)
    join areas using (spot_number)
    join lines
        on lines.carrier = projects.carrier and lines.direction = projects.direction
        and lines.certainty in ('all', projects.certainty) and lines.year >= counts_from_year
    group by area_number, line
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
join (select distinct * exclude (spot_number) from areas) as areas using (area_number)
join provinces on provinces.code = areas.province_code
left join site_counts using (area_number, line)
left join firm_counts using (area_number, line)
order by area_number, line
