"""The list of invited companies: each mistake in it is said at its cell, and a good list is kept as it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assets.intake import expected, lists
from assets.intake.expected import Change, Checked, keep_list, kept_list, list_path, read_list
from assets.rounds import Round, RoundError
from assets.sample.expected import UNINVITED, expected_companies
from assets.store import DataFolder
from blueprint.load import blueprint

Row = dict[str, Any]
Read = Callable[..., Checked]

SETTINGS = Round(round="proef", geography_year=2025)
TABLE = blueprint().tables["expected"]
GOOD: Row = {
    "kvk_number": "01234567",
    "company_name": "Bakkerij Voorbeeld B.V.",
    "branch_number": None,
    "site_name": None,
    "municipality_code": None,
    "province_code": "Gelderland",
    "sector": "Levensmiddelen",
    "is_ets": "ja",
    "ets_emissions_t": 18500.5,
}
COLUMNS = {name: chr(ord("A") + place) for place, name in enumerate(TABLE.field_names)}


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """read(*rows, headings=..., beside=...): what is said of a workbook with these rows, read in this process."""
    monkeypatch.setattr(lists, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])

    def run(*rows: Row, headings: dict[str, str] | None = None, beside: str = "") -> Checked:
        path = tmp_path / "lijst.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            if beside:
                book.add_worksheet(beside).write(0, 0, "zomaar een tekst")
            sheet = book.add_worksheet("Blad1")
            names = headings or {field.name: field.title for field in TABLE.fields}
            for column, (name, title) in enumerate(names.items()):
                sheet.write(0, column, title)
                for number, row in enumerate(rows, start=1):
                    if row.get(name) is not None:
                        sheet.write(number, column, row[name])
        return read_list(path, SETTINGS)

    return run


def said(checked: Checked) -> set[tuple]:
    return {(finding["rule"], finding["cell"], finding["severity"]) for finding in checked.findings}


def at(rule: str, field: str, row: int = 2, severity: str = "error") -> tuple:
    return rule, f"{COLUMNS[field]}{row}", severity


def test_good_list_is_typed_and_placed(read: Read) -> None:
    checked = read(
        GOOD,
        {**GOOD, "kvk_number": "00000001", "municipality_code": "Utrecht", "province_code": None, "is_ets": "nee"}
        | {"ets_emissions_t": None},
    )
    assert checked.findings == []
    first, second = checked.rows.to_pylist()
    assert (first["kvk_number"], first["municipality_code"], first["province_code"]) == ("00000001", "GM0344", "PV26")
    assert (first["is_ets"], first["ets_emissions_t"]) == (False, None)
    assert (second["sector"], second["province_code"], second["ets_emissions_t"]) == ("food", "PV25", 18500.5)


MISTAKES: list[tuple[str, list[Row], set[tuple]]] = [
    ("no number", [{**GOOD, "kvk_number": None}], {at("required", "kvk_number")}),
    ("no name", [{**GOOD, "company_name": None}], {at("required", "company_name")}),
    ("short number", [{**GOOD, "kvk_number": "1234"}], {at("pattern", "kvk_number")}),
    ("lost zero", [{**GOOD, "kvk_number": 1234567}], {at("leading_zeros", "kvk_number", severity="info")}),
    ("unknown sector", [{**GOOD, "sector": "Ruimtevaart"}], {at("code", "sector")}),
    ("no single sector", [{**GOOD, "sector": "Alle sectoren"}], {at("code", "sector")}),
    ("unknown province", [{**GOOD, "province_code": "Holland"}], {at("code", "province_code")}),
    ("not placed", [{**GOOD, "province_code": "PV00"}], {at("code", "province_code")}),
    ("no place at all", [{**GOOD, "province_code": None}], {at("required_if", "province_code")}),
    ("no yes or no", [{**GOOD, "is_ets": "misschien"}], {at("boolean", "is_ets")}),
    ("less than nothing", [{**GOOD, "ets_emissions_t": -1}], {at("minimum", "ets_emissions_t")}),
    ("words for a number", [{**GOOD, "ets_emissions_t": "veel"}], {at("number", "ets_emissions_t")}),
    ("emissions without ETS", [{**GOOD, "is_ets": "nee"}], {at("list_ets_differs", "ets_emissions_t")}),
    (
        "unknown municipality",
        [{**GOOD, "municipality_code": "Ons Dorp"}],
        {at("municipality_unknown", "municipality_code")},
    ),
    (
        "municipality of two provinces",
        [{**GOOD, "municipality_code": "Bergen", "province_code": None}],
        {at("municipality_ambiguous", "municipality_code")},
    ),
    (
        "municipality elsewhere",
        [{**GOOD, "municipality_code": "Zwolle"}],
        {at("list_place_differs", "province_code")},
    ),
    ("the same row", [GOOD, GOOD], {at("key_duplicate", "kvk_number", 3)}),
    (
        "the same branch in two provinces",
        [{**GOOD, "branch_number": "000012345678", "province_code": p} for p in ("Drenthe", "Zeeland")],
        {at("key_duplicate", "kvk_number", 3)},
    ),
    (
        "the same site in other letters",
        [{**GOOD, "site_name": name} for name in ("Oost", "OOST ")],
        {at("key_duplicate", "kvk_number", 3)},
    ),
    (
        "another name",
        [GOOD, {**GOOD, "company_name": "Iemand anders", "province_code": "Zeeland"}],
        {at("list_name_differs", "company_name", 3, "warning")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "wanted"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_mistake_is_said_at_its_cell(read: Read, rows: list[Row], wanted: set[tuple]) -> None:
    checked = read(*rows)
    assert said(checked) == wanted
    assert all(finding["message"] and "{" not in finding["message"] for finding in checked.findings)
    assert checked.is_good is all(severity != "error" for *_, severity in wanted)
    assert checked.rows.num_rows == (len(rows) if checked.is_good else 0)


def test_what_is_no_mistake(read: Read) -> None:
    two_provinces = [GOOD, {**GOOD, "province_code": "Zeeland"}]
    two_sites = [{**GOOD, "kvk_number": "00000002", "site_name": name} for name in ("Oost", "West")]
    told_by_province = {**GOOD, "kvk_number": "00000003", "municipality_code": "Bergen", "province_code": "Limburg"}
    checked = read(*two_provinces, *two_sites, told_by_province)
    assert said(checked) == set()
    assert checked.rows.to_pylist()[2]["municipality_code"] == "GM0893"


def test_headings_and_other_sheets_are_spoken_of(read: Read) -> None:
    names = {field.name: field.title for field in TABLE.fields}
    checked = read(GOOD, headings=names | {"is_ets": "Emissiehandel?"}, beside="Notities")
    rules = {rule for rule, *_ in said(checked)}
    assert rules == {"header_required", "header_unknown", "sheet_unknown"}
    assert {rule for rule, *_ in said(read())} == {"no_row"}
    assert {rule for rule, *_ in said(read(headings={"x": "Iets", "y": "Anders"}))} == {"header_missing"}


def test_rounds_cannot_relax_what_counting_needs(read: Read, tmp_path: Path) -> None:
    read({**GOOD, "province_code": None})
    relaxed = SETTINGS.model_copy(update={"relaxed_rules": ("required_if",)})
    assert not read_list(tmp_path / "lijst.xlsx", relaxed).is_good


def test_filing_of_a_company_is_no_list(tmp_path: Path) -> None:
    """One word on what it is, and not that all its columns are unknown."""
    with xlsxwriter.Workbook(path := tmp_path / "lijst.xlsx") as book:
        for title in ("Uitleg", "Bedrijf", "Energievraag"):
            book.add_worksheet(title).write_row(0, 0, ["KvK-nummer", "Bedrijfsnaam", "Concern"])
    (found,) = read_list(path, SETTINGS).findings
    assert (found["rule"], "Bedrijf, Energievraag" in found["message"]) == ("list_is_filing", True)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_without_a_zip_is_read_in_a_process_of_its_own(tmp_path: Path, newline: str) -> None:
    path = tmp_path / "lijst.csv"
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, TABLE.field_names, delimiter=";", lineterminator=newline)
    writer.writeheader()
    writer.writerow({**GOOD, "ets_emissions_t": "18500,5"})
    path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    checked = read_list(path, SETTINGS)
    assert checked.findings == []
    assert checked.rows.to_pylist()[0]["ets_emissions_t"] == 18500.5


def test_file_that_is_no_list_is_one_finding(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_bytes("naam;pläats".encode("cp1252"))
    assert {rule for rule, *_ in said(read_list(path, SETTINGS))} == {"csv_encoding"}
    other = tmp_path / "lijst.xlsx"
    other.write_text("hallo")
    checked = read_list(other, SETTINGS)
    assert {rule for rule, *_ in said(checked)} == {"list_not_recognised"}
    assert not checked.is_good


def test_loading_replaces_and_counts_what_changed(read: Read, tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    first = read(GOOD, {**GOOD, "province_code": "Zeeland"}, {**GOOD, "province_code": "Drenthe"}).rows
    assert keep_list(data, SETTINGS, first) == Change(3, 0, 0, 0)
    kept = list_path(data, "proef").read_bytes()
    assert keep_list(data, SETTINGS, first) == Change(0, 0, 0, 3)
    assert list_path(data, "proef").read_bytes() == kept
    second = read(GOOD, {**GOOD, "province_code": "Zeeland", "sector": "Glas"}, {**GOOD, "province_code": "Limburg"})
    assert keep_list(data, SETTINGS, second.rows) == Change(1, 1, 1, 1)
    assert kept_list(data, SETTINGS).equals(second.rows)


def test_no_list_is_no_rows(tmp_path: Path) -> None:
    assert kept_list(DataFolder(tmp_path), SETTINGS).num_rows == 0


@pytest.mark.parametrize(
    ("old", "new"), [("PV25", "PV99"), ("food", "eten"), (";ja;", ";wat;"), ("01234567", "1"), ("sector", "tak")]
)
def test_list_that_somebody_broke_is_refused_in_dutch(read: Read, tmp_path: Path, old: str, new: str) -> None:
    data = DataFolder(tmp_path / "data")
    keep_list(data, SETTINGS, read(GOOD).rows)
    path = list_path(data, "proef")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(RoundError, match="pces expected load BESTAND --round proef"):
        kept_list(data, SETTINGS)
    # A new list may always take its place.
    keep_list(data, SETTINGS, read(GOOD).rows)
    assert kept_list(data, SETTINGS).num_rows == 1


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)
LISTED = st.lists(
    st.builds(
        lambda number, name, province, tonnes: {
            "kvk_number": f"{number:08d}",
            "company_name": name,
            "province_code": province,
            "sector": "food",
            "is_ets": tonnes is not None,
            "ets_emissions_t": tonnes,
        },
        st.integers(0, 5),
        NAMES,
        st.sampled_from(["PV20", "PV29"]),
        st.none() | st.floats(0, 1e12),
    ),
    unique_by=lambda row: (row["kvk_number"], row["province_code"]),
    min_size=1,
)


@hypothesis_settings(max_examples=30, deadline=None)
@given(LISTED, st.randoms())
def test_order_changes_nothing_and_what_is_kept_comes_back(
    tmp_path_factory: pytest.TempPathFactory, lines: list[Row], random: Any
) -> None:
    data = DataFolder(tmp_path_factory.mktemp("kept"))
    whole = [dict.fromkeys(TABLE.field_names) | row for row in lines]
    shuffled = random.sample(whole, len(whole))
    rows = expected._as_table(whole)
    assert expected._as_table(shuffled).equals(rows)
    keep_list(data, SETTINGS, rows)
    assert kept_list(data, SETTINGS).equals(rows)


def test_list_of_the_sample_round_is_good_and_the_same_each_time(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    rows = expected_companies()
    assert rows.equals(expected_companies())
    keep_list(data, SETTINGS, rows)
    assert sorted(kept_list(data, SETTINGS).to_pylist(), key=str) == sorted(rows.to_pylist(), key=str)
    assert expected.companies(rows) == 80 - len(UNINVITED)
    assert all("(fictief)" in name for name in rows.column("company_name").to_pylist())
