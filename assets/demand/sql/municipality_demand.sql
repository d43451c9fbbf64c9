-- Names come after the sums: each column that rows are grouped by costs time for every row of every site.
with cells as (
    select
        province_code,
        municipality_code,
        year,
        scenario,
        carrier,
        use,
        direction,
        sector,
        case
            when count(value) = 0 then 'not_filed'
            when sum(value) = 0 then 'zero'
            else 'shown'
        end as cell_status,
        sum(energy_pj)::decimal(38, 12) as energy_pj,
        sum(electricity_twh)::decimal(38, 12) as electricity_twh,
        sum(mass_kt)::decimal(38, 12) as mass_kt,
        count(distinct group_id) filter (where value is not null) as company_count,
        -- A site has one row per year, scenario, carrier, use and direction: see the key of site_demand.
        count(*) as site_count,
        count(*) filter (where value is null) as not_filed_count
    from site_demand
    group by all
)

select settings.round, cells.*, municipality_name
from cells
cross join settings
left join municipality_now on municipality_now.municipality_code = cells.municipality_code
order by province_code, municipality_code, year, scenario, carrier, use, direction, sector
