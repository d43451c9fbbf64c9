with used as (
    select energy_demand.submission_id, energy_demand.row_number, energy_demand.series, site_id, year, scenario,
        energy_demand.carrier, use, value, unit, if(carrier = 'green_gas', 'natural_gas', carrier) as pipe,
        value * conversions.factor / gas.factor as m3
    from energy_demand
    join conversions using (carrier, unit)
    join (select carrier, factor from conversions where unit = 'm3' and basis = '') as gas using (carrier)
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '')
      and direction = 'offtake' and value > 0
),
-- Of a site a connection of which was refused nothing is known.
room as (
    select * from gas_room
    anti join (from incomplete where table_name = 'connection') as incomplete using (submission_id, site_id)
),
together as (
    select submission_id, site_id, pipe, year, scenario, room.m3_per_hour, sum(m3) as m3
    from used
    join room using (submission_id, site_id, pipe)
    group by all
),
-- In later years the connection may have been enlarged.
above as (
    select together.*, m3_per_hour * $hours * if(year = settings.base_year, 1, $growth) * 1.000001 as most
    from together cross join settings
    where m3 > most
),
below as (
    select submission_id, site_id, pipe, m3_per_hour, max(m3) as m3, arg_max((year, scenario), m3) as at
    from together
    anti join (from incomplete where table_name = 'energy_demand') as incomplete using (submission_id, site_id)
    group by all
    having max(m3) < m3_per_hour * $least
),
odd as (
    select used.*, above.m3_per_hour,
        'dat is ' || in_dutch(used.m3 / 1000000, 1) || ' mln m3, en door de aansluitingen van de vestiging ('
            || in_dutch(above.m3_per_hour, 1) || ' m3 per uur) gaat in een jaar ten hoogste '
            || in_dutch(above.m3_per_hour * $hours / 1000000, 1) || ' mln m3' as allowed
    from used
    join above using (submission_id, site_id, pipe, year, scenario)
    where used.m3 > above.most or used.m3 * 2 >= above.m3
    union all
    select used.*, below.m3_per_hour,
        'daarvoor staan de aansluitingen van de vestiging (' || in_dutch(below.m3_per_hour, 1) || ' m3 per uur) '
            || hours_in_dutch(below.m3 / below.m3_per_hour) || ' uur per jaar open, ook in het jaar met het hoogste verbruik'
    from used
    join below using (submission_id, site_id, pipe)
    where used.year = below.at[1] and used.scenario = below.at[2] and used.m3 * 2 >= below.m3
)
-- Years share a unit: the largest tells enough.
select submission_id, row_number, series, in_dutch(value, 3) || ' ' || replace(unit, '_', ' ') as value_as_filed, allowed
from odd
qualify row_number() over (
    partition by submission_id, site_id, carrier, use, scenario, unit order by m3 desc, year, row_number
) = 1
