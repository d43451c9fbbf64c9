-- Every accepted connection is there once, with its own figures, and a site has one main connection per carrier.
select submission_id, connection_id
from connection
full join site_connection using (submission_id, connection_id)
where (
    connection.carrier = site_connection.carrier
    and connection.contracted_offtake_mw::decimal(38, 6)
        is not distinct from site_connection.contracted_offtake_mw
    and connection.connection_capacity_mva::decimal(38, 6)
        is not distinct from site_connection.connection_capacity_mva
    and (site_connection.connection_capacity_mw <= site_connection.connection_capacity_mva) is not false
) is not true
union all
select submission_id, site_id
from site_connection
group by submission_id, site_id, carrier
having count(*) filter (where is_main) <> 1
