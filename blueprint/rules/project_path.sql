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
        pj * date_diff('day', make_date(start_year, 1, 1), commissioning_date)
            / date_diff('day', make_date(start_year, 1, 1), make_date(start_year + 1, 1, 1)) as not_yet_pj
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
)
select submission_id, row_number, series,
    replace(rtrim(rtrim(format('{:.5f}', explained), '0'), '.'), '.', ',') || ' ' || replace(unit, '_', ' ')
        as value_as_filed,
    replace(rtrim(rtrim(format('{:.5f}', filed), '0'), '.'), '.', ',') || ' ' || replace(unit, '_', ' ')
        || ' (' || carriers.label || ', vestiging ' || site_id
        || ', van ' || (select base_year from settings) || ' naar ' || year || ')' as allowed
from compared
join carriers on carriers.code = compared.carrier
