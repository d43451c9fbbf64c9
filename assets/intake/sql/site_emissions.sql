-- The installations of the EU ETS at a site, with their verified emissions in the base year.
with installation as (
    select upper(replace(nea_permit_number, ' ', '')) as permit, kvk_number, branch_number,
        verified_emissions_t as verified_t
    from ets_emissions
    cross join settings
    where ets_emissions.year = settings.base_year
),
lone as (
    select submission_id from site group by submission_id having count(*) = 1
),
matched as (
    select site.submission_id, site.site_id, permit, verified_t
    from site
    join installation on installation.permit = upper(replace(site.nea_permit_number, ' ', ''))
    union
    select site.submission_id, site.site_id, permit, verified_t
    from site
    join installation using (branch_number)
    union
    -- An installation of which only the company is known is at its only site.
    select site.submission_id, site.site_id, permit, verified_t
    from site
    semi join lone using (submission_id)
    join company using (submission_id)
    join installation using (kvk_number)
    where installation.branch_number is null
      and (site.nea_permit_number is null or upper(replace(site.nea_permit_number, ' ', '')) = installation.permit)
),
counted as (
    select submission_id, site_id, permit, verified_t,
        count(*) over (partition by submission_id, site_id) as installations_here
    from matched
)
-- Sites that share one installation are taken together; where a site has several, so are all sites of the filing.
select submission_id, site_id, permit, verified_t,
    if(max(installations_here) over (partition by submission_id) > 1, '*', permit) as installations
from counted
order by submission_id, site_id, permit
