select submission_id, row_number, series, sbi_code as value_as_filed,
    array_to_string(sectors.sbi2008, ' of ') as allowed
from company
join sectors on sectors.code = company.sector
where sbi_version = '2008' and len(sectors.sbi2008) > 0
  and not list_bool_or([starts_with(replace(sbi_code, '.', ''), replace(prefix, '.', '')) for prefix in sectors.sbi2008])
