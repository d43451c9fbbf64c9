-- Per province the pMIEK table holds the demand per province, and all sectors are the sum of the sectors.
-- Where too much was estimated no figure stands.
with cells as (
    select province_code, year, scenario, carrier, use, direction, sector,
        coalesce(energy_pj, 0) as pj, coalesce(electricity_twh, 0) as twh, coalesce(mass_kt, 0) as kt, cell_status
    from pmiek_energy_demand
    where certainty = 'all'
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
where case
    when cells.cell_status = 'too_much_estimated' then cells.pj + cells.twh + cells.kt = 0
    else cells.pj = coalesce(expected.pj, 0) and cells.twh = coalesce(expected.twh, 0)
        and cells.kt = coalesce(expected.kt, 0)
end is not true
