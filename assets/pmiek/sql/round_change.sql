-- Each figure of the previous round goes to its present one in steps, and every step has one reason: recalculated with
-- present factors and borders, moved with its site, replaced by what was filed now. So the reasons add up exactly.
with companies as (
    select
        coalesce(now.kvk_number, before.kvk_number) as kvk_number,
        coalesce(now.group_id, before.group_id, now.kvk_number, before.kvk_number) as contributor,
        now.kvk_number is not null as in_now,
        before.kvk_number is not null as in_before
    from (select kvk_number, min(group_id) as group_id from company group by all) as now
    full join (select kvk_number, min(group_id) as group_id from previous_company group by all) as before
        using (kvk_number)
),

now as (
    select site_demand.*, contributor, in_before
    from site_demand
    join companies using (kvk_number)
    where exists (select 1 from previous_site_demand)
),

before as (
    select
        previous.* exclude (province_code),
        previous.province_code as province_before,
        coalesce(municipality_now.province_code, previous.province_code) as province_recalculated,
        coalesce(site_place.province_code, municipality_now.province_code, previous.province_code) as province_moved,
        contributor, in_now,
        case when canon = 'PJ' then (value * factor)::decimal(38, 12) end as recalculated_pj,
        case when canon = 'kt' then (value * factor)::decimal(38, 12) end as recalculated_kt,
        (province_before, energy_pj, mass_kt)
            is distinct from (province_recalculated, recalculated_pj, recalculated_kt) as is_recalculated
    from previous_site_demand as previous
    join companies using (kvk_number)
    left join conversions
        on conversions.carrier = previous.carrier and conversions.unit = previous.unit
        and conversions.basis = coalesce(previous.heating_value_basis, '')
    left join municipality_now using (municipality_code)
    left join same_site
        on same_site.previous_submission_id = previous.submission_id and same_site.previous_site_id = previous.site_id
    left join site_place
        on site_place.submission_id = same_site.submission_id and site_place.site_id = same_site.site_id
),

-- What a step takes away and gives back in the same cell changes nothing, and is left out.
steps as (
    select 'method' as change_reason, province_before as province_code, carrier, use, direction, year, scenario,
        contributor, -energy_pj as pj, -mass_kt as kt
    from before
    where is_recalculated
    union all
    select 'method', province_recalculated, carrier, use, direction, year, scenario,
        contributor, recalculated_pj, recalculated_kt
    from before
    where is_recalculated
    union all
    select 'gone_company', province_recalculated, carrier, use, direction, year, scenario,
        contributor, -recalculated_pj, -recalculated_kt
    from before
    where not in_now
    union all
    select 'moved_site', province_recalculated, carrier, use, direction, year, scenario,
        contributor, -recalculated_pj, -recalculated_kt
    from before
    where in_now and province_moved <> province_recalculated
    union all
    select 'moved_site', province_moved, carrier, use, direction, year, scenario,
        contributor, recalculated_pj, recalculated_kt
    from before
    where in_now and province_moved <> province_recalculated
    union all
    select 'changed_value', province_moved, carrier, use, direction, year, scenario,
        contributor, -recalculated_pj, -recalculated_kt
    from before
    where in_now
    union all
    select if(in_before, 'changed_value', 'new_company'), province_code, carrier, use, direction, year, scenario,
        contributor, energy_pj, mass_kt
    from now
),

-- Per company, so that a company whose figure stayed the same is not counted.
company_changes as (
    select change_reason, province_code, carrier, use, direction, year, scenario, contributor,
        sum(pj) as pj, sum(kt) as kt
    from steps
    group by all
),

changes as (
    select
        province_code, carrier, use, direction, year, scenario, change_reason,
        sum(pj) as energy_change_pj, sum(kt) as mass_change_kt, count(distinct contributor) as company_count
    from company_changes
    where coalesce(pj, 0) <> 0 or coalesce(kt, 0) <> 0
    group by all
),

figures as (
    select
        province_code, carrier, use, direction, year, scenario,
        sum(pj_before) as energy_before_pj, sum(pj_now) as energy_pj,
        sum(kt_before) as mass_before_kt, sum(kt_now) as mass_kt
    from (
        select province_before as province_code, carrier, use, direction, year, scenario,
            energy_pj as pj_before, null as pj_now, mass_kt as kt_before, null as kt_now
        from before
        union all
        select province_code, carrier, use, direction, year, scenario, null, energy_pj, null, mass_kt
        from now
        union all
        -- Where a site would have been, had it only moved.
        select province_code, carrier, use, direction, year, scenario, null, null, null, null
        from changes
    )
    group by all
),

changed_companies as (
    select province_code, carrier, use, direction, year, scenario, count(distinct contributor) as company_count
    from company_changes
    where coalesce(pj, 0) <> 0 or coalesce(kt, 0) <> 0
    group by all
),

lines as (
    select
        province_code, carrier, use, direction, year, scenario, 'all' as change_reason,
        energy_before_pj, energy_pj,
        case when coalesce(energy_before_pj, energy_pj) is not null
            then coalesce(energy_pj, 0) - coalesce(energy_before_pj, 0)
        end as energy_change_pj,
        mass_before_kt, mass_kt,
        case when coalesce(mass_before_kt, mass_kt) is not null
            then coalesce(mass_kt, 0) - coalesce(mass_before_kt, 0)
        end as mass_change_kt,
        coalesce(changed_companies.company_count, 0) as company_count
    from figures
    left join changed_companies using (province_code, carrier, use, direction, year, scenario)
    union all
    select
        province_code, carrier, use, direction, year, scenario, change_reason,
        null, null, energy_change_pj, null, null, mass_change_kt, company_count
    from changes
)

select
    settings.round,
    settings.previous_round::varchar as previous_round,
    lines.province_code,
    provinces.label as province_name,
    lines.carrier,
    lines.use,
    lines.direction,
    lines.year,
    lines.scenario,
    lines.change_reason,
    settings.blueprint_version,
    settings.factor_version,
    case
        when coalesce(energy_change_pj, mass_change_kt) is null then 'not_filed'
        when coalesce(energy_change_pj, 0) = 0 and coalesce(mass_change_kt, 0) = 0 then 'zero'
        else 'shown'
    end as cell_status,
    energy_before_pj::decimal(38, 12) as energy_before_pj,
    energy_pj::decimal(38, 12) as energy_pj,
    energy_change_pj::decimal(38, 12) as energy_change_pj,
    mass_before_kt::decimal(38, 12) as mass_before_kt,
    mass_kt::decimal(38, 12) as mass_kt,
    mass_change_kt::decimal(38, 12) as mass_change_kt,
    company_count
from lines
cross join settings
join provinces on provinces.code = lines.province_code
join change_reasons on change_reasons.code = lines.change_reason
order by province_code, carrier, use, direction, year, scenario, change_reasons.position
