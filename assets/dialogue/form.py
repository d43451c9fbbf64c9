"""Lays out the form that a company fills in: its sheets, columns, choices and what is filled in beforehand.

It follows from the Blueprint alone. File formats belong in `template_xlsx`, `template_ods` and `template_csv`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from assets.rounds import Round
from assets.workbooks.draft import headings, labelled, side_by_side
from assets.workbooks.filing import Row
from blueprint import words
from blueprint.geography import places
from blueprint.load import blueprint
from blueprint.model import Blueprint, Field, Table

Need = Literal["required", "conditional", "optional"]
# Rows that Excel checks while one types; a company with more than this files CSV.
MANY_ROWS = 1000
YES_NO = "janee"
MUNICIPALITIES = "gemeenten"
NEEDED = {"required": "verplicht", "conditional": "soms verplicht", "optional": "niet verplicht"}
# Filled in by the one who makes the form, and not to be changed by the company.
FIXED = ("blueprint_version", "round", "base_year")


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its field, its year when years stand side by side, and what the heading says.

    `choices` names the list it is chosen from, `depends_on` the column whose code narrows that list, `refers_to` the
    table whose identifiers it may hold. `fixed`: filled in beforehand and locked.
    """

    field: Field
    year: int | None
    heading: str
    need: Need
    choices: str | None = None
    depends_on: int | None = None
    refers_to: str | None = None
    fixed: bool = False


@dataclass(frozen=True)
class FormSheet:
    """One sheet to fill in: columns, the rows filled in beforehand (cells as they are shown), and room for rows."""

    table: Table
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    capacity: int

    @property
    def title(self) -> str:
        return self.table.title

    def place(self, field_name: str, year: int | None = None) -> int | None:
        """The 0-based column of a field (in a year); None when the sheet has no such column."""
        wanted = ((c.field.name, c.year) for c in self.columns)
        return next((at for at, found in enumerate(wanted) if found == (field_name, year)), None)


@dataclass(frozen=True)
class Form:
    """The whole form, of one version of the Blueprint and one round; `lists` maps a list to its Dutch choices.

    `narrowed` maps the code list of a column to the choices that go with each of its labels.
    `filed` holds the rows that are filled in beforehand in long form and in codes, `prefilled_from` the round from
    which those of a company were taken, and `refused` how many rows it filed there that were not accepted.
    """

    agreed: Blueprint
    settings: Round
    sheets: tuple[FormSheet, ...]
    lists: dict[str, tuple[str, ...]]
    narrowed: dict[tuple[str, str], dict[str, tuple[str, ...]]]
    filed: dict[str, list[Row]]
    prefilled_from: str | None = None
    refused: int = 0

    def sheet(self, table: str) -> FormSheet:
        """The sheet of a table; StopIteration when there is none."""
        return next(sheet for sheet in self.sheets if sheet.table.name == table)

    @property
    def header_row(self) -> int:
        """The 1-based row of the headings; data begin below it."""
        return self.agreed.form.header_row


def make_form(
    settings: Round,
    filed: Mapping[str, list[Row]] | None = None,
    prefilled_from: str | None = None,
    version: str | None = None,
    refused: int = 0,
) -> Form:
    """The form of a round, with the rows of an earlier filing filled in when they are given (codes, long form).

    A round without a name gives a form in which the round is left open. `version` is the Blueprint's own, or an
    earlier one; raises ValueError for one that is not known.
    """
    agreed = blueprint().at(version) if version else blueprint()
    tables = {name: list(rows) for name, rows in (filed or {}).items()}
    known = {"blueprint_version": agreed.version, "round": settings.round or None, "base_year": settings.base_year}
    tables["submission"] = [{**(tables.get("submission") or [{}])[0], **known}]
    sheets = tuple(_sheet(table, tables.get(table.name, []), agreed, settings) for table in agreed.sheet_tables)
    lists = _lists(agreed, sheets, settings)
    return Form(agreed, settings, sheets, lists, _narrowed(agreed, sheets), tables, prefilled_from, refused)


def help_text(field: Field, agreed: Blueprint) -> str:
    """What a field means, what it allows and an example, in Dutch."""
    return words.about(field, agreed)


def facts(column: Column) -> str:
    """The short line above a heading: whether it must be filled, and how it is written."""
    field = column.field
    kind = f"{field.title[0].lower()}{field.title[1:]}" if column.year is not None else words.type_of(field)
    return f"{NEEDED[column.need]}\n{kind}"


def _sheet(table: Table, rows: list[Row], agreed: Blueprint, settings: Round) -> FormSheet:
    laid_out = headings(table, settings.years)
    columns = tuple(
        Column(
            field,
            year,
            heading,
            _need(field),
            _choices(field),
            _narrowing(laid_out, at, agreed),
            _refers_to(table, field),
            table.name == "submission" and field.name in FIXED and (field.name != "round" or settings.round != ""),
        )
        for at, (field, year, heading) in enumerate(laid_out)
    )
    complete = [{name: row.get(name) for name in table.field_names} for row in rows]
    cells = tuple(_cells(columns, shared, by_year) for shared, by_year in side_by_side(table, complete))
    capacity = 1 if table.rows == "exactly_one" else max(MANY_ROWS, 2 * len(cells))
    return FormSheet(table, columns, cells, capacity)


def _cells(columns: tuple[Column, ...], shared: Row, by_year: dict[int, Row]) -> tuple[Any, ...]:
    return tuple(
        _shown(c.field, shared[c.field.name] if c.year is None else by_year.get(c.year, {}).get(c.field.name))
        for c in columns
    )


def _shown(field: Field, value: Any) -> Any:
    if field.format == "municipality" and isinstance(value, str):
        name = places.municipality_name(value)
        return name if name and places.find_codes(name) == (value,) else value
    return labelled(field, value)


def _need(field: Field) -> Need:
    return "required" if field.required else "conditional" if field.required_if else "optional"


def _choices(field: Field) -> str | None:
    if field.type == "boolean":
        return YES_NO
    return MUNICIPALITIES if field.format == "municipality" else field.codes


def _refers_to(table: Table, field: Field) -> str | None:
    return next((key.reference.resource for key in table.foreign_keys if key.fields == (field.name,)), None)


def _narrowing(laid_out: list[tuple[Field, int | None, str]], at: int, agreed: Blueprint) -> int | None:
    """The nearest column to the left whose codes say, in an attribute called after this list, what goes with them."""
    wanted = laid_out[at][0].codes
    for before in range(at - 1, -1, -1):
        codes = laid_out[before][0].codes
        if wanted and codes and any(wanted in code.attributes for code in agreed.codes[codes].codes):
            return before
    return None


def _lists(agreed: Blueprint, sheets: tuple[FormSheet, ...], settings: Round) -> dict[str, tuple[str, ...]]:
    used = dict.fromkeys(column.choices for sheet in sheets for column in sheet.columns if column.choices)
    own = {YES_NO: ("ja", "nee"), MUNICIPALITIES: _municipalities(settings.geography_year)}
    return {name: own[name] if name in own else _labels(agreed, name) for name in used}


def _labels(agreed: Blueprint, name: str) -> tuple[str, ...]:
    return tuple(code.label for code in agreed.codes[name].filed)


def _narrowed(agreed: Blueprint, sheets: tuple[FormSheet, ...]) -> dict[tuple[str, str], dict[str, tuple[str, ...]]]:
    """(list that narrows, list that is narrowed) to the choices of the second by the label of the first."""
    found: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    for sheet in sheets:
        for column in sheet.columns:
            by = sheet.columns[column.depends_on].choices if column.depends_on is not None else None
            if by and column.choices:
                found[by, column.choices] = _by_label(agreed, by, column.choices)
    return found


def _by_label(agreed: Blueprint, by: str, name: str) -> dict[str, tuple[str, ...]]:
    codes = agreed.codes[name]
    return {
        code.label: tuple(codes.label(part) for part in code.attributes[name].split(";") if part)
        for code in agreed.codes[by].filed
    }


@cache
def _municipalities(year: int) -> tuple[str, ...]:
    """The municipalities of a year: by name, or by code where a name alone says too little."""
    codes = [row["municipality_code"] for row in places.read_rows("municipalities.csv")]
    current = [code for code in codes if places.is_valid(code, year)]
    names = {code: places.municipality_name(code) or code for code in current}
    return tuple(sorted(name if places.find_codes(name) == (code,) else code for code, name in names.items()))
