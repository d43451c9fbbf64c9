-- Every accepted row of energy demand is in the demand per site, once, and every value was converted.
select submission_id, site_id
from site_demand
where value is not null and energy_pj is null and mass_kt is null
union all
select submission_id, site_id
from (
    select submission_id, site_id, year, scenario, carrier, use, direction, value from energy_demand
    except all
    select submission_id, site_id, year, scenario, carrier, use, direction, value from site_demand
)
union all
select submission_id, site_id
from (
    select submission_id, site_id, year, scenario, carrier, use, direction, value from site_demand
    except all
    select submission_id, site_id, year, scenario, carrier, use, direction, value from energy_demand
)
