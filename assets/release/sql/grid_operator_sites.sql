with connected as (
    select submission_id, site_id, carrier, grid_operator, substation
    from site_connection
    where is_main
)

select
    connected.grid_operator,
    site_demand.carrier,
    site_demand.direction,
    site_demand.year,
    site_demand.scenario,
    site_demand.submission_id || ' ' || site_demand.site_id as site,
    site_demand.submission_id,
    site_demand.group_id as holding,
    site_demand.kvk_number,
    site_demand.site_id,
    company.company_name,
    site_demand.municipality_code,
    any_value(connected.substation) as substation,
    sum(site_demand.energy_pj)::double as energy_pj,
    sum(site_demand.peak_mw)::double as peak_mw
from site_demand
join connected using (submission_id, site_id, carrier)
join company using (submission_id)
where coalesce(site_demand.energy_pj, site_demand.peak_mw) is not null
group by all
order by all
