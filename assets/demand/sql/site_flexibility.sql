-- A battery may stand in several rows of a site, and so may own generation of one type: each counts once.
with own_generation as (
    select submission_id, site_id, sum(mw)::decimal(38, 6) as own_generation_mw
    from (
        select submission_id, site_id, max(own_generation_mw)::decimal(38, 6) as mw
        from flexibility
        group by submission_id, site_id, coalesce(own_generation_type, '')
    )
    group by all
),

flexible as (
    select
        submission_id,
        site_id,
        sum(case when flex_direction = 'less_offtake' then flexible_mw::decimal(38, 6) end) as flexible_mw,
        sum(case when flex_direction = 'more_offtake' then flexible_mw::decimal(38, 6) end)
            as flexible_more_offtake_mw,
        sum(case when flex_direction = 'less_feed_in' then flexible_mw::decimal(38, 6) end)
            as flexible_less_feed_in_mw,
        sum(case when flex_direction = 'more_feed_in' then flexible_mw::decimal(38, 6) end)
            as flexible_more_feed_in_mw,
        max(storage_mwh)::decimal(38, 6) as storage_mwh
    from flexibility
    group by all
)

select
    settings.round,
    flexible.submission_id,
    company.kvk_number,
    coalesce(company.group_id, company.kvk_number) as group_id,
    flexible.site_id,
    site_place.province_code,
    site_place.municipality_code,
    site_place.business_park,
    -- It stands at the main electricity connection of the site.
    coalesce(main_connection.grid_operator, 'unknown') as grid_operator,
    coalesce(main_connection.voltage_level, 'unknown') as voltage_level,
    main_connection.substation,
    flexible.flexible_mw,
    flexible.flexible_more_offtake_mw,
    flexible.flexible_less_feed_in_mw,
    flexible.flexible_more_feed_in_mw,
    own_generation.own_generation_mw,
    flexible.storage_mwh
from flexible
cross join settings
join own_generation using (submission_id, site_id)
join company using (submission_id)
join site_place using (submission_id, site_id)
left join (from site_connection where is_main and carrier = 'electricity') as main_connection
    using (submission_id, site_id)
order by company.kvk_number, flexible.submission_id, flexible.site_id
