"""Plans for infrastructure that an analyst loads: what is wrong is said at its cell, a file replaces its part."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from assets.intake import lists
from assets.intake.reference_files import Loaded, load_reference
from assets.sample.infrastructure import write_sample_plans
from assets.store import DataFolder, read_reference
from blueprint.load import blueprint

Row = dict[str, str]
NAME = "infrastructure"
GOOD: Row = {
    "plan_id": "P-1",
    "plan_name": "Nieuw onderstation",
    "municipality_code": "GM0193",
    "carrier": "Elektriciteit",
    "grid_operator": "Enexis",
    "ready_year": "2090",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process: bounds are tested elsewhere and take the time."""
    monkeypatch.setattr(lists, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])


def load(folder: Path, rows: list[Row]) -> Loaded:
    path = folder / "plannen.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, blueprint().tables[NAME].field_names, restval="", delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return load_reference(DataFolder(folder / "data"), NAME, path, "een bron")


def kept(folder: Path) -> list[dict]:
    return read_reference(DataFolder(folder / "data"), NAME).to_pylist()


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], [("no_row", None)]),
        ([{**GOOD, "municipality_code": ""}], [("required_if", "C2")]),
        ([{**GOOD, "municipality_code": "Nergenshuizen"}], [("municipality_unknown", "D2")]),
        ([{**GOOD, "province_code": "Drenthe"}], [("list_place_differs", "C2")]),
        ([{**GOOD, "carrier": "Warmte"}], [("list_operator_carrier", "F2")]),
        ([{**GOOD, "ready_year": "later"}], [("integer", "G2")]),
        ([{**GOOD, "latest_ready_year": "2089"}], [("list_plan_years", "H2")]),
        ([{**GOOD, "plan_extra_mw": "-1"}], [("minimum", "I2")]),
        ([GOOD, GOOD], [("key_duplicate", "A3")]),
        ([{**GOOD, "ready_year": "2020"}], [("list_plan_past", "G2")]),
        ([{**GOOD, "ready_year": "2019", "latest_ready_year": "2020"}], [("list_plan_past", "H2")]),
        ([{**GOOD, "municipality_code": "Zwolle"}], [("list_municipality_name", "D2")]),
        ([{**GOOD, "municipality_code": "Bedum", "grid_operator": ""}], [("list_municipality_old", "D2")]),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(rows: list[Row], found: list[tuple], tmp_path: Path) -> None:
    loaded = load(tmp_path, rows)
    assert [(f["rule"], f["cell"]) for f in loaded.findings] == found
    assert all(not re.search(r"[{}]|None|''", f["message"]) for f in loaded.findings)
    assert loaded.kept == (found[0][0] in ("list_plan_past", "list_municipality_old", "list_municipality_name"))
    assert bool(kept(tmp_path)) == loaded.kept


def test_a_name_in_place_of_a_code_is_told_once_with_what_it_was_read_as(tmp_path: Path) -> None:
    names = ["Zwolle", "gm0193", "Assen", "Zwolle", "Zwolle", ""]
    rows = [{**GOOD, "plan_id": f"P-{n}", "municipality_code": name} for n, name in enumerate(names)]
    rows[-1]["province_code"] = "Overijssel"
    loaded = load(tmp_path, rows)
    assert loaded.kept
    assert [(f["cell"], f["severity"], f["value_as_filed"], f["allowed"]) for f in loaded.findings] == [
        ("D2", "info", "Zwolle", "GM0193 (Zwolle), ook in regel 5, 6"),
        ("D4", "info", "Assen", "GM0106 (Assen)"),
    ]


def test_a_file_replaces_the_plans_of_its_province_and_operator(tmp_path: Path) -> None:
    load(tmp_path, [GOOD, {**GOOD, "grid_operator": "TenneT"}, {**GOOD, "municipality_code": "Assen"}])
    load(tmp_path, [{**GOOD, "plan_id": "P-2", "fact_source": "elders"}])
    assert [(r["plan_id"], r["province_code"], r["grid_operator"], r["fact_source"]) for r in kept(tmp_path)] == [
        ("P-1", "PV22", "enexis", "een bron"),
        ("P-1", "PV23", "tennet", "een bron"),
        ("P-2", "PV23", "enexis", "elders"),
    ]


def test_the_sample_can_be_loaded_and_again_takes_the_place_of_all(tmp_path: Path) -> None:
    loaded = load_reference(DataFolder(tmp_path / "data"), NAME, write_sample_plans(tmp_path), "verzonnen")
    assert loaded.kept
    assert loaded.replaced == 0
    again = load_reference(DataFolder(tmp_path / "data"), NAME, write_sample_plans(tmp_path), "verzonnen")
    assert again.replaced == again.rows == loaded.rows
    assert {f["rule"] for f in loaded.findings} <= {"list_plan_past"}
    with (tmp_path / "voorbeeld-infrastructuur.csv").open(encoding="utf-8-sig", newline="") as file:
        filed = [row["municipality_code"] for row in csv.DictReader(file, delimiter=";")]
    assert all(re.fullmatch(r"(GM\d{4})?", code) for code in filed)
