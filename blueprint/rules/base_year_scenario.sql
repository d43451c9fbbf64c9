select submission_id, row_number, series, scenarios.label as value_as_filed,
    if(year = settings.base_year,
        format('De waarde van het basisjaar {0} hoort in een eigen regel met scenario ''{1}''; maak haar in deze regel leeg.',
            settings.base_year, base.label),
        format('Daar hoort alleen {0}; zet de waarde van {1} in een regel met een ander scenario (Plan) en maak haar in deze'
            || ' regel leeg.', settings.base_year, year)) as allowed
from energy_demand
cross join settings
join scenarios on scenarios.code = energy_demand.scenario
join scenarios as base on base.code = 'base'
where list_contains(settings.years, year)
  and (scenario = 'base') <> (year = settings.base_year)
