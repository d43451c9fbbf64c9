-- Every accepted bottleneck counts once in its own cell, once with all levels, once with all kinds and once with both.
with counted as (
    select province_code, bottleneck_kind = 'all' as all_kinds, escalation = 'all' as all_levels,
        sum(bottleneck_count) as bottlenecks, sum(help_requested_count) as helped,
        sum(without_consent_count) as without_consent
    from pmiek_bottlenecks
    where certainty = 'all'
    group by all
),
expected as (
    select province_code, all_kinds, all_levels, count(*) as bottlenecks,
        count(*) filter (where help_requested) as helped,
        count(*) filter (where help_requested and not case_consent) as without_consent
    from site_bottleneck, unnest([true, false]) as kinds (all_kinds), unnest([true, false]) as levels (all_levels)
    group by all
),
accepted as (
    select (select count(*) from bottleneck) as filed, (select count(*) from site_bottleneck) as placed
)
select province_code, counted.bottlenecks, expected.bottlenecks
from counted
full join expected using (province_code, all_kinds, all_levels)
where (coalesce(counted.bottlenecks, 0) = coalesce(expected.bottlenecks, 0)
    and coalesce(counted.helped, 0) = coalesce(expected.helped, 0)
    and coalesce(counted.without_consent, 0) = coalesce(expected.without_consent, 0)) is not true
union all
select 'alle', filed, placed from accepted where filed <> placed
