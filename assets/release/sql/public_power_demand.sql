with main_operators as (
    select submission_id, site_id, grid_operator from site_connection where is_main and carrier = 'electricity'
),

contracts as (
    unpivot (
        select
            group_id, submission_id, site_id, province_code, grid_operator as operator_code,
            contracted_offtake_mw as contracted_offtake, contracted_feed_in_mw as contracted_feed_in,
            requested_extra_mw as requested_extra
        from site_connection
        where carrier = 'electricity'
    )
    on contracted_offtake, contracted_feed_in, requested_extra into name power_measure value amount
),

figures as (
    select
        group_id, submission_id, site_id, province_code, coalesce(grid_operator, 'unknown') as operator_code,
        'peak' as power_measure, year, scenario, peak_mw as amount
    from site_demand
    left join main_operators using (submission_id, site_id)
    where carrier = 'electricity' and direction = 'offtake' and peak_mw is not null
    union all by name
    select contracts.*, base_year as year, 'base' as scenario from contracts cross join settings
)

select
    group_id as holding,
    submission_id || ' ' || site_id as site,
    coalesce(province_code, 'unplaced') as region_code,
    operator_code,
    power_measure,
    year,
    scenario,
    sum(amount)::double as value
from figures
group by all
order by all
