with filed as (
    select project.submission_id, project.row_number, project.series, delta_peak_mw,
        abs(delta_value) * conversions.factor / 0.0000036 as mwh
    from project
    join conversions on conversions.carrier = project.carrier_to and conversions.unit = project.delta_unit
    where project.carrier_to = 'electricity' and conversions.basis = ''
)
select submission_id, row_number, series,
    replace(format('{:g}', delta_peak_mw), '.', ',') as value_as_filed,
    hours_in_dutch(mwh / abs(delta_peak_mw)) as allowed
from filed
where mwh > 0 and mwh < abs(delta_peak_mw) * $hours
