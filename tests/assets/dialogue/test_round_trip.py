"""A form that is filled in comes back through the intake as what was filled in, for every table, field and code."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assets.dialogue.form import FIXED, Form, make_form
from assets.dialogue.template import ENDINGS, template_bytes
from assets.intake.examine import Examined
from assets.rounds import Round
from assets.workbooks.filing import Filing, Row
from blueprint.load import blueprint

# Five clusters are told of by design: the site counts in the strategy of that cluster.
BY_DESIGN = {"other_cluster": 5}
Rows = dict[str, list[Row]]


def filled(empty: bytes, form: Form) -> bytes:
    """The empty workbook with the rows of `form` typed into it below its headings, found by what they say."""
    book = openpyxl.load_workbook(io.BytesIO(empty))
    for sheet in form.sheets:
        target = book[sheet.title]
        headings = {str(cell.value): at for at, cell in enumerate(target[form.header_row], start=1)}
        for number, row in enumerate(sheet.rows, start=form.header_row + 1):
            for column, value in zip(sheet.columns, row, strict=True):
                if value is None or (sheet.table.name == "submission" and column.field.name in FIXED):
                    continue
                cell = target.cell(number, headings[column.heading], value)
                if isinstance(value, str):
                    cell.data_type = "s"  # typed text stays text, also when it begins with =
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def told(result: Examined) -> dict[str, int]:
    counts: dict[str, int] = {}
    for finding in result.findings:
        counts[finding["rule"]] = counts.get(finding["rule"], 0) + 1
    return counts


def test_the_filings_use_every_field_and_every_code(filings: list[Filing]) -> None:
    for table in blueprint().sheet_tables:
        rows = [row for filing in filings for row in filing.tables.get(table.name, [])]
        for field in table.fields:
            values = {row.get(field.name) for row in rows} - {None}
            assert values or field.name == "number_notation", f"{table.name}.{field.name}"
            if field.codes and field.name != "number_notation":
                used = {part for value in values for part in str(value).split(field.separator or "\0")}
                assert used == {code.code for code in blueprint().codes[field.codes].filed}, field.name


@pytest.mark.parametrize("ending", ENDINGS)
def test_filled_in_form_comes_back_without_a_finding(
    ending: str,
    settings: Round,
    filings: list[Filing],
    examined: Callable[..., Examined],
    meant: Callable[[Filing], Rows],
    kept: Callable[[Examined, str], Rows],
    tmp_path: Path,
) -> None:
    empty = template_bytes(make_form(settings), ".xlsx")
    files = {}
    for filing in filings:
        form = make_form(settings, filing.tables)
        files[filing.name] = tmp_path / f"{filing.name}{ending}"
        content = filled(empty, form) if ending == ".xlsx" else template_bytes(form, ending)
        files[filing.name].write_bytes(content)
    result = examined(files)
    # only the first filing has demand, which is told of the others
    assert told(result) == {**BY_DESIGN, "sheet_unfilled": len(filings) - 1}
    for filing in filings:
        wanted = meant(filing)
        if ending == ".zip":
            wanted["submission"][0]["number_notation"] = "nl"
        assert kept(result, filing.name) == wanted


def test_form_with_rows_filled_in_beforehand_comes_back_the_same(
    settings: Round,
    filings: list[Filing],
    examined: Callable[..., Examined],
    meant: Callable[[Filing], Rows],
    kept: Callable[[Examined, str], Rows],
    tmp_path: Path,
) -> None:
    path = tmp_path / "vooraf.xlsx"
    path.write_bytes(template_bytes(make_form(settings, filings[0].tables), ".xlsx"))
    result = examined({"f0": path})
    assert told(result) == BY_DESIGN
    assert kept(result, "f0") == meant(filings[0])


@pytest.mark.parametrize("ending", ENDINGS)
def test_empty_form_lacks_what_must_be_filled_in_and_nothing_else(
    ending: str, settings: Round, examined: Callable[..., Examined], tmp_path: Path
) -> None:
    path = tmp_path / f"leeg{ending}"
    path.write_bytes(template_bytes(make_form(settings), ending))
    expected = {"required": 1, "no_row": 2, "sheet_unfilled": 1, "submission_refused": 1}
    assert told(examined({"leeg": path})) == expected


@pytest.mark.parametrize("notation", ["nl", "en"])
def test_number_notation_may_be_chosen(
    notation: str, settings: Round, filings: list[Filing], examined: Callable[..., Examined], tmp_path: Path
) -> None:
    tables: dict[str, list[dict[str, Any]]] = {**filings[1].tables}
    tables["submission"] = [{**tables["submission"][0], "number_notation": notation}]
    path = tmp_path / "notatie.xlsx"
    path.write_bytes(template_bytes(make_form(settings, tables), ".xlsx"))
    assert told(examined({"n": path})) == {"sheet_unfilled": 1}
