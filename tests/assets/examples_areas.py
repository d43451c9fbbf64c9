"""Reads the worked examples of the documentation (`blueprint/examples`), so that tests can run them.

A heading "Gegeven: `table`" or "Uitkomst: `table`" is followed by one Markdown table of fields; an outcome may be of
some rows only: ", alleen `field` = `value`". What a recipe makes of the given rows is for the tests.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from blueprint.arrow import schema
from blueprint.load import HERE

FOLDER = HERE / "examples"
HEADING = re.compile(r"## (Gegeven|Uitkomst): `(\w+)`(?:, alleen `(\w+)` = `([^`]+)`)?\n\n((?:\|.*\n)+)")
Row = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """The rows of one table, in the columns that the example shows; of `only` these rows when it says so."""

    table: str
    only: tuple[str, Any] | None
    rows: list[Row]


@dataclass(frozen=True)
class Example:
    """What is given, by table, and what must come of it."""

    given: dict[str, list[Row]]
    outcomes: list[Outcome]


def examples() -> list[str]:
    """The tables that have an example."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def read_example(table: str, folder: Path = FOLDER) -> Example:
    """The example of a table, typed by the Blueprint; an empty cell is None."""
    given: dict[str, list[Row]] = {}
    outcomes = []
    for kind, name, field, value, lines in HEADING.findall((folder / f"{table}.md").read_text(encoding="utf-8")):
        rows = _rows(name, lines)
        if kind == "Gegeven":
            given[name] = rows
        else:
            only = (field, _value(schema(name).field(field).type, value)) if field else None
            outcomes.append(Outcome(name, only, rows))
    return Example(given, outcomes)


def _rows(table: str, lines: str) -> list[Row]:
    head, _, *body = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines())
    types = [schema(table).field(name).type for name in head]
    return [dict(zip(head, map(_value, types, cells), strict=True)) for cells in body]


def _value(wanted: pa.DataType, text: str) -> Any:
    if not text:
        return None
    if pa.types.is_boolean(wanted):
        return {"ja": True, "nee": False}[text]
    if pa.types.is_decimal(wanted):
        return Decimal(text)
    if pa.types.is_date(wanted):
        return dt.date.fromisoformat(text)
    if pa.types.is_integer(wanted) or pa.types.is_floating(wanted):
        return int(text) if pa.types.is_integer(wanted) else float(text)
    return text
