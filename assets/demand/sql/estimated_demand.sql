-- Both parts are empty unless the round asks for them; neither is ever part of site_demand.
with points as (
    -- The base year is the beginning of every plan.
    select site_demand.* replace (plans.code as scenario)
    from site_demand
    cross join settings
    join scenarios as plans on plans.code <> 'base' and site_demand.scenario in ('base', plans.code)
    where settings.interpolate and value is not null
        and (site_demand.scenario = 'base') = (year = settings.base_year)
),

-- A year that was filed without a value was left open on purpose: it is no gap.
gaps as (
    select distinct
        points.submission_id, points.site_id, points.scenario, points.carrier, points.use, points.direction, asked.year
    from points
    cross join (select unnest(years) as year, base_year from settings) as asked
    anti join site_demand
        on site_demand.submission_id = points.submission_id and site_demand.site_id = points.site_id
        and site_demand.scenario = points.scenario and site_demand.carrier = points.carrier
        and site_demand.use = points.use and site_demand.direction = points.direction
        and site_demand.year = asked.year
    where asked.year > asked.base_year
),

between_years as (
    select
        earlier.*,
        gaps.year as gap,
        later.year as later_year,
        (gaps.year - earlier.year)::double / (later.year - earlier.year)::double as way,
        later.energy_pj::double as later_pj,
        later.mass_kt::double as later_kt
    from gaps
    asof join points as earlier
        on earlier.submission_id = gaps.submission_id and earlier.site_id = gaps.site_id
        and earlier.scenario = gaps.scenario and earlier.carrier = gaps.carrier
        and earlier.use = gaps.use and earlier.direction = gaps.direction and earlier.year < gaps.year
    asof join points as later
        on later.submission_id = gaps.submission_id and later.site_id = gaps.site_id
        and later.scenario = gaps.scenario and later.carrier = gaps.carrier
        and later.use = gaps.use and later.direction = gaps.direction and later.year > gaps.year
),

interpolated as (
    select
        submission_id, kvk_number, group_id, site_id, sector, municipality_code, province_code,
        gap as year, scenario, carrier, use, direction, 'interpolated' as estimate_kind,
        (energy_pj::double * (1 - way) + later_pj * way)::decimal(38, 12) as energy_pj,
        (mass_kt::double * (1 - way) + later_kt * way)::decimal(38, 12) as mass_kt,
        year as from_year, later_year as to_year
    from between_years
),

verified as (
    select kvk_number, branch_number, sum(verified_emissions_t)::decimal(38, 6) as tonnes
    from (select kvk_number, branch_number, verified_emissions_t::decimal(38, 6) as verified_emissions_t, year
          from ets_emissions)
    semi join settings on settings.base_year = year
    group by all
),

-- What the list says comes first, then the emissions of the branch, then those of a company that is invited once.
tonnes_of_line as (
    select
        expected.kvk_number, expected.province_code, expected.sector,
        coalesce(
            expected.ets_emissions_t::decimal(38, 6),
            (select sum(tonnes) from verified where verified.branch_number = expected.branch_number),
            case when count(*) over (partition by expected.kvk_number) = 1
                then (select sum(tonnes) from verified where verified.kvk_number = expected.kvk_number) end
        ) as tonnes
    from expected
),

invited as (
    select invitations.kvk_number, invitations.province_code, invitations.sector, state, sum(tonnes) as tonnes
    from invitations
    cross join settings
    join tonnes_of_line using (kvk_number, province_code, sector)
    where settings.impute
    group by all
    having sum(tonnes) > 0
),

respondents as (
    select invited.tonnes, site_demand.*
    from invited
    join site_demand using (kvk_number, province_code, sector)
    where state in ('accepted', 'accepted_with_remarks') and value is not null
),

moments as (
    select sector, year, scenario, sum(tonnes)::double as tonnes, count(distinct group_id) as respondent_count
    from (select distinct sector, year, scenario, kvk_number, province_code, group_id, tonnes from respondents)
    group by all
    having respondent_count >= (select bound from estimate_bounds where code = 'least_respondents')
),

per_tonne as (
    select
        sector, year, scenario, carrier, use, direction, moments.respondent_count,
        sum(energy_pj)::double / moments.tonnes as pj_per_t,
        sum(mass_kt)::double / moments.tonnes as kt_per_t
    from respondents
    join moments using (sector, year, scenario)
    group by sector, year, scenario, carrier, use, direction, moments.respondent_count, moments.tonnes
),

imputed as (
    select
        invited.kvk_number, invited.kvk_number as group_id, sector, invited.province_code,
        year, scenario, carrier, use, direction, 'imputed' as estimate_kind,
        (invited.tonnes::double * pj_per_t)::decimal(38, 12) as energy_pj,
        (invited.tonnes::double * kt_per_t)::decimal(38, 12) as mass_kt,
        respondent_count
    from invited
    join per_tonne using (sector)
    where state = 'missing'
),

estimated as (
    select * from interpolated
    union all by name
    select * from imputed
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
    year,
    scenario,
    carrier,
    use,
    direction,
    estimate_kind,
    case when coalesce(energy_pj, mass_kt) = 0 then 'zero' else 'shown' end as cell_status,
    energy_pj,
    case when carrier = 'electricity' then (energy_pj::double / 3.6)::decimal(38, 12) end as electricity_twh,
    mass_kt,
    from_year,
    to_year,
    respondent_count
from estimated
cross join settings
order by kvk_number, province_code, sector, site_id, year, scenario, carrier, use, direction, submission_id
