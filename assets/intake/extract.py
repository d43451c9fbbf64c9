"""Turns the sheets of one file into typed rows with their place, and problems for what could not be typed.

Whether the values are allowed, and what rows mean together, is judged later by `assets.intake.validate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from assets.intake import cells
from assets.intake.cells import Unfit, as_text
from assets.intake.headings import Header, Heading, find_header, nearest_heading, table_of
from assets.intake.sheets import Sheet, UnreadableFile, column_letters
from blueprint.arrow import filed_type, row_schema
from blueprint.load import blueprint
from blueprint.model import Field, Table, Wide

# A filter in the sheet hides rows by the hundred; the first ones tell enough.
MAX_HIDDEN = 10
LOST_VALUE = ("error:", "formula_without_value")


class Problem(NamedTuple):
    """Something the reader found. Without a row it concerns the table, without a table the whole file."""

    rule: str
    table: str = ""
    sheet: str = ""
    row: int = 0
    series: str = ""
    column: int = 0
    field: str = ""
    value: str = ""
    allowed: str = ""


@dataclass
class Extract:
    """What one file holds: typed rows per table, problems, and the column of every field.

    `tables[name]` has sheet, row_number, series and the table's fields; `columns` maps (table, field, series)
    to the 1-based column of the sheet.
    """

    tables: dict[str, pa.Table] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    columns: dict[tuple[str, str, str], int] = field(default_factory=dict)
    readable: bool = True

    def __getstate__(self) -> dict[str, Any]:
        """Tables go between processes as Arrow streams: as pickles they cost as much as they did to read."""
        return {**self.__dict__, "tables": {name: _as_stream(rows) for name, rows in self.tables.items()}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        tables = {name: pa.ipc.open_stream(stream).read_all() for name, stream in state["tables"].items()}
        self.__dict__.update(state, tables=tables)


def _as_stream(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()


def extract_file(path: Path) -> Extract:
    """Read and type one file; an unreadable one gives an Extract with that one problem."""
    from assets.intake.read import read_file

    try:
        sheets = read_file(path)
    except UnreadableFile as refusal:
        return unreadable(refusal)
    return extract(sheets)


def unreadable(refusal: UnreadableFile) -> Extract:
    return Extract(problems=[Problem(refusal.rule, value=refusal.detail)], readable=False)


def extract(sheets: list[Sheet]) -> Extract:
    """Type the sheets of one file; the order of sheets and columns does not matter."""
    out = Extract()
    chosen = _choose(sheets, out)
    notation = _declared(chosen, "number_notation")
    notation = notation if notation in blueprint().codes["notations"].names else None
    base_year = _declared(chosen, "base_year") or blueprint().base_year
    for table in blueprint().sheet_tables:
        if table.name in chosen:
            sheet = chosen[table.name]
            _read_sheet(table, sheet, sheet.notation or notation, str(base_year), out)
        elif table.rows != "any":
            out.problems.append(Problem("sheet_missing", table.name, allowed=table.title))
    return out


def _choose(sheets: list[Sheet], out: Extract) -> dict[str, Sheet]:
    chosen: dict[str, Sheet] = {}
    titles = ", ".join(table.title for table in blueprint().sheet_tables)
    for sheet in sheets:
        table = table_of(sheet.name)
        filled = any(_is_filled(value) for row in sheet.rows for value in row)
        if table is None:
            if filled:
                out.problems.append(Problem("sheet_unknown", sheet=sheet.name, value=sheet.name, allowed=titles))
        elif not table.sheet:
            out.problems.append(Problem("sheet_not_used", sheet=sheet.name, value=table.title))
        elif table.name in chosen:
            names = f"{chosen[table.name].name} en {sheet.name}"
            out.problems.append(Problem("sheet_double", table.name, sheet.name, value=names, allowed=table.title))
        else:
            chosen[table.name] = sheet
            if sheet.hidden and filled:
                out.problems.append(Problem("sheet_hidden", table.name, sheet.name))
    return chosen


def _declared(chosen: dict[str, Sheet], name: str) -> Any:
    """What the filing declares of itself in its submission table, typed; None when it does not or cannot be read."""
    sheet = chosen.get("submission")
    table = blueprint().tables["submission"]
    header = find_header(sheet, table) if sheet else None
    heading = header.columns.get((name, "")) if header else None
    if sheet is None or header is None or heading is None:
        return None
    for row in sheet.rows[header.index + 1 :]:
        value = row[heading.index] if heading.index < len(row) else None
        if value is not None:
            found = _typed(table.field(name), value, None)
            return None if isinstance(found, Unfit) else found
    return None


def _read_sheet(table: Table, sheet: Sheet, notation: str | None, base_year: str, out: Extract) -> None:
    header = find_header(sheet, table)
    if header is None:
        if any(_is_filled(value) for row in sheet.rows for value in row) or table.rows != "any":
            shown = ", ".join(f.title for f in table.fields[:5])
            out.problems.append(Problem("header_missing", table.name, sheet.name, allowed=shown))
        return
    _report_header(table, sheet, header, out)
    numbers = _filled_rows(sheet, header)
    if not numbers and table.rows != "any":
        out.problems.append(Problem("no_row", table.name, sheet.name, value=table.title))
    if numbers:
        out.tables[table.name] = _Typing(table, sheet, header, notation, base_year, numbers, out).rows()


def _filled_rows(sheet: Sheet, header: Header) -> list[int]:
    """The rows below the header with a value in any cell, or with a cell that lost its value."""
    columns = {sheet.first_column + heading.index for heading in header.columns.values()}
    lost = {
        row - sheet.first_row
        for (row, column), mark in sheet.marks.items()
        if column in columns and mark.startswith(LOST_VALUE)
    }
    while len(sheet.rows) <= max(lost, default=-1):
        sheet.rows.append([])
    return [
        index
        for index in range(header.index + 1, len(sheet.rows))
        if index in lost or any(_is_filled(value) for value in sheet.rows[index])
    ]


def _is_filled(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _report_header(table: Table, sheet: Sheet, header: Header, out: Extract) -> None:
    row = sheet.first_row + header.index

    def say(rule: str, position: int = -1, **words: str) -> None:
        column = sheet.first_column + position if position >= 0 else 0
        # Row 0: the heading concerns the table as a whole; its own row stands in the place of the cell.
        out.problems.append(Problem(rule, table.name, sheet.name, 0, f"@{row}", column, **words))

    if header.index > 0:
        say("header_moved", 0, value=str(row))
    for position, text, first in header.doubles:
        say("header_double", position, value=text, allowed=column_letters(sheet.first_column + first))
    for position, text in header.unknown:
        say("header_unknown", position, value=text, allowed=nearest_heading(table, text))
    present = {name for name, _ in header.columns}
    wide_fields = {table.wide.key, *table.wide.columns} if table.wide and header.is_wide else set()
    for missing in table.fields:
        if missing.required and missing.name not in present | wide_fields:
            say("header_required", 0, field=missing.name, allowed=missing.title)
    for heading in header.columns.values():
        out.columns[(table.name, heading.field, heading.series)] = sheet.first_column + heading.index
        if table.wide and heading.series:
            key = (table.name, table.wide.key, heading.series)
            out.columns.setdefault(key, sheet.first_column + heading.index)
    hidden = sorted(number for number in sheet.hidden_rows if number > row)
    if hidden:
        shown = ", ".join(map(str, hidden[:MAX_HIDDEN])) + (", ..." if hidden[MAX_HIDDEN:] else "")
        place = Problem("row_hidden", table.name, sheet.name, 0, f"@{hidden[0]}", sheet.first_column, value=shown)
        out.problems.append(place)


class _Typing:
    """Types the rows of one sheet, column by column; a wide sheet is typed once per year and stacked.

    `indices` are the filled rows of the sheet; a position is a place in that list. `cells` are their columns.
    """

    def __init__(
        self,
        table: Table,
        sheet: Sheet,
        header: Header,
        notation: str | None,
        base_year: str,
        indices: list[int],
        out: Extract,
    ):
        self.table, self.sheet, self.header, self.out = table, sheet, header, out
        self.notation, self.base_year, self.indices = notation, base_year, indices
        self.cells = list(zip_longest(*(sheet.rows[index] for index in indices)))
        self.marked_columns = {column for _, column in sheet.marks}

    def rows(self) -> pa.Table:
        everything = range(len(self.indices))
        if self.table.wide is None or not self.header.is_wide:
            columns = {f.name: self._column(f, self._heading(f.name), everything, "") for f in self.table.fields}
            return self._assemble(columns, everything, "")
        return self._stack(self.table.wide, everything)

    def _heading(self, name: str, series: str = "") -> Heading | None:
        return self.header.columns.get((name, series))

    def _stack(self, wide: Wide, everything: Sequence[int]) -> pa.Table:
        years = sorted({heading.series for heading in self.header.columns.values() if heading.series})
        shared = {
            f.name: self._column(f, self._heading(f.name), everything, "")
            for f in self.table.fields
            if f.name not in wide.columns and f.name != wide.key
        }
        explained = self._explained(wide, shared)
        parts, used = [], [False] * len(everything)
        for year in years:
            headings = {name: self._heading(name, year) for name in wide.columns}
            filled = [self._filled(heading) for heading in headings.values() if heading is not None]
            keep = [
                position
                for position, (reason, *answers) in enumerate(zip(explained, *filled, strict=True))
                if reason == (year == self.base_year) or any(answers)
            ]
            for position in keep:
                used[position] = True
            if keep:
                parts.append(self._year(wide, year, keep, headings, shared))
        empty = [position for position, was_used in enumerate(used) if not was_used]
        if empty:
            parts.append(self._year(wide, "", empty, dict.fromkeys(wide.columns), shared))
            self._say_empty([self.indices[position] for position in empty])
        return pa.concat_tables(parts).combine_chunks()

    def _explained(self, wide: Wide, shared: dict[str, pa.Array]) -> list[bool | None]:
        """For every row whether its reason for an empty cell is about the base year (True) or a later one (False).

        None where no reason is given: there an empty cell is no row.
        """
        given = shared[wide.reason].is_valid().to_pylist() if wide.reason in shared else []
        if not any(given):
            return [None] * len(self.indices)
        base = [[code == value for value in shared[name].to_pylist()] for name, code in wide.base.items()]
        based = [all(answers) for answers in zip(*base, strict=True)] if base else [True] * len(given)
        return [is_base if is_given else None for is_given, is_base in zip(given, based, strict=True)]

    def _year(
        self, wide: Wide, year: str, keep: list[int], headings: dict[str, Heading | None], shared: dict[str, pa.Array]
    ) -> pa.Table:
        taken = pa.array(keep)
        columns = {name: array.take(taken) for name, array in shared.items()}
        columns[wide.key] = pa.array([int(year) if year else None] * len(keep), pa.int32())
        for name, heading in headings.items():
            columns[name] = self._column(self.table.field(name), heading, keep, year)
        return self._assemble(columns, keep, year)

    def _say_empty(self, indices: list[int]) -> None:
        for index in indices:
            place = (self.table.name, self.sheet.name, self.sheet.first_row + index)
            self.out.problems.append(Problem("energy_row_empty", *place))

    def _assemble(self, columns: dict[str, pa.Array], positions: Sequence[int], series: str) -> pa.Table:
        place = [
            pa.repeat(self.sheet.name, len(positions)),
            pa.array([self.sheet.first_row + self.indices[position] for position in positions], pa.int64()),
            pa.repeat(series, len(positions)),
        ]
        arrays = place + [columns[f.name] for f in self.table.fields]
        return pa.Table.from_arrays(arrays, schema=_schema(self.table.name))

    def _values(self, heading: Heading) -> tuple[Any, ...]:
        """What stands in a column, in the order of `indices`."""
        return self.cells[heading.index] if heading.index < len(self.cells) else (None,) * len(self.indices)

    def _filled(self, heading: Heading) -> list[bool]:
        """Per row whether something stands in a column, be it only a mark."""
        filled = [_is_filled(value) for value in self._values(heading)]
        if self._is_marked(heading):
            marked = [self._mark(index, heading) is not None for index in self.indices]
            filled = [a or b for a, b in zip(filled, marked, strict=True)]
        return filled

    def _is_marked(self, heading: Heading) -> bool:
        return self.sheet.first_column + heading.index in self.marked_columns

    def _mark(self, index: int, heading: Heading) -> str | None:
        if not self._is_marked(heading):
            return None
        return self.sheet.marks.get((self.sheet.first_row + index, self.sheet.first_column + heading.index))

    def _column(self, field: Field, heading: Heading | None, positions: Sequence[int], series: str) -> pa.Array:
        kind = filed_type(field)
        if heading is None:
            return pa.nulls(len(positions), kind)
        values = self._values(heading)
        if len(positions) < len(values):
            values = tuple(values[position] for position in positions)
        typed = None if self._is_marked(heading) else self._at_once(field, values)
        if typed is None:
            rows = [self.indices[position] for position in positions]
            typed = [
                self._cell(field, heading, index, value, series) for index, value in zip(rows, values, strict=True)
            ]
        return pa.array(typed, kind)

    def _at_once(self, field: Field, values: tuple[Any, ...]) -> Iterable[Any] | None:
        """A column typed by its different values, when there is nothing to say of any; None when there is."""
        kinds = set(map(type, values)) - {type(None)}
        if not kinds or (field.type == "number" and kinds == {float}):
            return values
        if len(kinds) > 1:  # True and 1.0 are the same to a dictionary
            return None
        known: dict[Any, Any] = {None: None}
        for value in set(values) - {None}:
            if not _is_filled(value):
                known[value] = None
                continue
            if cells.leading_zeros(value, field) is not None:
                return None
            known[value] = _typed(field, value, self.notation)
            if isinstance(known[value], Unfit):
                return None
        return map(known.__getitem__, values)

    def _cell(self, field: Field, heading: Heading, index: int, value: Any, series: str) -> Any:
        """One cell typed; what cannot be is said, and empty."""

        def say(rule: str, shown: str, allowed: str = "") -> None:
            column = self.sheet.first_column + heading.index
            row = self.sheet.first_row + index
            place = (self.table.name, self.sheet.name, row, series, column, field.name)
            self.out.problems.append(Problem(rule, *place, shown, allowed))

        mark = self._mark(index, heading)
        if mark is not None and mark.startswith("error:"):
            return say("cell_error", mark.removeprefix("error:"))
        if mark == "formula_without_value" and value in (None, ""):
            return say("formula_without_value", "")
        if mark == "merged":
            say("cell_merged", as_text(value))
        if not _is_filled(value):
            return None
        if mark == "percent" and field.is_number and isinstance(value, (int, float)):
            if field.unit != "pct":
                shown = f"{as_text(round(value * 100, 10))}%"
                return say("number_percent", shown, f" in {field.unit}" if field.unit else "")
            return round(value * 100, 10)
        zeros = cells.leading_zeros(value, field)
        if zeros is not None:
            say("leading_zeros", as_text(value), zeros)
            return zeros
        found = _typed(field, value, self.notation)
        if isinstance(found, Unfit):
            return say(found.rule, as_text(value), found.allowed)
        return found


def _typed(field: Field, value: Any, notation: str | None) -> Any:
    if field.type == "number":
        return cells.number(value, notation, percent=field.unit == "pct")
    if field.type in ("integer", "year"):
        return cells.integer(value, notation)
    if field.type == "boolean":
        return cells.boolean(value)
    if field.type == "date":
        return cells.date(value)
    return cells.text(value, field)


@cache
def _schema(table_name: str) -> pa.Schema:
    return row_schema(blueprint().tables[table_name]).remove(0)
