with converted as (
    select
        energy_demand.*,
        conversions.canon,
        value * conversions.factor as amount
    from energy_demand
    left join conversions
        on conversions.carrier = energy_demand.carrier
        and conversions.unit = energy_demand.unit
        and conversions.basis = coalesce(energy_demand.heating_value_basis, '')
)

select
    settings.round,
    converted.submission_id,
    company.kvk_number,
    coalesce(company.group_id, company.kvk_number) as group_id,
    converted.site_id,
    company.sector,
    site_place.municipality_code,
    site_place.province_code,
    site_place.business_park,
    -- Demand stands at the main connection of its site for that carrier.
    coalesce(main_connection.grid_operator, expected_operators.grid_operator, 'unknown') as grid_operator,
    main_connection.substation,
    converted.year,
    converted.scenario,
    converted.carrier,
    converted.use,
    converted.direction,
    converted.value,
    converted.unit,
    converted.heating_value_basis,
    converted.origin,
    case when value is null then 'not_filed' when value = 0 then 'zero' else 'shown' end as cell_status,
    case when canon = 'PJ' then amount::decimal(38, 12) end as energy_pj,
    case when canon = 'PJ' and converted.carrier = 'electricity' then (amount / 3.6)::decimal(38, 12) end
        as electricity_twh,
    case when canon = 'kt' then amount::decimal(38, 12) end as mass_kt,
    converted.peak_mw::decimal(38, 6) as peak_mw
from converted
cross join settings
join company using (submission_id)
join site_place using (submission_id, site_id)
left join (from site_connection where is_main) as main_connection
    on main_connection.submission_id = converted.submission_id and main_connection.site_id = converted.site_id
    and main_connection.carrier = converted.carrier
left join expected_operators on expected_operators.carrier = converted.carrier
order by
    company.kvk_number, converted.site_id, converted.year, converted.scenario, converted.carrier,
    converted.use, converted.direction
