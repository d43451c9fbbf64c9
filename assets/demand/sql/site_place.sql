with filed as (
    select submission_id, site_id, municipality_code, municipality_year from site
),

placed as (
    select
        filed.*,
        now.current_code,
        now.municipality_name,
        now.province_code
    from filed
    left join municipality_now as now
        on now.municipality_code = filed.municipality_code and now.province_code is not null
)

select
    settings.round,
    placed.submission_id,
    company.kvk_number,
    placed.site_id,
    placed.municipality_code as filed_municipality_code,
    coalesce(placed.municipality_year, settings.geography_year)::int as municipality_year,
    placed.current_code as municipality_code,
    placed.municipality_name,
    coalesce(placed.province_code, 'PV00') as province_code,
    provinces.label as province_name,
    case
        when placed.current_code is null then 'not_placed'
        when placed.current_code = placed.municipality_code then 'municipality_code'
        else 'succession'
    end as placed_by
from placed
cross join settings
join company using (submission_id)
join provinces on provinces.code = coalesce(placed.province_code, 'PV00')
order by company.kvk_number, placed.site_id
