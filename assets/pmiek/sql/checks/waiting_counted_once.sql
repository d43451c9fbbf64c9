-- Whatever number of bottlenecks a project waits on, it counts once: straight from what was filed, per province.
with linked as (
    select distinct site_place.province_code, project.submission_id, project.project_id,
        coalesce(greatest(delta_peak_mw, 0), 0)::decimal(38, 6) as mw,
        case when canon = 'PJ' then greatest(delta_value * factor, 0)::decimal(38, 12) else 0 end as pj,
        case when canon = 'kt' then greatest(delta_value * factor, 0)::decimal(38, 12) else 0 end as kt
    from bottleneck
    join site_place using (submission_id, site_id)
    join project on project.submission_id = bottleneck.submission_id and project.project_id = bottleneck.project_id
    left join conversions
        on conversions.carrier = project.carrier_to and conversions.unit = project.delta_unit
        and conversions.basis = ''
),
expected as (
    select province_code, sum(mw) as mw, sum(coalesce(pj, 0)) as pj, sum(coalesce(kt, 0)) as kt from linked group by all
),
whole as (
    select province_code, coalesce(waiting_project_mw, 0) as mw, coalesce(waiting_pj, 0) as pj,
        coalesce(waiting_kt, 0) as kt
    from pmiek_bottlenecks
    where bottleneck_kind = 'all' and escalation = 'all' and certainty = 'all'
),
-- The parts of a cell together are not less than the whole, and none of them is more.
parts as (
    select province_code, sum(waiting_mw) as total, max(waiting_mw) as largest
    from pmiek_bottlenecks
    where bottleneck_kind <> 'all' and escalation <> 'all' and certainty = 'all'
    group by all
)
select province_code
from whole
full join expected using (province_code)
where (coalesce(whole.mw, 0) = coalesce(expected.mw, 0) and coalesce(whole.pj, 0) = coalesce(expected.pj, 0)
    and coalesce(whole.kt, 0) = coalesce(expected.kt, 0)) is not true
union all
select province_code
from pmiek_bottlenecks
left join parts using (province_code)
where bottleneck_kind = 'all' and escalation = 'all' and certainty = 'all'
    and (coalesce(waiting_mw, 0) between coalesce(largest, 0) and coalesce(total, 0)) is not true
union all
select province_code
from pmiek_bottlenecks
where (coalesce(waiting_mw, 0) = coalesce(waiting_project_mw, 0) + coalesce(waiting_request_mw, 0)) is not true
union all
-- By certainty it is the same as together, weighted or not, and no weight makes it more.
select province_code
from pmiek_bottlenecks
group by province_code, bottleneck_kind, escalation
having coalesce(sum(waiting_project_mw) filter (where certainty <> 'all'), 0)
        <> coalesce(sum(waiting_project_mw) filter (where certainty = 'all'), 0)
    or coalesce(sum(waiting_pj) filter (where certainty <> 'all'), 0)
        <> coalesce(sum(waiting_pj) filter (where certainty = 'all'), 0)
    or coalesce(sum(waiting_kt) filter (where certainty <> 'all'), 0)
        <> coalesce(sum(waiting_kt) filter (where certainty = 'all'), 0)
    or coalesce(sum(weighted_project_mw) filter (where certainty <> 'all'), 0)
        <> coalesce(sum(weighted_project_mw) filter (where certainty = 'all'), 0)
    or coalesce(sum(weighted_waiting_pj) filter (where certainty <> 'all'), 0)
        <> coalesce(sum(weighted_waiting_pj) filter (where certainty = 'all'), 0)
    or coalesce(sum(weighted_waiting_kt) filter (where certainty <> 'all'), 0)
        <> coalesce(sum(weighted_waiting_kt) filter (where certainty = 'all'), 0)
    or bool_or(weighted_project_mw > waiting_project_mw or weighted_waiting_pj > waiting_pj
        or weighted_waiting_kt > waiting_kt)
