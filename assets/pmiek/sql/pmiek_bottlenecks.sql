-- Per cell a project counts once, and of what its site asked for only what is more than that site's projects.
with lines as (
    select
        site_bottleneck.* exclude (bottleneck_kind, escalation, certainty, round),
        kind as bottleneck_kind, level as escalation, sure as certainty
    from site_bottleneck,
        unnest([bottleneck_kind, 'all']) as kinds (kind),
        unnest([escalation, 'all']) as levels (level),
        unnest(case when certainty is null then ['all'] else [certainty, 'all'] end) as certainties (sure)
),

counts as (
    select
        province_code, bottleneck_kind, escalation, certainty,
        count(*) as bottleneck_count,
        count(distinct (submission_id, site_id)) as site_count,
        count(distinct group_id) as company_count,
        count(*) filter (where help_requested) as help_requested_count,
        count(*) filter (where help_requested and not case_consent) as without_consent_count
    from lines
    group by all
),

projects as (
    select distinct
        province_code, bottleneck_kind, escalation, certainty, submission_id, project_id, project_site_id as site_id,
        waiting_project_mw, waiting_pj, waiting_kt, weighted_project_mw, weighted_waiting_pj, weighted_waiting_kt
    from lines
    where project_id is not null
),

project_sums as (
    select
        province_code, bottleneck_kind, escalation, certainty,
        sum(waiting_project_mw) as waiting_project_mw,
        sum(waiting_pj) as waiting_pj,
        sum(waiting_kt) as waiting_kt,
        sum(weighted_project_mw) as weighted_project_mw,
        sum(weighted_waiting_pj) as weighted_waiting_pj,
        sum(weighted_waiting_kt) as weighted_waiting_kt
    from projects
    group by all
),

site_projects as (
    select province_code, bottleneck_kind, escalation, submission_id, site_id, sum(waiting_project_mw) as project_mw
    from projects
    where certainty = 'all'
    group by all
),

requests as (
    select distinct
        province_code, bottleneck_kind, escalation, submission_id, site_id, waiting_request_mw as requested_mw
    from lines
    where waiting_request_mw is not null and certainty = 'all'
),

request_sums as (
    select
        province_code, bottleneck_kind, escalation,
        sum(greatest(requested_mw - coalesce(project_mw, 0), 0)::decimal(38, 6)) as waiting_request_mw
    from requests
    left join site_projects using (province_code, bottleneck_kind, escalation, submission_id, site_id)
    group by all
),

-- Every province has every kind and level, also where nothing was filed.
cells as (
    select provinces.code as province_code, provinces.label as province_name,
        bottleneck_kinds.code as bottleneck_kind, bottleneck_kinds.position as kind_position,
        escalations.code as escalation, escalations.position as level_position
    from provinces
    cross join bottleneck_kinds
    cross join escalations
    where provinces.filed or provinces.code in (select province_code from counts)
),

rows as (
    select *, 'all' as certainty from cells
    union all by name
    select cells.*, certainty
    from cells
    join (select * from counts where certainty <> 'all') as classes using (province_code, bottleneck_kind, escalation)
)

select
    settings.round,
    rows.province_code,
    rows.province_name,
    rows.bottleneck_kind,
    rows.escalation,
    rows.certainty,
    settings.blueprint_version,
    settings.factor_version,
    case when counts.bottleneck_count is null then 'not_filed' else 'shown' end as cell_status,
    coalesce(bottleneck_count, 0) as bottleneck_count,
    coalesce(site_count, 0) as site_count,
    coalesce(company_count, 0) as company_count,
    coalesce(help_requested_count, 0) as help_requested_count,
    coalesce(without_consent_count, 0) as without_consent_count,
    case
        when coalesce(waiting_project_mw, waiting_request_mw) is not null
            then coalesce(waiting_project_mw, 0) + coalesce(waiting_request_mw, 0)
    end::decimal(38, 6) as waiting_mw,
    waiting_project_mw,
    waiting_request_mw,
    waiting_pj,
    waiting_kt,
    weighted_project_mw,
    weighted_waiting_pj,
    weighted_waiting_kt
from rows
cross join settings
left join counts using (province_code, bottleneck_kind, escalation, certainty)
left join project_sums using (province_code, bottleneck_kind, escalation, certainty)
left join (select *, 'all' as certainty from request_sums) as request_sums
    using (province_code, bottleneck_kind, escalation, certainty)
order by province_code, kind_position, level_position, certainty
