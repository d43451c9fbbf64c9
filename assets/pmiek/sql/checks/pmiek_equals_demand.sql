-- Per province the pMIEK table holds the demand per province, and all sectors are the sum of the sectors.
with cells as (
    select province_code, year, scenario, carrier, use, direction, sector,
        coalesce(energy_pj, 0) as pj, coalesce(electricity_twh, 0) as twh, coalesce(mass_kt, 0) as kt
    from pmiek_energy_demand
),
expected as (
    select province_code, year, scenario, carrier, use, direction, sector,
        coalesce(energy_pj, 0) as pj, coalesce(electricity_twh, 0) as twh, coalesce(mass_kt, 0) as kt
    from province_demand
    union all
    select province_code, year, scenario, carrier, use, direction, 'all',
        coalesce(sum(energy_pj), 0), coalesce(sum(electricity_twh), 0), coalesce(sum(mass_kt), 0)
    from province_demand
    group by all
)
select province_code, year, carrier, sector
from cells
full join expected using (province_code, year, scenario, carrier, use, direction, sector)
where (cells.pj = coalesce(expected.pj, 0) and cells.twh = coalesce(expected.twh, 0)
    and cells.kt = coalesce(expected.kt, 0)) is not true
