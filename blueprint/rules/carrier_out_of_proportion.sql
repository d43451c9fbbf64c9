with offtake as (
    select energy_demand.submission_id, energy_demand.row_number, energy_demand.series, site_id, year, scenario,
        energy_demand.carrier, use, value, unit, if(carrier = 'green_gas', 'natural_gas', carrier) as pipe,
        value * conversions.factor as pj
    from energy_demand
    join conversions using (carrier, unit)
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '')
      and conversions.canon = 'PJ' and direction = 'offtake' and value > 0
),
over_the_years as (
    select *, median(pj) over stream as usual, max(pj) over stream as most
    from offtake
    window stream as (partition by submission_id, site_id, carrier, use)
),
-- What another rule speaks of, as a jump between years or as larger than any site, tells nothing of what is beside it.
compared as (
    select over_the_years.*, greatest(pj / usual, usual / pj) as from_usual
    from over_the_years
    join site using (submission_id, site_id)
    where not (from_usual between $low and $high or from_usual / 1000 between $low and $high)
      and (site.industrial_cluster <> 'cluster6' or most <= $most)
),
together as (
    select submission_id, site_id, year, scenario, carrier, pipe, sum(pj) as pj,
        arg_max((row_number, series), (pj, -row_number)) as at
    from compared
    group by all
),
-- A carrier is looked at in the base year, and one that comes later when it is largest: it may begin with a trial.
beside as (
    select *, sum(pj) over (partition by submission_id, site_id, year, scenario) - pj as others,
        row_number() over (
            partition by submission_id, site_id, carrier
            order by year <> (select base_year from settings), pj desc, year, scenario
        ) as nth
    from together
),
odd as (
    select *, pj > others * $times * 1.000001 as is_large
    from beside
    anti join (from incomplete where table_name = 'energy_demand') as incomplete using (submission_id, site_id)
    -- Beside a connection for gas another rule speaks.
    anti join gas_room using (submission_id, site_id, pipe)
    where nth = 1 and carrier in ('steam', 'heat', 'hydrogen', 'natural_gas', 'green_gas') and others > 0
      and (is_large and pj > $least or pj * 1.000001 < others * $share)
    -- Beside one that is too large the others look too small.
    qualify is_large or not bool_or(is_large) over (partition by submission_id, site_id)
)
select odd.submission_id, odd.at[1] as row_number, odd.at[2] as series,
    in_dutch(value, if(value < 0.1, 9, 3)) || ' ' || replace(unit, '_', ' ') as value_as_filed,
    case
        when is_large then in_dutch(round(odd.pj / others), 1) || ' keer zo groot als'
        when odd.pj / others < 0.0001 then 'minder dan 0,01% van'
        else 'maar ' || in_dutch(odd.pj / others * 100, 2) || '% van'
    end || ' de overige energie van de vestiging (' || case
        when others >= 0.1 then in_dutch(others, 1) || ' PJ'
        when others >= 0.000001 then in_dutch(round(others * 1000000), 1) || ' GJ'
        else 'minder dan 1 GJ'
    end || ')' as allowed
from odd
join compared on compared.submission_id = odd.submission_id
    and compared.row_number = odd.at[1] and compared.series = odd.at[2]
