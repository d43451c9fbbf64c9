with verified as (
    select submission_id, installations, sum(verified_t) as co2_t
    from (select distinct submission_id, installations, permit, verified_t from site_emissions)
    group by all
),
fuel as (
    select sites.submission_id, sites.installations,
        -- DECIMAL, since a sum of doubles depends on their order.
        coalesce(sum((energy_demand.value * conversions.factor * emission_factors.factor * 1000)::decimal(38, 6)), 0)
            as co2_t,
        coalesce(bool_or(energy_demand.carrier in ('process_gas', 'waste', 'other_fuel')), false) as has_unknown
    from (select distinct submission_id, site_id, installations from site_emissions) as sites
    cross join settings
    left join energy_demand
        on energy_demand.submission_id = sites.submission_id and energy_demand.site_id = sites.site_id
        and energy_demand.year = settings.base_year
        and energy_demand.use = 'energetic' and energy_demand.direction = 'offtake'
    left join conversions
        on conversions.carrier = energy_demand.carrier and conversions.unit = energy_demand.unit
        and conversions.basis = coalesce(energy_demand.heating_value_basis, '')
    left join emission_factors on emission_factors.carrier = energy_demand.carrier
    group by all
),
-- Where rows of the demand were refused, less fuel than emissions says nothing.
complete as (
    select submission_id from row_counts where table_name = 'energy_demand' and rows_refused = 0
),
odd as (
    select fuel.submission_id, fuel.installations, fuel.co2_t as fuel_t, verified.co2_t as verified_t
    from fuel
    join verified using (submission_id, installations)
    where fuel.co2_t > verified.co2_t * $high
       or (
           fuel.co2_t < verified.co2_t * $low and not fuel.has_unknown
           and fuel.submission_id in (select submission_id from complete)
       )
)
select distinct site.submission_id, site.row_number, site.series,
    replace(format('{:,d}', round(odd.fuel_t)::bigint), ',', '.') as value_as_filed,
    replace(format('{:,d}', round(odd.verified_t)::bigint), ',', '.') as allowed
from odd
join site_emissions using (submission_id, installations)
join site using (submission_id, site_id)
-- Where a company denies that its site is in the EU ETS, another rule says so.
where site.is_ets
