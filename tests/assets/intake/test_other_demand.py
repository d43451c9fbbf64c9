"""Demand of other sectors that an analyst loads: what is wrong is said at its cell, and nothing can count twice."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from assets.intake import lists
from assets.intake.reference_files import Loaded, load_reference
from assets.store import DataFolder, read_reference
from blueprint.load import blueprint

Row = dict[str, str]
NAME = "other_demand"
GOOD: Row = {
    "province_code": "Utrecht",
    "other_sector": "mobiliteit",
    "carrier": "stroom",
    "direction": "afname",
    "year": "2030",
    "demand_scenario": "KM",
    "value": "1,5",
    "unit": "PJ",
}
PLACED = {**GOOD, "province_code": ""}
INDUSTRY = {**GOOD, "other_sector": "industrie", "holds_industry": "alle industrie"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process: bounds are tested elsewhere and take the time."""
    monkeypatch.setattr(lists, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])


def load(folder: Path, rows: list[Row], encoding: str = "utf-8") -> Loaded:
    path = folder / "sectoren.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, blueprint().tables[NAME].field_names, restval="", delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return load_reference(DataFolder(folder / "data"), NAME, path, "een bron")


def kept(folder: Path) -> list[dict]:
    return read_reference(DataFolder(folder / "data"), NAME).to_pylist()


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([{**GOOD, "other_sector": "ruimtevaart"}], [("code", "C2")]),
        ([{**GOOD, "demand_scenario": "XX"}], [("code", "G2")]),
        ([{**GOOD, "province_code": ""}], [("required_if", "A2")]),
        ([{**PLACED, "municipality_code": "Nergenshuizen"}], [("municipality_unknown", "B2")]),
        ([{**PLACED, "municipality_code": "Bergen"}], [("municipality_ambiguous", "B2")]),
        ([{**GOOD, "municipality_code": "Zwolle"}], [("list_place_differs", "A2")]),
        ([{**PLACED, "municipality_code": "Bedum"}], [("list_municipality_old", "B2")]),
        ([{**GOOD, "carrier": "CO2", "unit": "kt"}], [("list_no_energy", "D2")]),
        ([{**GOOD, "unit": "m3"}], [("unit_not_allowed", "I2")]),
        ([{**GOOD, "carrier": "procesgas", "heating_value_basis": "HHV"}], [("basis_without_factor", "J2")]),
        ([{**GOOD, "carrier": "gas"}], [("required_if", "J2")]),
        ([{**GOOD, "value": ""}], [("required_if", "H2")]),
        ([{**GOOD, "value": "", "peak_mw": "-1"}], [("minimum", "K2")]),
        ([{**GOOD, "other_sector": "industrie"}], [("required_if", "L2")]),
        ([{**GOOD, "other_sector": "overig"}], [("required_if", "L2")]),
        ([GOOD, GOOD], [("key_duplicate", "A3")]),
        ([GOOD, {**PLACED, "municipality_code": "Utrecht"}], [("list_place_twice", "A2")]),
        (
            [{**PLACED, "municipality_code": "Bedum"}, {**PLACED, "municipality_code": "Het Hogeland"}],
            [("list_place_twice", "B2"), ("list_municipality_old", "B2")],
        ),
        ([INDUSTRY, {**INDUSTRY, "other_sector": "overig"}], [("list_industry_twice", "L3")]),
        ([{**GOOD, "demand_source": "regio's FryslÃ¢n"}], [("list_encoding", "M2")]),
        ([{**GOOD, "demand_source": "Frysl\ufffdn"}], [("list_encoding", "M2")]),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(rows: list[Row], found: list[tuple[str, str]], tmp_path: Path) -> None:
    loaded = load(tmp_path, rows)
    assert [(f["rule"], f["cell"]) for f in loaded.findings] == found
    assert loaded.kept == (found[0][0] == "list_municipality_old")
    assert bool(kept(tmp_path)) == loaded.kept


def test_messages_say_what_stands_there_and_what_to_do(tmp_path: Path) -> None:
    twice = load(tmp_path, [GOOD, {**GOOD, "unit": "TJ"}]).findings[0]["message"]
    shown = "Utrecht, Mobiliteit, Elektriciteit, Afname, 2030, IP2026 Koersvaste Middenweg (KM)"
    assert twice.startswith(f"Deze regel staat er dubbel in: {shown} staat ook in regel 2.")
    damaged = load(tmp_path, [{**GOOD, "demand_source": "FryslÃ¢n"}]).findings[0]["message"]
    assert "Bedoeld is misschien 'Fryslân'." in damaged


def test_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    loaded = load(tmp_path, [GOOD, {**GOOD, "province_code": "Fryslân"}], "latin-1")
    assert [(f["rule"], "vanaf regel 3" in f["message"]) for f in loaded.findings] == [("csv_encoding", True)]
    assert not loaded.kept


def test_province_follows_from_the_municipality_and_source_from_the_command(tmp_path: Path) -> None:
    assert load(tmp_path, [{**PLACED, "municipality_code": "Zwolle"}, {**GOOD, "demand_source": "eigen"}]).kept
    assert [(r["province_code"], r["municipality_code"], r["demand_source"]) for r in kept(tmp_path)] == [
        ("PV23", "GM0193", "een bron"),
        ("PV26", None, "eigen"),
    ]


def test_a_file_renews_the_figures_of_its_own_provinces_sectors_and_years(tmp_path: Path) -> None:
    drenthe = {**GOOD, "province_code": "Drenthe"}
    load(tmp_path, [GOOD, drenthe, {**GOOD, "year": "2035"}, {**GOOD, "other_sector": "landbouw"}])
    assert load(tmp_path, [{**PLACED, "municipality_code": "Utrecht", "value": "7"}]).kept
    left = [(r["province_code"], r["municipality_code"], r["other_sector"], r["year"]) for r in kept(tmp_path)]
    assert left == [
        ("PV22", None, "mobility", 2030),
        ("PV26", "GM0344", "mobility", 2030),
        ("PV26", None, "agriculture", 2030),
        ("PV26", None, "mobility", 2035),
    ]


def test_industry_of_an_earlier_file_is_seen(tmp_path: Path) -> None:
    assert load(tmp_path, [INDUSTRY]).kept
    other = {**INDUSTRY, "other_sector": "overig"}
    loaded = load(tmp_path, [{**other, "province_code": "", "municipality_code": "Utrecht"}])
    assert [(f["rule"], f["cell"]) for f in loaded.findings] == [("list_industry_twice", "L2")]
    assert load(tmp_path, [{**other, "province_code": "Drenthe"}]).kept
    assert load(tmp_path, [{**other, "holds_industry": "geen"}]).kept
    # What the file itself renews is not beside it.
    assert load(tmp_path, [INDUSTRY]).kept
