-- A change that is filed as less is an amount of its own: the rules hold for amounts that add up.
with target_years as (
    select unnest(years) as year from settings
),

amounts as (
    unpivot (
        select
            group_id, submission_id, site_id, province_code, route, certainty, commissioning_year,
            delta_energy_pj::double as energy, delta_peak_mw::double as power, -co2_reduction_kt::double as co2
        from site_project
        where in_path
    )
    on energy, power, co2 into name project_measure value amount
)

select
    group_id as holding,
    submission_id || ' ' || site_id as site,
    project_measure,
    case when amount < 0 then 'less' else 'more' end as change_direction,
    province_code as region_code,
    route as project_route,
    certainty as project_certainty,
    coalesce(
        (select min(year)::varchar from target_years where year >= commissioning_year), 'later'
    ) as phase_in,
    sum(abs(amount)) as value
from amounts
group by all
order by all
