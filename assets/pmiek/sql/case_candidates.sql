-- Groups of bottlenecks that a case team could take up together. Ordered by code and name, never by size.
with candidates as (
    select * from site_bottleneck where help_requested and case_consent
),

groups as (
    select
        province_code, bottleneck_kind, area_id,
        min(shared_area_kind) as shared_area_kind,
        min(area_name) as area_name,
        case when count(distinct municipality_code) = 1 then min(municipality_code) end as municipality_code,
        string_agg(distinct municipality_name, '; ' order by municipality_name) as municipality_names,
        arg_max(candidates.escalation, escalations.level) as escalation,
        count(*) as bottleneck_count,
        count(distinct (submission_id, site_id)) as site_count,
        count(distinct group_id) as company_count,
        min(bottleneck_since) as bottleneck_since,
        min(consent_until) as consent_until
    from candidates
    join escalations on escalations.code = candidates.escalation
    group by all
),

projects as (
    select distinct
        province_code, bottleneck_kind, area_id, submission_id, project_id, project_site_id as site_id,
        waiting_project_mw, waiting_pj, waiting_kt
    from candidates
    where project_id is not null
),

project_sums as (
    select
        province_code, bottleneck_kind, area_id,
        sum(waiting_project_mw) as waiting_project_mw,
        sum(waiting_pj) as waiting_pj,
        sum(waiting_kt) as waiting_kt
    from projects
    group by all
),

site_projects as (
    select province_code, bottleneck_kind, area_id, submission_id, site_id, sum(waiting_project_mw) as project_mw
    from projects
    group by all
),

requests as (
    select distinct province_code, bottleneck_kind, area_id, submission_id, site_id, waiting_request_mw as requested_mw
    from candidates
    where waiting_request_mw is not null
),

request_sums as (
    select
        province_code, bottleneck_kind, area_id,
        sum(greatest(requested_mw - coalesce(project_mw, 0), 0)::decimal(38, 6)) as waiting_request_mw
    from requests
    left join site_projects using (province_code, bottleneck_kind, area_id, submission_id, site_id)
    group by all
),

carriers_named as (
    select
        province_code, bottleneck_kind, area_id,
        string_agg(distinct carriers.label, '; ' order by carriers.label) as carriers_waiting
    from (
        select province_code, bottleneck_kind, area_id, unnest(string_split(carriers_waiting, ';')) as carrier
        from candidates
    )
    join carriers on carriers.code = carrier
    group by all
),

operators_named as (
    select
        province_code, bottleneck_kind, area_id,
        string_agg(distinct operator, '; ' order by operator) as operators_involved
    from (
        select province_code, bottleneck_kind, area_id, unnest(string_split(operators_involved, '; ')) as operator
        from candidates
    )
    group by all
),

party_names as (
    select
        groups.province_code, groups.bottleneck_kind, groups.area_id, case_parties.position,
        unnest(case case_parties.scope
            when 'province' then if(provinces.filed, ['Provincie ' || provinces.label], [])
            when 'municipality' then
                [
                    'Gemeente ' || name for name in string_split(groups.municipality_names, '; ')
                    if name <> 'Niet geplaatst'
                ]
            when 'operator' then string_split(coalesce(operators_involved, case_parties.label), '; ')
            else [case_parties.label]
        end) as name
    from groups
    join provinces on provinces.code = groups.province_code
    left join operators_named using (province_code, bottleneck_kind, area_id)
    join case_parties
        on len(case_parties.bottleneck_kinds) = 0
        or list_contains(case_parties.bottleneck_kinds, groups.bottleneck_kind)
),

-- A party that is named twice, such as a national operator, stands once, at its first place.
parties_named as (
    select province_code, bottleneck_kind, area_id, string_agg(name, '; ' order by position, name) as parties
    from (
        select province_code, bottleneck_kind, area_id, name, min(position) as position from party_names group by all
    )
    group by all
)

select
    settings.round,
    groups.province_code,
    provinces.label as province_name,
    groups.bottleneck_kind,
    groups.shared_area_kind,
    groups.area_id,
    groups.area_name,
    groups.municipality_code,
    groups.municipality_names,
    settings.blueprint_version,
    settings.factor_version,
    'shown' as cell_status,
    groups.escalation,
    groups.bottleneck_count,
    groups.site_count,
    groups.company_count,
    case
        when coalesce(waiting_project_mw, waiting_request_mw) is not null
            then coalesce(waiting_project_mw, 0) + coalesce(waiting_request_mw, 0)
    end::decimal(38, 6) as waiting_mw,
    waiting_project_mw,
    waiting_request_mw,
    waiting_pj,
    waiting_kt,
    carriers_waiting,
    operators_involved,
    groups.bottleneck_since,
    parties,
    groups.consent_until
from groups
cross join settings
join provinces on provinces.code = groups.province_code
join bottleneck_kinds on bottleneck_kinds.code = groups.bottleneck_kind
left join project_sums using (province_code, bottleneck_kind, area_id)
left join request_sums using (province_code, bottleneck_kind, area_id)
left join carriers_named using (province_code, bottleneck_kind, area_id)
left join operators_named using (province_code, bottleneck_kind, area_id)
left join parties_named using (province_code, bottleneck_kind, area_id)
order by groups.province_code, bottleneck_kinds.position, groups.area_name, groups.area_id
