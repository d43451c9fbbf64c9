select distinct
    coalesce(group_id, kvk_number) as holding,
    province_code as region_code,
    bottleneck_kind
from site_bottleneck
order by all
