select
    settings.round,
    site.submission_id,
    company.kvk_number,
    site.site_id,
    site.municipality_code as filed_municipality_code,
    coalesce(site.municipality_year, settings.geography_year)::int as municipality_year,
    placed.municipality_code,
    placed.municipality_name,
    placed.province_code,
    provinces.label as province_name,
    placed.placed_by,
    placed.placement_sureness,
    placed.placement_conflicts,
    placed.municipality_by_code,
    placed.municipality_by_coordinate,
    placed.municipality_by_city,
    placed.province_by_postcode,
    placed.coordinate_where,
    placed.rd_x_m,
    placed.rd_y_m,
    -- What a company calls its park must not tell who it is, in no table that is made of this one.
    case when not tells_who(site.business_park, company.company_name) then site.business_park end as business_park
from site
cross join settings
join placed using (submission_id, site_id)
join company using (submission_id)
join provinces on provinces.code = placed.province_code
order by company.kvk_number, site.site_id
