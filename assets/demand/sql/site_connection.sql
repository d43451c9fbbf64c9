select
    settings.round,
    connection.submission_id,
    company.kvk_number,
    coalesce(company.group_id, company.kvk_number) as group_id,
    connection.site_id,
    connection.connection_id,
    connection.carrier,
    site_place.province_code,
    site_place.municipality_code,
    site_place.business_park,
    coalesce(connection.grid_operator, 'unknown') as grid_operator,
    case when connection.carrier = 'electricity' then coalesce(voltage.code, 'unknown') end as voltage_level,
    case
        when not tells_who(connection.substation, company.company_name)
            then spelled(connection.substation)
    end as substation,
    -- What is filed per site stands at its main connection of that carrier, so that nothing is counted twice.
    row_number() over (
        partition by connection.submission_id, connection.site_id, connection.carrier
        order by contracted_offtake_mw desc nulls last, capacity_m3_per_hour desc nulls last, connection_id
    ) = 1 as is_main,
    connection_capacity_mva::decimal(38, 6) as connection_capacity_mva,
    (connection_capacity_mva::decimal(38, 6) * power_factor.factor)::decimal(38, 6) as connection_capacity_mw,
    contracted_offtake_mw::decimal(38, 6) as contracted_offtake_mw,
    contracted_feed_in_mw::decimal(38, 6) as contracted_feed_in_mw,
    request_pending,
    case when request_pending then requested_extra_mw::decimal(38, 6) end as requested_extra_mw,
    capacity_m3_per_hour::decimal(38, 6) as capacity_m3_per_hour,
    coalesce(no_pressure.code, pressure.code, 'unknown') as pressure_class
from connection
cross join settings
cross join power_factor
join company using (submission_id)
join site_place using (submission_id, site_id)
left join voltage_levels as voltage
    on voltage_level_kv >= voltage.low and voltage_level_kv < voltage.high
left join pressure_classes as pressure
    on pressure_bar > pressure.low and pressure_bar <= pressure.high
left join pressure_classes as no_pressure
    on list_contains(no_pressure.carriers, connection.carrier)
order by company.kvk_number, connection.submission_id, connection.site_id, connection.connection_id
