-- The municipalities of a province add up to its filed demand and supply of hydrogen, and its projects of each
-- certainty.
with cells as (
    select province_code, year, scenario, certainty, coalesce(sum(energy_pj), 0) as pj, coalesce(sum(supply_pj), 0) as supply,
        coalesce(sum(project_extra_pj), 0) as extra, coalesce(sum(weighted_extra_pj), 0) as weighted
    from pmiek_hydrogen_branches
    group by all
),

filed as (
    select province_code, year, scenario, 'all' as certainty,
        coalesce(sum(energy_pj) filter (where direction = 'offtake'), 0) as pj,
        coalesce(sum(energy_pj) filter (where direction = 'supply'), 0) as supply
    from site_demand
    where carrier = 'hydrogen'
    group by all
),

gas as (
    select province_code, year, scenario, certainty,
        coalesce(sum(project_extra_pj), 0) as extra, coalesce(sum(weighted_extra_pj), 0) as weighted
    from pmiek_gas_heat_co2
    where carrier = 'hydrogen'
    group by all
)

select province_code, year, scenario, certainty
from cells
full join filed using (province_code, year, scenario, certainty)
full join gas using (province_code, year, scenario, certainty)
-- Where nothing is placed but a connection without demand, there is no cell and nothing to hold.
where coalesce(cells.pj, 0) <> coalesce(filed.pj, 0) or coalesce(cells.supply, 0) <> coalesce(filed.supply, 0)
    or coalesce(cells.extra, 0) <> coalesce(gas.extra, 0) or coalesce(cells.weighted, 0) <> coalesce(gas.weighted, 0)
