-- Every accepted project is counted once.
select counted.projects, accepted.projects
from (select coalesce(sum(project_count), 0) as projects from pmiek_projects) as counted
cross join (select count(*) as projects from project) as accepted
where counted.projects <> accepted.projects
