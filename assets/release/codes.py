"""Which codes each dimension of a public table has: those that there are, filed or not, and what else was filed.

A figure that nobody filed stands in a table too, so that its rows do not say who filed.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from assets.rounds import Round
from blueprint.load import blueprint

REGION, NATION, ALL = "region_code", "NL", "all"
TOTALS = {REGION: NATION}


def codes_of(dimensions: Iterable[str], filed: Iterable[pa.Table], settings: Round) -> dict[str, list[str]]:
    """The codes of each of these dimensions, in order; where there is no list, those that were filed."""
    lists, rows = blueprint().codes, list(filed)
    there = {
        REGION: list(lists["provinces"].names),
        "sector": [code.code for code in lists["sectors"].filed],
        "energy_carrier": list(lists["carriers"].where("quantity", "energy")),
        "operator_code": list(lists["grid_operators"].names),
        "project_route": list(lists["routes"].names),
        "project_certainty": [code.code for code in lists["certainty"].filed],
        "phase_in": [*map(str, settings.target_years), "later"],
        "bottleneck_kind": [code.code for code in lists["bottleneck_kinds"].filed],
    }
    return {
        name: sorted({*there.get(name, ()), *(code for some in rows for code in some[name].to_pylist())})
        for name in dimensions
    }


def total_of(dimension: str) -> str:
    """The code that stands for all codes of a dimension."""
    return TOTALS.get(dimension, ALL)


def region_name(code: str) -> str:
    return "Nederland" if code == NATION else blueprint().codes["provinces"].label(code)
