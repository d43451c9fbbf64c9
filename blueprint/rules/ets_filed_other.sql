with installations as (
    select submission_id, installations, sum(verified_t) as verified_t
    from (select distinct submission_id, installations, permit, verified_t from site_emissions)
    group by all
),
filed as (
    select sites.submission_id, sites.installations, sum(site.co2_base_year_t::decimal(38, 6)) as filed_t
    from (select distinct submission_id, site_id, installations from site_emissions) as sites
    join site using (submission_id, site_id)
    where site.is_ets
    group by all
    having count(*) = count(site.co2_base_year_t)
)
select distinct site.submission_id, site.row_number, site.series,
    replace(format('{:,d}', round(filed.filed_t)::bigint), ',', '.') as value_as_filed,
    replace(format('{:,d}', round(installations.verified_t)::bigint), ',', '.') as allowed
from filed
join installations using (submission_id, installations)
join site_emissions using (submission_id, installations)
join site using (submission_id, site_id)
where site.is_ets and abs(filed.filed_t - installations.verified_t) > $share * installations.verified_t
