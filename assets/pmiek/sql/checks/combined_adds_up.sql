-- All sectors are the parts that count, once each; what counts and what is left out are the part.
with parts as (
    select province_code, carrier, direction, year, demand_scenario,
        coalesce(sum(counted_pj), 0) as pj, coalesce(sum(left_out_pj), 0) as left_pj,
        coalesce(sum(counted_peak_mw), 0) as mw, coalesce(sum(left_out_peak_mw), 0) as left_mw,
        bool_or(cell_status = 'too_much_estimated') as hidden
    from pmiek_combined_demand where part_kind <> 'together'
    group by all
),
whole as (
    select * from pmiek_combined_demand where part_kind = 'together'
)
select province_code, carrier, direction, year, demand_scenario
from parts
full join whole using (province_code, carrier, direction, year, demand_scenario)
where not coalesce(hidden or cell_status = 'too_much_estimated', false)
    and (parts.pj = coalesce(whole.energy_pj, 0) and parts.left_pj = coalesce(whole.left_out_pj, 0)
        and parts.mw = coalesce(whole.peak_sum_mw, 0) and parts.left_mw = coalesce(whole.left_out_peak_mw, 0)
    ) is not true
union all
select province_code, carrier, direction, year, demand_scenario
from pmiek_combined_demand
where part_kind <> 'together' and cell_status <> 'too_much_estimated'
    and (coalesce(energy_pj, 0) = coalesce(counted_pj, 0) + coalesce(left_out_pj, 0)
        and coalesce(peak_sum_mw, 0) = coalesce(counted_peak_mw, 0) + coalesce(left_out_peak_mw, 0)) is not true
