"""Rows made up in a test: completed, put together and shuffled; and rows read back from a table, picked or summed.

What the recipes make of them is in `cooked`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from assets.store import PREVIOUS
from blueprint.arrow import schema
from blueprint.geography.places import current_code, province_of

Row = dict[str, Any]
Filed = dict[str, list[Row]]
Cells = dict[tuple, tuple]

ROUND = "proef"
FILED: Row = {"submission_id": "s1", "sheet": "blad", "row_number": 2, "series": ""}
DEFAULTS: dict[str, Row] = {
    "company": {**FILED, "kvk_number": "10000001", "sector": "food"},
    "site": {**FILED, "site_id": "V1", "municipality_code": "GM0344"},
    "connection": {**FILED, "connection_id": "A1", "site_id": "V1", "carrier": "electricity", "request_pending": False},
    "energy_demand": {
        **FILED,
        "site_id": "V1",
        "year": 2023,
        "scenario": "base",
        "carrier": "electricity",
        "use": "energetic",
        "direction": "offtake",
        "unit": "TJ",
        "origin": "measured",
    },
    "project": {**FILED, "project_id": "P1", "site_id": "V1", "route": "electrification", "certainty": "idea"},
    "flexibility": {**FILED, "site_id": "V1", "flex_direction": "less_offtake"},
    "submission": {**FILED, "round": ROUND},
    "consent": {**FILED, "consent_purpose": "pmiek"},
    "bottleneck": {
        **FILED,
        "bottleneck_id": "K1",
        "site_id": "V1",
        "bottleneck_kind": "grid_congestion",
        "help_requested": False,
    },
    "filed_sites": {"round": ROUND, "submission_id": "s1", "kvk_number": "10000001", "site_id": "V1", "sector": "food"},
    "findings": {"round": ROUND, "settled_by": "none"},
    "register": {"round": ROUND, "submission_id": "s1", "state": "accepted"},
    "expected": {
        "kvk_number": "10000001",
        "company_name": "Bakkerij Voorbeeld B.V.",
        "province_code": "PV26",
        "sector": "food",
        "is_ets": False,
    },
}

# For laws of what recipes make. Each example is a round: making a failing one smaller would take many minutes.
UNSHRUNK = [Phase.explicit, Phase.reuse, Phase.generate]
HEAVY = [HealthCheck.too_slow, HealthCheck.data_too_large]
FEW = settings(max_examples=4, deadline=None, phases=UNSHRUNK, suppress_health_check=HEAVY)
QUICK = settings(FEW, max_examples=5)
SEEDS = st.integers(0, 1000)


def completed(name: str, *given: Row) -> pa.Table:
    """The table of these rows, each completed with plain defaults, in the Blueprint's schema."""
    name = name.removeprefix(PREVIOUS)
    wanted = schema(name)
    known = set(wanted.names)
    complete = [{**dict.fromkeys(wanted.names), **DEFAULTS.get(name, {}), **row} for row in given]
    if name == "filed_sites":
        complete = [_with_province(row) for row in complete]
    assert all(set(row) == known for row in complete), f"{name}: a field that the Blueprint does not know"
    return pa.Table.from_pylist(complete, schema=wanted)


def _province(code: str | None) -> str | None:
    current = current_code(code, 2025) if code else None
    return province_of(current, 2025) if current else None


def _with_province(row: Row) -> Row:
    return row | {"province_code": row["province_code"] or _province(row["municipality_code"])}


def joined(*parts: Filed) -> Filed:
    """The rows of all parts, by table."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: [row for part in parts for row in part.get(name, [])] for name in names}


def together(filings: Iterable[Filed], first: int = 1) -> Filed:
    """The rows of several filings, each under its own submission and KvK number."""
    return joined(*(_numbered(filing, number) for number, filing in enumerate(filings, start=first)))


def _numbered(filing: Filed, number: int) -> Filed:
    own = {"submission_id": f"s{number}"}
    more = {"company": {**own, "kvk_number": f"1000000{number}"}}
    return {name: [{**row, **more.get(name, own)} for row in rows] for name, rows in filing.items()}


def distinct(rows: list[Row], key: tuple[str, ...]) -> list[Row]:
    """The last row of each key."""
    return list({values(row, *key): row for row in rows}.values())


def shuffled(given: Filed, seed: int) -> Filed:
    return {name: random.Random(seed).sample(rows, len(rows)) for name, rows in given.items()}


def values(row: Row, *names: str) -> tuple:
    return tuple(row[name] for name in names)


def only(table: pa.Table, /, **wanted: Any) -> list[Row]:
    """The rows in which each of these columns has this value."""
    return [row for row in table.to_pylist() if all(row[name] == value for name, value in wanted.items())]


def one(table: pa.Table, /, **wanted: Any) -> Row:
    """The one row in which each of these columns has this value."""
    found = only(table, **wanted)
    assert len(found) == 1, f"{len(found)} rows of {wanted}"
    return found[0]


def picked(table: pa.Table, /, *names: str, **wanted: Any) -> list[tuple]:
    """What stands in these columns of the rows in which the other columns have these values."""
    return [values(row, *names) for row in only(table, **wanted)]


def sums(rows: pa.Table | list[Row], key: tuple[str, ...], names: tuple[str, ...]) -> Cells:
    """The sums of `names` per `key`; what is absent or null counts for nothing, a cell of nothing is not there."""
    found: Cells = {}
    for row in rows if isinstance(rows, list) else rows.to_pylist():
        old = found.get(place := values(row, *key), (0,) * len(names))
        found[place] = tuple(a + (row[name] or 0) for a, name in zip(old, names, strict=True))
    return {place: cell for place, cell in found.items() if any(cell)}


def added(one: Cells, other: Cells) -> Cells:
    """The sum of two outcomes of `sums`; what comes to nothing is not there."""
    zero = (0,) * max(len(cell) for cell in [(), *one.values(), *other.values()])
    both = {place: (one.get(place, zero), other.get(place, zero)) for place in one | other}
    total = {place: tuple(a + b for a, b in zip(*pair, strict=True)) for place, pair in both.items()}
    return {place: cell for place, cell in total.items() if any(cell)}


def differing(one: Mapping[str, pa.Table], other: Mapping[str, pa.Table], names: Iterable[str]) -> list[str]:
    """Which of these tables are not the same in both, to the row."""
    return [name for name in names if one[name] != other[name]]
