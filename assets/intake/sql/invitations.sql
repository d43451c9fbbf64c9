with answers as (
    select
        kvk_number, submission_id, state,
        row_number() over (
            partition by kvk_number
            order by
                state in ('accepted', 'accepted_with_remarks') desc, state <> 'unreadable' desc,
                submitted_on desc nulls last, submission_id desc
        ) as place
    from register
    where kvk_number is not null and state not in ('superseded', 'duplicate', 'withdrawn')
),

invited as (
    select
        kvk_number, province_code, sector,
        min(company_name) as company_name,
        bool_or(is_ets) as is_ets
    from expected
    group by all
),

accepted_sites as (
    select filed_sites.kvk_number, filed_sites.province_code, count(distinct filed_sites.site_id) as site_count
    from filed_sites
    join answers on answers.submission_id = filed_sites.submission_id and answers.place = 1
    where filed_sites.accepted
    group by all
)

select
    settings.round,
    invited.kvk_number,
    invited.company_name,
    invited.province_code,
    provinces.label as province_name,
    invited.sector,
    invited.is_ets,
    coalesce(answers.state, 'missing') as state,
    answers.submission_id,
    coalesce(accepted_sites.site_count, 0) as site_count
from invited
cross join settings
join provinces on provinces.code = invited.province_code
left join answers on answers.kvk_number = invited.kvk_number and answers.place = 1
left join accepted_sites
    on accepted_sites.kvk_number = invited.kvk_number and accepted_sites.province_code = invited.province_code
order by invited.kvk_number, invited.province_code, invited.sector
