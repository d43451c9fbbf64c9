-- What fits is never more than the supply or the demand of an area, and all areas together not more than was filed.
with areas as (
    select carrier, year, scenario,
        sum(coalesce(offered_pj, offered_kt)) as supply, sum(coalesce(demand_pj, demand_kt)) as demand
    from area_opportunities
    group by all
),
filed as (
    select carrier, year, scenario,
        coalesce(sum(coalesce(energy_pj, mass_kt)) filter (where direction = 'supply'), 0) as supply,
        coalesce(sum(coalesce(energy_pj, mass_kt)) filter (where direction = 'offtake'), 0) as demand
    from site_demand
    group by all
)
select area_id
from area_opportunities
where (coalesce(matched_pj, matched_kt)
    between 0 and least(coalesce(offered_pj, offered_kt), coalesce(demand_pj, demand_kt))) is not true
union all
select carrier
from areas
left join filed using (carrier, year, scenario)
where (areas.supply <= filed.supply and areas.demand <= filed.demand) is not true
