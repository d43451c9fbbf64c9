select submission_id, row_number, series, clusters.label as value_as_filed, '' as allowed
from site
join clusters on clusters.code = site.industrial_cluster
where industrial_cluster <> 'cluster6'
