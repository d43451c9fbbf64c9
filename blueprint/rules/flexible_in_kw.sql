-- A site cannot take or give up more power than its connections carry; where none was filed nothing is known.
with room as (
    select submission_id, site_id,
        sum(greatest(
            coalesce(connection_capacity_mva, 0), coalesce(contracted_offtake_mw, 0), coalesce(contracted_feed_in_mw, 0)
        )) as mw
    from connection
    where carrier = 'electricity'
    group by all
)
select flexibility.submission_id, flexibility.row_number, flexibility.series,
    in_dutch(flexible_mw, 6) as value_as_filed,
    in_dutch(room.mw, 6) as allowed
from flexibility
join room using (submission_id, site_id)
where room.mw > 0 and flexible_mw > room.mw
