-- In the base year industry is what companies filed; every other sector is what was loaded, in each scenario.
with shown as (
    select province_code, case when part_kind = 'filed' then 'filed' else other_sector end as part,
        carrier, direction, year, demand_scenario, cell_status,
        coalesce(energy_pj, 0) as pj, coalesce(peak_sum_mw, 0) as mw
    from pmiek_combined_demand
    where part_kind = 'loaded' or (part_kind = 'filed' and demand_scenario = 'base')
),
sources as (
    select province_code, 'filed' as part, carrier, direction, year, 'base' as demand_scenario,
        sum(energy_pj) as pj, coalesce(sum(peak_mw), 0) as mw
    from site_demand
    where scenario = 'base' and energy_pj is not null
    group by all
    union all
    select coalesce(municipality_now.province_code, other_demand.province_code), other_sector,
        other_demand.carrier, direction, year, demand_scenario,
        coalesce(sum((value * conversions.factor)::decimal(38, 12)), 0), coalesce(sum(peak_mw::decimal(38, 6)), 0)
    from other_demand
    left join municipality_now on municipality_now.municipality_code = other_demand.municipality_code
    left join conversions
        on conversions.carrier = other_demand.carrier and conversions.unit = other_demand.unit
        and conversions.basis = coalesce(other_demand.heating_value_basis, '')
    group by all
)
select province_code, part, carrier, direction, year, demand_scenario
from shown
full join sources using (province_code, part, carrier, direction, year, demand_scenario)
where coalesce(shown.cell_status <> 'too_much_estimated', true)
    and (shown.pj = coalesce(sources.pj, 0) and shown.mw = coalesce(sources.mw, 0)) is not true
