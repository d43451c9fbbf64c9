select submission_id, row_number, series,
    in_dutch(connection_capacity_mva, 3) as value_as_filed,
    in_dutch(voltage_level_kv, 3) as allowed
from connection
where carrier = 'electricity' and connection_capacity_mva > $mva and voltage_level_kv < $kv
