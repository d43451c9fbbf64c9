-- What is supplied in all municipalities and temperature classes is what sites filed as supply, in each unit.
with cells as (
    select province_code, carrier, year, scenario, coalesce(sum(energy_pj), 0) as pj, coalesce(sum(mass_kt), 0) as kt,
        coalesce(sum(peak_sum_mw), 0) as mw, sum(not_filed_count) as not_filed
    from pmiek_supply
    group by all
),
expected as (
    select province_code, carrier, year, scenario, coalesce(sum(energy_pj), 0) as pj, coalesce(sum(mass_kt), 0) as kt,
        coalesce(sum(peak_mw), 0) as mw, count(*) filter (where value is null) as not_filed
    from site_demand
    where direction = 'supply'
    group by all
)
select province_code, carrier, year, scenario
from cells
full join expected using (province_code, carrier, year, scenario)
where (cells.pj = coalesce(expected.pj, 0) and cells.kt = coalesce(expected.kt, 0)
    and cells.mw = coalesce(expected.mw, 0) and cells.not_filed = coalesce(expected.not_filed, 0)) is not true
