-- The reasons add up to the change, the change to the two rounds, and a move takes nothing away from the nation.
with reasons as (
    select province_code, carrier, use, direction, year, scenario,
        sum(energy_change_pj) as pj, sum(mass_change_kt) as kt
    from round_change
    where change_reason <> 'all'
    group by all
),
whole as (
    select * from round_change where change_reason = 'all'
),
nation as (
    select
        (select coalesce(sum(energy_before_pj), 0) + coalesce(sum(mass_before_kt), 0) from whole) as before_shown,
        (select coalesce(sum(energy_pj), 0) + coalesce(sum(mass_kt), 0) from whole) as now_shown,
        (select coalesce(sum(energy_pj), 0) + coalesce(sum(mass_kt), 0) from previous_site_demand) as before_filed,
        (select coalesce(sum(energy_pj), 0) + coalesce(sum(mass_kt), 0) from site_demand
         where exists (select 1 from previous_site_demand)) as now_filed
)
select province_code, carrier, year
from whole
full join reasons using (province_code, carrier, use, direction, year, scenario)
where (coalesce(energy_change_pj, 0) = coalesce(reasons.pj, 0)
    and coalesce(mass_change_kt, 0) = coalesce(reasons.kt, 0)
    and coalesce(energy_change_pj, 0) = coalesce(energy_pj, 0) - coalesce(energy_before_pj, 0)
    and coalesce(mass_change_kt, 0) = coalesce(mass_kt, 0) - coalesce(mass_before_kt, 0)) is not true
union all
select 'moved', carrier, year
from round_change
where change_reason = 'moved_site'
group by carrier, use, direction, year, scenario
having coalesce(sum(energy_change_pj), 0) <> 0 or coalesce(sum(mass_change_kt), 0) <> 0
union all
select 'nation', null, null
from nation
where before_shown <> before_filed or now_shown <> now_filed
