with shares as (
    select *,
        (delta_energy_pj::double * first_year_pct / 100)::decimal(38, 12) as first_energy_pj,
        (delta_mass_kt::double * first_year_pct / 100)::decimal(38, 12) as first_mass_kt,
        (weighted_energy_pj::double * first_year_pct / 100)::decimal(38, 12) as first_weighted_pj,
        (weighted_mass_kt::double * first_year_pct / 100)::decimal(38, 12) as first_weighted_kt
    from site_project
    where in_path
),

-- The rest is what is left, so that no rounding is lost between both.
steps as (
    select * replace (
            first_energy_pj as delta_energy_pj, first_mass_kt as delta_mass_kt,
            first_weighted_pj as weighted_energy_pj, first_weighted_kt as weighted_mass_kt),
        commissioning_year as counts_from_year, true as is_first
    from shares
    union all by name
    select * replace (
            (delta_energy_pj - first_energy_pj)::decimal(38, 12) as delta_energy_pj,
            (delta_mass_kt - first_mass_kt)::decimal(38, 12) as delta_mass_kt,
            (weighted_energy_pj - first_weighted_pj)::decimal(38, 12) as weighted_energy_pj,
            (weighted_mass_kt - first_weighted_kt)::decimal(38, 12) as weighted_mass_kt,
            null as delta_peak_mw, null as weighted_peak_mw),
        commissioning_year + 1 as counts_from_year, false as is_first
    from shares
    where first_year_pct < 100 and coalesce(delta_energy_pj, delta_mass_kt) is not null
)

select
    settings.round,
    steps.submission_id,
    steps.kvk_number,
    steps.group_id,
    steps.site_id,
    steps.project_id,
    steps.counts_from_year,
    steps.is_first,
    steps.sector,
    steps.province_code,
    steps.municipality_code,
    steps.business_park,
    -- A project stands where the demand of its site for that carrier does.
    coalesce(main_connection.grid_operator, expected_operators.grid_operator, 'unknown') as grid_operator,
    main_connection.substation,
    carrier_to,
    use,
    direction,
    certainty,
    depends_on,
    alternative_kind,
    alternative_carrier,
    delta_peak_mw::decimal(38, 6) as delta_peak_mw,
    delta_energy_pj,
    delta_mass_kt,
    weighted_peak_mw::decimal(38, 6) as weighted_peak_mw,
    weighted_energy_pj,
    weighted_mass_kt
from steps
cross join settings
left join (from site_connection where is_main) as main_connection
    on main_connection.submission_id = steps.submission_id and main_connection.site_id = steps.site_id
    and main_connection.carrier = steps.carrier_to
left join expected_operators on expected_operators.carrier = steps.carrier_to
order by steps.kvk_number, steps.submission_id, steps.project_id, steps.counts_from_year
