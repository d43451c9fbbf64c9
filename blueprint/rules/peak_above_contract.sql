with room as (
    select submission_id, site_id,
        sum(coalesce(contracted_offtake_mw, 0) + coalesce(requested_extra_mw, 0)) as mw
    from connection
    where carrier = 'electricity'
    group by submission_id, site_id
)
select energy_demand.submission_id, energy_demand.row_number, energy_demand.series,
    in_dutch(peak_mw, 3) as value_as_filed,
    in_dutch(room.mw, 3) as allowed
from energy_demand
join room using (submission_id, site_id)
anti join (from incomplete where table_name = 'connection') as incomplete using (submission_id, site_id)
where carrier = 'electricity' and direction = 'offtake' and peak_mw > room.mw * 1.000001
