with batteries as (
    select submission_id, site_id, province_code, municipality_code, group_id, storage_mwh
    from site_flexibility
    where storage_mwh is not null
),

-- Of the sites the types are told apart only as they were filed: one that stands in several rows counts once.
generators as (
    select submission_id, site_id, site_flexibility.province_code, site_flexibility.municipality_code,
        site_flexibility.group_id, coalesce(own_generation_type, 'unknown') as own_generation_type,
        max(flexibility.own_generation_mw)::decimal(38, 6) as own_generation_mw
    from flexibility
    join site_flexibility using (submission_id, site_id)
    where flexibility.own_generation_mw is not null
    group by all
),

generation as (
    select
        province_code, municipality_code, coalesce(own_generation_type, 'all') as own_generation_type,
        sum(own_generation_mw) as own_generation_mw
    from generators
    group by province_code, municipality_code, grouping sets ((own_generation_type), ())
),

storage as (
    select province_code, municipality_code, 'all' as own_generation_type,
        sum(storage_mwh) as storage_mwh, count(*) as storage_site_count
    from batteries
    group by all
),

counted as (
    select province_code, municipality_code, own_generation_type,
        count(distinct group_id) as company_count, count(distinct (submission_id, site_id)) as site_count
    from (
        select province_code, municipality_code, own_generation_type, group_id, submission_id, site_id from generators
        union all
        select province_code, municipality_code, 'all', group_id, submission_id, site_id from generators
        union all
        select province_code, municipality_code, 'all', group_id, submission_id, site_id from batteries
    )
    group by all
),

lines as (
    select province_code, municipality_code, own_generation_type from counted
    union all
    select code, null, 'all' from provinces where filed and code not in (select province_code from counted)
)

select
    settings.round,
    lines.province_code,
    provinces.label as province_name,
    lines.municipality_code,
    municipality_now.municipality_name,
    lines.own_generation_type,
    settings.blueprint_version,
    settings.factor_version,
    case
        when coalesce(own_generation_mw, storage_mwh) is null then 'not_filed'
        when coalesce(own_generation_mw, 0) = 0 and coalesce(storage_mwh, 0) = 0 then 'zero'
        else 'shown'
    end as cell_status,
    own_generation_mw,
    storage_mwh,
    case when lines.own_generation_type = 'all' then coalesce(storage_site_count, 0) end as storage_site_count,
    coalesce(company_count, 0) as company_count,
    coalesce(site_count, 0) as site_count
from lines
cross join settings
join provinces on provinces.code = lines.province_code
join own_generation_types on own_generation_types.code = lines.own_generation_type
left join municipality_now using (municipality_code)
left join generation
    on generation.province_code = lines.province_code
    and generation.municipality_code is not distinct from lines.municipality_code
    and generation.own_generation_type = lines.own_generation_type
left join storage
    on storage.province_code = lines.province_code
    and storage.municipality_code is not distinct from lines.municipality_code
    and storage.own_generation_type = lines.own_generation_type
left join counted
    on counted.province_code = lines.province_code
    and counted.municipality_code is not distinct from lines.municipality_code
    and counted.own_generation_type = lines.own_generation_type
order by lines.province_code, lines.municipality_code nulls last, own_generation_types.position
