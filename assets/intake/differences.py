"""Says what one filing of a company changes against another, field by field.

Both are compared as they were typed, before they are judged: what is wrong with a value is for `assets.intake.judge`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from assets.intake.cells import as_text
from assets.intake.extracted import Extract
from blueprint.load import blueprint
from blueprint.model import Field, Table

# What is different in every filing without anything having changed for the company.
LABELS = {"submission": {"blueprint_version", "submitted_on", "replaces_submission", "number_notation"}}
ADDED, REMOVED = "nieuw", "vervallen"
Row = dict[str, Any]


class Change(NamedTuple):
    """One change, as people read it: the sheet, the row by its key, the heading, and both values.

    Of a row that was added or removed there is one change, without heading; `was` or `becomes` then says so.
    """

    table: str
    row: str
    field: str
    was: str
    becomes: str


def differences(old: Extract, new: Extract) -> list[Change]:
    """Every change from one filing to another, in the order of the form; the order of rows does not matter."""
    return [change for table in blueprint().sheet_tables for change in _in_table(table, old, new)]


def _in_table(table: Table, old: Extract, new: Extract) -> list[Change]:
    before, after = _by_key(table, old), _by_key(table, new)
    changes: list[Change] = []
    for key in dict.fromkeys([*before, *after]):
        olds, news = before.get(key, []), after.get(key, [])
        shown = _shown_key(table, (olds or news)[0])
        for was, becomes in zip(olds, news, strict=False):
            changes += _in_row(table, shown, was, becomes)
        changes += [Change(table.title, shown, "", "", ADDED)] * max(0, len(news) - len(olds))
        changes += [Change(table.title, shown, "", REMOVED, "")] * max(0, len(olds) - len(news))
    return changes


def _in_row(table: Table, shown: str, was: Row, becomes: Row) -> list[Change]:
    skipped = LABELS.get(table.name, set())
    return [
        Change(table.title, shown, field.title, _shown(field, was[field.name]), _shown(field, becomes[field.name]))
        for field in table.fields
        if field.name not in skipped and was[field.name] != becomes[field.name]
    ]


def _by_key(table: Table, extract: Extract) -> dict[tuple, list[Row]]:
    """Rows under their key; several rows under one key stand in an order of their own."""
    rows = extract.tables.get(table.name)
    found: dict[tuple, list[Row]] = defaultdict(list)
    for row in rows.select(table.field_names).to_pylist() if rows is not None else []:
        found[tuple(row[name] for name in _key(table))].append(row)
    for same in found.values():
        same.sort(key=lambda row: [str(row[name]) for name in table.field_names])
    return found


def _key(table: Table) -> tuple[str, ...]:
    return () if table.rows == "exactly_one" else table.primary_key


def _shown_key(table: Table, row: Row) -> str:
    return ", ".join(_shown(table.field(name), row[name]) or "-" for name in _key(table))


def _shown(field: Field, value: Any) -> str:
    if field.codes and value is not None and not field.separator:
        return blueprint().codes[field.codes].label(str(value))
    return as_text(value)
