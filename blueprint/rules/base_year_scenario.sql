select submission_id, row_number, series, scenarios.label as value_as_filed,
    if(year = settings.base_year,
        format('Staat in deze regel alleen {0}? Kies dan hier ''{1}''. Staan er ook andere jaren? Zet waarde en piek van {0}'
            || ' dan in een eigen regel met scenario ''{1}'' en maak die cellen in deze regel leeg.',
            settings.base_year, base.label),
        format('Daar hoort alleen {0}. Zet waarde en piek van {1} in een regel met een ander scenario (Plan) en maak die'
            || ' cellen in deze regel leeg.', settings.base_year, year)) as allowed
from energy_demand
cross join settings
join scenarios on scenarios.code = energy_demand.scenario
join scenarios as base on base.code = 'base'
where list_contains(settings.years, year)
  and (scenario = 'base') <> (year = settings.base_year)
