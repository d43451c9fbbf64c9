with areas as (
    select distinct municipality_now.current_code as municipality_code, carrier, grid_operator
    from operator_areas
    join municipality_now using (municipality_code)
),
own_rows as (
    select municipality_code from areas where carrier = 'green_gas'
),
-- Green gas is in the net of natural gas, unless an analyst says otherwise.
nets as (
    select * from areas
    union all
    select municipality_code, 'green_gas', grid_operator
    from areas
    where carrier = 'natural_gas' and municipality_code not in (select municipality_code from own_rows)
),
known as (
    select municipality_code, carrier,
        list(grid_operator) as grid_operators, string_agg(label, ' of ' order by label) as labels
    from nets
    join grid_operators as operator on operator.code = nets.grid_operator
    group by all
)
select connection.submission_id, connection.row_number, connection.series,
    operator.label as value_as_filed,
    placed.municipality_name || ' (daar: ' || known.labels || ')' as allowed
from connection
join grid_operators as operator on operator.code = connection.grid_operator and operator.serves = 'regional'
join placed
    on placed.submission_id = connection.submission_id and placed.site_id = connection.site_id
join known on known.municipality_code = placed.municipality_code and known.carrier = connection.carrier
where not list_contains(known.grid_operators, connection.grid_operator)
