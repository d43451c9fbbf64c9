-- One row per thing filed, so that the connection of its site is looked up once.
with filed as (
    select
        submission_id, site_id, province_code, case when value is not null then group_id end as group_id,
        year, scenario, direction, electricity_twh, peak_mw
    from site_demand
    where carrier = 'electricity'
    union all by name
    select
        submission_id, site_id, province_code, group_id,
        certainty, commissioning_year as from_year, in_path, delta_peak_mw as extra_mw, weighted_peak_mw as weighted_mw
    from site_project
    where carrier_to = 'electricity'
),

main_connections as (
    select submission_id, site_id, grid_operator, voltage_level
    from site_connection
    where carrier = 'electricity' and is_main
),

-- A peak is filed per site: it stands at the site's main connection, so that no peak is counted twice.
sums as (
    select
        province_code,
        coalesce(main_connections.grid_operator, 'unknown') as grid_operator,
        coalesce(main_connections.voltage_level, 'unknown') as voltage_level,
        -- Who has a connection is counted by it; to name it here again would make a row per company.
        case when main_connections.site_id is null then group_id end as group_id,
        year, scenario, direction, certainty, from_year, in_path,
        sum(electricity_twh) as electricity_twh,
        sum(peak_mw) as peak_mw,
        sum(electricity_twh) filter (where peak_mw > 0) as twh_with_peak,
        sum(peak_mw) filter (where peak_mw > 0 and electricity_twh is not null) as peak_mw_with_twh,
        sum(extra_mw) as extra_mw,
        sum(weighted_mw) as weighted_mw,
        -- More of one project and less of another may add up to nothing: that is no zero.
        bool_or(extra_mw <> 0) as has_extra
    from filed
    left join main_connections using (submission_id, site_id)
    group by all
),

-- What does not depend on the year: one row per connection, and what is filed of their sites. Who filed demand or a
-- project only is counted too.
standing_rows as (
    select
        province_code, grid_operator, voltage_level, group_id, connection_id,
        connection_capacity_mva, connection_capacity_mw, contracted_offtake_mw, contracted_feed_in_mw,
        request_pending, requested_extra_mw
    from site_connection
    where carrier = 'electricity'
    union all by name
    select
        province_code, grid_operator, voltage_level, group_id,
        flexible_mw, flexible_more_offtake_mw, flexible_less_feed_in_mw, flexible_more_feed_in_mw,
        own_generation_mw, storage_mwh
    from site_flexibility
    where coalesce(flexible_mw, flexible_more_offtake_mw, flexible_less_feed_in_mw, flexible_more_feed_in_mw,
        own_generation_mw, storage_mwh) is not null
    union all by name
    select province_code, grid_operator, voltage_level, group_id from sums
),

standing as (
    select
        province_code, grid_operator, voltage_level, 'all' as certainty,
        sum(connection_capacity_mva) as connection_capacity_mva,
        sum(connection_capacity_mw) as connection_capacity_mw,
        sum(contracted_offtake_mw) as contracted_offtake_mw,
        sum(contracted_feed_in_mw) as contracted_feed_in_mw,
        count(*) filter (where request_pending) as pending_request_count,
        sum(requested_extra_mw) as requested_extra_mw,
        sum(flexible_mw) as flexible_mw,
        sum(flexible_more_offtake_mw) as flexible_more_offtake_mw,
        sum(flexible_less_feed_in_mw) as flexible_less_feed_in_mw,
        sum(flexible_more_feed_in_mw) as flexible_more_feed_in_mw,
        sum(own_generation_mw) as own_generation_mw,
        sum(storage_mwh) as storage_mwh,
        count(connection_id) as connection_count,
        count(distinct group_id) as company_count
    from standing_rows
    group by all
),

yearly as (
    select
        province_code, grid_operator, voltage_level, year, scenario, 'all' as certainty,
        sum(electricity_twh) filter (where direction = 'offtake') as electricity_twh,
        sum(peak_mw) filter (where direction = 'offtake') as peak_sum_mw,
        sum(peak_mw) filter (where direction = 'supply') as feed_in_peak_sum_mw,
        -- TWh over MW is a million hours; only those who filed both say anything of hours.
        (1000000 * sum(twh_with_peak) filter (where direction = 'offtake')::double
            / sum(peak_mw_with_twh) filter (where direction = 'offtake')::double)::decimal(38, 1) as full_load_hours
    from sums
    where year is not null
    group by all
),

moments as (
    select base_year as year, 'base' as scenario from settings
    union
    select year, scenario from site_demand
),

project_sums as (
    select
        province_code, grid_operator, voltage_level, moments.year, moments.scenario,
        coalesce(certainty, 'all') as certainty,
        sum(extra_mw) as project_extra_mw,
        sum(weighted_mw) as weighted_extra_mw,
        bool_or(has_extra) as has_extra
    from sums
    join moments on sums.from_year <= moments.year
    where extra_mw is not null and in_path
    group by province_code, grid_operator, voltage_level, moments.year, moments.scenario,
        grouping sets ((certainty), ())
),

places as (
    select province_code, grid_operator, voltage_level from standing
    union
    select province_code, grid_operator, voltage_level from yearly
    union
    select code, 'unknown', 'unknown' from provinces
    where filed and code not in (select province_code from standing)
      and code not in (select province_code from yearly)
),

lines as (
    select places.*, moments.*, 'all' as certainty from places cross join moments
    union all
    select province_code, grid_operator, voltage_level, year, scenario, certainty
    from project_sums
    where certainty <> 'all'
),

cells as (
    select
        lines.*, standing.* exclude (province_code, grid_operator, voltage_level, certainty),
        yearly.* exclude (province_code, grid_operator, voltage_level, year, scenario, certainty),
        project_sums.project_extra_mw, project_sums.weighted_extra_mw,
        [connection_capacity_mva <> 0, contracted_offtake_mw <> 0, contracted_feed_in_mw <> 0, electricity_twh <> 0,
            peak_sum_mw <> 0, feed_in_peak_sum_mw <> 0, requested_extra_mw <> 0, has_extra,
            flexible_mw <> 0, flexible_more_offtake_mw <> 0, flexible_less_feed_in_mw <> 0,
            flexible_more_feed_in_mw <> 0, own_generation_mw <> 0, storage_mwh <> 0,
            -- A request is one also when nobody says how large it is.
            case when pending_request_count > 0 then true end] as amounts
    from lines
    left join standing using (province_code, grid_operator, voltage_level, certainty)
    left join yearly using (province_code, grid_operator, voltage_level, year, scenario, certainty)
    left join project_sums using (province_code, grid_operator, voltage_level, year, scenario, certainty)
)

select
    settings.round,
    cells.province_code,
    provinces.label as province_name,
    settings.blueprint_version,
    settings.factor_version,
    cells.grid_operator,
    cells.voltage_level,
    cells.year,
    cells.scenario,
    cells.certainty,
    case
        when list_count(amounts) = 0 then 'not_filed'
        when not list_contains(amounts, true) then 'zero'
        else 'shown'
    end as cell_status,
    connection_capacity_mva,
    connection_capacity_mw,
    contracted_offtake_mw,
    contracted_feed_in_mw,
    electricity_twh::decimal(38, 12) as electricity_twh,
    peak_sum_mw::decimal(38, 6) as peak_sum_mw,
    null::decimal(38, 6) as coincident_peak_mw,
    full_load_hours,
    feed_in_peak_sum_mw::decimal(38, 6) as feed_in_peak_sum_mw,
    case when certainty = 'all' then coalesce(pending_request_count, 0) end as pending_request_count,
    requested_extra_mw,
    project_extra_mw,
    weighted_extra_mw,
    flexible_mw,
    flexible_more_offtake_mw,
    flexible_less_feed_in_mw,
    flexible_more_feed_in_mw,
    own_generation_mw,
    storage_mwh,
    case when certainty = 'all' then coalesce(connection_count, 0) end as connection_count,
    case when certainty = 'all' then coalesce(company_count, 0) end as company_count
from cells
cross join settings
join provinces on provinces.code = cells.province_code
order by
    cells.province_code, cells.grid_operator, cells.voltage_level, cells.year, cells.scenario, cells.certainty
