with named as (
    select submission_id, row_number, series, consent_sites, trim(unnest(string_split(consent_sites, ';'))) as name
    from consent
    where consent_sites is not null
)

select
    submission_id, row_number, series, consent_sites as value_as_filed,
    string_agg('''' || name || '''', ' en ' order by name) as allowed
from named
where name <> '' and not exists (
    from site where site.submission_id = named.submission_id and site.site_id = named.name
)
group by all
