"""Which operator fits which place: the default areas, what an analyst puts in their place, and the two rules."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from assets.intake.compare import beside
from assets.intake.judge import round_failures
from assets.intake.operators import default_areas, operator_areas
from assets.parquet import write_parquet
from assets.placing.decide import place
from assets.rounds import Round
from assets.store import DataFolder
from blueprint.arrow import row_schema, schema
from blueprint.geography import places
from blueprint.geography.build import render
from blueprint.geography.operators import operator_areas as built
from blueprint.load import blueprint

ROUND = Round(round="2026-1")
KEY = {"submission_id": "s1", "sheet": "blad", "series": ""}


def said(data: DataFolder, municipality: str, carrier: str, operator: str, kv: float | None = None) -> list[tuple]:
    """What is said about one connection of a site in this municipality."""
    site = {**KEY, "row_number": 2, "site_id": "V1", "municipality_code": municipality}
    connection = {**KEY, "row_number": 2, "site_id": "V1", "carrier": carrier, "grid_operator": operator}
    connection["voltage_level_kv"] = kv
    given = {}
    for name, row in (("site", site), ("connection", connection)):
        wanted = row_schema(blueprint().tables[name])
        given[name] = pa.Table.from_pylist([{**dict.fromkeys(wanted.names), **row}], schema=wanted)
    counts = pa.table({"submission_id": ["s1"], "table_name": ["connection"], "rows_refused": [0]})
    tables = beside(data, ROUND, schema("filed_sites").empty_table(), counts)
    placed = place(given["site"], ROUND.geography_year)
    failures = round_failures({**tables, **given, "placed": placed}, ROUND)
    return [(f.rule, f.field, f.value, f.allowed) for f in failures]


@pytest.mark.parametrize(
    ("municipality", "carrier", "operator", "kv", "expected"),
    [
        ("GM0664", "electricity", "stedin", 10.0, []),
        ("GM0664", "electricity", "tennet", 150.0, []),
        ("GM0664", "electricity", "own_network", 10.0, []),
        (
            "GM0664",
            "electricity",
            "enexis",
            10.0,
            [("operator_elsewhere", "grid_operator", "Enexis", "Goes (daar: Stedin)")],
        ),
        ("GM0664", "natural_gas", "gasunie_transport_services", None, []),
        ("GM0664", "hydrogen", "hynetwork", None, []),
        # Green gas is in the net of natural gas.
        ("GM0855", "green_gas", "enexis", None, []),
        (
            "GM0855",
            "green_gas",
            "rendo",
            None,
            [("operator_elsewhere", "grid_operator", "RENDO", "Tilburg (daar: Enexis)")],
        ),
        # Where it is not known who serves which part, each of them may be right.
        ("GM0141", "electricity", "coteq", 10.0, []),
        ("GM0141", "electricity", "enexis", 10.0, []),
        # An old code is read as its successor: Appingedam is in Eemsdelta.
        ("GM0003", "electricity", "enexis", 10.0, []),
        # The regional net ends at 110 kV, but not in Flevoland and at Hattem and Harderwijk.
        ("GM0034", "electricity", "liander", 150.0, []),
        ("GM0243", "electricity", "liander", 150.0, []),
        (
            "GM0034",
            "electricity",
            "liander",
            380.0,
            [("operator_voltage", "voltage_level_kv", "Liander met 380 kV", "vanaf 220 kV beheert TenneT het net")],
        ),
        (
            "GM0200",
            "electricity",
            "liander",
            110.0,
            [("operator_voltage", "voltage_level_kv", "Liander met 110 kV", "vanaf 110 kV beheert TenneT het net")],
        ),
        (
            "GM0200",
            "electricity",
            "tennet",
            0.4,
            [
                (
                    "operator_voltage",
                    "voltage_level_kv",
                    "TenneT met 0,4 kV",
                    "onder 110 kV beheert de regionale netbeheerder het net",
                )
            ],
        ),
        # A site that could not be placed says nothing of its operator.
        ("Nergenshuizen", "electricity", "rendo", 10.0, []),
    ],
)
def test_operator_beside_the_place(
    tmp_path: Path, municipality: str, carrier: str, operator: str, kv: float | None, expected: list[tuple]
) -> None:
    assert said(DataFolder(tmp_path), municipality, carrier, operator, kv) == expected


def test_what_an_analyst_loads_replaces_the_default_of_that_municipality_and_carrier(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    row = {"municipality_code": "GM0664", "carrier": "electricity", "grid_operator": "enexis", "below_kv": None}
    row |= {"year": 2026, "fact_source": "Netbeheer Nederland", "fact_standing": "found"}
    write_parquet(
        data.reference / "operator_areas.parquet", pa.Table.from_pylist([row], schema=schema("operator_areas"))
    )
    goes = [r for r in operator_areas(data).to_pylist() if r["municipality_code"] == "GM0664"]
    assert sorted((r["carrier"], r["grid_operator"], r["year"]) for r in goes) == [
        ("electricity", "enexis", 2026),
        ("natural_gas", "stedin", 2025),
    ]
    assert operator_areas(data).num_rows == default_areas().num_rows
    assert said(data, "GM0664", "electricity", "enexis", 10.0) == []
    assert [line[0] for line in said(data, "GM0664", "electricity", "stedin", 10.0)] == ["operator_elsewhere"]
    assert said(data, "GM0664", "natural_gas", "stedin") == []


def test_default_areas_are_what_is_built_and_hold_for_every_municipality() -> None:
    committed = (Path(places.__file__).parent / "operator_areas.csv").read_text(encoding="utf-8")
    assert committed == render(built())
    rows = default_areas().to_pylist()
    codes = {row["municipality_code"] for row in places.read_rows("municipalities.csv") if not row["valid_until"]}
    operators = {code.code: code.attributes for code in blueprint().codes["grid_operators"].codes}
    for carrier in ("electricity", "natural_gas"):
        assert {row["municipality_code"] for row in rows if row["carrier"] == carrier} == codes
    assert len({(r["municipality_code"], r["carrier"], r["grid_operator"]) for r in rows}) == len(rows)
    assert {r["fact_standing"] for r in rows} <= set(blueprint().codes["fact_standings"].names)
    assert all(r["fact_source"] and operators[r["grid_operator"]]["serves"] == "regional" for r in rows)
