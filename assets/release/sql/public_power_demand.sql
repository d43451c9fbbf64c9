with standing as (
    unpivot (
        select
            group_id, submission_id, site_id, province_code, grid_operator as operator_code,
            contracted_offtake_mw as contracted_offtake, contracted_feed_in_mw as contracted_feed_in,
            requested_extra_mw as requested_extra
        from site_connection
        where carrier = 'electricity'
    )
    on contracted_offtake, contracted_feed_in, requested_extra into name power_measure value amount
    union all by name
    unpivot (
        select
            group_id, submission_id, site_id, province_code, grid_operator as operator_code,
            flexible_mw as flexible_less_offtake, flexible_more_offtake_mw as flexible_more_offtake,
            flexible_less_feed_in_mw as flexible_less_feed_in, flexible_more_feed_in_mw as flexible_more_feed_in,
            own_generation_mw as own_generation
        from site_flexibility
    )
    on flexible_less_offtake, flexible_more_offtake, flexible_less_feed_in, flexible_more_feed_in, own_generation
        into name power_measure value amount
),

figures as (
    select
        group_id, submission_id, site_id, province_code, grid_operator as operator_code,
        case direction when 'offtake' then 'peak' else 'feed_in_peak' end as power_measure, year, scenario,
        peak_mw as amount
    from site_demand
    where carrier = 'electricity' and peak_mw is not null
    union all by name
    select standing.*, base_year as year, 'base' as scenario from standing cross join settings
)

select
    group_id as holding,
    submission_id || ' ' || site_id as site,
    province_code as region_code,
    operator_code,
    power_measure,
    year,
    scenario,
    sum(amount)::double as value
from figures
group by all
order by all
