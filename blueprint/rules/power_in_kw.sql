with used as (
    select submission_id, site_id, year, scenario, sum(value * conversions.factor / 0.0000036) as mwh
    from energy_demand
    join conversions using (carrier, unit)
    where energy_demand.carrier = 'electricity' and direction = 'offtake'
      and conversions.basis = coalesce(energy_demand.heating_value_basis, '')
    group by all
),
highest as (
    select submission_id, site_id, max(mwh) as mwh
    from used
    anti join (from incomplete where table_name = 'energy_demand') as incomplete using (submission_id, site_id)
    group by all
)
select connection.submission_id, connection.row_number, connection.series,
    in_dutch(contracted_offtake_mw, 3) as value_as_filed,
    case
        when contracted_offtake_mw > $mw and voltage_level_kv < $kv
            then 'zo veel past niet op '
                || in_dutch(voltage_level_kv, 3) || ' kV'
        else 'bij het hoogste opgegeven verbruik draait dat '
            || hours_in_dutch(highest.mwh / contracted_offtake_mw)
            || ' uur per jaar'
    end as allowed
from connection
left join highest using (submission_id, site_id)
where connection.carrier = 'electricity' and (
    (contracted_offtake_mw > $mw and voltage_level_kv < $kv)
    or (highest.mwh > 0 and highest.mwh < contracted_offtake_mw * $hours)
)
