"""Counts what a form still lacks: as formulas that a spreadsheet keeps up to date, and as their present outcome.

Only what must be filled in is counted; whether what stands there is right is judged by the intake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from assets.dialogue.form import Column, Form, FormSheet
from blueprint.model import Blueprint, Test

# The cell or range of a column, as it is written in a formula.
Ref = Callable[[int], str]


@dataclass(frozen=True)
class Gap:
    """One thing that may be missing: its label, when it is asked, a formula that counts it, and the count now.

    The formula is in terms of ranges of equal height; without its '='.
    """

    label: str
    when: str
    formula: str
    count: int


def filled_rows(sheet: FormSheet, ref: Ref) -> tuple[str, int]:
    """How many rows of the sheet hold something that the company filled in: a formula, and the count now."""
    own = [at for at, column in enumerate(sheet.columns) if not column.fixed]
    return f"SUMPRODUCT(--({_any(own, ref)}))", sum(_holds(row, own) for row in sheet.rows)


def gaps(sheet: FormSheet, form: Form, ref: Ref) -> list[Gap]:
    """Everything that the sheet must hold, in the order of its columns."""
    found = [_no_row(sheet, ref)] if sheet.table.rows == "at_least_one" else []
    names = dict.fromkeys(c.field.name for c in sheet.columns if c.need != "optional" and not c.fixed)
    for name in names:
        places = [at for at, column in enumerate(sheet.columns) if column.field.name == name]
        found.append(_field_gap(sheet, form, places, ref))
    if sheet.table.wide:
        found.append(_no_value(sheet, ref))
    return found


def lacks(sheet: FormSheet, form: Form, at: int, ref: Ref) -> str | None:
    """A condition, without '=', that is not 0 when the cell of a column must be filled and is empty; None if never."""
    column = sheet.columns[at]
    tests = _tests(sheet, form, column)
    if column.need == "optional" or column.fixed or tests is None:
        return None
    used = "1" if sheet.capacity == 1 else f"({_any(_row_of(sheet, column), ref)})"
    return "*".join([used, *(_say(sheet, test, form.agreed, ref) for test in tests), f'({ref(at)}="")'])


def unasked(sheet: FormSheet, form: Form, at: int, ref: Ref) -> str | None:
    """A condition, without '=', that holds where a year does not go with its row; None for other columns.

    A row of the base year is told by the codes that the table declares; it fills that year, and other rows do not.
    """
    column, wide = sheet.columns[at], sheet.table.wide
    if column.year is None or wide is None or not wide.base:
        return None
    tests = [(sheet.place(name), Test(name, "in", (code,))) for name, code in wide.base.items()]
    is_base = [_say(sheet, (place, test), form.agreed, ref) for place, test in tests if place is not None]
    filled = [f'({ref(place)}<>"")' for place, _ in tests if place is not None]
    based = "*".join(is_base)
    return f"{'*'.join(filled)}*(1-{based})" if column.year == form.settings.base_year else based


def _field_gap(sheet: FormSheet, form: Form, places: list[int], ref: Ref) -> Gap:
    first = sheet.columns[places[0]]
    parts = [part for at in places if (part := lacks(sheet, form, at, ref))]
    formula = "+".join(f"SUMPRODUCT({part})" for part in parts) or "0"
    count = sum(_is_missing(sheet, form, at, row) for at in places for row in _rows(sheet))
    when = "altijd" if first.need == "required" else f"als {_when(form, sheet, first)}"
    return Gap(first.field.title, when, formula, count)


def _no_row(sheet: FormSheet, ref: Ref) -> Gap:
    formula, count = filled_rows(sheet, ref)
    return Gap("Ten minste één regel", "altijd", f"--({formula}=0)", int(count == 0))


def _no_value(sheet: FormSheet, ref: Ref) -> Gap:
    """Rows that fill no year at all and give no reason."""
    wide = sheet.table.wide
    years = [at for at, column in enumerate(sheet.columns) if column.year is not None]
    reason = sheet.place(wide.reason) if wide and wide.reason else None
    answers = [*years, *([reason] if reason is not None else [])]
    every = list(range(len(sheet.columns)))
    formula = f"SUMPRODUCT(({_any(every, ref)})*(1-({_any(answers, ref)})))"
    count = sum(_holds(row, every) and not _holds(row, answers) for row in sheet.rows)
    return Gap("Een waarde in ten minste één jaar", "of een reden waarom die ontbreekt", formula, count)


def _when(form: Form, sheet: FormSheet, column: Column) -> str:
    from blueprint.column_rules import describe_condition

    return describe_condition(sheet.table, form.agreed.condition(column.field), form.agreed)


def _tests(sheet: FormSheet, form: Form, column: Column) -> list[tuple[int, Test]] | None:
    """The parts of the condition with the column each looks at; None when this version has no such column."""
    tests = form.agreed.condition(column.field)
    places = [_place(sheet, test.field, column.year) for test in tests]
    if any(place is None for place in places):
        return None
    return [(place, test) for place, test in zip(places, tests, strict=True) if place is not None]


def _place(sheet: FormSheet, name: str, year: int | None) -> int | None:
    place = sheet.place(name, year)
    return sheet.place(name) if place is None else place


def _row_of(sheet: FormSheet, column: Column) -> list[int]:
    """The columns that make a row: all of them, or those of one year where years stand side by side."""
    return [at for at, other in enumerate(sheet.columns) if column.year is None or other.year == column.year]


def _say(sheet: FormSheet, placed: tuple[int, Test], agreed: Blueprint, ref: Ref) -> str:
    at, test = placed
    if test.op == "empty":
        return f'({ref(at)}="")'
    if test.op == "filled":
        return f'({ref(at)}<>"")'
    same = "+".join(f"({ref(at)}={_literal(value)})" for value in _values(sheet, at, test, agreed))
    return f"(({same})>0)"


def _values(sheet: FormSheet, at: int, test: Test, agreed: Blueprint) -> list[Any]:
    """The values of a condition as they stand in the form: labels, ja and nee."""
    codes = sheet.columns[at].field.codes
    shown = {True: "ja", False: "nee"}
    return [agreed.codes[codes].label(str(v)) if codes else shown[v] if isinstance(v, bool) else v for v in test.values]


def _literal(value: Any) -> str:
    return '"' + value.replace('"', '""') + '"' if isinstance(value, str) else str(value)


def _any(places: Iterable[int], ref: Ref) -> str:
    return "+".join(f'({ref(at)}<>"")' for at in places) + ">0"


def _rows(sheet: FormSheet) -> tuple[tuple[Any, ...], ...]:
    """The rows to judge; a sheet for exactly one row has that row also when it is empty."""
    empty = ((None,) * len(sheet.columns),) if sheet.capacity == 1 else ()
    return sheet.rows or empty


def _is_missing(sheet: FormSheet, form: Form, at: int, row: tuple[Any, ...]) -> bool:
    column = sheet.columns[at]
    tests = _tests(sheet, form, column)
    used = sheet.capacity == 1 or _holds(row, _row_of(sheet, column))
    if column.fixed or tests is None or not used or row[at] is not None:
        return False
    return all(_passes(sheet, placed, form.agreed, row) for placed in tests)


def _passes(sheet: FormSheet, placed: tuple[int, Test], agreed: Blueprint, row: tuple[Any, ...]) -> bool:
    at, test = placed
    if test.op == "in":
        return row[at] in _values(sheet, at, test, agreed)
    return (row[at] is None) == (test.op == "empty")


def _holds(row: tuple[Any, ...], places: Iterable[int]) -> bool:
    return any(row[at] is not None for at in places)
