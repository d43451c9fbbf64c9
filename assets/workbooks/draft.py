"""Lays a filing out as the sheets of the form: headings, Dutch labels, years side by side.

A draft may be edited before it is written (mistakes do); which file format it becomes is decided in `write`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from assets.intake.headings import wide_heading
from assets.workbooks.filing import Filing, Row, complete
from blueprint.load import blueprint
from blueprint.model import Field, Table

NARROWEST, WIDEST = 10, 42


class Formatted(NamedTuple):
    """A cell with a number format of its own, such as '0%'."""

    value: Any
    number_format: str


class Formula(NamedTuple):
    """A cell with a formula and the result that is stored with it; '#N/A' and the like are stored as errors."""

    text: str
    result: Any


@dataclass
class SheetDraft:
    """One sheet to be written: rows of cells, the first being the headings, and what Excel adds to them.

    Places are 0-based (row, column). `loose` are cells far from the rest, `merged` is (row, column, last row,
    last column).
    """

    name: str
    rows: list[list[Any]]
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    loose: list[tuple[int, int, Any]] = field(default_factory=list)

    def column(self, heading: str) -> int:
        """The 0-based column of a heading in the first row; ValueError when it is not there."""
        return self.rows[0].index(heading)


@dataclass
class Draft:
    """The sheets of one workbook, and whether its dates count from 1904."""

    sheets: list[SheetDraft]
    date_1904: bool = False

    def sheet(self, table: str) -> SheetDraft:
        """The sheet of a table; StopIteration when there is none."""
        title = blueprint().tables[table].title
        return next(sheet for sheet in self.sheets if sheet.name == title)

    def place(self, table: str, field_name: str, year: int | None = None) -> tuple[SheetDraft, int]:
        """The sheet of a table and the column of a field, of a year when the field is wide."""
        known = blueprint().tables[table]
        heading = known.field(field_name).title if year is None else wide_heading(known, field_name, str(year))
        sheet = self.sheet(table)
        return sheet, sheet.column(heading)


def draft(filing: Filing, years: tuple[int, ...]) -> Draft:
    """The workbook of a filing: one sheet per table, with all headings even when it has no row."""
    return Draft([SheetDraft(t.title, _sheet_rows(t, filing, years)) for t in blueprint().sheet_tables])


def long_rows(table: Table, filing: Filing) -> list[Row]:
    """The rows of a table with all fields, codes as codes."""
    return [complete(table, row) for row in filing.tables.get(table.name, [])]


def labelled(known: Field, value: Any) -> Any:
    """The value as it stands in the form: codes as Dutch labels, yes or no as ja or nee."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if known.codes and isinstance(value, str):
        labels = _labels(known.codes)
        if known.separator:
            parts = value.split(known.separator)
            return f"{known.separator} ".join(labels.get(part, part) for part in parts)
        return labels.get(value, value)
    return value


def headings(table: Table, years: tuple[int, ...]) -> list[tuple[Field, int | None, str]]:
    """The columns of a sheet: the field, its year when it is wide, and the heading."""
    columns: list[tuple[Field, int | None, str]] = []
    wide = table.wide.columns if table.wide else {}
    for known in table.fields:
        if table.wide and known.name == table.wide.key:
            continue
        if known.name not in wide:
            columns.append((known, None, known.title))
        else:
            columns += [(known, year, wide_heading(table, known.name, str(year))) for year in years]
    return columns


def widths(sheet: SheetDraft) -> list[int]:
    """A readable width per column: that of the longest text in it, within bounds."""
    found: list[int] = []
    for cells in sheet.rows:
        found += [NARROWEST] * (len(cells) - len(found))
        for column, value in enumerate(cells):
            if isinstance(value, str) and len(value) + 2 > found[column]:
                found[column] = min(len(value) + 2, WIDEST)
    return found


def _sheet_rows(table: Table, filing: Filing, years: tuple[int, ...]) -> list[list[Any]]:
    columns = headings(table, years)
    rows: list[list[Any]] = [[heading for _, _, heading in columns]]
    for shared, by_year in side_by_side(table, long_rows(table, filing)):
        rows.append(
            [
                labelled(known, shared[known.name] if year is None else by_year.get(year, {}).get(known.name))
                for known, year, _ in columns
            ]
        )
    return rows


def side_by_side(table: Table, rows: list[Row]) -> list[tuple[Row, dict[int, Row]]]:
    """Rows that differ in nothing but the wide key and its columns, taken together: what they share, and by key.

    The rows of a table that is not wide stand by themselves.
    """
    wide = table.wide
    if wide is None:
        return [(row, {}) for row in rows]
    found: dict[tuple, tuple[Row, dict[int, Row]]] = {}
    for row in rows:
        key = tuple(value for name, value in row.items() if name != wide.key and name not in wide.columns)
        while row[wide.key] in found.setdefault(key, (row, {}))[1]:  # a row filed twice is two rows here too
            key = (*key, "again")
        found[key][1][row[wide.key]] = row
    return list(found.values())


@cache
def _labels(list_name: str) -> dict[str, str]:
    return {code.code: code.label for code in blueprint().codes[list_name].filed}
