select energy_demand.submission_id, energy_demand.row_number, energy_demand.series,
    energy_demand.year::text as value_as_filed, provinces.hydrogen_from::text as allowed
from energy_demand
join site using (submission_id, site_id)
join municipality_now on municipality_now.municipality_code = site.municipality_code
join provinces on provinces.code = municipality_now.province_code
where energy_demand.carrier = 'hydrogen' and energy_demand.direction = 'offtake' and energy_demand.value > 0
  and energy_demand.year > (select base_year from settings)
  and energy_demand.year < provinces.hydrogen_from
