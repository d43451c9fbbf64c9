select submission_id, row_number, series, submission.blueprint_version as value_as_filed, settings.blueprint_version as allowed
from submission cross join settings
where submission.blueprint_version is not null
  and not list_contains(settings.blueprint_versions, submission.blueprint_version)
