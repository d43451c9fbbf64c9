with room as (
    select submission_id, site_id,
        sum(coalesce(contracted_offtake_mw, 0) + coalesce(requested_extra_mw, 0)) as mw
    from connection
    where carrier = 'electricity'
    group by submission_id, site_id
)
select energy_demand.submission_id, energy_demand.row_number, energy_demand.series,
    replace(format('{:.7g}', peak_mw), '.', ',') as value_as_filed,
    replace(format('{:.7g}', room.mw), '.', ',') as allowed
from energy_demand
join room using (submission_id, site_id)
where carrier = 'electricity' and direction = 'offtake' and peak_mw > room.mw * 1.000001
