"""What every table of a public document must hold, in SQL over the public tables of the release.

As `expected_tables` is for the confidential document.
"""

from __future__ import annotations

PATH = "scenario = case when year = $base then 'base' else 'plan' end"
# Asked twice: for figures of this release, and for those carried forward, which have words beside them.
NUMBERED = "figure_status in ($statuses)"
FRESH, CARRIED = "'shown', 'zero'", "'carried_forward'"
WHOLE = "municipality_code = 'all' and park_code = 'all' and sector = 'all' and operator_code = 'all'"
# Tables without a figure of a release: factors are of the Blueprint.
UNASKED = {"factoren"}


def nearest(table: str, value: str, condition: str) -> str:
    """The figures of the province, or those of the country when the province has no row like that."""
    return f"""(
        select {value}::decimal(38, 3) as value from {table}
        where {condition} and {NUMBERED} and region_code = case
            when exists (select 1 from {table} where {condition} and region_code = $code) then $code else 'NL' end)"""


def _projects(name: str, value: str) -> str:
    """Every crossing by itself, each of the province or else of the country."""
    axes = ("project_route", "project_certainty", "phase_in")
    crossings = [[mask >> at & 1 for at in range(3)] for mask in range(8)]
    conditions = [
        " and ".join(f"{axis} {'<>' if one else '='} 'all'" for axis, one in zip(axes, some, strict=True))
        for some in crossings
    ]
    return " union all ".join(nearest(name, value, condition) for condition in conditions)


PUBLIC_NUMBERS = {
    "deelname": "select null::decimal as value",
    "knelpunten": "select null::decimal as value",
    "energievraag-per-drager": nearest(
        "public_energy_demand", "energy_pj", f"direction = 'offtake' and {PATH} and {WHOLE}"
    ),
    "vermogen-per-netbeheerder": nearest(
        "public_power_demand",
        "power_mw",
        f"""{PATH} and ((power_measure in ('contracted_offtake', 'requested_extra') and year = $base)
            or (power_measure = 'peak' and year in ($base, $mid, $last)))""",
    ),
    "waterstof": nearest(
        "public_energy_demand",
        "energy_pj",
        f"direction = 'offtake' and energy_carrier = 'hydrogen' and {PATH} and {WHOLE}",
    ),
    "levering": " union all ".join(
        [
            *(
                nearest(
                    "public_energy_demand",
                    "energy_pj",
                    f"direction = 'supply' and energy_carrier = '{carrier}' and {PATH} and {WHOLE}",
                )
                for carrier in ("heat", "steam")
            ),
            *(
                nearest(
                    "public_material_flows",
                    "mass_kt",
                    f"direction = '{direction}' and material = '{material}' and sector = 'all' and {PATH}",
                )
                for direction in ("supply", "offtake")
                for material in ("co2", "circular_feedstock")
            ),
        ]
    ),
    "flexibiliteit": " union all ".join(
        [
            nearest("public_storage", "storage_mwh", "true"),
            *(
                nearest(
                    "public_power_demand",
                    "power_mw",
                    f"operator_code = 'all' and power_measure = '{measure}' and scenario = 'base' and year = $base",
                )
                for measure in (
                    "flexible_less_offtake",
                    "flexible_more_offtake",
                    "flexible_less_feed_in",
                    "flexible_more_feed_in",
                    "own_generation",
                )
            ),
        ]
    ),
    "projecten-energie": _projects("public_project_energy", "energy_pj"),
    "projecten-vermogen": _projects("public_project_power", "power_mw"),
    "projecten-co2": _projects("public_project_co2", "co2_reduction_kt"),
    "provincies": f"""
        select energy_pj as value from public_energy_demand
        where direction = 'offtake' and energy_carrier = 'all' and {PATH} and {WHOLE} and {NUMBERED}
            and year in ($base, $mid) and region_code <> 'NL'""",
    "verschil": nearest("public_round_change", "change_pj", f"direction = 'offtake' and {PATH} and {WHOLE}"),
}
# Classes of firms stand as words: the code of each, with its status, as often as it stands in the table.
PUBLIC_BANDS = {
    "deelname": """
        select invited_band as band, 'shown' as status from public_coverage where region_code = $code
        union all
        select accepted_band, 'shown' from public_coverage where region_code = $code""",
    "knelpunten": """
        select company_band as band, figure_status as status from public_bottlenecks
        where region_code = $code or region_code = 'NL'""",
}
