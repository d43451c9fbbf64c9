with years as (
    select unnest(years) as year, base_year from settings
),

steps as (
    select
        site_project_step.*, years.year,
        case when depends_on <> '' then list_distinct(string_split(depends_on, ';')) else ['none'] end as needs
    from site_project_step
    join years on site_project_step.counts_from_year <= years.year
),

-- Once under each thing that it depends on, and once under all.
spread as (
    select * exclude (needs), unnest(list_append(needs, 'all')) as dependency from steps
),

cells as (
    select
        province_code, dependency, carrier_to as carrier, direction, year, coalesce(certainty, 'all') as certainty,
        coalesce(alternative_kind, 'all') as alternative_kind, alternative_carrier,
        count(*) filter (where is_first) as project_count,
        count(distinct group_id) as company_count,
        -- More of one project and less of another may add up to nothing: that is no zero.
        bool_and(coalesce(delta_peak_mw, 0) = 0 and coalesce(delta_energy_pj, 0) = 0 and coalesce(delta_mass_kt, 0) = 0)
            as is_zero,
        sum(delta_peak_mw) as delta_peak_mw,
        sum(delta_energy_pj) as delta_energy_pj,
        sum(delta_mass_kt) as delta_mass_kt,
        sum(weighted_peak_mw) as weighted_peak_mw,
        sum(weighted_energy_pj) as weighted_energy_pj,
        sum(weighted_mass_kt) as weighted_mass_kt
    from spread
    group by province_code, dependency, carrier_to, direction, year,
        grouping sets ((certainty), (alternative_kind, alternative_carrier), ())
),

places as (
    select code as province_code from provinces where filed
),

lines as (
    select province_code, dependencies.code as dependency, carriers.code as carrier, 'offtake' as direction, year,
        'all' as certainty, 'all' as alternative_kind, null as alternative_carrier
    from places cross join dependencies cross join carriers cross join years
    where year > base_year
    union
    select province_code, dependency, carrier, direction, year, certainty, alternative_kind, alternative_carrier
    from cells
)

select
    settings.round,
    lines.province_code,
    provinces.label as province_name,
    settings.blueprint_version,
    settings.factor_version,
    lines.dependency,
    lines.carrier,
    lines.direction,
    lines.year,
    lines.certainty,
    lines.alternative_kind,
    lines.alternative_carrier,
    case
        when coalesce(delta_peak_mw, delta_energy_pj, delta_mass_kt) is null then 'not_filed'
        when is_zero then 'zero'
        else 'shown'
    end as cell_status,
    coalesce(project_count, 0) as project_count,
    coalesce(company_count, 0) as company_count,
    delta_peak_mw,
    delta_energy_pj,
    delta_mass_kt,
    weighted_peak_mw,
    weighted_energy_pj,
    weighted_mass_kt
from lines
cross join settings
join provinces on provinces.code = lines.province_code
left join cells
    on (cells.province_code, cells.dependency, cells.year, cells.certainty, cells.alternative_kind)
        = (lines.province_code, lines.dependency, lines.year, lines.certainty, lines.alternative_kind)
    and cells.alternative_carrier is not distinct from lines.alternative_carrier
    and cells.carrier is not distinct from lines.carrier
    and cells.direction is not distinct from lines.direction
order by
    lines.province_code, lines.dependency, lines.carrier nulls last, lines.direction nulls last, lines.year,
    lines.certainty, lines.alternative_kind, lines.alternative_carrier nulls first
