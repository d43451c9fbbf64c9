-- Every accepted project is there once, with all its figures, under its own carriers.
with accepted as (
    select province_code, carrier_from, carrier_to,
        count(*) as projects,
        [coalesce(sum(delta_energy_pj), 0), coalesce(sum(delta_mass_kt), 0), coalesce(sum(weighted_energy_pj), 0),
            coalesce(sum(weighted_mass_kt), 0)] as amounts,
        [coalesce(sum(delta_peak_mw), 0), coalesce(sum(weighted_peak_mw), 0)] as power
    from site_project
    group by all
),
counted as (
    select province_code, carrier_from, carrier_to,
        sum(project_count) as projects,
        [coalesce(sum(delta_energy_pj), 0), coalesce(sum(delta_mass_kt), 0), coalesce(sum(weighted_energy_pj), 0),
            coalesce(sum(weighted_mass_kt), 0)] as amounts,
        [coalesce(sum(delta_peak_mw), 0), coalesce(sum(weighted_peak_mw), 0)] as power
    from pmiek_conversion
    group by all
)
select coalesce(accepted.province_code, counted.province_code) as province_code
from accepted
full join counted
    on counted.province_code = accepted.province_code
    and counted.carrier_from is not distinct from accepted.carrier_from
    and counted.carrier_to is not distinct from accepted.carrier_to
where (accepted.projects = counted.projects and accepted.amounts = counted.amounts
    and accepted.power = counted.power) is not true
