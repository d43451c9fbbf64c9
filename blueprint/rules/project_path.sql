with path as (
    select submission_id, site_id, carrier, year, sum(value * conversions.factor) as pj
    from energy_demand
    join conversions using (carrier, unit)
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '') and conversions.canon = 'PJ'
      and direction = 'offtake' and scenario in ('base', 'plan')
    group by all
),
changes as (
    select project.*, project.carrier_to as carrier, conversions.factor as unit_factor,
        year(commissioning_date) as start_year,
        max(start_year) over (partition by submission_id, site_id, carrier_to) as last_year,
        delta_value * conversions.factor as pj,
        -- What still lacks in the year itself: the part of the year before the project runs.
        pj * (1 - rest_of_year(commissioning_date)) as not_yet_pj
    from project
    join conversions on conversions.carrier = project.carrier_to and conversions.unit = project.delta_unit
    where conversions.basis = '' and conversions.canon = 'PJ'
      -- What runs already in the base year is told by project_before_base.
      and year(project.commissioning_date) > (select base_year from settings)
),
explained as (
    select submission_id, site_id, carrier, last_year,
        min(row_number) as row_number, min(series) as series,
        sum(pj) as pj, sum(pj) - coalesce(sum(not_yet_pj) filter (where start_year = last_year), 0) as begun_pj,
        -- In the unit of the projects, as long as they have one.
        case when count(distinct delta_unit) = 1 then min(delta_unit) else 'PJ' end as unit,
        case when count(distinct delta_unit) = 1 then min(unit_factor) else 1 end as factor
    from changes
    group by submission_id, site_id, carrier, last_year
),
target as (
    select explained.*, min(path.year) as year
    from explained
    join path using (submission_id, site_id, carrier)
    anti join (from incomplete where table_name in ('energy_demand', 'project')) as incomplete
        using (submission_id, site_id)
    where path.year >= explained.last_year
    group by all
),
-- In the year in which the last project begins, a plan may hold its whole change or the part of that year.
ranges as (
    select *, least(pj, if(year = last_year, begun_pj, pj)) as least_pj,
        greatest(pj, if(year = last_year, begun_pj, pj)) as most_pj
    from target
),
compared as (
    select target.*, target.pj / factor as explained, (later.pj - coalesce(base.pj, 0)) / factor as filed
    from ranges as target
    join path as later using (submission_id, site_id, carrier, year)
    left join path as base
        on base.submission_id = target.submission_id and base.site_id = target.site_id
        and base.carrier = target.carrier and base.year = (select base_year from settings)
    -- How much less of a carrier is asked where a project replaces it, the form does not ask.
    left join (
        select submission_id, site_id, carrier_from as carrier, min(year(commissioning_date)) as from_year
        from project
        where carrier_from <> carrier_to and year(commissioning_date) > (select base_year from settings)
        group by all
    ) as replacing
        on replacing.submission_id = target.submission_id and replacing.site_id = target.site_id
        and replacing.carrier = target.carrier and replacing.from_year <= target.year
    where not (replacing.carrier is not null and later.pj - coalesce(base.pj, 0) < target.pj)
      and greatest(least_pj - (later.pj - coalesce(base.pj, 0)), later.pj - coalesce(base.pj, 0) - most_pj)
        > $share * greatest(abs(later.pj - coalesce(base.pj, 0)), abs(target.pj))
),
-- An amount of a million or more is said in a larger unit of the same kind, such as MWh for kWh; both in one unit.
larger as (
    select submission_id, site_id, compared.carrier, compared.year,
        arg_max(conversions.unit, conversions.factor) as unit,
        max(conversions.factor) / any_value(compared.factor) as times
    from compared
    join conversions on conversions.carrier = compared.carrier and conversions.basis = '' and conversions.canon = 'PJ'
    where greatest(abs(explained), abs(filed)) >= 1000000
      and conversions.factor > compared.factor
      and least(nullif(abs(explained), 0), nullif(abs(filed), 0)) >= conversions.factor / compared.factor
      -- A thousand times as large, or a thousand times that: MJ and kWh are not of one kind.
      and abs(log10(conversions.factor / compared.factor) / 3 - round(log10(conversions.factor / compared.factor) / 3))
        < 0.000001
    group by all
)
select submission_id, row_number, series,
    in_dutch(explained / coalesce(times, 1), 5) || ' ' || replace(coalesce(larger.unit, compared.unit), '_', ' ')
        as value_as_filed,
    in_dutch(filed / coalesce(times, 1), 5) || ' ' || replace(coalesce(larger.unit, compared.unit), '_', ' ')
        || ' (' || carriers.label || ', vestiging ' || site_id
        || ', van ' || (select base_year from settings) || ' naar ' || year || ')' as allowed
from compared
join carriers on carriers.code = compared.carrier
left join larger using (submission_id, site_id, carrier, year)
