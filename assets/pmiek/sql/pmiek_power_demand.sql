with electricity as (
    select
        site_place.province_code, connection.*,
        case
            when voltage_level_kv < 1 then 'lv'
            when voltage_level_kv < 35 then 'mv'
            when voltage_level_kv < 110 then 'iv'
            when voltage_level_kv < 220 then 'hv'
            when voltage_level_kv >= 220 then 'ehv'
            else 'unknown'
        end as voltage_level
    from connection
    join site_place using (submission_id, site_id)
    where connection.carrier = 'electricity'
),

-- A peak is filed per site: it stands at the site's largest contract, so that no peak is counted twice.
main_connection as (
    select submission_id, site_id, grid_operator, voltage_level
    from electricity
    qualify row_number() over (
        partition by submission_id, site_id
        order by contracted_offtake_mw desc nulls last, connection_id
    ) = 1
),

sites as (
    select
        site_place.submission_id, site_place.site_id, site_place.kvk_number, site_place.province_code,
        coalesce(main_connection.grid_operator, 'unknown') as grid_operator,
        coalesce(main_connection.voltage_level, 'unknown') as voltage_level
    from site_place
    left join main_connection using (submission_id, site_id)
),

contracts as (
    select
        province_code, grid_operator, voltage_level,
        sum(contracted_offtake_mw::decimal(38, 6)) as contracted_offtake_mw,
        sum(requested_extra_mw::decimal(38, 6)) filter (where request_pending) as requested_extra_mw,
        count(*) as connection_count
    from electricity
    group by all
),

flexible as (
    select province_code, grid_operator, voltage_level, sum(flexible_mw::decimal(38, 6)) as flexible_mw
    from flexibility
    join sites using (submission_id, site_id)
    where flex_direction = 'less_offtake'
    group by all
),

peaks as (
    select
        sites.province_code, grid_operator, voltage_level, year, scenario,
        sum(peak_mw) as peak_sum_mw
    from site_demand
    join sites using (submission_id, site_id)
    where carrier = 'electricity' and direction = 'offtake'
    group by all
),

companies as (
    select province_code, grid_operator, voltage_level,
        count(distinct coalesce(company.group_id, company.kvk_number)) as company_count
    from (
        select submission_id, province_code, grid_operator, voltage_level from electricity
        union
        select sites.submission_id, sites.province_code, sites.grid_operator, sites.voltage_level
        from sites
        where (submission_id, site_id) in (
            select (submission_id, site_id) from site_demand where carrier = 'electricity' and value is not null
            union
            select (submission_id, site_id) from project where carrier_to = 'electricity'
            union
            select (submission_id, site_id) from flexibility where flex_direction = 'less_offtake'
        )
    )
    join company using (submission_id)
    group by all
),

project_steps as (
    select
        sites.province_code, grid_operator, voltage_level, project.certainty,
        year(project.commissioning_date) as from_year,
        project.delta_peak_mw::decimal(38, 6) as extra_mw,
        (project.delta_peak_mw * coalesce(project.probability_pct, certainty.weight_pct) / 100)::decimal(38, 6)
            as weighted_mw
    from project
    join sites using (submission_id, site_id)
    join certainty on certainty.code = project.certainty
    cross join settings
    where project.carrier_to = 'electricity' and project.delta_peak_mw is not null
      and year(project.commissioning_date) > settings.base_year
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
        sum(weighted_mw) as weighted_extra_mw
    from project_steps
    join moments on project_steps.from_year <= moments.year
    group by province_code, grid_operator, voltage_level, moments.year, moments.scenario,
        grouping sets ((certainty), ())
),

places as (
    select province_code, grid_operator, voltage_level from contracts
    union
    select province_code, grid_operator, voltage_level from peaks
    union
    select province_code, grid_operator, voltage_level from project_steps
    union
    select province_code, grid_operator, voltage_level from flexible
    union
    select code, 'unknown', 'unknown' from provinces
    where filed and code not in (select province_code from contracts)
      and code not in (select province_code from peaks)
),

lines as (
    select places.*, moments.*, 'all' as certainty from places cross join moments
    union all
    select province_code, grid_operator, voltage_level, year, scenario, certainty
    from project_sums
    where certainty <> 'all'
)

select
    settings.round,
    lines.province_code,
    provinces.label as province_name,
    settings.blueprint_version,
    settings.factor_version,
    lines.grid_operator,
    lines.voltage_level,
    lines.year,
    lines.scenario,
    lines.certainty,
    case
        when coalesce(contracts.contracted_offtake_mw, contracts.requested_extra_mw, peaks.peak_sum_mw,
            project_sums.project_extra_mw, flexible.flexible_mw) is null then 'not_filed'
        when coalesce(contracts.contracted_offtake_mw, 0) = 0 and coalesce(contracts.requested_extra_mw, 0) = 0
            and coalesce(peaks.peak_sum_mw, 0) = 0 and coalesce(project_sums.project_extra_mw, 0) = 0
            and coalesce(flexible.flexible_mw, 0) = 0 then 'zero'
        else 'shown'
    end as cell_status,
    contracts.contracted_offtake_mw,
    peaks.peak_sum_mw::decimal(38, 6) as peak_sum_mw,
    null::decimal(38, 6) as coincident_peak_mw,
    contracts.requested_extra_mw,
    project_sums.project_extra_mw,
    project_sums.weighted_extra_mw,
    flexible.flexible_mw,
    case when lines.certainty = 'all' then coalesce(contracts.connection_count, 0) end as connection_count,
    case when lines.certainty = 'all' then coalesce(companies.company_count, 0) end as company_count
from lines
cross join settings
join provinces on provinces.code = lines.province_code
left join contracts
    on lines.certainty = 'all'
    and (contracts.province_code, contracts.grid_operator, contracts.voltage_level)
        = (lines.province_code, lines.grid_operator, lines.voltage_level)
left join flexible
    on lines.certainty = 'all'
    and (flexible.province_code, flexible.grid_operator, flexible.voltage_level)
        = (lines.province_code, lines.grid_operator, lines.voltage_level)
left join companies
    on lines.certainty = 'all'
    and (companies.province_code, companies.grid_operator, companies.voltage_level)
        = (lines.province_code, lines.grid_operator, lines.voltage_level)
left join peaks
    on lines.certainty = 'all'
    and (peaks.province_code, peaks.grid_operator, peaks.voltage_level, peaks.year, peaks.scenario)
        = (lines.province_code, lines.grid_operator, lines.voltage_level, lines.year, lines.scenario)
left join project_sums
    on project_sums.certainty = lines.certainty
    and (project_sums.province_code, project_sums.grid_operator, project_sums.voltage_level,
        project_sums.year, project_sums.scenario)
        = (lines.province_code, lines.grid_operator, lines.voltage_level, lines.year, lines.scenario)
order by lines.province_code, lines.grid_operator, lines.voltage_level, lines.year, lines.scenario, lines.certainty
