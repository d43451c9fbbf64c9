"""Sheets become typed rows: each knows its place, and of what could not be read the cell is told."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assets.intake.extract import extract, extract_file, unreadable
from assets.intake.extracted import Extract, Problem
from assets.intake.sheets import Marks, Sheet, UnreadableFile, Value
from blueprint.arrow import row_schema
from blueprint.load import blueprint

SHARED: list[Value] = [
    "Vestiging",
    "Scenario",
    "Energiedrager",
    "Gebruik",
    "Richting",
    "Eenheid",
    "Herkomst van de waarde",
]
GAS: list[Value] = ["V1", "plan", "olie", "energetisch", "afname", "TJ", "schatting"]
BARE: list[Value] = ["Aansluiting", "Vestiging", "Energiedrager", "Netbeheerder", "Aanvraag loopt", "Druk (bar)"]
PIPE: list[Value] = ["A1", "V1", "aardgas", "Stedin", "nee"]
PLACE = ("sheet", "row_number", "series")


def sheet(
    name: str,
    *rows: Sequence[Value],
    marks: Marks | None = None,
    at: tuple[int, int] = (1, 1),
    hidden: bool = False,
    hidden_rows: frozenset[int] = frozenset(),
    notation: str | None = None,
) -> Sheet:
    return Sheet(name, hidden, *at, [list(row) for row in rows], marks or {}, hidden_rows, notation)


def said(out: Extract, table: str = "") -> list[Problem]:
    """The problems, without those about the sheets that these small inputs leave out."""
    return [
        p
        for p in out.problems
        if p.rule not in ("sheet_missing", "sheet_absent", "header_required") and (not table or p.table == table)
    ]


def demand(*rows: Sequence[Value], years: Sequence[Value] = ("2023", "2030", "2030 piek (MW)"), **more: Any) -> Extract:
    return extract([sheet("Energievraag", [*SHARED, *years], *rows, **more)])


def pressure(
    value: Value, mark: str | None = None, notation: Value = None, own: str | None = None
) -> tuple[Any, list[Problem]]:
    """One value in 'Druk (bar)', cell F2: what became of it, and what was said."""
    marks = {(2, 6): mark} if mark else {}
    submission = sheet("Indiening", ["Ronde", "Getalnotatie"], ["2026-1", notation])
    out = extract([submission, sheet("Aansluitingen", BARE, [*PIPE, value], marks=marks, notation=own)])
    return out.tables["connection"]["pressure_bar"][0].as_py(), said(out, "connection")


def test_rows_are_typed_and_know_their_place() -> None:
    out = extract([sheet("Aansluitingen", BARE, [*PIPE, 8], [], ["A2", *PIPE[1:], "12,5"])])
    rows = out.tables["connection"].to_pylist()
    assert [tuple(row[name] for name in PLACE) for row in rows] == [("Aansluitingen", 2, ""), ("Aansluitingen", 4, "")]
    assert [(row["connection_id"], row["carrier"], row["request_pending"], row["pressure_bar"]) for row in rows] == [
        ("A1", "natural_gas", False, 8.0),
        ("A2", "natural_gas", False, 12.5),
    ]
    assert out.tables["connection"].schema == row_schema(blueprint().tables["connection"]).remove(0)
    assert out.readable
    assert said(out) == []


@pytest.mark.parametrize(("row", "column"), [(1, 1), (4, 1), (1, 3), (7, 5)])
def test_place_counts_from_the_corner_of_the_sheet(row: int, column: int) -> None:
    out = extract([sheet("Aansluitingen", ["Ons bedrijf"], BARE, [*PIPE, "veel"], at=(row, column))])
    assert out.tables["connection"]["row_number"].to_pylist() == [row + 2]
    assert out.columns[("connection", "pressure_bar", "")] == column + 5
    moved, number = said(out)
    assert (moved.rule, moved.series, moved.column, moved.value) == (
        "header_moved",
        f"@{row + 1}",
        column,
        str(row + 1),
    )
    assert (number.rule, number.row, number.column, number.value) == ("number", row + 2, column + 5, "veel")


def test_order_of_sheets_and_columns_does_not_matter() -> None:
    rows = [BARE, [*PIPE, 8.0]]
    mirrored = [list(reversed(row)) for row in rows]
    sites = sheet("Vestigingen", ["Vestiging", "Postcode"], ["V1", "8011AB"])
    first = extract([sites, sheet("Aansluitingen", *rows)])
    second = extract([sheet("Aansluitingen", *mirrored), sites])
    assert first.tables["connection"].equals(second.tables["connection"])
    assert first.tables["site"].equals(second.tables["site"])
    assert {p.rule for p in first.problems} == {p.rule for p in second.problems}


def test_doubled_heading_keeps_the_first_column() -> None:
    out = extract([sheet("Aansluitingen", [*BARE, "Druk (bar)"], [*PIPE, 8.0, 40.0])])
    assert out.tables["connection"]["pressure_bar"].to_pylist() == [8.0]
    (problem,) = said(out)
    assert (problem.rule, problem.column, problem.value, problem.allowed) == ("header_double", 7, "Druk (bar)", "F")


def test_unknown_heading_names_the_nearest() -> None:
    out = extract([sheet("Aansluitingen", [*BARE, "Congestiestatuss"], [*PIPE, 8.0, "x"])])
    (problem,) = said(out)
    assert (problem.rule, problem.column, problem.series) == ("header_unknown", 7, "@1")
    assert problem.allowed == "Bedoelt u 'Congestiestatus'?"


def test_missing_required_column_is_told_once() -> None:
    out = extract([sheet("Aansluitingen", BARE[:3], PIPE[:3], PIPE[:3])])
    missing = [(p.field, p.allowed) for p in out.problems if p.rule == "header_required"]
    assert missing == [("grid_operator", "Netbeheerder"), ("request_pending", "Aanvraag loopt")]
    assert out.tables["connection"]["grid_operator"].to_pylist() == [None, None]


def test_years_beside_each_other_do_not_miss_the_columns_of_the_long_form() -> None:
    assert [p.rule for p in demand([*GAS, 1.0, 2.0, 3.0]).problems if p.table == "energy_demand"] == []
    long = extract([sheet("Energievraag", SHARED, GAS)])
    assert [p.field for p in long.problems if p.rule == "header_required" and p.table == "energy_demand"] == ["year"]


def test_years_beside_each_other_become_rows() -> None:
    out = demand([*GAS, 1.0, 2.0, 3.0], ["V2", *GAS[1:], None, 4.0])
    rows = out.tables["energy_demand"].to_pylist()
    keys = ("row_number", "series", "site_id", "year", "value", "peak_mw", "unit")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        (2, "2023", "V1", 2023, 1.0, None, "TJ"),
        (2, "2030", "V1", 2030, 2.0, 3.0, "TJ"),
        (3, "2030", "V2", 2030, 4.0, None, "TJ"),
    ]
    assert said(out) == []


def test_a_year_knows_its_column() -> None:
    columns = demand([*GAS, 1.0, 2.0, 3.0]).columns
    found = {(field, series): column for (_, field, series), column in columns.items() if series}
    expected = {("value", "2023"): 8, ("value", "2030"): 9, ("peak_mw", "2030"): 10}
    assert found == expected | {("year", "2023"): 8, ("year", "2030"): 9}


def test_problem_in_a_year_is_told_at_the_cell_of_that_year() -> None:
    out = demand([*GAS, 1.0, "veel", 3.0])
    (problem,) = said(out)
    assert problem[:8] == ("number", "energy_demand", "Energievraag", 2, "2030", 9, "value", "veel")
    assert out.tables["energy_demand"]["value"].to_pylist() == [1.0, None]


def test_problem_in_a_shared_cell_is_told_once() -> None:
    out = demand([12.5, *GAS[1:], 1.0, 2.0, 3.0], marks={(2, 1): "error:#N/A"})
    assert [(p.rule, p.row, p.series, p.column) for p in said(out)] == [("cell_error", 2, "", 1)]


REASON: list[Value] = ["2023", "2030", "2030 piek (MW)", "2035", "Reden van niet invullen"]


def reasons(*rows: Sequence[Value], declared: Value = None) -> list[tuple[Any, ...]]:
    """Row, year and value of what becomes of rows with a reason; nothing may be said about them."""
    submission = sheet("Indiening", ["Ronde", "Basisjaar"], ["2026-1", declared])
    out = extract([submission, sheet("Energievraag", [*SHARED, *REASON], *rows)])
    assert said(out, "energy_demand") == []
    found = out.tables["energy_demand"].to_pylist()
    return [(row["row_number"], row["year"], row["value"]) for row in found if row["not_filed_reason"]]


def test_reason_in_a_plan_is_about_the_years_to_come() -> None:
    assert reasons([*GAS, *[None] * 4, "Nog niet bekend"]) == [(2, 2030, None), (2, 2035, None)]


def test_reason_stands_beside_the_years_that_are_filed() -> None:
    assert reasons([*GAS, None, 5.0, None, None, "Nog niet"]) == [(2, 2030, 5.0), (2, 2035, None)]


def test_reason_in_the_base_is_about_the_base_year() -> None:
    base = ["V1", "basisjaar", *GAS[2:]]
    assert reasons([*base, *[None] * 4, "Meter defect"]) == [(2, 2023, None)]
    assert reasons([*base, *[None] * 4, "Meter defect"], declared=2030) == [(2, 2030, None)]


def test_row_without_a_value_is_kept_and_told() -> None:
    out = demand([*GAS, 1.0], GAS, [*GAS, " ", "", None])
    rows = out.tables["energy_demand"].to_pylist()
    assert [(row["row_number"], row["series"], row["year"]) for row in rows] == [
        (2, "2023", 2023),
        (3, "", None),
        (4, "", None),
    ]
    assert [(p.rule, p.row, p.column) for p in said(out)] == [("energy_row_empty", 3, 0), ("energy_row_empty", 4, 0)]


@pytest.mark.parametrize("blank", [[], [None], [None, None, None], [" "], ["\u00a0", None, "\t"]])
def test_row_of_nothing_is_no_row(blank: list[Value]) -> None:
    out = demand(blank, [*GAS, 1.0], blank, blank)
    assert out.tables["energy_demand"]["row_number"].to_pylist() == [3]
    assert said(out) == []


def test_long_form_has_no_series() -> None:
    long: list[Value] = [*SHARED, "Jaar", "Waarde"]
    out = extract([sheet("energy_demand", long, [*GAS, 2030, "1.234,5"], [*GAS, "2035", 7])])
    rows = out.tables["energy_demand"].to_pylist()
    assert [(row["series"], row["year"], row["value"]) for row in rows] == [("", 2030, 1234.5), ("", 2035, 7.0)]


# --- notation -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "own", "value"),
    [
        ("nl", None, 1234.0),
        ("Nederlands: 1.234,5", None, 1234.0),
        ("en", None, 1.234),
        ("EN", None, 1.234),
        (None, "nl", 1234.0),
        (None, "en", 1.234),
        ("nl", "en", 1.234),
        (None, None, None),
        ("Duits", None, None),
    ],
)
def test_declared_notation_decides(declared: Value, own: str | None, value: float | None) -> None:
    found, problems = pressure("1.234", notation=declared, own=own)
    assert found == value
    assert [p.rule for p in problems] == (["number_ambiguous"] if value is None else [])


def test_declared_notation_does_not_touch_numbers() -> None:
    assert pressure(1.234, notation="nl") == (1.234, [])


# --- sheets ---------------------------------------------------------------------------------------------------------


def test_missing_sheets_are_those_that_are_needed() -> None:
    out = extract([])
    assert [(p.rule, p.table) for p in out.problems] == [
        ("sheet_missing", "submission"),
        ("sheet_missing", "company"),
        ("sheet_missing", "site"),
        ("sheet_absent", ""),
    ]
    assert out.tables == {}


def test_hidden_sheet_is_read_and_told() -> None:
    out = extract([sheet("Aansluitingen", BARE, [*PIPE, 8.0], hidden=True)])
    assert [(p.rule, p.table, p.sheet) for p in said(out)] == [("sheet_hidden", "connection", "Aansluitingen")]
    assert out.tables["connection"].num_rows == 1


def test_hidden_rows_are_read_and_told_at_the_first() -> None:
    rows = [[*PIPE, 8.0]] * 14
    out = extract([sheet("Aansluitingen", BARE, *rows, hidden_rows=frozenset({1, 3, *range(5, 15)}))])
    (problem,) = said(out)
    assert (problem.rule, problem.row, problem.series, problem.column) == ("row_hidden", 0, "@3", 1)
    assert problem.value == "3, 5, 6, 7, 8, 9, 10, 11, 12, 13, ..."
    assert out.tables["connection"].num_rows == 14


def test_second_sheet_for_a_table_is_told_and_not_read() -> None:
    out = extract([sheet("Aansluitingen", BARE, [*PIPE, 8.0]), sheet("connection", BARE, [*PIPE, 9.0])])
    assert [(p.rule, p.table, p.value) for p in said(out)] == [
        ("sheet_double", "connection", "Aansluitingen en connection")
    ]
    assert out.tables["connection"]["pressure_bar"].to_pylist() == [8.0]


@pytest.mark.parametrize(
    ("name", "rows", "rules"),
    [
        ("Blad2", [["Zie brief"]], ["sheet_unknown"]),
        ("Blad2", [], []),
        ("Blad2", [[" ", None]], []),
        ("Belastingprofiel", [["Aansluiting"]], ["sheet_not_used"]),
        ("Projecten", [], []),
        ("Projecten", [["Wij hebben geen projecten"]], ["header_missing"]),
        ("Projecten", [["Project", "Vestiging", "Route"]], []),
        ("Vestigingen", [], ["header_missing"]),
        ("Vestigingen", [["Vestiging", "Postcode"]], ["no_row"]),
    ],
)
def test_other_sheets(name: str, rows: list[list[Value]], rules: list[str]) -> None:
    assert [p.rule for p in said(extract([sheet(name, *rows)]))] == rules


# --- marks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "mark", "expected", "rule"),
    [
        (None, "error:#N/A", None, "cell_error"),
        (None, "error:#REF!", None, "cell_error"),
        (0.0, "error:#DIV/0!", None, "cell_error"),
        (None, "formula_without_value", None, "formula_without_value"),
        (8.0, "formula_without_value", 8.0, None),
        (0.08, "percent", None, "number_percent"),
        (None, "percent", None, None),
        (8.0, "merged:1", 8.0, "cell_merged"),
        (None, None, None, None),
        ("  ", None, None, None),
    ],
)
def test_mark(value: Value, mark: str | None, expected: float | None, rule: str | None) -> None:
    found, problems = pressure(value, mark)
    assert found == expected
    assert [(p.rule, p.row, p.column, p.field) for p in problems] == ([(rule, 2, 6, "pressure_bar")] if rule else [])


def test_error_cell_says_which_error() -> None:
    assert pressure(None, "error:#N/A")[1][0].value == "#N/A"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.085, "8,5%"),
        (0.57, "57%"),
        (81015.4, "8101540%"),
        (81015.40001, "8101540,001%"),
        (-0.000123456789, "-0,0123456789%"),
        (3, "300%"),
    ],
)
def test_percentage_is_shown_as_it_stood(value: Value, shown: str) -> None:
    assert pressure(value, "percent")[1][0].value == shown


def test_percentage_is_read_where_one_is_asked() -> None:
    headings: list[Value] = ["Project", "Vestiging", "Kans (%)"]
    rows: list[list[Value]] = [["P1", "V1", 0.6], ["P2", "V1", 60.0], ["P3", "V1", "60%"], ["P4", "V1", 0.57]]
    out = extract([sheet("Projecten", headings, *rows, marks={(2, 3): "percent", (5, 3): "percent"})])
    assert out.tables["project"]["probability_pct"].to_pylist() == [60.0, 60.0, 60.0, 57.0]
    assert said(out) == []


@pytest.mark.parametrize("mark", ["formula_without_value", "error:#N/A"])
def test_row_of_which_all_cells_lost_their_value_is_not_lost(mark: str) -> None:
    out = extract([sheet("Aansluitingen", BARE, [*PIPE, 8.0], marks={(4, column): mark for column in (1, 2, 6)})])
    assert out.tables["connection"]["row_number"].to_pylist() == [2, 4]
    assert sorted((p.row, p.column) for p in said(out)) == [(4, 1), (4, 2), (4, 6)]


def test_cell_that_lost_its_value_beside_the_table_is_no_row() -> None:
    out = extract([sheet("Aansluitingen", BARE, [*PIPE, 8.0], marks={(4, 9): "formula_without_value"})])
    assert out.tables["connection"]["row_number"].to_pylist() == [2]


def test_cell_that_lost_its_value_counts_as_filled_in_a_year() -> None:
    out = demand(GAS, marks={(2, 9): "error:#N/A"})
    assert out.tables["energy_demand"]["series"].to_pylist() == ["2030"]
    assert [(p.rule, p.series, p.column) for p in said(out)] == [("cell_error", "2030", 9)]


def test_zeros_and_digits_that_a_number_lost() -> None:
    headings: list[Value] = ["Vestiging", "Postcode", "Vestigingsnummer"]
    out = extract([sheet("Vestigingen", headings, ["V1", "8011 ab", 1234567890.0], ["V2", None, 1e16])])
    assert out.tables["site"]["branch_number"].to_pylist() == ["001234567890", None]
    assert [(p.rule, p.row, p.allowed) for p in said(out)] == [
        ("leading_zeros", 2, "001234567890"),
        ("lost_digits", 3, ""),
    ]


def test_same_wrong_value_in_every_row_is_told_in_every_row() -> None:
    out = extract([sheet("Aansluitingen", BARE, *[[*PIPE, "veel"]] * 3)])
    assert [p.row for p in said(out)] == [2, 3, 4]


def test_types_of_all_kinds() -> None:
    headings: list[Value] = [
        "Doel",
        "Toestemming gegeven",
        "Gegeven op",
        "Geldig tot en met",
        "Functie van de ondertekenaar",
    ]
    row: list[Value] = ["operator_site_level", True, dt.datetime(2026, 3, 31), "31-12-2028", " Directeur "]
    (found,) = extract([sheet("Toestemming", headings, row)]).tables["consent"].to_pylist()
    assert (found["granted"], found["granted_on"], found["valid_until"], found["signatory_role"]) == (
        True,
        dt.date(2026, 3, 31),
        dt.date(2028, 12, 31),
        "Directeur",
    )


# --- files ----------------------------------------------------------------------------------------------------------


def test_unreadable_file_gives_one_problem(tmp_path: Any) -> None:
    (tmp_path / "leeg.xlsx").touch()
    out = extract_file(tmp_path / "leeg.xlsx")
    assert [p.rule for p in out.problems] == ["file_empty"]
    assert (out.tables, out.readable) == ({}, False)
    assert unreadable(UnreadableFile("file_damaged", "kapot")).problems == [Problem("file_damaged", value="kapot")]


def test_csv_row_with_more_fields_than_headings_is_refused() -> None:
    row = ["V1", "Utrecht", "5"]
    rows: list[list[Value]] = [["Vestiging", "Plaats"], ["V2", "Goes"], [*row]]
    found = extract([Sheet("site", False, 1, 1, rows, {}, frozenset(), None, is_csv=True)])
    assert [(p.rule, p.table, p.row, p.column, p.value) for p in found.problems if p.rule == "row_too_long"] == [
        ("row_too_long", "site", 3, 3, "5")
    ]


def test_table_that_is_no_csv_is_spoken_of(tmp_path: Path) -> None:
    path = tmp_path / "opgave.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("site.csv", "Vestiging;Plaats\nV1;Goes\n")
        archive.writestr("energy_demand.txt", "Vestiging;Jaar\nV1;2023\n")
        archive.writestr("lees mij.txt", "hallo")
    problems = {(p.rule, p.table, p.value) for p in extract_file(path).problems}
    assert ("part_not_csv", "energy_demand", "energy_demand.txt") in problems
    assert ("sheet_unknown", "", "lees mij.txt") in problems
