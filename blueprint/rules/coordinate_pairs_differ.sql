select submission_id, row_number, series,
    replace(format('{:.1f}', pairs_apart_m / 1000), '.', ',') || ' km' as value_as_filed,
    '' as allowed
from placed
where pairs_apart_m > $metres
