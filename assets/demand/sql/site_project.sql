with streams as (
    select
        submission_id, site_id, carrier, direction,
        case when count(distinct use) = 1 then min(use) end as only_use
    from site_demand
    group by all
),

-- A change of demand is offtake; only CO2 and materials that a site does nothing but supply change what it supplies.
directions as (
    select submission_id, site_id, carrier, 'supply' as direction
    from streams
    join carriers on carriers.code = streams.carrier
    where carriers.quantity = 'mass'
    group by submission_id, site_id, carrier
    having bool_and(direction = 'supply')
),

emissions as (
    select
        carriers.code as carrier,
        case when zero_emission_carriers.code is not null then 0 else emission_factors.factor end as kt_per_pj
    from carriers
    left join zero_emission_carriers on zero_emission_carriers.code = carriers.code
    left join emission_factors on emission_factors.carrier = carriers.code
),

lines as (
    select
        project.*,
        company.kvk_number, company.sector,
        coalesce(company.group_id, company.kvk_number) as group_id,
        site_place.province_code, site_place.municipality_code, site_place.municipality_name,
        nullif(trim(site_place.business_park), '') as business_park,
        year(project.commissioning_date)::int as commissioning_year,
        case
            when project.carrier_to is not null then coalesce(directions.direction, 'offtake')
        end as direction,
        conversions.canon,
        project.delta_value * conversions.factor as amount,
        -- A round may let a probability above 100 pass with a warning: it is no probability to weigh with.
        case when project.probability_pct between 0 and 100 then project.probability_pct end as filed_pct,
        certainty.weight_pct
    from project
    join company using (submission_id)
    join site_place using (submission_id, site_id)
    join certainty on certainty.code = project.certainty
    left join conversions
        on conversions.carrier = project.carrier_to and conversions.unit = project.delta_unit
        and conversions.basis = ''
    left join directions
        on (directions.submission_id, directions.site_id, directions.carrier)
            = (project.submission_id, project.site_id, project.carrier_to)
),

amounts as (
    select
        lines.*,
        case when lines.carrier_to is not null then coalesce(streams.only_use, carriers.default_use) end as use,
        case when lines.carrier_from is not null
            then coalesce(streams_from.only_use, carriers_from.default_use) end as use_from,
        coalesce(filed_pct, weight_pct) / 100 as probability,
        case when canon = 'PJ' then amount end as energy_pj,
        case when canon = 'kt' then amount end as mass_kt,
        case
            when canon = 'PJ' and lines.direction = 'offtake'
                and coalesce(streams.only_use, carriers.default_use) = 'energetic'
                then amount * (
                    case when lines.carrier_from is null or lines.carrier_from = lines.carrier_to then 0
                        else emissions_from.kt_per_pj end
                    - emissions.kt_per_pj
                )
        end as factor_kt
    from lines
    left join carriers on carriers.code = lines.carrier_to
    left join carriers as carriers_from on carriers_from.code = lines.carrier_from
    left join streams
        on (streams.submission_id, streams.site_id, streams.carrier, streams.direction)
            = (lines.submission_id, lines.site_id, lines.carrier_to, lines.direction)
    left join streams as streams_from
        on (streams_from.submission_id, streams_from.site_id, streams_from.carrier, streams_from.direction)
            = (lines.submission_id, lines.site_id, lines.carrier_from, 'offtake')
    left join emissions on emissions.carrier = lines.carrier_to
    left join emissions as emissions_from on emissions_from.carrier = lines.carrier_from
)

select
    settings.round,
    submission_id,
    kvk_number,
    group_id,
    site_id,
    project_id,
    sector,
    province_code,
    municipality_code,
    municipality_name,
    business_park,
    route,
    technique,
    carrier_from,
    use_from,
    carrier_to,
    use,
    direction,
    commissioning_year,
    (100 * rest_of_year(commissioning_date))::decimal(38, 12) as first_year_pct,
    commissioning_year > settings.base_year as in_path,
    certainty,
    coalesce(filed_pct, weight_pct)::decimal(38, 6) as probability_pct,
    case when filed_pct is not null then 'filed' else 'weight' end as probability_source,
    depends_on,
    case
        when alternative_carrier is not null then 'carrier'
        when trim(alternative_without_grid) <> '' then 'described'
        else 'none'
    end as alternative_kind,
    alternative_carrier,
    delta_peak_mw::decimal(38, 6) as delta_peak_mw,
    energy_pj::decimal(38, 12) as delta_energy_pj,
    mass_kt::decimal(38, 12) as delta_mass_kt,
    (delta_peak_mw * probability)::decimal(38, 6) as weighted_peak_mw,
    (energy_pj * probability)::decimal(38, 12) as weighted_energy_pj,
    (mass_kt * probability)::decimal(38, 12) as weighted_mass_kt,
    co2_reduction_kt::decimal(38, 12) as co2_reduction_kt,
    factor_kt::decimal(38, 12) as co2_by_factor_kt,
    (co2_reduction_kt * probability)::decimal(38, 12) as weighted_co2_kt,
    (factor_kt * probability)::decimal(38, 12) as weighted_co2_by_factor_kt
from amounts
cross join settings
order by kvk_number, submission_id, project_id
