with hours as (
    select energy_demand.submission_id, energy_demand.row_number, energy_demand.series,
        value * conversions.factor / 0.0000036 / peak_mw as hours, sectors.hours_from, sectors.hours_to
    from energy_demand
    join conversions using (carrier, unit)
    join company using (submission_id)
    join sectors on sectors.code = company.sector
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '')
      and energy_demand.carrier = 'electricity' and energy_demand.direction = 'offtake'
      and energy_demand.scenario = 'base' and value > 0 and peak_mw > 0
)
select submission_id, row_number, series,
    replace(format('{:,d}', round(hours)::bigint), ',', '.') as value_as_filed,
    replace(format('{:,d} tot {:,d}', hours_from, hours_to), ',', '.') as allowed
from hours
where hours >= $hours and hours not between hours_from and hours_to
