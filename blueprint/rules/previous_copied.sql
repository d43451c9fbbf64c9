with mine as (
    select energy_demand.submission_id, same_site.previous_submission_id, same_site.previous_site_id as site_id,
        year, scenario, energy_demand.carrier, use, direction, value * factor as amount
    from energy_demand
    join conversions using (carrier, unit)
    left join same_site using (submission_id, site_id)
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '') and value is not null
),
theirs as (
    select previous_energy_demand.submission_id as previous_submission_id, site_id,
        year, scenario, carrier, use, direction, value * factor as previous_amount
    from previous_energy_demand
    join conversions using (carrier, unit)
    where conversions.basis = coalesce(previous_energy_demand.heating_value_basis, '') and value is not null
),
counted as (
    select mine.submission_id, count(*) as filed,
        -- Equal but for what a change of unit does to the last digit.
        count(*) filter (where abs(amount - previous_amount) <= 1e-9 * greatest(abs(amount), abs(previous_amount))) as equal,
        max(previous_submission_id) as previous_submission_id
    from mine
    left join theirs using (previous_submission_id, site_id, year, scenario, carrier, use, direction)
    group by mine.submission_id
)
select company.submission_id, company.row_number, company.series, counted.equal::text as value_as_filed, '' as allowed
from counted
join company using (submission_id)
where counted.filed = counted.equal and counted.filed >= $values
  and counted.filed = (select count(*) from theirs where theirs.previous_submission_id = counted.previous_submission_id)
