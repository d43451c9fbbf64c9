with lines as (
    select
        site_place.province_code, site_place.province_name, site_place.municipality_code,
        site_place.municipality_name, coalesce(company.group_id, company.kvk_number) as group_id, project.*,
        conversions.canon,
        project.delta_value * conversions.factor as amount
    from project
    join site_place using (submission_id, site_id)
    join company using (submission_id)
    left join conversions
        on conversions.carrier = project.carrier_to and conversions.unit = project.delta_unit
        and conversions.basis = ''
)

select
    settings.round,
    lines.province_code,
    lines.province_name,
    settings.blueprint_version,
    settings.factor_version,
    lines.municipality_code,
    lines.municipality_name,
    lines.route,
    lines.certainty,
    year(lines.commissioning_date)::int as commissioning_year,
    'shown' as cell_status,
    count(*) as project_count,
    count(distinct group_id) as company_count,
    sum(delta_peak_mw::decimal(38, 6)) as delta_peak_mw,
    sum(case when canon = 'PJ' then amount::decimal(38, 12) end) as delta_energy_pj,
    sum(co2_reduction_kt::decimal(38, 12)) as co2_reduction_kt
from lines
cross join settings
group by all
order by
    lines.province_code, lines.municipality_code nulls last, lines.route, lines.certainty, commissioning_year
