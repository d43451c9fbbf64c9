with standing as (
    select submission_id, kvk_number
    from register
    where state not in ('superseded', 'duplicate', 'withdrawn')
),

placed as (
    select
        -- A filing without a readable KvK number is a company of its own.
        coalesce(filed_sites.kvk_number, filed_sites.submission_id) as kvk_number,
        submission_id, filed_sites.site_id, filed_sites.sector, filed_sites.accepted,
        coalesce(filed_sites.province_code, 'PV00') as province_code
    from filed_sites
    join standing using (submission_id)
),

answered as (
    select kvk_number from placed
    union
    select kvk_number from standing where kvk_number is not null
),

-- A filing in which no site could be read counts where its company was invited.
without_site as (
    select expected.kvk_number, expected.province_code, expected.sector
    from expected
    semi join answered using (kvk_number)
    anti join placed using (kvk_number)
),

per_sector as (
    select
        province_code, coalesce(sectors.code, 'other') as sector, kvk_number, site_id, accepted,
        true as filed, false as invited, 0::decimal(38, 6) as ets_t
    from placed left join sectors on sectors.code = placed.sector and sectors.filed
    union all
    select province_code, sector, kvk_number, null, false, true, false, 0 from without_site
    union all
    select province_code, sector, kvk_number, null, false, false, true, coalesce(ets_emissions_t, 0)::decimal(38, 6)
    from expected
),

companies as (
    select
        province_code, case when grouping(sector) = 1 then 'all' else sector end as sector, kvk_number,
        bool_or(filed) as filed,
        bool_or(invited) as invited,
        bool_or(accepted) as accepted,
        kvk_number in (select kvk_number from answered) as answered,
        sum(ets_t) as ets_t
    from (
        select province_code, sector, kvk_number,
            bool_or(filed) as filed, bool_or(invited) as invited, bool_or(accepted) as accepted, sum(ets_t) as ets_t
        from per_sector
        group by all
    )
    group by province_code, kvk_number, grouping sets ((sector), ())
),

accepted_sites as (
    select province_code, sector, kvk_number, site_id from per_sector where accepted
),

several as (
    select kvk_number from placed group by kvk_number having min(submission_id) <> max(submission_id)
),

-- A filing names a site once, so only sites of who filed more than once need to be laid beside one another.
sites_once as (
    select province_code, unnest([sector, 'all']) as sector from accepted_sites anti join several using (kvk_number)
    union all
    select province_code, sector
    from (
        select distinct province_code, unnest([sector, 'all']) as sector, kvk_number, site_id
        from accepted_sites semi join several using (kvk_number)
    )
),

site_counts as (
    select province_code, sector, count(*) as site_count from sites_once group by all
),

accepted_in_province as (
    select province_code, kvk_number from companies where sector = 'all' and accepted
),

cells as (
    select
        province_code, sector,
        count(*) filter (where filed) as filed_count,
        count(*) filter (where accepted) as accepted_count,
        count(*) filter (where filed and not accepted) as refused_count,
        count(*) filter (where invited) as invited_count,
        count(*) filter (where invited and not answered) as missing_count,
        count(*) filter (where invited and answered and not filed) as elsewhere_count,
        count(*) filter (where filed and not invited) as uninvited_count,
        sum(ets_t) as ets_t,
        sum(ets_t) filter (where accepted_in_province.kvk_number is not null) as covered_t
    from companies left join accepted_in_province using (province_code, kvk_number)
    group by all
),

list as (
    select count(*) > 0 as is_loaded from expected
),

waived_filings as (
    select submission_id, count(*) as findings
    from findings
    semi join standing using (submission_id)
    where settled_by = 'waiver'
    group by submission_id
),

waived as (
    select province_code, sector, sum(findings) as waived_count
    from (
        select distinct
            filed_sites.submission_id, per_sector.province_code, unnest([per_sector.sector, 'all']) as sector,
            waived_filings.findings
        from waived_filings
        join filed_sites using (submission_id)
        join per_sector
            on per_sector.kvk_number = coalesce(filed_sites.kvk_number, filed_sites.submission_id)
            and per_sector.site_id = filed_sites.site_id
    )
    group by all
),

demand as (
    select province_code, sector, direction, energy_pj as filed_pj, 0::decimal(38, 12) as estimated_pj from site_demand
    union all
    select province_code, sector, direction, 0, energy_pj from estimated_demand
),

-- Of the energy that comes in, over all years and scenarios.
imputed as (
    select
        province_code, case when grouping(sector) = 1 then 'all' else sector end as sector,
        100 * sum(estimated_pj)::double / nullif((sum(estimated_pj) + coalesce(sum(filed_pj), 0))::double, 0) as share
    from demand
    where direction = 'offtake'
    group by province_code, grouping sets ((sector), ())
)

select
    settings.round,
    provinces.code as province_code,
    provinces.label as province_name,
    settings.blueprint_version,
    settings.factor_version,
    sectors.code as sector,
    case when coalesce(cells.filed_count, 0) = 0 then 'not_filed' else 'shown' end as cell_status,
    -- Without a list nobody knows how many were invited: that is empty, not zero.
    case when list.is_loaded then coalesce(cells.invited_count, 0) end as invited_count,
    coalesce(cells.filed_count, 0) as filed_count,
    coalesce(cells.accepted_count, 0) as accepted_count,
    coalesce(cells.refused_count, 0) as refused_count,
    case when list.is_loaded then coalesce(cells.missing_count, 0) end as missing_count,
    case when list.is_loaded then coalesce(cells.elsewhere_count, 0) end as elsewhere_count,
    case when list.is_loaded then coalesce(cells.uninvited_count, 0) end as uninvited_count,
    coalesce(site_counts.site_count, 0) as site_count,
    (100 * coalesce(cells.covered_t, 0) / nullif(cells.ets_t, 0))::decimal(38, 1) as ets_share_pct,
    coalesce(imputed.share, 0)::decimal(38, 1) as imputed_share_pct,
    coalesce(waived.waived_count, 0)::bigint as waived_count
from provinces
cross join sectors
cross join settings
cross join list
left join cells on cells.province_code = provinces.code and cells.sector = sectors.code
left join site_counts on site_counts.province_code = provinces.code and site_counts.sector = sectors.code
left join waived on waived.province_code = provinces.code and waived.sector = sectors.code
left join imputed on imputed.province_code = provinces.code and imputed.sector = sectors.code
where provinces.filed or cells.filed_count > 0
order by provinces.code, sectors.code
