with main_connections as (
    select submission_id, site_id, carrier, grid_operator, substation from site_connection where is_main
),

-- What is filed per site stands at its main connection for that carrier.
demand_rows as (
    select
        site_demand.submission_id, site_demand.site_id, site_demand.carrier, direction, year, scenario,
        site_demand.value is not null as is_filed, energy_pj, electricity_twh, mass_kt, peak_mw,
        grid_operator, substation
    from site_demand
    left join main_connections using (submission_id, site_id, carrier)
),

moments as (
    select base_year as year, 'base' as scenario from settings
    union
    select year, scenario from site_demand
),

contract_rows as (
    select
        submission_id, site_id, carrier, 'offtake' as direction, year, scenario,
        true as is_filed, contracted_offtake_mw, requested_extra_mw, grid_operator, substation
    from site_connection cross join moments
    where contracted_offtake_mw is not null or requested_extra_mw is not null
    union all by name
    select
        submission_id, site_id, carrier, 'supply' as direction, year, scenario,
        true as is_filed, contracted_feed_in_mw, grid_operator, substation
    from site_connection cross join moments
    where contracted_feed_in_mw is not null
),

deltas as (
    select
        project.submission_id, project.site_id, project.carrier_to as carrier,
        year(project.commissioning_date) as from_year,
        coalesce(project.probability_pct, certainty.weight_pct) as chance_pct,
        case when carrier_to = 'electricity' then delta_peak_mw end as mw,
        case when canon = 'PJ' then delta_value * factor end as pj,
        case when canon = 'kt' then delta_value * factor end as kt
    from project
    join certainty on certainty.code = project.certainty
    left join conversions
        on conversions.carrier = project.carrier_to and conversions.unit = project.delta_unit
        and conversions.basis = ''
),

project_rows as (
    select
        submission_id, site_id, carrier, 'offtake' as direction, moments.year, moments.scenario, true as is_filed,
        mw::decimal(38, 6) as project_extra_mw, (mw * chance_pct / 100)::decimal(38, 6) as weighted_extra_mw,
        pj::decimal(38, 12) as project_extra_pj, (pj * chance_pct / 100)::decimal(38, 12) as weighted_extra_pj,
        kt::decimal(38, 12) as project_extra_kt, (kt * chance_pct / 100)::decimal(38, 12) as weighted_extra_kt,
        grid_operator, substation
    from deltas
    cross join settings
    join moments on from_year <= moments.year
    left join main_connections using (submission_id, site_id, carrier)
    where from_year > settings.base_year and coalesce(mw, pj, kt) is not null
),

facts as (
    select * from demand_rows
    union all by name
    select * from contract_rows
    union all by name
    select * from project_rows
),

-- One name per park and station: what differs in case and spaces only is the same, under its commonest spelling.
parks as (
    select submission_id, site_id, province_code, municipality_code,
        nullif(trim(regexp_replace(business_park, '\s+', ' ', 'g')), '') as park
    from site_place
    semi join facts using (submission_id, site_id)
),

park_names as (
    select province_code, municipality_code, lower(park) as folded, park as name
    from parks
    where park is not null
    group by province_code, municipality_code, park
    qualify row_number() over (
        partition by province_code, municipality_code, lower(park) order by count(*) desc, park) = 1
),

station_names as (
    select province_code, grid_operator, lower(substation) as folded, substation as name
    from site_connection
    where substation is not null
    group by province_code, grid_operator, substation
    qualify row_number() over (
        partition by province_code, grid_operator, lower(substation) order by count(*) desc, substation) = 1
),

placed as (
    select
        facts.* exclude (grid_operator, substation),
        site_place.province_code, site_place.municipality_code, site_place.municipality_name,
        coalesce(company.group_id, company.kvk_number) as group_id,
        park_names.name as park,
        coalesce(facts.grid_operator, 'unknown') as grid_operator,
        station_names.name as station
    from facts
    join site_place using (submission_id, site_id)
    join company using (submission_id)
    left join parks using (submission_id, site_id)
    left join park_names
        on park_names.province_code = site_place.province_code
        and park_names.municipality_code is not distinct from site_place.municipality_code
        and park_names.folded = lower(parks.park)
    left join station_names
        on station_names.province_code = site_place.province_code
        and station_names.grid_operator = facts.grid_operator and station_names.folded = lower(facts.substation)
),

-- A site that names no park or station is not dropped, so that each kind of area adds up to the province.
areas as (
    select placed.* exclude (grid_operator), 'municipality' as area_kind, municipality_name as area
    from placed
    union all by name
    select placed.* exclude (grid_operator), 'business_park' as area_kind, park as area
    from placed
    union all by name
    select placed.* exclude (municipality_code), 'substation' as area_kind, station as area
    from placed
    union all by name
    select placed.* exclude (municipality_code), 'grid_operator' as area_kind, grid_operators.label as area
    from placed
    left join grid_operators on grid_operators.code = placed.grid_operator
)

select
    settings.round,
    areas.province_code,
    provinces.label as province_name,
    settings.blueprint_version,
    settings.factor_version,
    areas.area_kind,
    coalesce(areas.area, 'niet opgegeven') as area,
    areas.municipality_code,
    areas.grid_operator,
    areas.carrier,
    areas.direction,
    areas.year,
    areas.scenario,
    case
        when not bool_or(is_filed) then 'not_filed'
        when bool_and(coalesce(energy_pj, 0) = 0 and coalesce(mass_kt, 0) = 0 and coalesce(peak_mw, 0) = 0
            and coalesce(contracted_offtake_mw, 0) = 0 and coalesce(contracted_feed_in_mw, 0) = 0
            and coalesce(requested_extra_mw, 0) = 0 and coalesce(project_extra_mw, 0) = 0
            and coalesce(project_extra_pj, 0) = 0 and coalesce(project_extra_kt, 0) = 0) then 'zero'
        else 'shown'
    end as cell_status,
    sum(energy_pj)::decimal(38, 12) as energy_pj,
    sum(electricity_twh)::decimal(38, 12) as electricity_twh,
    sum(mass_kt)::decimal(38, 12) as mass_kt,
    sum(peak_mw)::decimal(38, 6) as peak_sum_mw,
    sum(contracted_offtake_mw)::decimal(38, 6) as contracted_offtake_mw,
    sum(contracted_feed_in_mw)::decimal(38, 6) as contracted_feed_in_mw,
    sum(requested_extra_mw)::decimal(38, 6) as requested_extra_mw,
    sum(project_extra_mw)::decimal(38, 6) as project_extra_mw,
    sum(weighted_extra_mw)::decimal(38, 6) as weighted_extra_mw,
    sum(project_extra_pj)::decimal(38, 12) as project_extra_pj,
    sum(weighted_extra_pj)::decimal(38, 12) as weighted_extra_pj,
    sum(project_extra_kt)::decimal(38, 12) as project_extra_kt,
    sum(weighted_extra_kt)::decimal(38, 12) as weighted_extra_kt,
    count(distinct (submission_id, site_id)) filter (where is_filed) as site_count,
    count(distinct group_id) filter (where is_filed) as company_count
from areas
cross join settings
join provinces on provinces.code = areas.province_code
group by all
order by
    areas.province_code, areas.area_kind, areas.municipality_code nulls first, areas.grid_operator nulls first,
    area, areas.carrier, areas.direction, areas.year, areas.scenario
