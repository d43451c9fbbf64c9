"""Writes a filing as a workbook (xlsx, ods) or as a zip of CSV files; the same filing gives the same bytes.

What a filing says, and which mistakes are made in it, does not belong here.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import xlsxwriter

from assets.workbooks.draft import Draft, Formatted, Formula, SheetDraft, draft, labelled, long_rows, widths
from assets.workbooks.filing import Filing
from assets.workbooks.ods import ods_bytes
from assets.workbooks.pack import pack
from blueprint.load import blueprint
from blueprint.model import Table

Notation = Literal["nl", "en"]
Edit = Callable[[Draft], None]

# The same moment in every file, so that a file depends on its content alone.
CREATED = dt.datetime(2026, 1, 1)
DATE_FORMAT = "dd-mm-yyyy"
LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r]")
DELIMITERS = {"nl": ";", "en": ","}


def write_xlsx(filing: Filing, path: Path, years: tuple[int, ...], edit: Edit | None = None) -> None:
    """Write the workbook of a filing; `edit` may change the draft first."""
    path.write_bytes(xlsx_bytes(_drafted(filing, years, edit)))


def write_ods(filing: Filing, path: Path, years: tuple[int, ...], edit: Edit | None = None) -> None:
    """Write the same workbook as ods; formats, formulas and merged cells of the draft are left out."""
    path.write_bytes(ods_bytes(_drafted(filing, years, edit)))


def write_csv_zip(filing: Filing, path: Path, years: tuple[int, ...], notation: Notation = "nl") -> None:
    """Write a zip of UTF-8 CSV files in long form: Dutch headings and `;` for nl, field names and `,` for en.

    Rows of years that are not in `years` are left out, as a workbook would.
    """
    path.write_bytes(pack({name: text.encode() for name, text in csv_texts(filing, years, notation).items()}))


def xlsx_bytes(drafted: Draft) -> bytes:
    """The xlsx file of a draft."""
    data = io.BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(data, {**options, "date_1904": drafted.date_1904})
    book.set_properties({"title": "pCES-formulier (voorbeeld)", "created": CREATED})
    writer = _XlsxWriter(book)
    for sheet in drafted.sheets:
        writer.sheet(sheet)
    book.close()
    return data.getvalue()


def csv_texts(
    filing: Filing,
    years: tuple[int, ...],
    notation: Notation,
    with_labels: bool = False,
    tables: tuple[Table, ...] | None = None,
) -> dict[str, str]:
    """File name to text of every CSV file of a filing; the submission table declares the notation.

    Choices are codes, or labels as in the workbook when `with_labels`; `tables` are those of another version of the
    Blueprint than the present one.
    """
    declared = filing.copy()
    for row in declared.rows("submission"):
        row["number_notation"] = notation
    texts = {}
    for table in tables or blueprint().sheet_tables:
        heading = [f.title if notation == "nl" else f.name for f in table.fields]
        rows = [row for row in long_rows(table, declared) if table.wide is None or row["year"] in years]
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=DELIMITERS[notation], lineterminator="\r\n")
        writer.writerow(heading)
        if with_labels:
            rows = [{f.name: labelled(f, row[f.name]) for f in table.fields} for row in rows]
        writer.writerows([[csv_text(value, notation) for value in row.values()] for row in rows])
        texts[f"{table.name}.csv"] = stream.getvalue()
    return texts


def csv_text(value: Any, notation: Notation) -> str:
    """A value as text: numbers with thousands and decimals in the notation, dates and yes or no likewise.

    Text that a spreadsheet would run as a formula (it begins with =, +, - or @) gets an apostrophe in front, so that
    it stays text when the CSV is opened; the intake takes exactly that apostrophe off, and reads what was meant.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("ja" if value else "nee") if notation == "nl" else ("true" if value else "false")
    if isinstance(value, float):
        text = format(Decimal(repr(value)), ",f").removesuffix(".0")
        return text.translate({44: ".", 46: ","}) if notation == "nl" else text
    if isinstance(value, dt.date):
        return value.strftime("%d-%m-%Y") if notation == "nl" else value.isoformat()
    text = str(value)
    return f"'{text}" if LIKE_A_FORMULA.match(text) else text


def _drafted(filing: Filing, years: tuple[int, ...], edit: Edit | None) -> Draft:
    drafted = draft(filing, years)
    if edit is not None:
        edit(drafted)
    return drafted


class _XlsxWriter:
    """One workbook being written, with the formats that its sheets share."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"num_format": "@"})
        self.formats: dict[str, Any] = {}

    def sheet(self, sheet: SheetDraft) -> None:
        target = self.book.add_worksheet(sheet.name)
        for row, cells in enumerate(sheet.rows):
            for column, value in enumerate(cells):
                if value is not None:
                    self._cell(target, row, column, value, row == 0)
        for row, column, value in sheet.loose:
            self._cell(target, row, column, value, False)
        for column, width in enumerate(widths(sheet)):
            target.set_column(column, column, width)
        target.freeze_panes(1, 0)
        for row in sorted(sheet.hidden_rows):
            target.set_row(row, None, None, {"hidden": True})
        for row, column, last_row, last_column in sheet.merged:
            target.merge_range(row, column, last_row, last_column, sheet.rows[row][column])
        if sheet.hidden:
            target.hide()

    def _cell(self, target: Any, row: int, column: int, value: Any, is_heading: bool) -> None:
        if isinstance(value, Formula):
            target.write_formula(row, column, value.text, None, value.result)
        elif isinstance(value, Formatted):
            target.write_number(row, column, value.value, self._format(value.number_format))
        elif isinstance(value, dt.date):
            target.write_datetime(row, column, value, self._format(DATE_FORMAT))
        elif isinstance(value, str):
            target.write_string(row, column, value, self.heading if is_heading else self.text)
        else:
            target.write_number(row, column, value)

    def _format(self, number_format: str) -> Any:
        if number_format not in self.formats:
            self.formats[number_format] = self.book.add_format({"num_format": number_format})
        return self.formats[number_format]
