with areas as (
    select municipality_now.current_code as municipality_code, grid_operator, max(below_kv) as below_kv
    from operator_areas
    join municipality_now using (municipality_code)
    where carrier = 'electricity'
    group by all
),
filed as (
    select connection.submission_id, connection.row_number, connection.series, connection.voltage_level_kv,
        operator.code, operator.serves, operator.label,
        in_dutch(voltage_level_kv, 3) || ' kV' as voltage,
        coalesce(areas.below_kv, $kv) as below_kv
    from connection
    join grid_operators as operator on operator.code = connection.grid_operator
    left join placed
        on placed.submission_id = connection.submission_id and placed.site_id = connection.site_id
    left join areas
        on areas.municipality_code = placed.municipality_code and areas.grid_operator = operator.code
    where connection.carrier = 'electricity'
)
select submission_id, row_number, series,
    label || ' met ' || voltage as value_as_filed,
    case when code = 'tennet'
        then 'onder ' || $kv::int || ' kV beheert de regionale netbeheerder het net'
        else 'vanaf ' || below_kv::int || ' kV beheert TenneT het net' end as allowed
from filed
where (code = 'tennet' and voltage_level_kv < $kv) or (serves = 'regional' and voltage_level_kv >= below_kv)
