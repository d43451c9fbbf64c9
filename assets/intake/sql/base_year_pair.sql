-- Demand in the base year beside that of the same site in the base year of the previous round, in PJ or kt.
with previous as (
    select submission_id as previous_submission_id, site_id as previous_site_id, carrier, use, direction,
        value * conversions.factor as previous_amount,
        rtrim(rtrim(replace(format('{:.3f}', value), '.', ','), '0'), ',') || ' ' || replace(unit, '_', ' ')
            as previous_shown
    from previous_energy_demand
    join conversions using (carrier, unit)
    where conversions.basis = coalesce(previous_energy_demand.heating_value_basis, '') and scenario = 'base'
)
select energy_demand.submission_id, energy_demand.row_number, energy_demand.series,
    value * conversions.factor as amount, previous.previous_amount, previous.previous_shown
from energy_demand
join conversions using (carrier, unit)
join same_site using (submission_id, site_id)
join previous using (previous_submission_id, previous_site_id, carrier, use, direction)
where conversions.basis = coalesce(energy_demand.heating_value_basis, '') and scenario = 'base'
order by energy_demand.submission_id, energy_demand.row_number, energy_demand.series
