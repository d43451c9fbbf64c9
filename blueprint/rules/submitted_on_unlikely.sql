select submission_id, row_number, series, strftime(submitted_on, '%d-%m-%Y') as value_as_filed,
    format('{} en {}', settings.base_year, settings.base_year + $years::int) as allowed
from submission cross join settings
where year(submitted_on) not between settings.base_year and settings.base_year + $years
