"""Writes tables as one Excel workbook: a sheet per table with Dutch headings, after a sheet that explains them.

Built from nothing but the rows that are given, text always as text. Which tables somebody may see is for `make`.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import xlsxwriter

from assets.strategy.released import CODES
from assets.strategy.words import clean
from blueprint.geography.places import municipality_name
from blueprint.load import blueprint
from blueprint.model import Field, Table

# The same moment in every file, so that a file depends on its content alone.
CREATED = dt.datetime(2026, 1, 1)
# What a sheet of Excel can hold below its heading, what a cell can, and what the name of a sheet can.
MAX_ROWS, MAX_TEXT, MAX_NAME = 1_048_575, 32_000, 31
WIDEST, NARROWEST, LOOKED_AT = 42, 9, 300
# Of a line in points; and what a bold letter, and the button of the filter, take of the width of a column.
LINE_HEIGHT, BOLD, BUTTON = 15, 1.15, 2
EXPLANATION = "Uitleg"
EVERY = {"all": "Alle", "later": "Later"}
# Columns in which a code or name stands beside `all`.
BESIDE_ALL = (*CODES, "phase_in", "park_code")
STATUSES = ("figure_status", "cell_status")
UNSAFE = re.compile(r"[\[\]:*?/\\']")


@dataclass(frozen=True)
class About:
    """What the first sheet says of a workbook; `mark` is for whom it is when it is confidential."""

    title: str
    lines: tuple[str, ...]
    mark: str = ""


def workbook(about: About, tables: Mapping[str, pa.Table]) -> bytes:
    """The workbook of these tables, by name; the same tables give the same bytes."""
    data = io.BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(data, options)
    book.set_properties({"title": about.title, "created": CREATED})
    writer = _Writer(book, about)
    names = sheet_names([blueprint().tables[name].title for name in tables])
    writer.explain([blueprint().tables[name] for name in tables], names, [rows.num_rows for rows in tables.values()])
    for sheet, (name, rows) in zip(names, tables.items(), strict=True):
        writer.table(sheet, blueprint().tables[name], rows)
    book.close()
    return data.getvalue()


def heading(field: Field) -> str:
    """The title of a field with its unit, unless the title says it."""
    unit = (field.unit or "").replace("_", " ")
    return field.title if not unit or f"({unit})" in field.title else f"{field.title} ({unit})"


def shown(field: Field, value: Any) -> Any:
    """A value as people read it: the label of a code, ja or nee; a number and a date stay what they are."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if value is None or isinstance(value, (int, float, Decimal, dt.date)):
        return value
    if isinstance(value, (list, tuple)):
        return ", ".join(str(shown(field, each)) for each in value)
    codes = blueprint().codes.get(CODES.get(field.name, field.codes or ""))
    if codes is not None and value in codes.names:
        return codes.label(value)
    if field.format == "municipality" or field.name == "municipality_code":
        return f"{name} ({value})" if (name := municipality_name(value)) else EVERY.get(value, value)
    return EVERY.get(value, value) if field.name in BESIDE_ALL or codes is not None else value


def sheet_names(titles: Sequence[str]) -> list[str]:
    """Names that Excel takes, each once."""
    found: list[str] = []
    for title in titles:
        name = UNSAFE.sub(" ", title.removesuffix(", openbaar"))[:MAX_NAME].strip()
        number = 2
        while name.casefold() in {each.casefold() for each in (*found, EXPLANATION)}:
            name, number = f"{name[: MAX_NAME - 3].strip()} {number}", number + 1
        found.append(name)
    return found


class _Writer:
    """One workbook being written, with the formats that its sheets share."""

    def __init__(self, book: xlsxwriter.Workbook, about: About) -> None:
        self._book, self._about = book, about
        self._bold = book.add_format({"bold": True})
        self._title = book.add_format({"bold": True, "font_size": 16, "font_color": "#0f3d73"})
        self._mark = book.add_format({"bold": True, "font_color": "#8b0000"})
        self._heading = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#e8eef6"}
        )
        self._text = book.add_format({"num_format": "@"})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._numbers: dict[str, Any] = {}

    def explain(self, tables: Sequence[Table], names: Sequence[str], counts: Sequence[int]) -> None:
        """The first sheet: what this is, which sheets there are, what a status means, and what each column holds."""
        sheet = self._sheet(EXPLANATION)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 34)
        sheet.set_column(2, 2, 14)
        sheet.set_column(3, 3, 90, self._wrapped)
        sheet.write_string(0, 0, self._about.title, self._title)
        row = 1
        for line in (self._about.mark, *self._about.lines):
            if line:
                sheet.write_string(row, 0, line, self._mark if line == self._about.mark else None)
                row += 1
        parts: list[tuple[tuple[str, ...], list[tuple[str, ...]]]] = [
            (("Tabblad", "Tabel", "Regels", "Wat erin staat"),
             [(sheet_name, table.name, str(count), table.description)
              for sheet_name, table, count in zip(names, tables, counts, strict=True)]),
            (("Status", "", "", "Wat hij betekent"), _statuses(tables)),
            (("Tabblad", "Kolom", "Eenheid", "Wat erin staat"),
             [(sheet_name, heading(field), (field.unit or "").replace("_", " "), field.description)
              for sheet_name, table in zip(names, tables, strict=True) for field in table.fields]),
        ]  # fmt: skip
        for titles, lines in parts:
            row += 1
            for column, text in enumerate(titles):
                sheet.write_string(row, column, text, self._heading)
            for line in lines:
                row += 1
                for column, text in enumerate(line):
                    sheet.write_string(row, column, text, self._wrapped)
            row += 1

    def table(self, name: str, table: Table, rows: pa.Table) -> None:
        sheet = self._sheet(name)
        # A column that an older file lacks is left out: it holds nothing.
        fields = [field for field in table.fields if field.name in rows.column_names]
        sheet.repeat_rows(0)
        lines = 1
        for column, field in enumerate(fields):
            values = [shown(field, value) for value in rows[field.name].to_pylist()]
            sheet.write_string(0, column, heading(field), self._heading)
            for row, value in enumerate(values, start=1):
                self._cell(sheet, row, column, field, value)
            longest = max((len(str(value)) for value in values[:LOOKED_AT] if value is not None), default=0)
            width = min(max(longest + 2, len(heading(field)) * 0.7, NARROWEST), WIDEST)
            sheet.set_column(column, column, width)
            lines = max(lines, _lines(heading(field), width))
        # Not every program makes room by itself for a heading of several lines, which then covers the first row.
        sheet.set_row(0, LINE_HEIGHT * lines)
        sheet.freeze_panes(1, 0)
        if fields:
            sheet.autofilter(0, 0, max(rows.num_rows, 1), len(fields) - 1)

    def _sheet(self, name: str) -> Any:
        """A sheet that prints on its width, with the mark above every page."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        if self._about.mark:
            sheet.set_header(f"&C{self._about.mark.replace('&', '&&')}")
        return sheet

    def _cell(self, sheet: Any, row: int, column: int, field: Field, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, clean(value, MAX_TEXT), self._text)
        elif isinstance(value, dt.datetime):
            sheet.write_datetime(row, column, value.replace(tzinfo=None), self._number("dd-mm-yyyy hh:mm"))
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, column, value, self._number("dd-mm-yyyy"))
        else:
            sheet.write_number(row, column, float(value), self._number(_form(field, value)))

    def _number(self, form: str) -> Any:
        if form not in self._numbers:
            self._numbers[form] = self._book.add_format({"num_format": form})
        return self._numbers[form]


def _lines(text: str, width: float) -> int:
    """How many lines a heading takes in a column: a word goes whole to the next one."""
    room = (width - BUTTON) / BOLD
    return len(textwrap.wrap(text, max(int(room), 1), break_long_words=True)) or 1


def _form(field: Field, value: Any) -> str:
    """How a number is shown; what it is stays whole."""
    if field.type == "year" or field.name in ("release", "row_number") or not field.is_number:
        return "0"
    if field.decimals:
        return f"#,##0.{'0' * field.decimals}"
    return "#,##0" if isinstance(value, int) else "#,##0.######"


def _statuses(tables: Sequence[Table]) -> list[tuple[str, ...]]:
    lists = dict.fromkeys(field.codes for table in tables for field in table.fields if field.name in STATUSES)
    found = {code.label: code.description for name in lists if name for code in blueprint().codes[name].codes}
    return [(label, "", "", description or "") for label, description in found.items()]
