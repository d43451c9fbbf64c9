-- Own use takes more than a connection carries, but not many times as much; where none was filed nothing is known.
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
    in_dutch(own_generation_mw, 6) as value_as_filed,
    case
        when own_generation_mw > $times * room.mw and room.mw > 0
            then 'de aansluitingen van de vestiging dragen samen maar ' || in_dutch(room.mw, 6) || ' MW'
        else 'dat is zo veel als een grote elektriciteitscentrale' end as allowed
from flexibility
left join room using (submission_id, site_id)
where own_generation_mw > $times * room.mw and room.mw > 0 or own_generation_mw > $mw
