-- How much gas the connections of a site carry together in an hour, by pipe; nothing where that of one was not filed.
select submission_id, site_id, if(carrier = 'green_gas', 'natural_gas', carrier) as pipe,
    sum(capacity_m3_per_hour) as m3_per_hour
from connection
where carrier in (select carrier from conversions where unit = 'm3')
group by all
having count(*) = count(capacity_m3_per_hour) and sum(capacity_m3_per_hour) > 0
