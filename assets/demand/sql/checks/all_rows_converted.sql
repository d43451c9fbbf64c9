-- Every accepted row of energy demand is in the demand per site, once, and every value was converted.
select submission_id, site_id
from site_demand
where value is not null and energy_pj is null and mass_kt is null
union all
select null, null
from (
    select count(*) as rows,
        sum(hash(submission_id, site_id, year, scenario, carrier, use, direction, value)::hugeint) as content
    from energy_demand
) as accepted
cross join (
    select count(*) as rows,
        sum(hash(submission_id, site_id, year, scenario, carrier, use, direction, value)::hugeint) as content
    from site_demand
) as counted
where (accepted.rows, accepted.content) is distinct from (counted.rows, counted.content)
