select submission_id, row_number, series,
    replace(contracted_offtake_mw::text, '.', ',') as value_as_filed,
    replace(connection_capacity_mva::text, '.', ',') as allowed
from connection
where carrier = 'electricity' and contracted_offtake_mw > connection_capacity_mva
