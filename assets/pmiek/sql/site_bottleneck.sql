-- What waits on each bottleneck: its project, and for the electricity net what the site asked for.
with hubs as (
    select submission_id, site_id,
        min(lower(spelled(energy_hub))) as hub,
        arg_min(spelled(energy_hub), (lower(spelled(energy_hub)), energy_hub)) as hub_name
    from flexibility
    join company using (submission_id)
    where spelled(energy_hub) is not null and not tells_who(energy_hub, company_name)
    group by all
),

sites as (
    select
        site_place.submission_id, site_place.kvk_number, site_place.site_id, province_code, municipality_code,
        coalesce(municipality_name, 'Niet geplaatst') as municipality_name, hubs.hub, hubs.hub_name,
        spelled(business_park) as park_name, lower(park_name) as park
    from site_place
    left join hubs using (submission_id, site_id)
),

-- Dated by the round's deadline, or by the filing itself: the same files give the same tables on any day.
consented as (
    select submission_id, min(valid_until) as consent_until
    from consent
    join submission using (submission_id)
    cross join settings
    where consent_purpose = 'case_based_approach' and granted
        and coalesce(valid_until >= coalesce(settings.deadline::date, submitted_on), true)
    group by all
),

requests as (
    select submission_id, site_id, sum(requested_extra_mw::decimal(38, 6)) as requested_mw
    from connection
    where carrier = 'electricity' and request_pending
    group by all
),

growth as (
    select
        submission_id, project_id, site_id as project_site_id, carrier_to, certainty,
        -- Of nothing and 0 the greatest is 0: what was not filed stays empty.
        case when delta_peak_mw is not null then greatest(delta_peak_mw, 0) end as project_mw,
        case when weighted_peak_mw is not null then greatest(weighted_peak_mw, 0) end as weighted_project_mw,
        case when delta_energy_pj is not null then greatest(delta_energy_pj, 0) end as project_pj,
        case when weighted_energy_pj is not null then greatest(weighted_energy_pj, 0) end as weighted_waiting_pj,
        case when delta_mass_kt is not null then greatest(delta_mass_kt, 0) end as project_kt,
        case when weighted_mass_kt is not null then greatest(weighted_mass_kt, 0) end as weighted_waiting_kt
    from site_project
),

operators as (
    select
        connection.submission_id, connection.site_id, bottleneck_kinds.code as bottleneck_kind,
        string_agg(distinct grid_operators.label, '; ' order by grid_operators.label) as operators_involved
    from connection
    join bottleneck_kinds on list_contains(bottleneck_kinds.carriers, connection.carrier)
    join grid_operators on grid_operators.code = connection.grid_operator
    semi join bottleneck using (submission_id, site_id)
    where grid_operator <> 'unknown'
    group by all
)

select
    settings.round,
    bottleneck.submission_id,
    sites.kvk_number,
    coalesce(company.group_id, company.kvk_number) as group_id,
    bottleneck.site_id,
    bottleneck.bottleneck_id,
    sites.province_code,
    sites.municipality_code,
    sites.municipality_name,
    case when hub is not null then 'energy_hub' when park_name is not null then 'business_park' else 'municipality' end
        as shared_area_kind,
    case
        when hub is not null then 'hub/' || hub
        when park_name is not null then coalesce(sites.municipality_code, '-') || '/' || park
        else coalesce(sites.municipality_code, '-')
    end as area_id,
    coalesce(hub_name, park_name, sites.municipality_name) as area_name,
    bottleneck.bottleneck_kind,
    coalesce(bottleneck.escalation, 'unknown') as escalation,
    bottleneck.bottleneck_since,
    bottleneck.help_requested,
    consented.submission_id is not null as case_consent,
    consented.consent_until,
    bottleneck.project_id,
    growth.project_site_id,
    growth.certainty,
    coalesce(growth.carrier_to, nullif(array_to_string(bottleneck_kinds.carriers, ';'), '')) as carriers_waiting,
    operators.operators_involved,
    growth.project_mw as waiting_project_mw,
    case when list_contains(bottleneck_kinds.carriers, 'electricity') then requests.requested_mw end
        as waiting_request_mw,
    growth.project_pj as waiting_pj,
    growth.project_kt as waiting_kt,
    growth.weighted_project_mw,
    growth.weighted_waiting_pj,
    growth.weighted_waiting_kt
from bottleneck
cross join settings
join sites using (submission_id, site_id)
join company using (submission_id)
join bottleneck_kinds on bottleneck_kinds.code = bottleneck.bottleneck_kind
left join consented using (submission_id)
left join growth using (submission_id, project_id)
left join requests using (submission_id, site_id)
left join operators using (submission_id, site_id, bottleneck_kind)
order by sites.kvk_number, bottleneck.submission_id, bottleneck.bottleneck_id
