select submission_id, row_number, series,
    replace(format('{:g}', probability_pct), '.', ',') as value_as_filed,
    replace(format('{:g}', probability_pct * 100), '.', ',') as allowed
from project
where probability_pct > 0 and probability_pct < $below
