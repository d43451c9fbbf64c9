select
    group_id as holding,
    submission_id || ' ' || site_id as site,
    coalesce(province_code, 'unplaced') as region_code,
    sector,
    carrier as energy_carrier,
    direction,
    year,
    scenario,
    sum(energy_pj)::double as value
from site_demand
where energy_pj is not null
group by all
order by all
