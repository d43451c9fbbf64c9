-- A project stands once under 'all' and once under each thing it depends on; the certainty classes are all projects,
-- and so are the alternatives.
with filed as (
    select
        province_code, carrier_to as carrier, direction, years.year,
        count(*) filter (where is_first) as projects,
        -- Who names nothing stands under 'none'.
        sum(case when depends_on <> '' then len(list_distinct(string_split(depends_on, ';'))) else 1 end)
            filter (where is_first) as lines,
        coalesce(sum(delta_peak_mw), 0) as mw, coalesce(sum(weighted_peak_mw), 0) as weighted_mw,
        coalesce(sum(delta_energy_pj), 0) as pj, coalesce(sum(weighted_energy_pj), 0) as weighted_pj,
        coalesce(sum(delta_mass_kt), 0) as kt, coalesce(sum(weighted_mass_kt), 0) as weighted_kt
    from site_project_step
    join (select unnest(years) as year from settings) as years on site_project_step.counts_from_year <= years.year
    group by all
),
counted as (
    select
        province_code, carrier, direction, year,
        sum(project_count) filter (where dependency = 'all') as projects,
        sum(project_count) filter (where dependency <> 'all') as lines,
        coalesce(sum(delta_peak_mw) filter (where dependency = 'all'), 0) as mw,
        coalesce(sum(weighted_peak_mw) filter (where dependency = 'all'), 0) as weighted_mw,
        coalesce(sum(delta_energy_pj) filter (where dependency = 'all'), 0) as pj,
        coalesce(sum(weighted_energy_pj) filter (where dependency = 'all'), 0) as weighted_pj,
        coalesce(sum(delta_mass_kt) filter (where dependency = 'all'), 0) as kt,
        coalesce(sum(weighted_mass_kt) filter (where dependency = 'all'), 0) as weighted_kt
    from pmiek_dependent_demand
    where certainty = 'all' and alternative_kind = 'all'
    group by all
),
-- The whole, and the same split by certainty or by alternative.
splits as (
    select
        province_code, dependency, carrier, direction, year,
        certainty <> 'all' as by_certainty, alternative_kind <> 'all' as by_alternative,
        coalesce(sum(project_count), 0) as projects,
        [coalesce(sum(delta_energy_pj), 0), coalesce(sum(weighted_energy_pj), 0),
            coalesce(sum(delta_mass_kt), 0), coalesce(sum(weighted_mass_kt), 0)] as amounts,
        [coalesce(sum(delta_peak_mw), 0), coalesce(sum(weighted_peak_mw), 0)] as power
    from pmiek_dependent_demand
    group by all
),
wholes as (
    select *, unnest([true, false]) as is_certainty from splits where not by_certainty and not by_alternative
)
select counted.province_code, counted.carrier, counted.year
from counted
left join filed
    on filed.province_code = counted.province_code and filed.year = counted.year
    and filed.carrier is not distinct from counted.carrier and filed.direction is not distinct from counted.direction
where (counted.projects = coalesce(filed.projects, 0) and counted.lines = coalesce(filed.lines, 0)
    and counted.mw = coalesce(filed.mw, 0) and counted.weighted_mw = coalesce(filed.weighted_mw, 0)
    and counted.pj = coalesce(filed.pj, 0) and counted.weighted_pj = coalesce(filed.weighted_pj, 0)
    and counted.kt = coalesce(filed.kt, 0) and counted.weighted_kt = coalesce(filed.weighted_kt, 0)) is not true
union all
select whole.province_code, whole.carrier, whole.year
from wholes as whole
left join splits as part
    on part.province_code = whole.province_code and part.dependency = whole.dependency and part.year = whole.year
    and part.carrier is not distinct from whole.carrier and part.direction is not distinct from whole.direction
    and part.by_certainty = whole.is_certainty and part.by_alternative <> whole.is_certainty
where (coalesce(part.projects, 0) = whole.projects
    and coalesce(part.amounts, [0, 0, 0, 0]) = whole.amounts
    and coalesce(part.power, [0, 0]) = whole.power) is not true
union all
select null, null, null
from (select coalesce(sum(projects), 0) as projects from filed) as accepted
cross join (select coalesce(sum(projects), 0) as projects from counted) as placed
where accepted.projects <> placed.projects
