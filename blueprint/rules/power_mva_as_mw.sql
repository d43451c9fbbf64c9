select submission_id, row_number, series,
    replace(contracted_offtake_mw::text, '.', ',') as value_as_filed,
    replace(format('{:.1f} MVA × {:g} = {:.1f} MW', connection_capacity_mva, power_factor.factor::double,
        connection_capacity_mva * power_factor.factor::double), '.', ',') as allowed
from connection
cross join power_factor
where carrier = 'electricity'
  and contracted_offtake_mw > connection_capacity_mva * power_factor.factor::double * 1.000001
  -- Above the connection itself, another rule speaks.
  and contracted_offtake_mw <= connection_capacity_mva
