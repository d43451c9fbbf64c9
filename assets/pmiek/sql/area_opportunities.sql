-- Each line of supply and of demand belongs to one area at most, so nothing is promised twice; what fits is worked out
-- for the area as a whole, so no order among companies plays a part.
with lines as (
    select
        site_demand.submission_id, site_demand.site_id, group_id, site_demand.province_code,
        site_demand.municipality_code, site_demand.carrier, site_demand.year, site_demand.scenario,
        site_demand.direction, rd_x_m as x, rd_y_m as y, within_km,
        nullif(regexp_replace(trim(business_park), '\s+', ' ', 'g'), '') as park_name,
        site_demand.municipality_code || '/' || lower(park_name) as park,
        -- Where there is no temperature everything fits; an unknown temperature fits nothing.
        case when has_temperature then temperature_classes.position else 0 end as level,
        sum(coalesce(energy_pj, mass_kt)) as amount
    from site_demand
    join exchange_carriers on exchange_carriers.code = site_demand.carrier
    join site_place using (submission_id, site_id)
    left join energy_demand using (submission_id, site_id, year, scenario, carrier, use, direction)
    left join temperature_classes
        on energy_demand.temperature_c >= temperature_classes.low
        and energy_demand.temperature_c < temperature_classes.high
    where coalesce(energy_pj, mass_kt) > 0 and (temperature_classes.position is not null or not has_temperature)
    group by all
),

supplies as (
    select *, row(submission_id, site_id, level) as supply, coalesce(municipality_code, province_code) as around
    from lines
    where direction = 'supply'
),

users as (
    select *, row(submission_id, site_id, level) as user from lines where direction = 'offtake'
),

links as (
    select
        carrier, year, scenario, supply, users.user, around, supplies.park, supplies.within_km,
        coalesce(supplies.park = users.park, false) as on_park,
        sqrt(power(supplies.x - users.x, 2) + power(supplies.y - users.y, 2)) / 1000 as km
    from supplies
    join users using (carrier, year, scenario)
    where supplies.level >= users.level
        and (supplies.submission_id, supplies.site_id) <> (users.submission_id, users.site_id)
),

park_links as (
    select * from links where on_park
),

-- Between who found nobody on the own business park.
near_links as (
    select *
    from links
    where km <= within_km
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
    group by shared_area_kind, area_id, carrier, year, scenario, parts.submission_id, parts.site_id
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
