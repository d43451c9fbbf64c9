"""Emissions that an analyst loads: years in a file replace those that were there, and a wrong file changes nothing."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from assets.intake import lists
from assets.intake.reference_files import load_reference
from assets.rounds import RoundError
from assets.store import DataFolder, read_reference
from blueprint.load import blueprint


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process: bounds are tested elsewhere and take the time."""
    monkeypatch.setattr(lists, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])


def emissions_file(path: Path, rows: list[dict[str, str]], delimiter: str = ";") -> Path:
    names = blueprint().tables["ets_emissions"].field_names
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


GOOD = {"nea_permit_number": "NL-1", "installation_name": "Hal", "year": "2023", "verified_emissions_t": "12,5"}


def test_loading_replaces_the_years_in_the_file(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    first = [GOOD, {**GOOD, "nea_permit_number": "NL-2"}, {**GOOD, "year": "2022"}]
    assert load_reference(data, "ets_emissions", emissions_file(tmp_path / "a.csv", first), "NEa").rows == 3
    again = [{**GOOD, "verified_emissions_t": "7"}]
    load_reference(data, "ets_emissions", emissions_file(tmp_path / "b.csv", again, ","), "NEa")
    rows = read_reference(data, "ets_emissions").to_pylist()
    assert [(r["nea_permit_number"], r["year"], r["verified_emissions_t"]) for r in rows] == [
        ("NL-1", 2022, 12.5),
        ("NL-1", 2023, 7.0),
    ]
    log = (data.reference / "loads.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(log) == 3
    assert ";b.csv;" in log[2]
    assert log[2].endswith(";1;NEa")


@pytest.mark.parametrize(
    ("rows", "rule", "cell"),
    [
        ([{**GOOD, "verified_emissions_t": "12.345"}], "number_ambiguous", "D2"),
        ([{**GOOD, "verified_emissions_t": "veel"}], "number", "D2"),
        ([{**GOOD, "verified_emissions_t": "-1"}], "minimum", "D2"),
        ([{**GOOD, "nea_permit_number": ""}], "required", "A2"),
        ([{**GOOD, "kvk_number": "12"}], "pattern", "E2"),
        ([GOOD, GOOD], "key_duplicate", "A3"),
        ([], "no_row", None),
    ],
)
def test_a_wrong_file_is_refused_by_cell(
    rows: list[dict[str, str]], rule: str, cell: str | None, tmp_path: Path
) -> None:
    data = DataFolder(tmp_path / "data")
    loaded = load_reference(data, "ets_emissions", emissions_file(tmp_path / "a.csv", rows), "NEa")
    assert [(f["rule"], f["cell"], f["file"]) for f in loaded.findings] == [(rule, cell, "a.csv")]
    assert not loaded.kept
    assert not data.reference.exists()


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    (tmp_path / "a.xlsx").write_bytes(b"%PDF-1.7")
    loaded = load_reference(data, "ets_emissions", tmp_path / "a.xlsx", "NEa")
    assert [f["rule"] for f in loaded.findings] == ["list_not_recognised"]
    (tmp_path / "a.txt").write_text("a;b\n1;2\n")
    (found,) = load_reference(data, "ets_emissions", tmp_path / "a.txt", "NEa").findings
    assert "maar platte tekst. Bewaar" in found["message"]
    assert "zip" not in found["message"]
    with pytest.raises(RoundError, match="niet gevonden"):
        load_reference(data, "ets_emissions", tmp_path / "b.csv", "NEa")
    with pytest.raises(RoundError, match="Bedoelt u 'ets_emissions'"):
        load_reference(data, "ets_emission", tmp_path / "a.xlsx", "NEa")


AREA = {
    "municipality_code": "Goes",
    "carrier": "Elektriciteit",
    "grid_operator": "Stedin",
    "below_kv": "",
    "year": "2026",
    "fact_source": "opgave van de netbeheerder",
    "fact_standing": "Gevonden",
}


def areas_file(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    lines = [";".join(AREA), *(";".join(row.values()) for row in rows)]
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def test_areas_replace_those_of_the_same_municipality_and_carrier(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    first = [AREA, {**AREA, "carrier": "Aardgas"}, {**AREA, "municipality_code": "GM0344"}]
    assert load_reference(data, "operator-areas", areas_file(tmp_path / "a.csv", first), "zelf").rows == 3
    load_reference(
        data, "operator_areas", areas_file(tmp_path / "b.csv", [{**AREA, "grid_operator": "Enexis"}]), "zelf"
    )
    rows = read_reference(data, "operator_areas").to_pylist()
    assert [(r["municipality_code"], r["carrier"], r["grid_operator"]) for r in rows] == [
        ("GM0344", "electricity", "stedin"),
        ("GM0664", "electricity", "enexis"),
        ("GM0664", "natural_gas", "stedin"),
    ]


@pytest.mark.parametrize(
    ("rows", "encoding", "said"),
    [
        ([AREA, AREA], "utf-8", [("key_duplicate", "A3")]),
        ([{**AREA, "municipality_code": "Nergenshuizen"}], "utf-8", [("list_municipality_unknown", "A2")]),
        ([{**AREA, "municipality_code": "Bergen"}], "utf-8", [("list_municipality_unknown", "A2")]),
        ([{**AREA, "grid_operator": "TenneT", "carrier": "Aardgas"}], "utf-8", [("list_operator_carrier", "C2")]),
        ([{**AREA, "grid_operator": "Nuon"}], "utf-8", [("code", "C2")]),
        ([{**AREA, "fact_source": "gemeente Súdwest-Fryslân"}], "cp1252", [("csv_encoding", None)]),
        # Read as Windows-1252 and saved as UTF-8 again, once; and with what could not be read taken out.
        (
            [{**AREA, "fact_source": "gemeente Súdwest-Fryslân".encode().decode("cp1252")}],
            "utf-8",
            [("list_encoding", "F2")],
        ),
        ([{**AREA, "fact_source": "gemeente S\ufffddwest"}], "utf-8", [("list_encoding", "F2")]),
    ],
)
def test_wrong_areas_are_refused_by_cell(
    rows: list[dict[str, str]], encoding: str, said: list[tuple[str, str | None]], tmp_path: Path
) -> None:
    data = DataFolder(tmp_path / "data")
    loaded = load_reference(data, "operator_areas", areas_file(tmp_path / "a.csv", rows, encoding), "zelf")
    assert [(f["rule"], f["cell"]) for f in loaded.findings] == said
    assert all(not re.search(r"[{}]|None|''", f["message"]) for f in loaded.findings)
    assert not loaded.kept
    assert not data.reference.exists()
