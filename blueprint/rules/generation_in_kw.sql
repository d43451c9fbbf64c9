-- Own use takes more than a connection carries, but not many times as much; where none was filed nothing is known.
select flexibility.submission_id, flexibility.row_number, flexibility.series,
    in_dutch(own_generation_mw, 6) as value_as_filed,
    case
        when own_generation_mw > $times * site_room.mw and site_room.mw > 0
            then 'de aansluitingen van de vestiging dragen samen maar ' || in_dutch(site_room.mw, 6) || ' MW'
        else 'dat is zo veel als een grote elektriciteitscentrale' end as allowed
from flexibility
left join site_room using (submission_id, site_id)
where own_generation_mw > $times * site_room.mw and site_room.mw > 0 or own_generation_mw > $mw
