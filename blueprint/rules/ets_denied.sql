select site.submission_id, site.row_number, site.series, 'nee' as value_as_filed,
    replace(format('{:,d}', round(sum(site_emissions.verified_t))::bigint), ',', '.') as allowed
from site
join site_emissions using (submission_id, site_id)
where not site.is_ets and site_emissions.verified_t > 0
group by site.submission_id, site.row_number, site.series
