-- Each line of supply and of demand belongs to one area at most, so nothing is promised twice; what fits is worked out
-- for the area as a whole, so no order among companies plays a part.
with sites as (
    select
        submission_id, site_id, row_number() over () as site, rd_x_m as x, rd_y_m as y,
        spelled(business_park) as park_name,
        municipality_code || '/' || lower(park_name) as park
    from site_place
),

lines as (
    select
        site, park_name, park, group_id, site_demand.province_code, site_demand.municipality_code,
        site_demand.carrier, site_demand.year, site_demand.scenario, site_demand.direction,
        -- Where there is no temperature everything fits; an unknown temperature fits nothing.
        case when has_temperature then temperature_classes.position else 0 end as level,
        sum(coalesce(energy_pj, mass_kt)) as amount
    from site_demand
    join exchange_carriers on exchange_carriers.code = site_demand.carrier
    -- Where nobody supplies, no demand needs to be gone through.
    semi join (select carrier, year, scenario from site_demand where direction = 'supply') using (carrier, year, scenario)
    join sites using (submission_id, site_id)
    left join energy_demand using (submission_id, site_id, year, scenario, carrier, use, direction)
    left join temperature_classes
        on energy_demand.temperature_c >= temperature_classes.low
        and energy_demand.temperature_c < temperature_classes.high
    where coalesce(energy_pj, mass_kt) > 0 and (temperature_classes.position is not null or not has_temperature)
    group by all
),

supplies as (
    select *, row(site, level) as supply, coalesce(municipality_code, province_code) as around
    from lines
    where direction = 'supply'
),

users as (
    select *, row(site, level) as user from lines where direction = 'offtake'
),

points as (
    select distinct
        lines.carrier, direction, site, sites.park,
        floor(x / (greatest(within_km, 1) * 1000)) as square_x,
        floor(y / (greatest(within_km, 1) * 1000)) as square_y
    from lines
    join sites using (site)
    join exchange_carriers on exchange_carriers.code = lines.carrier
),

givers as (
    select carrier, site as giver, park, unnest([-1, 0, 1]) + square_x as square_x, square_y
    from points
    where direction = 'supply'
),

takers as (
    select carrier, site as taker, park, square_x, unnest([-1, 0, 1]) + square_y as square_y
    from points
    where direction = 'offtake'
),

-- Who is near enough lies in the same square of that size or in one beside it; comparing all with all takes long.
met as (
    select carrier, giver, taker from givers join takers using (carrier, square_x, square_y)
    union
    select carrier, giver, taker from givers join takers using (carrier, park)
),

-- Which sites lie near enough, whatever the year.
pairs as (
    select
        met.carrier, met.giver, met.taker,
        coalesce(giver.park = taker.park, false) as on_park,
        sqrt(power(giver.x - taker.x, 2) + power(giver.y - taker.y, 2)) / 1000 as km,
        coalesce(km <= within_km, false) as is_near
    from met
    join exchange_carriers on exchange_carriers.code = met.carrier
    join sites as giver on giver.site = met.giver
    join sites as taker on taker.site = met.taker
    where giver.site <> taker.site and (on_park or is_near)
),

-- Materialised, since joining all supply with all demand first takes minutes.
offers as materialized (
    select taker, on_park, is_near, km, supplies.*
    from pairs
    join supplies on supplies.carrier = pairs.carrier and supplies.site = pairs.giver
),

links as (
    select
        carrier, year, scenario, supply, users.user, around, offers.park, on_park, is_near, km
    from offers
    join users using (carrier, year, scenario)
    where users.site = offers.taker and offers.level >= users.level
),

park_links as (
    select * from links where on_park
),

-- Between who found nobody on the own business park.
near_links as (
    select *
    from links
    where is_near
        and not exists (
            select 1 from park_links
            where (park_links.carrier, park_links.year, park_links.scenario, park_links.supply)
                = (links.carrier, links.year, links.scenario, links.supply)
        )
        and not exists (
            select 1 from park_links
            where (park_links.carrier, park_links.year, park_links.scenario, park_links.user)
                = (links.carrier, links.year, links.scenario, links.user)
        )
),

-- A user counts where its nearest supplier is.
homes as (
    select carrier, year, scenario, user, arg_min(around, (km, around)) as around
    from near_links
    group by all
),

area_links as (
    select 'business_park' as shared_area_kind, park as area_id, carrier, year, scenario, supply, user, km
    from park_links
    union all
    select 'nearby', around, carrier, year, scenario, supply, user, km
    from near_links
    join homes using (carrier, year, scenario, user, around)
),

areas as (
    select shared_area_kind, area_id, carrier, year, scenario, round(min(km), 1)::decimal(38, 1) as nearest_km
    from area_links
    group by all
),

parts as (
    select shared_area_kind, area_id, supplies.*, amount as supplied, 0 as used
    from supplies
    join (select distinct shared_area_kind, area_id, carrier, year, scenario, supply from area_links)
        using (carrier, year, scenario, supply)
    union all by name
    select shared_area_kind, area_id, users.*, 0 as supplied, amount as used
    from users
    join (select distinct shared_area_kind, area_id, carrier, year, scenario, user from area_links)
        using (carrier, year, scenario, user)
),

sums as (
    select
        shared_area_kind, area_id, carrier, year, scenario,
        sum(supplied) as supplied,
        sum(used) as used,
        min(park_name) as park_name,
        min(province_code) filter (where direction = 'supply') as province_code,
        min(municipality_code) filter (where direction = 'supply') as municipality_code,
        count(distinct group_id) filter (where direction = 'supply') as supplier_count,
        count(distinct group_id) filter (where direction = 'offtake') as user_count
    from parts
    group by all
),

-- Whatever the temperatures: what is warm enough for a level, and all demand below it, bounds what fits.
by_level as (
    select
        shared_area_kind, area_id, carrier, year, scenario, bounds.level,
        coalesce(sum(supplied) filter (where parts.level >= bounds.level), 0)
            + coalesce(sum(used) filter (where parts.level < bounds.level), 0) as bound
    from parts
    cross join (select position as level from temperature_classes) as bounds
    group by all
),

-- And a site does not supply itself: the others' supply and the others' demand bound what fits.
by_site as (
    select
        shared_area_kind, area_id, carrier, year, scenario,
        any_value(sums.supplied) + any_value(sums.used) - sum(parts.supplied) - sum(parts.used) as bound
    from parts
    join sums using (shared_area_kind, area_id, carrier, year, scenario)
    group by shared_area_kind, area_id, carrier, year, scenario, parts.site
),

fits as (
    select shared_area_kind, area_id, carrier, year, scenario, min(bound) as matched
    from (
        select * exclude (level) from by_level
        union all
        select * from by_site
        union all
        select shared_area_kind, area_id, carrier, year, scenario, least(supplied, used) from sums
    )
    group by all
),

user_places as (
    select shared_area_kind, area_id, carrier, year, scenario,
        string_agg(distinct municipality_name, '; ' order by municipality_name) as municipality_names
    from parts
    join municipality_now using (municipality_code)
    where direction = 'offtake'
    group by all
)

select
    settings.round,
    sums.province_code,
    provinces.label as province_name,
    sums.municipality_code,
    municipality_now.municipality_name,
    sums.shared_area_kind,
    sums.area_id,
    case when sums.shared_area_kind = 'business_park' then sums.park_name
        else coalesce(municipality_now.municipality_name, provinces.label) end as area_name,
    sums.carrier,
    sums.year,
    sums.scenario,
    settings.blueprint_version,
    settings.factor_version,
    'shown' as cell_status,
    case when carriers.quantity = 'energy' then supplied end::decimal(38, 12) as offered_pj,
    case when carriers.quantity = 'energy' then used end::decimal(38, 12) as demand_pj,
    case when carriers.quantity = 'energy' then matched end::decimal(38, 12) as matched_pj,
    case when carriers.quantity = 'mass' then supplied end::decimal(38, 12) as offered_kt,
    case when carriers.quantity = 'mass' then used end::decimal(38, 12) as demand_kt,
    case when carriers.quantity = 'mass' then matched end::decimal(38, 12) as matched_kt,
    sums.supplier_count,
    sums.user_count,
    user_places.municipality_names,
    areas.nearest_km
from sums
cross join settings
join areas using (shared_area_kind, area_id, carrier, year, scenario)
join fits using (shared_area_kind, area_id, carrier, year, scenario)
join carriers on carriers.code = sums.carrier
join provinces on provinces.code = sums.province_code
left join municipality_now on municipality_now.municipality_code = sums.municipality_code
left join user_places using (shared_area_kind, area_id, carrier, year, scenario)
order by sums.province_code, sums.area_id, sums.shared_area_kind, carriers.position, sums.year, sums.scenario
