-- A store that the connections of the site would take days to fill; where none was filed nothing is known.
select flexibility.submission_id, flexibility.row_number, flexibility.series,
    in_dutch(storage_mwh, 6) as value_as_filed,
    case
        when storage_mwh > $hours * site_room.mw and site_room.mw > 0
            then 'de aansluitingen van de vestiging (samen ' || in_dutch(site_room.mw, 6)
                || ' MW) doen daar dagen over'
        else 'zo groot is geen opslag bij een bedrijf' end as allowed
from flexibility
left join site_room using (submission_id, site_id)
where storage_mwh > $hours * site_room.mw and site_room.mw > 0 or storage_mwh > $mwh
