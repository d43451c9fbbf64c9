with years as (
    select unnest(years) as year, base_year from settings
),

-- Once under each thing that it depends on, and once under all.
needs as (
    select
        depends_on,
        unnest(list_append(
            case when depends_on <> '' then list_distinct(string_split(depends_on, ';')) else ['none'] end, 'all'
        )) as dependency
    from (select distinct coalesce(depends_on, '') as depends_on from site_project_step)
),

-- Steps of one kind are added up before they are spread over dependencies and years: there are few kinds.
kinds as (
    select
        province_code, coalesce(depends_on, '') as depends_on, carrier_to as carrier, direction, certainty,
        alternative_kind, alternative_carrier, counts_from_year,
        count(*) filter (where is_first) as project_count,
        -- More of one project and less of another may add up to nothing: that is no zero.
        bool_and(coalesce(delta_peak_mw, 0) = 0 and coalesce(delta_energy_pj, 0) = 0 and coalesce(delta_mass_kt, 0) = 0)
            as is_zero,
        sum(columns('.*_(pj|kt|mw)')) as '\0'
    from site_project_step
    group by all
),

company_kinds as (
    select
        province_code, coalesce(depends_on, '') as depends_on, carrier_to as carrier, direction, certainty,
        alternative_kind, alternative_carrier, group_id, min(counts_from_year) as counts_from_year
    from site_project_step
    group by all
),

-- A company counts in a cell from its first step there.
companies as (
    select
        province_code, dependency, carrier, direction, certainty, alternative_kind, alternative_carrier, group_id,
        min(counts_from_year) as counts_from_year
    from company_kinds
    join needs using (depends_on)
    group by province_code, dependency, carrier, direction, group_id,
        grouping sets ((certainty), (alternative_kind, alternative_carrier), ())
),

facts as (
    select
        province_code, dependency, carrier, direction, certainty, alternative_kind, alternative_carrier,
        counts_from_year,
        sum(project_count) as project_count,
        bool_and(is_zero) as is_zero,
        sum(columns('.*_(pj|kt|mw)')) as '\0'
    from kinds
    join needs using (depends_on)
    group by province_code, dependency, carrier, direction, counts_from_year,
        grouping sets ((certainty), (alternative_kind, alternative_carrier), ())
    union all by name
    select * exclude (group_id), count(*) as company_count
    from companies
    group by all
),

cells as (
    select
        province_code, dependency, carrier, direction, year, coalesce(certainty, 'all') as certainty,
        coalesce(alternative_kind, 'all') as alternative_kind, alternative_carrier,
        sum(project_count)::bigint as project_count,
        sum(company_count)::bigint as company_count,
        bool_and(is_zero) as is_zero,
        sum(columns('.*_(pj|kt|mw)')) as '\0'
    from facts
    join years on facts.counts_from_year <= years.year
    group by all
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
