-- The municipalities of every province add up to it, to the last decimal.
with parts as (
    select province_code, year, scenario, carrier, use, direction, sector,
        coalesce(sum(energy_pj), 0) as pj, coalesce(sum(electricity_twh), 0) as twh, coalesce(sum(mass_kt), 0) as kt
    from municipality_demand
    group by all
),
whole as (
    select province_code, year, scenario, carrier, use, direction, sector,
        coalesce(sum(energy_pj), 0) as pj, coalesce(sum(electricity_twh), 0) as twh, coalesce(sum(mass_kt), 0) as kt
    from province_demand
    group by all
)
select province_code, year, scenario, carrier, use, direction, sector
from parts
full join whole using (province_code, year, scenario, carrier, use, direction, sector)
where (parts.pj = whole.pj and parts.twh = whole.twh and parts.kt = whole.kt) is not true
