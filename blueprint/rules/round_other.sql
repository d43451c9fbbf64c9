select submission_id, row_number, series, submission.round as value_as_filed, settings.round as allowed
from submission cross join settings
where submission.round <> settings.round and settings.round <> ''
