with path as (
    select submission_id, site_id, carrier, year, sum(value * conversions.factor) as pj
    from energy_demand
    join conversions using (carrier, unit)
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '') and conversions.canon = 'PJ'
      and direction = 'offtake' and scenario in ('base', 'plan')
    group by all
),
explained as (
    select project.submission_id, project.site_id, project.carrier_to as carrier,
        min(project.row_number) as row_number, min(project.series) as series,
        max(year(project.commissioning_date)) as last_year, sum(delta_value * conversions.factor) as pj
    from project
    join conversions on conversions.carrier = project.carrier_to and conversions.unit = project.delta_unit
    where conversions.basis = '' and conversions.canon = 'PJ'
      -- What runs already in the base year is told by project_before_base.
      and year(project.commissioning_date) > (select base_year from settings)
    group by project.submission_id, project.site_id, project.carrier_to
),
target as (
    select explained.*, min(path.year) as year
    from explained
    join path using (submission_id, site_id, carrier)
    where path.year >= explained.last_year
    group by all
)
select target.submission_id, target.row_number, target.series,
    replace(rtrim(rtrim(format('{:.5f}', target.pj), '0'), '.'), '.', ',') as value_as_filed,
    replace(rtrim(rtrim(format('{:.5f}', later.pj - coalesce(base.pj, 0)), '0'), '.'), '.', ',') as allowed
from target
join path as later using (submission_id, site_id, carrier, year)
left join path as base
    on base.submission_id = target.submission_id and base.site_id = target.site_id
    and base.carrier = target.carrier and base.year = (select base_year from settings)
where abs(later.pj - coalesce(base.pj, 0) - target.pj) > $share * greatest(abs(later.pj - coalesce(base.pj, 0)), abs(target.pj))
