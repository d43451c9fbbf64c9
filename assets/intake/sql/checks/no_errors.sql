-- What companies still have to mend: the errors found in the filings of this round.
select submission_id, rule from findings where severity = 'error' and settled_by = 'none'
