"""Types the rows of one sheet, column by column, and lays years that stand side by side under each other.

Which sheet is which table, and where its header stands, is found in `assets.intake.extract`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import zip_longest
from typing import Any

import pyarrow as pa

from assets.intake import cells
from assets.intake.amounts import advice
from assets.intake.cells import Unfit, as_text, is_filled
from assets.intake.extracted import Extract, Problem
from assets.intake.headings import Header, Heading
from assets.intake.sheets import Sheet
from blueprint.arrow import filed_type, row_schema
from blueprint.load import blueprint
from blueprint.model import Field, Table, Wide


class SheetRows:
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
        filled = [is_filled(value) for value in self._values(heading)]
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
        if not kinds or (field.type == "number" and kinds == {float} and _ordinary(values)):
            return values
        if len(kinds) > 1:  # True and 1.0 are the same to a dictionary
            return None
        if kinds == {str} and field.type == "string":
            texts = cells.texts(set(values) - {None}, field)
            return [None if value is None else texts[value] for value in values]
        known: dict[Any, Any] = {None: None}
        for value in set(values) - {None}:
            if not is_filled(value):
                known[value] = None
                continue
            if cells.leading_zeros(value, field) is not None:
                return None
            known[value] = typed(field, value, self.notation)
            if isinstance(known[value], Unfit):
                return None
        return [known[value] for value in values]

    def _cell(self, field: Field, heading: Heading, index: int, value: Any, series: str) -> Any:
        """One cell typed; what cannot be is said, and empty."""

        def say(rule: str, shown: str, allowed: str = "") -> None:
            column = self.sheet.first_column + heading.index
            row = self.sheet.first_row + index
            place = (self.table.name, self.sheet.name, row, series, column, field.name)
            self.out.problems.append(Problem(rule, *place, shown, allowed))

        mark, _, what = (self._mark(index, heading) or "").partition(":")
        if mark == "error":
            return say("cell_error", what)
        if mark == "formula_without_value" and value in (None, ""):
            return say("formula_without_value", "")
        if mark in ("merged", "linked"):
            say(f"cell_{mark}", as_text(value))
        if not is_filled(value):
            return None
        if mark == "percent" and field.is_number and isinstance(value, (int, float)):
            if field.unit != "pct":
                shown = f"{as_text(_as_percent(value))}%"
                return say("number_percent", shown, f" in {field.unit}" if field.unit else "")
            return _as_percent(value)
        zeros = cells.leading_zeros(value, field)
        if zeros is not None:
            say("leading_zeros", as_text(value), zeros)
            return zeros
        found = typed(field, value, self.notation)
        if isinstance(found, Unfit):
            return say(found.rule, as_text(value), found.allowed)
        return found


def _as_percent(share: float) -> float:
    """A share as the percentage that stood in its cell, in twelve digits: what follows comes of reckoning in twos."""
    return float(f"{float(share) * 100:.12g}")


def _ordinary(values: Iterable[Any]) -> bool:
    """Whether no number is too large; all are finite, as the reader promises."""
    numbers = [value for value in values if value is not None]
    return min(numbers) >= -cells.LARGEST and max(numbers) <= cells.LARGEST


def typed(field: Field, value: Any, notation: str | None) -> Any:
    if field.type == "number":
        found = cells.number(value, notation, percent=field.unit == "pct")
        is_text = isinstance(value, str) and isinstance(found, Unfit) and found.rule == "number"
        return Unfit("number", advice(field, value, notation)) if is_text else found
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
