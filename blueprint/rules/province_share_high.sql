-- Neither the share nor the total of the province is told: with its own figure a company would know that of the others.
with placed as (
    select site.submission_id, site.site_id, site.row_number, site.series, provinces.code, provinces.label
    from site
    join municipality_now using (municipality_code)
    join provinces on provinces.code = municipality_now.province_code
    where provinces.filed
),
firms as (
    select placed.code, coalesce(company.group_id, company.kvk_number) as firm,
        -- DECIMAL, since a sum of doubles depends on their order.
        sum((energy_demand.value * conversions.factor)::decimal(38, 12)) as pj
    from energy_demand
    join conversions using (carrier, unit)
    join placed using (submission_id, site_id)
    join company using (submission_id)
    where conversions.basis = coalesce(energy_demand.heating_value_basis, '') and conversions.canon = 'PJ'
      and energy_demand.scenario = 'base' and energy_demand.direction = 'offtake'
    group by all
),
shares as (
    select code, firm, pj, sum(pj) over (partition by code) as all_pj, count(*) over (partition by code) as firm_count
    from firms
)
select placed.submission_id, min(placed.row_number), min_by(placed.series, placed.row_number),
    placed.label as value_as_filed, '' as allowed
from placed
join company using (submission_id)
join shares on shares.code = placed.code and shares.firm = coalesce(company.group_id, company.kvk_number)
where shares.pj > $share * shares.all_pj and shares.firm_count >= $firms
group by placed.submission_id, placed.code, placed.label
