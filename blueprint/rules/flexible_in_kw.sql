-- A site cannot take or give up more power than its connections carry; where none was filed nothing is known.
select flexibility.submission_id, flexibility.row_number, flexibility.series,
    in_dutch(flexible_mw, 6) as value_as_filed,
    in_dutch(site_room.mw, 6) as allowed
from flexibility
join site_room using (submission_id, site_id)
where site_room.mw > 0 and flexible_mw > site_room.mw
