"""What is written: the same bytes each time, and read back by the intake as the rows that were meant."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import odf.opendocument
import odf.table
import openpyxl
import pytest

from assets.intake.extract import extract_file
from assets.sample.companies import generate
from assets.workbooks.draft import Draft
from assets.workbooks.filing import Filing, Row, complete
from assets.workbooks.write import csv_text, write_csv_zip, write_ods, write_xlsx
from blueprint.load import blueprint

YEARS = (2023, 2025, 2027, 2030, 2035, 2040, 2050)
Writer = Callable[[Filing, Path], None]
WRITERS: dict[str, Writer] = {
    "xlsx": lambda filing, path: write_xlsx(filing, path, YEARS),
    "ods": lambda filing, path: write_ods(filing, path, YEARS),
    "csv-nl": lambda filing, path: write_csv_zip(filing, path, YEARS, "nl"),
    "csv-en": lambda filing, path: write_csv_zip(filing, path, YEARS, "en"),
}


@pytest.fixture(scope="module")
def filings() -> list[Filing]:
    return generate(companies=12)


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


def read_back(path: Path) -> dict[str, list[Row]]:
    found = extract_file(path)
    assert found.problems == []
    known = {table.name: table.field_names for table in blueprint().sheet_tables}
    return {name: in_order(rows.select(known[name]).to_pylist()) for name, rows in found.tables.items()}


def meant(filing: Filing, **submission: Any) -> dict[str, list[Row]]:
    changed = filing.copy()
    changed.row("submission").update(submission)
    return {
        table: in_order([complete(blueprint().tables[table], row) for row in rows])
        for table, rows in changed.tables.items()
        if rows
    }


@pytest.mark.parametrize("kind", list(WRITERS))
def test_same_bytes_twice(kind: str, filings: list[Filing], tmp_path: Path) -> None:
    for name in ("one", "two"):
        WRITERS[kind](filings[3], tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize("kind", list(WRITERS))
def test_read_back(kind: str, filings: list[Filing], tmp_path: Path) -> None:
    notation = kind.partition("-")[2] or None
    for filing in filings:
        path = tmp_path / filing.name
        WRITERS[kind](filing, path)
        assert read_back(path) == meant(filing, number_notation=notation), filing.name


def test_workbook_is_pleasant_to_open(filings: list[Filing], tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    write_xlsx(filings[0], path, YEARS)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [table.title for table in blueprint().sheet_tables]
    sheet = book["Energievraag"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    headings = [cell.value for cell in sheet[1]]
    assert headings[:5] == ["Vestiging", "Scenario", "Energiedrager", "Gebruik", "Richting"]
    assert {"2023", "2050", "2023 piek (MW)"} <= set(headings)
    assert sheet["B2"].value == "Basisjaar"
    assert book["Bedrijf"]["A2"].value == filings[0].row("company")["kvk_number"]
    assert book["Bedrijf"]["A2"].number_format == "@"
    assert book["Indiening"]["D2"].is_date
    assert book["Vestigingen"]["O2"].value in ("ja", "nee")


def test_every_heading_also_without_rows(filings: list[Filing], tmp_path: Path) -> None:
    path = tmp_path / "leeg.xlsx"
    write_xlsx(Filing("leeg", {}), path, YEARS)
    for table in blueprint().sheet_tables:
        headings = [cell.value for cell in openpyxl.load_workbook(path)[table.title][1]]
        assert len(headings) >= len(table.fields) - 1


def test_ods_is_valid_for_another_reader(filings: list[Filing], tmp_path: Path) -> None:
    path = tmp_path / "b.ods"
    write_ods(filings[0], path, YEARS)
    with zipfile.ZipFile(path) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
    book = odf.opendocument.load(io.BytesIO(path.read_bytes()))
    names = [table.getAttribute("name") for table in book.getElementsByType(odf.table.Table)]
    assert names == [table.title for table in blueprint().sheet_tables]


@pytest.mark.parametrize(
    ("value", "dutch", "english"),
    [
        (1234567.25, "1.234.567,25", "1,234,567.25"),
        (0.0000125, "0,0000125", "0.0000125"),
        (12500.0, "12.500", "12,500"),
        (-3.5, "-3,5", "-3.5"),
        (2030, "2030", "2030"),
        (True, "ja", "true"),
        (None, "", ""),
        ("0012", "0012", "0012"),
    ],
)
def test_csv_text(value: Any, dutch: str, english: str) -> None:
    assert csv_text(value, "nl") == dutch
    assert csv_text(value, "en") == english


def test_edit_comes_before_writing(filings: list[Filing], tmp_path: Path) -> None:
    def edit(drafted: Draft) -> None:
        sheet, column = drafted.place("energy_demand", "value", 2030)
        sheet.rows[2][column] = "veel"

    path = tmp_path / "b.xlsx"
    write_xlsx(filings[0], path, YEARS, edit)
    problems = extract_file(path).problems
    assert [(problem.rule, problem.series, problem.value) for problem in problems] == [("number", "2030", "veel")]
