select submission_id, row_number, series,
    replace(rtrim(rtrim(format('{:.3f}', connection_capacity_mva), '0'), '.'), '.', ',') as value_as_filed,
    replace(rtrim(rtrim(format('{:.3f}', voltage_level_kv), '0'), '.'), '.', ',') as allowed
from connection
where carrier = 'electricity' and connection_capacity_mva > $mva and voltage_level_kv < $kv
