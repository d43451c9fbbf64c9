select submission_id, row_number, series, techniques.label as value_as_filed,
    (select string_agg(routes.label, ' of ' order by routes.label) from routes
     where list_contains(techniques.routes, routes.code)) as allowed
from project
join techniques on techniques.code = project.technique
where not list_contains(techniques.routes, project.route)
