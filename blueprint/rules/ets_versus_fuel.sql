with fuel as (
    select energy_demand.submission_id, energy_demand.site_id,
        sum(energy_demand.value * conversions.factor * emission.factor) * 1000 as co2_t,
        bool_or(energy_demand.carrier not in ('natural_gas', 'electricity', 'heat', 'steam')) as has_other_fuel
    from energy_demand
    cross join settings
    join conversions using (carrier, unit)
    left join emission_factors as emission on emission.carrier = energy_demand.carrier
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '')
      and energy_demand.year = settings.base_year
      and energy_demand.use = 'energetic' and energy_demand.direction = 'offtake'
    group by energy_demand.submission_id, energy_demand.site_id
)
select site.submission_id, site.row_number, site.series,
    replace(format('{:,d}', try_cast(site.co2_base_year_t as bigint)), ',', '.') as value_as_filed,
    replace(format('{:,d}', try_cast(round(fuel.co2_t) as bigint)), ',', '.') as allowed
from site
join fuel using (submission_id, site_id)
anti join (from incomplete where table_name = 'energy_demand') as incomplete using (submission_id, site_id)
where site.co2_base_year_t > 0 and fuel.co2_t > 0 and not fuel.has_other_fuel
  and abs(fuel.co2_t - site.co2_base_year_t) > $share * site.co2_base_year_t
