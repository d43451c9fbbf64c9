-- How much power the connections of a site carry together, as far as any was filed.
select submission_id, site_id,
    sum(greatest(
        coalesce(connection_capacity_mva, 0), coalesce(contracted_offtake_mw, 0), coalesce(contracted_feed_in_mw, 0)
    )) as mw
from connection
where carrier = 'electricity'
group by all
