select
    group_id as holding,
    submission_id || ' ' || site_id as site,
    province_code as region_code,
    sector,
    carrier as material,
    direction,
    year,
    scenario,
    sum(mass_kt)::double as value
from site_demand
join carriers on carriers.code = site_demand.carrier
where carriers.quantity = 'mass' and mass_kt is not null
group by all
order by all
