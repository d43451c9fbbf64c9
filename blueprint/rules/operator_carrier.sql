select connection.submission_id, connection.row_number, connection.series,
    operator.label as value_as_filed, lower(carriers.label) as allowed
from connection
join grid_operators as operator on operator.code = connection.grid_operator
join carriers on carriers.code = connection.carrier
where operator.serves in ('regional', 'national')
  and not list_contains(operator.carriers, connection.carrier)
