with placed as (
    select
        -- A filing without a readable KvK number is a company of its own.
        coalesce(filed_sites.kvk_number, filed_sites.submission_id) as kvk_number,
        filed_sites.site_id, filed_sites.sector, filed_sites.accepted,
        coalesce(municipality_now.province_code, 'PV00') as province_code
    from filed_sites
    join register using (submission_id)
    left join municipality_now on municipality_now.municipality_code = filed_sites.municipality_code
    where register.state not in ('superseded', 'duplicate', 'withdrawn')
),

lines as (
    select province_code, coalesce(sectors.code, 'other') as sector, kvk_number, site_id, accepted
    from placed left join sectors on sectors.code = placed.sector and sectors.filed
    union all
    select province_code, 'all', kvk_number, site_id, accepted from placed
),

companies as (
    select province_code, sector, kvk_number, bool_or(accepted) as accepted,
        count(distinct site_id) filter (where accepted) as site_count
    from lines
    group by all
),

cells as (
    select
        province_code, sector,
        count(*) as filed_count,
        count(*) filter (where accepted) as accepted_count,
        count(*) filter (where not accepted) as refused_count,
        sum(site_count) as site_count
    from companies
    group by all
)
,

waived as (
    select lines_of.province_code, lines_of.sector, count(*) as waived_count
    from (
        select distinct filed_sites.submission_id, placed_lines.province_code, placed_lines.sector
        from filed_sites
        join lines as placed_lines
            on placed_lines.kvk_number = coalesce(filed_sites.kvk_number, filed_sites.submission_id)
            and placed_lines.site_id = filed_sites.site_id
    ) as lines_of
    join findings on findings.submission_id = lines_of.submission_id and findings.settled_by = 'waiver'
    join register on register.submission_id = lines_of.submission_id
    where register.state not in ('superseded', 'duplicate')
    group by all
)

select
    settings.round,
    provinces.code as province_code,
    provinces.label as province_name,
    settings.blueprint_version,
    settings.factor_version,
    sectors.code as sector,
    case when coalesce(cells.filed_count, 0) = 0 then 'not_filed' else 'shown' end as cell_status,
    null::bigint as invited_count,
    coalesce(cells.filed_count, 0) as filed_count,
    coalesce(cells.accepted_count, 0) as accepted_count,
    coalesce(cells.refused_count, 0) as refused_count,
    coalesce(cells.site_count, 0)::bigint as site_count,
    null::decimal(38, 1) as ets_share_pct,
    0::decimal(38, 1) as imputed_share_pct,
    coalesce(waived.waived_count, 0)::bigint as waived_count
from provinces
cross join sectors
cross join settings
left join cells on cells.province_code = provinces.code and cells.sector = sectors.code
left join waived on waived.province_code = provinces.code and waived.sector = sectors.code
where provinces.filed or cells.filed_count > 0
order by provinces.code, sectors.code
