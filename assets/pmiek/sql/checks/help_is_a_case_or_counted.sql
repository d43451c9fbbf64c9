-- A bottleneck for which help was asked is in one group of candidates, or counted as one without consent.
with candidates as (
    select province_code, bottleneck_kind, sum(bottleneck_count) as candidates from case_candidates group by all
)
select province_code, bottleneck_kind, candidates, help_requested_count, without_consent_count
from (from pmiek_bottlenecks where escalation = 'all' and certainty = 'all' and bottleneck_kind <> 'all') as counted
full join candidates using (province_code, bottleneck_kind)
where (coalesce(candidates, 0) = help_requested_count - without_consent_count) is not true
