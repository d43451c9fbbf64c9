"""Copies one filed sheet into the marked workbook: every value at its own place, faulty cells coloured and noted.

Which sheets there are and what they are called is for `feedback_workbook`.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.format import Format

from assets.dialogue.feedback_cells import BEGINS_FORMULA, CellSheet, Refused, serial
from assets.dialogue.feedback_choices import offer
from assets.dialogue.feedback_look import (
    COLOURS,
    DATE,
    HEADING,
    MOMENT,
    OURS,
    PERCENT,
    SPAN,
    TEXT,
    TIME,
    Colours,
    Look,
    note,
    worst,
)
from assets.dialogue.feedback_text import Finding
from assets.intake.cells import Unfit, as_text, is_filled
from assets.intake.headings import find_header, table_of
from assets.intake.rows import typed
from assets.intake.sheets import Sheet, Value
from blueprint.model import Field

ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
NARROWEST, WIDEST, MEASURED_ROWS, LINE_HEIGHT = 9, 45, 50, 15
REPLACES = (
    "Door ons ingevuld: zo weten wij dat de verbeterde werkmap deze indiening vervangt. Laat dit kenmerk staan, en "
    "vul bij 'Datum van indiening' de dag in waarop u opnieuw indient."
)
Marks = Mapping[tuple[int, int], Sequence[Finding]]


def copy_sheet(target: CellSheet, look: Look, sheet: Sheet, marks: Marks, replaces: str) -> bool:
    """Fill `target` with a sheet as filed; `marks` are findings by 1-based place. Whether it has lists to choose from.

    `replaces` is filled in where the form asks which submission is replaced; '' leaves that cell as it is.
    """
    copy = _Copy(look, sheet, marks, replaces)
    copy.write(target)
    last = sheet.first_row + len(sheet.rows) - 1
    return copy.table is not None and copy.head > 0 and offer(target, copy.table, copy.fields, copy.head, last)


class _Copy:
    """One sheet with its header, if it has one, and the field of every 1-based column."""

    def __init__(self, look: Look, sheet: Sheet, marks: Marks, replaces: str) -> None:
        table = table_of(sheet.name)
        table = table if table and table.sheet else None
        self.look, self.sheet, self.marks, self.replaces, self.table = look, sheet, marks, replaces, table
        self.header = find_header(sheet, table) if table else None
        self.fields: dict[int, Field] = {}
        self.head = 0
        if table and self.header:
            self.head = sheet.first_row + self.header.index
            headings = self.header.columns.values()
            self.fields = {sheet.first_column + h.index: table.field(h.field) for h in headings}
        self.ours = self._place_of_replaces() if replaces else None

    def write(self, target: CellSheet) -> None:
        self._write_cells(target)
        widths = self._widths()
        for column, width in widths.items():
            text = self.look.format(TEXT) if _is_text(self.fields.get(column)) else None
            target.set_column(column - 1, column - 1, width, text)
        if self.head:
            target.freeze_panes(self.head, 0)
            for row, values in enumerate(self.sheet.rows[: self.head - self.sheet.first_row + 1], self.sheet.first_row):
                high = max((self._lines(row, at, value, widths) for at, value in enumerate(values)), default=1)
                if high > 1:
                    target.set_row(row - 1, high * LINE_HEIGHT)
        target.set_landscape()
        target.set_paper(9)
        target.fit_to_pages(1, 0)
        target.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        for (row, column), found in sorted(self.marks.items()):
            self.look.note(target, row, column, note(found))
        if self.ours is not None and self.ours not in self.marks:
            self.look.note(target, *self.ours, REPLACES)
        if self.marks:
            severity = worst([finding for found in self.marks.values() for finding in found])
            target.set_tab_color(COLOURS[severity][1 if severity == "error" else 0])

    def _write_cells(self, target: CellSheet) -> None:
        """The cells per row: in an ordinary row by their column alone, in a row with a mark one by one."""
        sheet, special = self.sheet, self._special()
        text = self.look.format(TEXT)
        by_column = {column: text if _is_text(field) else None for column, field in self.fields.items()}
        widest = sheet.first_column + max(map(len, sheet.rows), default=0)
        columns = [
            target.column(number, by_column.get(number, text), text, by_column.get(number))
            for number in range(sheet.first_column, widest)
        ]

        def put(row: int, column: int, value: Value) -> None:
            target.put(row, column, *self._written(value, "", self.fields.get(column), None))

        last = max(sheet.first_row + len(sheet.rows) - 1, *special, 0)
        for row in range(1, last + 1):
            index = row - sheet.first_row
            values = sheet.rows[index] if 0 <= index < len(sheet.rows) else []
            if row <= self.head or row in special or sheet.notation:
                self._one_by_one(target, row, values, special.get(row, frozenset()))
            elif values:
                target.put_row(row, values, columns, put)

    def _special(self) -> dict[int, set[int]]:
        """The columns, per row, of cells that are more than their value."""
        special: dict[int, set[int]] = defaultdict(set)
        for row, column in (*self.marks, *self.sheet.marks, *([self.ours] if self.ours else [])):
            special[row].add(column)
        return special

    def _one_by_one(
        self, target: CellSheet, row: int, values: Sequence[Value], marked: set[int] | frozenset[int]
    ) -> None:
        first = self.sheet.first_column
        filled = {column for column, value in enumerate(values, start=first) if value is not None}
        for column in sorted(filled | marked):
            value = values[column - first] if 0 <= column - first < len(values) else None
            found, is_ours = self.marks.get((row, column)), (row, column) == self.ours
            colours = COLOURS[worst(found)] if found else OURS if is_ours else None
            if row == self.head:
                heading = self.look.format("", colours or HEADING, bold=True, text_wrap=True, valign="top")
                target.put(row, column, as_text(value), heading)
                continue
            if row < self.head and not found and isinstance(value, str):
                target.put(row, column, value, self.look.format(TEXT, text_wrap="\n" in value))
                continue
            field = self.fields.get(column) if row > self.head else None
            value = self.replaces if is_ours else self._as_number(value, field)
            mark = self.sheet.marks.get((row, column), "")
            target.put(row, column, *self._written(value, mark, field, colours))

    def _as_number(self, value: Value, field: Field | None) -> Value:
        """A text as the number it is by the notation that came with its CSV file, which a workbook cannot declare."""
        if field is None or not field.is_number or not self.sheet.notation or not isinstance(value, str):
            return value
        read = typed(field, value, self.sheet.notation)
        return value if isinstance(read, Unfit) else read

    def _written(
        self, value: Value, mark: str, field: Field | None, colours: Colours | None
    ) -> tuple[Value, Format | None]:
        """A value as it is written, and its format."""
        form = self.look.format
        if mark.startswith("error:"):
            error = mark.removeprefix("error:")
            return Refused(error if error in ERRORS else "#VALUE!"), form("", colours)
        if mark == "formula_without_value" and value in (None, ""):
            return Refused("#N/A"), form("", colours)
        if isinstance(value, (dt.date, dt.time, dt.timedelta)):
            days = serial(value)
            return (as_text(value), form(TEXT, colours)) if days is None else (days, form(_shown_as(value), colours))
        if isinstance(value, str):
            is_text = field is None or _is_text(field) or value.startswith(BEGINS_FORMULA)
            return value, form(TEXT if is_text else "", colours)
        if mark == "percent" and isinstance(value, (int, float)) and not isinstance(value, bool):
            return value, form(PERCENT, colours)
        return value, form(TEXT if _is_text(field) else "", colours)

    def _place_of_replaces(self) -> tuple[int, int] | None:
        """Where the form asks which submission is replaced: the cell in the first filled row below the headings."""
        heading = self.header.columns.get(("replaces_submission", "")) if self.header else None
        if self.header is None or heading is None:
            return None
        for index in range(self.header.index + 1, len(self.sheet.rows)):
            if any(is_filled(value) for value in self.sheet.rows[index]):
                return self.sheet.first_row + index, self.sheet.first_column + heading.index
        return None

    def _lines(self, row: int, at: int, value: Value, widths: Mapping[int, int]) -> int:
        """How many lines a text above or in the headings takes; a title of one line is not wrapped."""
        if not isinstance(value, str) or (row < self.head and "\n" not in value):
            return 1
        width = widths.get(self.sheet.first_column + at, NARROWEST)
        return sum(len(textwrap.wrap(part, width)) or 1 for part in value.splitlines())

    def _widths(self) -> dict[int, int]:
        """A readable width per 1-based column, by its longest text among the first rows; a heading may be wrapped.

        What stands above the headings is a title or an explanation, which runs on over its neighbours.
        """
        start = self.header.index if self.header else 0
        found: dict[int, int] = {}
        for place, row in enumerate(self.sheet.rows[start : start + MEASURED_ROWS]):
            is_heading = self.header is not None and place == 0
            for at, value in enumerate(row):
                found[at] = max(found.get(at, 0), _length(value, is_heading))
        first = self.sheet.first_column
        return {first + at: min(max(length, NARROWEST), WIDEST) for at, length in found.items()}


def _length(value: Value, is_heading: bool) -> int:
    if not isinstance(value, str):
        return 0 if value is None else 12
    if not is_heading:
        return len(value) + 2
    return max([len(value) // 2, *map(len, value.split())]) + 2


def _shown_as(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return DATE if value.time() == dt.time() else MOMENT
    return TIME if isinstance(value, dt.time) else SPAN if isinstance(value, dt.timedelta) else DATE


def _is_text(field: Field | None) -> bool:
    return field is not None and field.type in ("string", "list")
