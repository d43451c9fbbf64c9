-- The site of the same company in the previous round: by branch number, else by an EAN code, else by the site's own code.
with pairs as (
    select site.submission_id, site.site_id, site.branch_number,
        previous_site.submission_id as previous_submission_id, previous_site.site_id as previous_site_id,
        previous_site.branch_number as previous_branch_number
    from site
    join company using (submission_id)
    join previous_company using (kvk_number)
    join previous_site on previous_site.submission_id = previous_company.submission_id
),
shared as (
    select distinct connection.submission_id, connection.site_id,
        previous_connection.submission_id as previous_submission_id, previous_connection.site_id as previous_site_id
    from connection
    join previous_connection using (ean_code)
),
ranked as (
    select pairs.*,
        case
            when branch_number = previous_branch_number then 1
            when branch_number <> previous_branch_number then null
            when shared.site_id is not null then 2
            when pairs.site_id = pairs.previous_site_id then 3
        end as rank
    from pairs
    left join shared using (submission_id, site_id, previous_submission_id, previous_site_id)
)
select settings.round, submission_id, site_id, previous_submission_id, previous_site_id
from ranked
cross join settings
where rank is not null
qualify row_number() over (partition by submission_id, site_id order by rank, previous_site_id) = 1
    and row_number() over (partition by previous_submission_id, previous_site_id order by rank, site_id) = 1
order by submission_id, site_id
