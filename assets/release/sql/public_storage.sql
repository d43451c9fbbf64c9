select
    group_id as holding,
    submission_id || ' ' || site_id as site,
    province_code as region_code,
    storage_mwh::double as value
from site_flexibility
where storage_mwh is not null
order by all
