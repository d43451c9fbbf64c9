-- The kinds of generation add up to all kinds, and storage is that of every site, once.
with expected as (
    select province_code, max(storage_mwh)::decimal(38, 6) as mwh
    from flexibility
    join site_place using (submission_id, site_id)
    where storage_mwh is not null
    group by province_code, submission_id, site_id
),
storage as (
    select province_code, coalesce(sum(storage_mwh), 0) as shown from pmiek_storage group by all
),
filed as (
    select province_code, coalesce(sum(mwh), 0) as mwh from expected group by all
),
kinds as (
    select province_code, municipality_code,
        coalesce(sum(own_generation_mw) filter (where own_generation_type = 'all'), 0) as whole,
        coalesce(sum(own_generation_mw) filter (where own_generation_type <> 'all'), 0) as parts
    from pmiek_storage
    group by all
)
select province_code from storage full join filed using (province_code)
where coalesce(shown, 0) <> coalesce(mwh, 0)
union all
select province_code from kinds where whole <> parts
