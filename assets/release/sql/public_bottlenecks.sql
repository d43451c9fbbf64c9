select distinct
    coalesce(group_id, kvk_number) as holding,
    coalesce(province_code, 'unplaced') as region_code,
    bottleneck_kind
from site_bottleneck
order by all
