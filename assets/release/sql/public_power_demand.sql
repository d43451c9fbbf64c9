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

flexible as (
    select submission_id, site_id, 'flexible_' || flex_direction as power_measure, flexible_mw::double as amount
    from flexibility
    where flexible_mw is not null and flex_direction <> 'none'
),

-- Own generation of one type may stand in several rows of a site: it counts once.
generators as (
    select submission_id, site_id, own_generation_type, max(own_generation_mw)::double as amount
    from flexibility
    where own_generation_mw is not null
    group by all
),

standing as (
    select
        coalesce(company.group_id, company.kvk_number) as group_id, submission_id, site_id, province_code,
        coalesce(grid_operator, 'unknown') as operator_code, power_measure, amount
    from (
        select * from flexible
        union all by name
        select submission_id, site_id, 'own_generation' as power_measure, amount from generators
    )
    join site_place using (submission_id, site_id)
    join company using (submission_id)
    left join main_operators using (submission_id, site_id)
    union all by name
    from contracts
),

figures as (
    select
        group_id, submission_id, site_id, province_code, coalesce(grid_operator, 'unknown') as operator_code,
        case direction when 'offtake' then 'peak' else 'feed_in_peak' end as power_measure, year, scenario,
        peak_mw as amount
    from site_demand
    left join main_operators using (submission_id, site_id)
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
