-- Sites that count but whose province is not known; they are summed as 'not placed'.
select submission_id, site_id from site_place where placed_by = 'not_placed'
