"""What every table of a confidential document must hold, in SQL over the tables it is made of.

Written apart from the sections: the same figures by another way. `$code`, `$base`, `$mid` and `$last` are filled in.
"""

from __future__ import annotations

ENERGY = """('electricity', 'natural_gas', 'green_gas', 'hydrogen', 'heat', 'steam', 'biomass', 'coal', 'coke',
    'process_gas', 'oil', 'waste', 'other_fuel')"""
PATH = "scenario = case when year = $base then 'base' else 'plan' end"
AREA = f"province_code = $code and area_kind = 'municipality' and certainty = 'all' and {PATH}"
DEPENDENT = "pmiek_dependent_demand where province_code = $code and certainty = 'all' and year = $last"
# By the name of the table: the columns that tell rows apart in the order of the page are not compared, the numbers are.
NUMBERS = {
    "energievraag-per-drager": f"""
        select round(sum(energy_pj), 3) as value from pmiek_energy_demand
        where province_code = $code and direction = 'offtake' and sector = 'all' and carrier in {ENERGY} and {PATH}
        group by carrier, year
        union all
        select round(sum(energy_pj), 3) from pmiek_energy_demand
        where province_code = $code and direction = 'offtake' and sector = 'all' and carrier in {ENERGY} and {PATH}
        group by year
        union all
        select round(sum(energy_pj), 3) from pmiek_energy_demand
        where province_code = $code and direction = 'offtake' and sector = 'all' and carrier in {ENERGY} and {PATH}
        group by use, year""",
    "stromen": f"""
        select round(sum(energy_pj), 3) as value from pmiek_energy_demand
        where province_code = $code and direction = 'offtake' and sector <> 'all' and carrier in {ENERGY}
            and year = $base and scenario = 'base' and energy_pj > 0
        group by carrier, sector, use""",
    "scenarios": f"""
        select round(sum(energy_pj), 3) as value
            from pmiek_combined_demand, (values ('ip2024_ia'), ('ip2024_ka'), ('ip2024_nd')) as plans(plan)
        where province_code = $code and direction = 'offtake' and other_sector = 'industry' and part_kind = 'filed'
            and carrier in {ENERGY} and demand_scenario in ('base', plan)
        group by plan, year""",
    "gewicht-van-zekerheid": f"""
        unpivot (
            select year,
                round(sum(base_energy_pj), 3)::decimal(38, 3) as a, round(sum(delta_energy_pj), 3)::decimal(38, 3) as b,
                round(sum(unexplained_energy_pj), 3)::decimal(38, 3) as c,
                    round(sum(plan_energy_pj), 3)::decimal(38, 3) as d,
                round(sum(without_projects_energy_pj), 3)::decimal(38, 3) as e,
                    round(sum(weighted_plan_energy_pj), 3)::decimal(38, 3) as f
            from pmiek_project_path
            where province_code = $code and direction = 'offtake' and scenario = 'plan' and certainty = 'all'
                and carrier in {ENERGY} and year in ($mid, $last)
            group by year
        ) on a, b, c, d, e, f into name field value value""",
    "vermogen-per-netbeheerder": f"""
        select round(sum(contracted_offtake_mw), 1) as value from pmiek_power_demand
        where province_code = $code and certainty = 'all' and year = $base and scenario = 'base' group by grid_operator
        union all
        select round(sum(requested_extra_mw), 1) from pmiek_power_demand
        where province_code = $code and certainty = 'all' and year = $base and scenario = 'base' group by grid_operator
        union all
        select round(sum(peak_sum_mw), 1) from pmiek_power_demand
        where province_code = $code and certainty = 'all' and year in ($base, $mid, $last) and {PATH}
        group by grid_operator, year""",
    "vermogen-per-onderstation": f"""
        select round(sum(contracted_offtake_mw), 1) as value from pmiek_area_demand
        where province_code = $code and area_kind = 'substation' and carrier = 'electricity' and direction = 'offtake'
            and certainty = 'all' and year = $base and scenario = 'base' group by grid_operator, area
        union all
        select round(sum(requested_extra_mw), 1) from pmiek_area_demand
        where province_code = $code and area_kind = 'substation' and carrier = 'electricity' and direction = 'offtake'
            and certainty = 'all' and year = $base and scenario = 'base' group by grid_operator, area
        union all
        select round(sum(peak_sum_mw), 1) from pmiek_area_demand
        where province_code = $code and area_kind = 'substation' and carrier = 'electricity' and direction = 'offtake'
            and certainty = 'all' and year in ($base, $mid, $last) and {PATH} group by grid_operator, area, year""",
    "projecten-per-route": """
        unpivot (
            select route, sum(project_count)::decimal(38, 3) as a, round(sum(delta_peak_mw), 1)::decimal(38, 3) as b,
                round(sum(delta_energy_pj), 3)::decimal(38, 3) as c,
                    round(sum(co2_reduction_kt), 2)::decimal(38, 3) as d,
                round(sum(co2_by_factor_kt), 2)::decimal(38, 3) as e
            from pmiek_projects where province_code = $code and area_level = 'municipality' and project_count > 0
            group by route
        ) on a, b, c, d, e into name field value value""",
    "gemeenten": """
        select count(*)::decimal(38, 3) as value from site_place where province_code = $code group by municipality_code
        union all
        select round(sum(energy_pj), 3) from pmiek_area_demand
        where province_code = $code and area_kind = 'municipality' and direction = 'offtake' and certainty = 'all'
            and year = $base and scenario = 'base' and energy_pj is not null group by municipality_code""",
    "provincies": f"""
        select round(sum(energy_pj), 3) as value from pmiek_energy_demand
        where direction = 'offtake' and sector = 'all' and carrier in {ENERGY} and year in ($base, $mid) and {PATH}
            and province_code not in ('PV00', 'PVNZ')
        group by province_code, year""",
    "knelpunten": """
        unpivot (
            select bottleneck_kind, bottleneck_count::decimal(38, 3) as a, site_count::decimal(38, 3) as b,
                round(waiting_mw, 1)::decimal(38, 3) as c,
                    round(waiting_pj, 3)::decimal(38, 3) as d, help_requested_count::decimal(38, 3) as e
            from pmiek_bottlenecks
            where province_code = $code and escalation = 'all' and certainty = 'all' and bottleneck_kind <> 'all'
                and bottleneck_count > 0
        ) on a, b, c, d, e into name field value value""",
    "deelname": """
        unpivot (
            select sector, invited_count::decimal(38, 3) as a,
                coalesce(filed_count, 0)::decimal(38, 3) as b,
                coalesce(accepted_count, 0)::decimal(38, 3) as c, missing_count::decimal(38, 3) as d,
                round(ets_share_pct, 1)::decimal(38, 3) as e
            from pmiek_coverage where province_code = $code and (invited_count > 0 or filed_count > 0)
        ) on a, b, c, d, e into name field value value""",
    "projecten-per-jaar": """
        unpivot (
            select sum(project_count)::decimal(38, 3) as a, round(sum(delta_peak_mw), 1)::decimal(38, 3) as b,
                round(sum(delta_energy_pj), 3)::decimal(38, 3) as c
            from pmiek_projects where province_code = $code and area_level = 'municipality' and project_count > 0
            group by certainty, commissioning_year
        ) on a, b, c into name field value value""",
    "projecten-afhankelijk": f"""
        unpivot (
            select sum(project_count) filter (where alternative_kind = 'all')::decimal(38, 3) as a,
                round(sum(delta_peak_mw) filter (where alternative_kind = 'all'), 1)::decimal(38, 3) as b,
                round(sum(weighted_peak_mw) filter (where alternative_kind = 'all'), 1)::decimal(38, 3) as c,
                round(sum(delta_energy_pj) filter (where alternative_kind = 'all'), 3)::decimal(38, 3) as d,
                round(sum(weighted_energy_pj) filter (where alternative_kind = 'all'), 3)::decimal(38, 3) as e,
                coalesce(sum(project_count) filter (where alternative_kind in ('carrier', 'described')), 0)
                    ::decimal(38, 3) as f
            from {DEPENDENT} and dependency not in ('all', 'none') and project_count > 0
            group by dependency
        ) on a, b, c, d, e, f into name field value value""",
    "waterstof-per-gemeente": f"""
        select round(sum(energy_pj), 3) as value from pmiek_hydrogen_branches as branches
        where province_code = $code and certainty = 'all' and {PATH} and exists (
            select 1 from pmiek_hydrogen_branches as wanted
            where wanted.province_code = $code and wanted.certainty = 'all' and wanted.energy_pj > 0
                and wanted.scenario in ('base', 'plan') and wanted.municipality_code = branches.municipality_code)
        group by municipality_code, year""",
    "levering": f"""
        with offered as (
            select carrier, municipality_code, temperature_class, year,
                round(sum(case when carrier = 'co2' then mass_kt else energy_pj end), 3)::decimal(38, 3) as value
            from pmiek_supply
            where province_code = $code and carrier in ('heat', 'steam', 'co2') and {PATH}
                and year in ($base, $mid, $last)
            group by all
        )
        select value from offered
        qualify max(value) over (partition by carrier, municipality_code, temperature_class) > 0""",
    "flexibiliteit": """
        unpivot (
            select round(sum(flexible_mw), 1)::decimal(38, 3) as a,
                round(sum(flexible_more_offtake_mw), 1)::decimal(38, 3) as b,
                round(sum(flexible_less_feed_in_mw), 1)::decimal(38, 3) as c,
                round(sum(flexible_more_feed_in_mw), 1)::decimal(38, 3) as d,
                round(sum(own_generation_mw), 1)::decimal(38, 3) as e, round(sum(storage_mwh), 1)::decimal(38, 3) as f
            from pmiek_power_demand
            where province_code = $code and certainty = 'all' and year = $base and scenario = 'base'
        ) on a, b, c, d, e, f into name field value value""",
    "infrastructuur": f"""
        with cells as (
            select municipality_code, carrier, direction, year,
                case carrier when 'electricity' then round(sum(peak_sum_mw), 1)::decimal(38, 3)
                    when 'co2' then round(sum(mass_kt), 3)::decimal(38, 3)
                    else round(sum(energy_pj), 3)::decimal(38, 3) end as value,
                case when carrier = 'electricity' and year = $base
                    then round(sum(requested_extra_mw), 1)::decimal(38, 3) end as asked
            from pmiek_area_demand
            where {AREA} and (
                (direction = 'offtake' and carrier in ('electricity', 'hydrogen', 'green_gas', 'heat', 'steam', 'co2'))
                or (direction <> 'offtake' and carrier in ('heat', 'steam', 'co2', 'hydrogen')))
            group by municipality_code, carrier, direction, year
        ), judged as (
            select *, max(case when year > $base then value end) over cell as most,
                coalesce(max(case when year = $base then value end) over cell, 0) as now
            from cells window cell as (partition by municipality_code, carrier, direction)
        )
        select value from judged where most > 0 and most > 1.02 * now and year in ($base, $mid, $last)
        union all
        select asked from judged where most > 0 and most > 1.02 * now and asked is not null""",
}
# Numbers of sentences that stand in no table: shares and the task for CO2.
SAID = {
    "energievraag": f"""
        with cells as (
            select year, carrier, sum(energy_pj) as pj from pmiek_energy_demand
            where province_code = $code and direction = 'offtake' and sector = 'all' and carrier in {ENERGY} and {PATH}
            group by year, carrier
        ), whole as (select year, sum(pj) as pj from cells group by year)
        select 100 * max(cells.pj) / any_value(whole.pj) from cells join whole using (year) group by year
        union all
        select sum(pj) from (
            select carrier, sector, sum(energy_pj) as pj from pmiek_energy_demand
            where province_code = $code and direction = 'offtake' and sector <> 'all' and carrier in {ENERGY}
                and year = $base and scenario = 'base'
            group by carrier, sector
        ) group by carrier, sector""",
    "projecten": f"""
        select sum(co2_base_year_t) / 1000 from site semi join (select * from site_place where province_code = $code)
            using (submission_id, site_id)
        union all
        select sum(co2_base_year_t) / 2000 from site semi join (select * from site_place where province_code = $code)
            using (submission_id, site_id)
        union all
        select count(co2_base_year_t) from site semi join (select * from site_place where province_code = $code)
            using (submission_id, site_id)
        union all
        select sum(weighted_co2_kt) from pmiek_projects
        where province_code = $code and area_level = 'municipality' and commissioning_year <= 2030
        union all
        select sum(co2_by_factor_kt) from pmiek_projects
        where province_code = $code and area_level = 'municipality' and commissioning_year <= 2030
        union all
        select sum(project_count) from pmiek_projects where province_code = $code and area_level = 'municipality'
        union all
        select sum(project_count) from pmiek_projects
        where province_code = $code and area_level = 'municipality'
            and certainty in ('fid', 'realisation', 'operational')
        union all
        select sum(case when dependency = 'all' then project_count else -project_count end) from {DEPENDENT}
            and dependency in ('all', 'none') and alternative_kind <> 'all'
        group by alternative_kind, alternative_carrier""",
    "bedrijven": """
        select count(*) from site_place where province_code = $code
        union all
        select count(distinct municipality_code) from site_place where province_code = $code""",
    "knelpunten": """
        select bottleneck_count from pmiek_bottlenecks
        where province_code = $code and bottleneck_kind = 'all' and escalation = 'all' and certainty = 'all'
        union all
        select site_count from pmiek_bottlenecks
        where province_code = $code and bottleneck_kind = 'all' and escalation = 'all' and certainty = 'all'
        union all
        select waiting_mw from pmiek_bottlenecks
        where province_code = $code and bottleneck_kind = 'all' and escalation = 'all' and certainty = 'all'
        union all
        select coalesce(sum(bottleneck_count), 0) from case_candidates where province_code = $code""",
    "flexibiliteit": """
        select 100 * sum(flexible_mw) / sum(contracted_offtake_mw) from pmiek_power_demand
        where province_code = $code and certainty = 'all' and year = $base and scenario = 'base'""",
    "infrastructuur": """
        select count(distinct municipality_code) from site_place where province_code = $code""",
}
