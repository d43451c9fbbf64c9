with asked_carriers as (
    select code as carrier, quantity
    from carriers
    where code in ('natural_gas', 'green_gas', 'hydrogen', 'heat', 'steam', 'co2')
),

main_connections as (
    select submission_id, site_id, carrier, grid_operator, pressure_class
    from site_connection
    semi join asked_carriers using (carrier)
    where is_main
),

without_pressure as (
    select unnest(carriers) as carrier, code as pressure_class from pressure_classes where len(carriers) > 0
),

without_temperature as (
    select unnest(carriers) as carrier, code as temperature_class from temperature_classes where len(carriers) > 0
),

-- Electricity goes before double rows do: it has most of them.
asked_of as (
    select distinct submission_id, site_id, carrier
    from (
        select submission_id, site_id, carrier from site_demand
        union all
        select submission_id, site_id, carrier from site_connection
        union all
        select submission_id, site_id, carrier_to from site_project_step
    )
    semi join asked_carriers using (carrier)
),

-- The transporter of a site and carrier, and the pressure there: both unknown when no connection was filed, but for the
-- operator that expects the carrier. Sites and firms have numbers, since they are counted once in each cell.
sites as (
    select
        submission_id, site_id, site_place.province_code, carrier, site, firm,
        coalesce(main_connections.grid_operator, expected_operators.grid_operator, 'unknown') as transporter,
        coalesce(without_pressure.pressure_class, main_connections.pressure_class, 'unknown') as pressure_class,
        coalesce(without_temperature.temperature_class, 'unknown') as temperature_class
    from asked_of
    join (select *, row_number() over () as site from site_place) as site_place using (submission_id, site_id)
    join (
        select submission_id, dense_rank() over (order by coalesce(group_id, kvk_number)) as firm from company
    ) using (submission_id)
    left join main_connections using (submission_id, site_id, carrier)
    left join expected_operators using (carrier)
    left join without_pressure using (carrier)
    left join without_temperature using (carrier)
),

-- Once per temperature, since there are few.
warmth as (
    select temperature_c, class.code
    from (select distinct temperature_c from energy_demand where temperature_c is not null)
    join temperature_classes as class on temperature_c >= class.low and temperature_c < class.high
),

warm_rows as (
    select submission_id, site_id, year, scenario, carrier, use, direction, warmth.code
    from energy_demand
    join warmth using (temperature_c)
),

demand_rows as (
    select
        sites.* exclude (submission_id, site_id, temperature_class), direction, year, scenario, 'all' as certainty,
        site_demand.value is not null or site_demand.peak_mw is not null as is_filed,
        site_demand.energy_pj,
        (site_demand.energy_pj / conversions.factor)::decimal(38, 12) as volume_mln_m3,
        case when carrier = 'co2' then site_demand.mass_kt end as co2_kt,
        site_demand.peak_mw,
        -- A carrier has a class or is in the list of those that have none; the temperature is of the row.
        case when sites.temperature_class = 'unknown' then coalesce(warm_rows.code, 'unknown')
            else sites.temperature_class end as temperature_class
    from site_demand
    join sites using (submission_id, site_id, carrier)
    left join warm_rows using (submission_id, site_id, year, scenario, carrier, use, direction)
    left join conversions
        on conversions.carrier = site_demand.carrier and conversions.unit = 'mln_m3' and conversions.basis = ''
),

moments as (
    select base_year as year, 'base' as scenario from settings
    union
    select year, scenario from site_demand
),

-- A connection has its own transporter and pressure, also where it is not the main one of its site.
capacity_rows as (
    select
        sites.* exclude (submission_id, site_id) replace (
            site_connection.grid_operator as transporter, site_connection.pressure_class as pressure_class),
        'offtake' as direction, year, scenario, 'all' as certainty, true as is_filed, capacity_m3_per_hour
    from site_connection
    join sites using (submission_id, site_id, carrier)
    cross join moments
    where capacity_m3_per_hour is not null
),

project_rows as (
    select
        sites.* exclude (submission_id, site_id), step.direction, moments.year, moments.scenario,
        unnest(['all', step.certainty]) as certainty, true as is_filed,
        delta_energy_pj as project_extra_pj, weighted_energy_pj as weighted_extra_pj,
        delta_mass_kt as project_extra_kt, weighted_mass_kt as weighted_extra_kt
    from site_project_step as step
    join sites
        on sites.submission_id = step.submission_id and sites.site_id = step.site_id
        and sites.carrier = step.carrier_to
    join moments on step.counts_from_year <= moments.year
    where coalesce(delta_energy_pj, delta_mass_kt) is not null
),

facts as (
    select * from demand_rows
    union all by name
    select * from capacity_rows
    union all by name
    select * from project_rows
),

-- Every carrier has a row in every province at every moment, also when nobody filed anything.
absent as (
    select
        provinces.code as province_code, asked_carriers.carrier, 'offtake' as direction, moments.*,
        'all' as certainty, 'unknown' as transporter, false as is_filed,
        coalesce(without_pressure.pressure_class, 'unknown') as pressure_class,
        coalesce(without_temperature.temperature_class, 'unknown') as temperature_class
    from provinces
    cross join asked_carriers
    cross join moments
    left join without_pressure using (carrier)
    left join without_temperature using (carrier)
    where provinces.filed
      and not exists (
        select 1 from facts
        where (facts.province_code, facts.carrier, facts.direction, facts.year, facts.scenario, facts.certainty)
            = (provinces.code, asked_carriers.carrier, 'offtake', moments.year, moments.scenario, 'all'))
),

lines as (
    select * from facts
    union all by name
    select * from absent
)

select
    settings.round,
    lines.province_code,
    provinces.label as province_name,
    lines.transporter,
    lines.carrier,
    lines.direction,
    lines.pressure_class,
    lines.temperature_class,
    lines.year,
    lines.scenario,
    lines.certainty,
    settings.blueprint_version,
    settings.factor_version,
    case
        when not bool_or(is_filed) then 'not_filed'
        when bool_and(coalesce(energy_pj, 0) = 0 and coalesce(co2_kt, 0) = 0 and coalesce(peak_mw, 0) = 0
            and coalesce(capacity_m3_per_hour, 0) = 0 and coalesce(project_extra_pj, 0) = 0
            and coalesce(project_extra_kt, 0) = 0) then 'zero'
        else 'shown'
    end as cell_status,
    sum(energy_pj)::decimal(38, 12) as energy_pj,
    sum(volume_mln_m3)::decimal(38, 12) as volume_mln_m3,
    sum(co2_kt)::decimal(38, 12) as co2_kt,
    sum(peak_mw)::decimal(38, 6) as peak_sum_mw,
    sum(capacity_m3_per_hour)::decimal(38, 6) as capacity_m3_per_hour,
    sum(project_extra_pj)::decimal(38, 12) as project_extra_pj,
    sum(weighted_extra_pj)::decimal(38, 12) as weighted_extra_pj,
    sum(project_extra_kt)::decimal(38, 12) as project_extra_kt,
    sum(weighted_extra_kt)::decimal(38, 12) as weighted_extra_kt,
    count(distinct site) filter (where is_filed) as site_count,
    count(distinct firm) filter (where is_filed) as company_count
from lines
cross join settings
join provinces on provinces.code = lines.province_code
group by all
order by
    lines.province_code, lines.transporter, lines.carrier, lines.direction, lines.pressure_class,
    lines.temperature_class, lines.year, lines.scenario, lines.certainty
