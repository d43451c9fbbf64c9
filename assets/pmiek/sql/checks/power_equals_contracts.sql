-- The contracted power and the peaks of all cells are those of all connections and sites.
with cells as (
    select
        (select coalesce(sum(contracted_offtake_mw), 0)
         from (select distinct on (province_code, grid_operator, voltage_level) contracted_offtake_mw
               from pmiek_power_demand where certainty = 'all'
               order by province_code, grid_operator, voltage_level)) as contracted,
        (select coalesce(sum(peak_sum_mw), 0) from pmiek_power_demand where certainty = 'all') as peaks
),
sources as (
    select
        (select coalesce(sum(contracted_offtake_mw::decimal(38, 6)), 0) from connection
         where carrier = 'electricity') as contracted,
        (select coalesce(sum(peak_mw), 0) from site_demand
         where carrier = 'electricity' and direction = 'offtake') as peaks
)
select cells.contracted, cells.peaks
from cells cross join sources
where (cells.contracted = sources.contracted and cells.peaks = sources.peaks) is not true
