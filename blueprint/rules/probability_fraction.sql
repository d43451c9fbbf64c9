select submission_id, row_number, series,
    replace(rtrim(rtrim(format('{:.5f}', probability_pct), '0'), '.'), '.', ',') as value_as_filed,
    replace(rtrim(rtrim(format('{:.5f}', probability_pct * 100), '0'), '.'), '.', ',') as allowed
from project
where probability_pct > 0 and probability_pct < $below
