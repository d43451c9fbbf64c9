select submission_id, row_number, series, scenarios.label as value_as_filed,
    if(year = settings.base_year,
        format('het basisjaar {} hoort bij ''{}''', settings.base_year, base.label),
        format('''{}'' hoort bij het jaar {}', base.label, settings.base_year)) as allowed
from energy_demand
cross join settings
join scenarios on scenarios.code = energy_demand.scenario
join scenarios as base on base.code = 'base'
where list_contains(settings.years, year)
  and (scenario = 'base') <> (year = settings.base_year)
