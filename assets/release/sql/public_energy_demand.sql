with main_operators as (
    select submission_id, site_id, carrier, grid_operator from site_connection where is_main
),

named as (
    select
        site_place.submission_id, site_place.site_id, coalesce(company.group_id, company.kvk_number) as holding,
        site_place.province_code as region_code, coalesce(site_place.municipality_code, region_code) as municipality_code,
        lower(spelled(site_place.business_park)) as park,
        tells_who(site_place.business_park, company_name) as is_telling
    from site_place
    join company using (submission_id)
),

-- A park of few firms, or that is called after one, is no place of its own: it is the rest of its municipality.
parks as (
    select municipality_code, park
    from named
    where park is not null
    group by all
    having count(distinct holding) >= getvariable('min_holdings') and not bool_or(is_telling)
),

places as (
    select
        named.submission_id, named.site_id, region_code, municipality_code,
        municipality_code || ' ' || coalesce(parks.park, 'elders') as park_code
    from named
    left join parks using (municipality_code, park)
)

select
    group_id as holding,
    submission_id || ' ' || site_id as site,
    places.region_code,
    places.municipality_code,
    places.park_code,
    sector,
    carrier as energy_carrier,
    -- Whoever is only expected to get a carrier has nothing of it in its administration.
    coalesce(main_operators.grid_operator, 'unknown') as operator_code,
    direction,
    year,
    scenario,
    sum(energy_pj)::double as value
from site_demand
join places using (submission_id, site_id)
left join main_operators using (submission_id, site_id, carrier)
where energy_pj is not null
group by all
order by all
