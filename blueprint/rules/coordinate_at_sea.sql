select site.submission_id, site.row_number, site.series,
    replace(format('{:.4f}; {:.4f}', placed.latitude, placed.longitude), '.', ',') as value_as_filed,
    '' as allowed
from site
join placed using (submission_id, row_number, series)
join company using (submission_id)
where placed.coordinate_where = 'sea' and coalesce(company.sector, '') <> 'oil_gas_exploration'
