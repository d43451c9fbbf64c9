-- Each kind of area adds up to the same province, and that is what the sites filed, to the last decimal;
-- what projects add is the same under all certainties as under each.
-- A list has one type, that of the fewest decimals: MW get as many as PJ.
with kinds as (
    select code as area_kind from area_kinds
),

moments as (
    select base_year as year, 'base' as scenario from settings
    union
    select year, scenario from site_demand
),

parts as (
    select area_kind, province_code, carrier, direction, year, scenario, certainty,
        [coalesce(sum(energy_pj), 0), coalesce(sum(electricity_twh), 0), coalesce(sum(mass_kt), 0),
            coalesce(sum(peak_sum_mw), 0)::decimal(38, 12)] as filed,
        [coalesce(sum(contracted_offtake_mw), 0), coalesce(sum(contracted_feed_in_mw), 0),
            coalesce(sum(requested_extra_mw), 0), coalesce(sum(connection_capacity_mva), 0),
            coalesce(sum(pending_request_count), 0)::decimal(38, 6)] as power,
        [coalesce(sum(flexible_mw), 0), coalesce(sum(flexible_more_offtake_mw), 0),
            coalesce(sum(flexible_less_feed_in_mw), 0), coalesce(sum(flexible_more_feed_in_mw), 0),
            coalesce(sum(own_generation_mw), 0), coalesce(sum(storage_mwh), 0)] as flexible,
        [coalesce(sum(project_extra_mw), 0)::decimal(38, 12), coalesce(sum(weighted_extra_mw), 0)::decimal(38, 12),
            coalesce(sum(project_extra_pj), 0), coalesce(sum(weighted_extra_pj), 0), coalesce(sum(project_extra_kt), 0),
            coalesce(sum(weighted_extra_kt), 0)] as projects
    from pmiek_area_demand
    group by all
),

whole as (
    select area_kind, sums.*, 'all' as certainty
    from (
        select province_code, carrier, direction, year, scenario,
            [coalesce(sum(energy_pj), 0), coalesce(sum(electricity_twh), 0), coalesce(sum(mass_kt), 0),
                coalesce(sum(peak_mw), 0)::decimal(38, 12)] as filed
        from site_demand
        group by all
    ) as sums
    cross join kinds
),

contracts as (
    select area_kind, province_code, carrier, direction, year, scenario, 'all' as certainty,
        [coalesce(offtake, 0), coalesce(feed_in, 0), coalesce(requested, 0), coalesce(capacity, 0),
            coalesce(pending, 0)::decimal(38, 6)] as power
    from (
        select province_code, carrier, 'offtake' as direction, sum(contracted_offtake_mw) as offtake,
            null as feed_in, sum(requested_extra_mw) as requested, sum(connection_capacity_mva) as capacity,
            sum(case when request_pending then 1 end) as pending
        from site_connection
        group by all
        union all
        select province_code, carrier, 'supply', null, sum(contracted_feed_in_mw), null, null, null
        from site_connection
        group by all
    )
    cross join kinds
    cross join moments
    where coalesce(offtake, feed_in, requested, capacity, pending) is not null
),

compared as (
    select *,
        count(*) over same_cell = (select count(*) from kinds) as in_every_kind,
        first_value(projects) over same_cell as same_projects
    from parts
    window same_cell as (partition by province_code, carrier, direction, year, scenario, certainty)
),

power as (
    select 'municipality' as area_kind, province_code, 'electricity' as carrier, 'offtake' as direction, year, scenario,
        certainty,
        [sum(project_extra_mw)::decimal(38, 12), sum(weighted_extra_mw)::decimal(38, 12)] as projects_mw
    from pmiek_power_demand
    group by all
    having sum(project_extra_mw) is not null
),

-- Flexibility is the same as in the table of power, whichever way it is put.
flexible as (
    select province_code, year, scenario,
        [coalesce(sum(flexible_mw), 0), coalesce(sum(flexible_more_offtake_mw), 0),
            coalesce(sum(flexible_less_feed_in_mw), 0), coalesce(sum(flexible_more_feed_in_mw), 0),
            coalesce(sum(own_generation_mw), 0), coalesce(sum(storage_mwh), 0)] as flexible
    from pmiek_power_demand
    group by all
),

placed_flexible as (
    select area_kind, province_code, year, scenario,
        [sum(flexible[1]), sum(flexible[2]), sum(flexible[3]), sum(flexible[4]), sum(flexible[5]), sum(flexible[6])]
            as placed
    from parts
    group by all
)

select area_kind, province_code, carrier, year, scenario, certainty
from compared
full join whole using (area_kind, province_code, carrier, direction, year, scenario, certainty)
full join contracts using (area_kind, province_code, carrier, direction, year, scenario, certainty)
full join power using (area_kind, province_code, carrier, direction, year, scenario, certainty)
where (compared.in_every_kind
    and compared.filed = coalesce(whole.filed, [0, 0, 0, 0])
    and compared.power = coalesce(contracts.power, [0, 0, 0, 0, 0])
    and compared.projects = compared.same_projects
    and (power.projects_mw is null or compared.projects[1:2] = power.projects_mw)) is not true
union all
select area_kind, province_code, carrier, year, scenario, 'all'
from parts
group by area_kind, province_code, carrier, direction, year, scenario
having coalesce(sum(projects[3]) filter (where certainty = 'all'), 0)
        <> coalesce(sum(projects[3]) filter (where certainty <> 'all'), 0)
    or coalesce(sum(projects[4]) filter (where certainty = 'all'), 0)
        <> coalesce(sum(projects[4]) filter (where certainty <> 'all'), 0)
    or coalesce(sum(projects[5]) filter (where certainty = 'all'), 0)
        <> coalesce(sum(projects[5]) filter (where certainty <> 'all'), 0)
    or coalesce(sum(projects[6]) filter (where certainty = 'all'), 0)
        <> coalesce(sum(projects[6]) filter (where certainty <> 'all'), 0)
union all
select area_kind, province_code, null, year, scenario, null
from placed_flexible
full join (select * from flexible cross join kinds) as whole using (area_kind, province_code, year, scenario)
where coalesce(placed, [0, 0, 0, 0, 0, 0]) is distinct from coalesce(whole.flexible, [0, 0, 0, 0, 0, 0])
