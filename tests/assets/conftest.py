"""Accepted rows made up in a test, and what the recipes make of them in one DuckDB connection.

Reading and judging files is tested beside the intake, not with these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from assets.check_list import CHECKS
from assets.recipes import RECIPES, rows_of
from assets.reference import register_reference
from assets.rounds import Round
from assets.store import PREVIOUS, connect
from blueprint.arrow import schema
from blueprint.geography.places import current_code, province_of

Row = dict[str, Any]
Cook = Callable[..., dict[str, pa.Table]]

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


@pytest.fixture(scope="session")
def rows() -> Callable[..., pa.Table]:
    """rows(table, *given): the table of these rows, each completed with plain defaults, in the Blueprint's schema."""

    def make(name: str, *given: Row) -> pa.Table:
        name = name.removeprefix(PREVIOUS)
        wanted = schema(name)
        known = set(wanted.names)
        complete = [{**dict.fromkeys(wanted.names), **DEFAULTS.get(name, {}), **row} for row in given]
        if name == "filed_sites":
            complete = [_with_province(row) for row in complete]
        assert all(set(row) == known for row in complete), f"{name}: a field that the Blueprint does not know"
        return pa.Table.from_pylist(complete, schema=wanted)

    return make


def _province(code: str | None) -> str | None:
    current = current_code(code, 2025) if code else None
    return province_of(current, 2025) if current else None


def _with_province(row: Row) -> Row:
    return row | {"province_code": row["province_code"] or _province(row["municipality_code"])}


@pytest.fixture(scope="session")
def cook(rows: Callable[..., pa.Table]) -> Iterator[Cook]:
    """cook(given, settings, stages, threads, checked): the tables that the recipes of these stages make, by name.

    `given` maps a filed table to rows, and previous_<table> to those of the previous round; a table left out has
    none. When `checked`, the table `breaches` beside them holds the checks that do not hold and by how many rows;
    checks that only warn are not asked.
    """
    made_later = {recipe.table for recipe in RECIPES}
    inputs = sorted({name for recipe in RECIPES for name in recipe.inputs} - made_later)
    with connect() as connection:
        standard = Round(round=ROUND)
        known: list[Round | None] = [None]
        machine_threads = connection.execute("select current_setting('threads')").fetchone()

        def make(
            given: Mapping[str, list[Row] | pa.Table],
            settings: Round | None = None,
            stages: tuple[str, ...] = ("demand", "pmiek"),
            threads: int | None = None,
            checked: bool = False,
        ) -> dict[str, pa.Table]:
            assert machine_threads is not None
            connection.execute(f"set threads = {threads or machine_threads[0]}")
            if known[-1] != (wanted_round := settings or standard):  # dear, and mostly the same
                register_reference(connection, wanted_round)
                known.append(wanted_round)
            for name in inputs:
                connection.register(name, _given(rows, name, given.get(name, [])))
            made: dict[str, pa.Table] = {}
            for recipe in RECIPES:
                if recipe.stage in ("intake", *stages):
                    wanted = schema(recipe.table)
                    made[recipe.table] = rows_of(connection, recipe, wanted_round).select(wanted.names).cast(wanted)
                    connection.register(recipe.table, made[recipe.table])
            return made | ({"breaches": _breaches(connection, stages)} if checked else {})

        yield make


def _given(rows: Callable[..., pa.Table], name: str, given: list[Row] | pa.Table) -> pa.Table:
    """Rows completed with defaults; a table that a recipe made for a previous round is taken as it is."""
    return given if isinstance(given, pa.Table) else rows(name, *given)


def _breaches(connection: duckdb.DuckDBPyConnection, stages: tuple[str, ...]) -> pa.Table:
    asked = [check for check in CHECKS if check.stage in stages and check.severity == "error"]
    found = {check.name: len(connection.execute(check.sql).fetchall()) for check in asked}
    broken = [{"check": name, "rows": number} for name, number in found.items() if number]
    return pa.Table.from_pylist(broken, schema=pa.schema([("check", pa.string()), ("rows", pa.int64())]))
