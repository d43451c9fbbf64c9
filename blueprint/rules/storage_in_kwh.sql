-- A store that the connections of the site would take days to fill; where none was filed nothing is known.
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
    in_dutch(storage_mwh, 6) as value_as_filed,
    case
        when storage_mwh > $hours * room.mw and room.mw > 0
            then 'de aansluitingen van de vestiging (samen ' || in_dutch(room.mw, 6)
                || ' MW) doen daar dagen over'
        else 'zo groot is geen opslag bij een bedrijf' end as allowed
from flexibility
left join room using (submission_id, site_id)
where storage_mwh > $hours * room.mw and room.mw > 0 or storage_mwh > $mwh
