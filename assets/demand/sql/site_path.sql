-- Sites and streams (a carrier and use of a site, in a direction) have numbers here, in the order of the rows.
with steps as (
    select * from site_project_step where coalesce(delta_energy_pj, delta_mass_kt) is not null
),

sites as (
    select row_number() over (order by kvk_number, submission_id, site_id) as site, *
    from (
        select submission_id, site_id, kvk_number, group_id, sector, municipality_code, province_code
        from site_demand
        union
        select submission_id, site_id, kvk_number, group_id, sector, municipality_code, province_code
        from steps
    )
),

streams as materialized (
    select
        row_number() over (order by site, carrier, use, direction) as stream,
        site, submission_id, site_id, carrier, use, direction
    from (
        select submission_id, site_id, carrier, use, direction from site_demand
        union
        select submission_id, site_id, carrier_to, use, direction from steps
    )
    join sites using (submission_id, site_id)
),

filed as materialized (
    select stream, site, year, scenario, energy_pj, mass_kt
    from site_demand
    join streams using (submission_id, site_id, carrier, use, direction)
),

plans as (
    select stream, site, year, scenario, energy_pj as plan_pj, mass_kt as plan_kt
    from filed cross join settings
    where scenario <> 'base' and year > settings.base_year
),

base as (
    select stream, energy_pj as base_pj, mass_kt as base_kt
    from filed cross join settings
    where scenario = 'base' and year = settings.base_year
),

-- The plan is asked of every site in every year of the round; the other scenarios only where it filed them.
moments as (
    select site, unnest(years) as year, 'plan' as scenario
    from sites cross join settings
    union all
    select distinct site, year, scenario
    from plans cross join settings
    where not (scenario = 'plan' and list_contains(years, year))
),

replacing as (
    select submission_id, site_id, carrier_from as carrier, use_from as use, commissioning_year
    from site_project
    where in_path and carrier_from <> carrier_to
),

replaced as (
    select stream, moments.year, moments.scenario, count(*) as replaced_count
    from replacing
    join streams using (submission_id, site_id, carrier, use)
    join moments using (site)
    where streams.direction = 'offtake' and commissioning_year <= moments.year
    group by all
),

explained as (
    select
        stream, moments.year, moments.scenario,
        count(*) filter (where is_first) as explained_count,
        bool_and(coalesce(delta_energy_pj, delta_mass_kt) = 0) as delta_is_zero,
        sum(delta_energy_pj) as delta_energy_pj,
        sum(delta_mass_kt) as delta_mass_kt,
        sum(weighted_energy_pj) as weighted_energy_pj,
        sum(weighted_mass_kt) as weighted_mass_kt
    from steps
    join streams
        on (streams.submission_id, streams.site_id, streams.carrier, streams.use, streams.direction)
            = (steps.submission_id, steps.site_id, steps.carrier_to, steps.use, steps.direction)
    join moments using (site)
    where counts_from_year <= moments.year
    group by all
),

path as (
    select
        sites.*, stream, carrier, use, direction, year, scenario, base_pj, base_kt, plan_pj, plan_kt,
        coalesce(explained_count, 0) as project_count,
        coalesce(delta_is_zero, true) as delta_is_zero,
        coalesce(replaced_count, 0) as replacing_count,
        case when quantity = 'energy' then coalesce(delta_energy_pj, 0) end as delta_pj,
        case when quantity = 'energy' then coalesce(weighted_energy_pj, 0) end as weighted_pj,
        case when quantity = 'mass' then coalesce(delta_mass_kt, 0) end as delta_kt,
        case when quantity = 'mass' then coalesce(weighted_mass_kt, 0) end as weighted_kt
    from streams
    join sites using (site)
    join moments using (site)
    join (select code, quantity from carriers) as quantities on code = carrier
    left join base using (stream)
    left join plans using (stream, year, scenario)
    left join explained using (stream, year, scenario)
    left join replaced using (stream, year, scenario)
    where year > (select base_year from settings)
)

select
    settings.round,
    submission_id,
    kvk_number,
    group_id,
    site_id,
    sector,
    municipality_code,
    province_code,
    carrier,
    use,
    direction,
    year,
    scenario,
    case
        when coalesce(base_pj, base_kt) is null or coalesce(plan_pj, plan_kt) is null then 'not_filed'
        -- More of one project and less of another may add up to nothing: that is no zero.
        when coalesce(base_pj, base_kt) = 0 and coalesce(plan_pj, plan_kt) = 0 and delta_is_zero then 'zero'
        else 'shown'
    end as cell_status,
    project_count,
    replacing_count,
    base_pj as base_energy_pj,
    delta_pj::decimal(38, 12) as delta_energy_pj,
    (plan_pj - base_pj - delta_pj)::decimal(38, 12) as unexplained_energy_pj,
    -- How much less of the old carrier a project asks is not filed; what falls where one replaces it is told apart.
    case
        when replacing_count > 0 and plan_pj - base_pj is not null then least(plan_pj - base_pj - delta_pj, 0)
    end::decimal(38, 12) as replaced_energy_pj,
    plan_pj as plan_energy_pj,
    (plan_pj - delta_pj)::decimal(38, 12) as without_projects_energy_pj,
    weighted_pj::decimal(38, 12) as weighted_energy_pj,
    (plan_pj - delta_pj + weighted_pj)::decimal(38, 12) as weighted_plan_energy_pj,
    base_kt as base_mass_kt,
    delta_kt::decimal(38, 12) as delta_mass_kt,
    (plan_kt - base_kt - delta_kt)::decimal(38, 12) as unexplained_mass_kt,
    plan_kt as plan_mass_kt,
    (plan_kt - delta_kt)::decimal(38, 12) as without_projects_mass_kt,
    weighted_kt::decimal(38, 12) as weighted_mass_kt,
    (plan_kt - delta_kt + weighted_kt)::decimal(38, 12) as weighted_plan_mass_kt
from path
cross join settings
order by stream, year, scenario
