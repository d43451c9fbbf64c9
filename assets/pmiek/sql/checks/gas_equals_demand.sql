-- Per province and carrier the table holds the energy and CO2 that the sites filed; certainties add up to all. Each
-- transporter has the capacity of its own connections.
with cells as (
    select province_code, carrier, direction, year, scenario,
        coalesce(sum(energy_pj), 0) as pj, coalesce(sum(co2_kt), 0) as kt, coalesce(sum(peak_sum_mw), 0) as mw,
        coalesce(sum(project_extra_pj), 0) as extra_pj, coalesce(sum(weighted_extra_pj), 0) as weighted_pj,
        coalesce(sum(project_extra_kt), 0) as extra_kt, coalesce(sum(weighted_extra_kt), 0) as weighted_kt
    from pmiek_gas_heat_co2
    where certainty = 'all'
    group by all
),

by_certainty as (
    select province_code, carrier, direction, year, scenario,
        coalesce(sum(project_extra_pj), 0) as extra_pj, coalesce(sum(weighted_extra_pj), 0) as weighted_pj,
        coalesce(sum(project_extra_kt), 0) as extra_kt, coalesce(sum(weighted_extra_kt), 0) as weighted_kt
    from pmiek_gas_heat_co2
    where certainty <> 'all'
    group by all
),

filed as (
    select province_code, carrier, direction, year, scenario,
        coalesce(sum(energy_pj), 0) as pj, coalesce(sum(mass_kt), 0) as kt, coalesce(sum(peak_mw), 0) as mw
    from site_demand
    where carrier in ('natural_gas', 'green_gas', 'hydrogen', 'heat', 'steam', 'co2')
    group by all
),

moments as (
    select base_year as year, 'base' as scenario from settings
    union
    select year, scenario from site_demand
),

capacities as (
    select province_code, carrier, transporter, pressure_class, year, scenario,
        sum(capacity_m3_per_hour) as m3_per_hour
    from pmiek_gas_heat_co2
    group by all
    having m3_per_hour is not null
),

connected as (
    select province_code, carrier, grid_operator as transporter, pressure_class, year, scenario,
        sum(capacity_m3_per_hour) as m3_per_hour
    from site_connection cross join moments
    where carrier in ('natural_gas', 'green_gas', 'hydrogen', 'heat', 'steam', 'co2')
    group by all
    having m3_per_hour is not null
)

select province_code, carrier, direction, year, scenario
from cells
full join filed using (province_code, carrier, direction, year, scenario)
full join by_certainty using (province_code, carrier, direction, year, scenario)
where (cells.pj = coalesce(filed.pj, 0) and cells.kt = coalesce(filed.kt, 0) and cells.mw = coalesce(filed.mw, 0)
    and (cells.extra_pj, cells.weighted_pj, cells.extra_kt, cells.weighted_kt) = (
        coalesce(by_certainty.extra_pj, 0), coalesce(by_certainty.weighted_pj, 0),
        coalesce(by_certainty.extra_kt, 0), coalesce(by_certainty.weighted_kt, 0))) is not true
union all
select province_code, carrier, 'offtake', year, scenario
from capacities
full join connected using (province_code, carrier, transporter, pressure_class, year, scenario)
where capacities.m3_per_hour is distinct from connected.m3_per_hour
