"""Reads the worked examples of blueprint/examples: the rows they give, and the rows that must come of them.

An example is Markdown: a line that ends in "(`table`):" or "(`table`, column = value, ...):" stands above a table of
rows; such a line begins with Gegeven or with Uitkomst. What the recipes make of the rows is for the tests.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

import blueprint
from blueprint.arrow import schema

FOLDER = Path(blueprint.__file__).parent / "examples"
HEADING = re.compile(r"^(Gegeven|Uitkomst).*\(`(\w+)`((?:, \w+ = [^,)]+)*)\):$")
EMPTY = "–"
YES_NO = {"ja": True, "nee": False}


@dataclass
class Outcome:
    """The rows that a table must hold, in order, where its columns have the values of `where`."""

    table: str
    where: dict[str, Any]
    rows: list[dict[str, Any]]

    def found(self, made: pa.Table) -> list[dict[str, Any]]:
        """The rows of `made` that are spoken of, in the columns that are shown."""
        kept = [row for row in made.to_pylist() if all(row[name] == value for name, value in self.where.items())]
        return [{name: row[name] for name in self.rows[0]} for row in kept]


@dataclass
class Example:
    """One worked example: given rows by table, and what comes of them."""

    given: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)


def read_example(name: str) -> Example:
    """The example of the table called `name`; KeyError for a column that its table does not have."""
    lines = iter((FOLDER / f"{name}.md").read_text(encoding="utf-8").splitlines())
    example = Example()
    for line in lines:
        if heading := HEADING.match(line):
            kind, table, conditions = heading.groups()
            rows = [_typed(table, row) for row in _rows(lines)]
            if kind == "Gegeven":
                example.given.setdefault(table, []).extend(rows)
            else:
                where = dict(part.split(" = ") for part in conditions.split(", ") if part)
                example.outcomes.append(Outcome(table, _typed(table, where), rows))
    return example


def _rows(lines: Any) -> list[dict[str, str]]:
    block: list[list[str]] = []
    for line in lines:
        if line.startswith("|"):
            block.append([cell.strip() for cell in line.strip("|").split("|")])
        elif block:
            break
    return [dict(zip(block[0], cells, strict=True)) for cells in block[2:]]


def _typed(table: str, row: dict[str, str]) -> dict[str, Any]:
    types = schema(table)
    return {name: None if text == EMPTY else _reader(types.field(name).type)(text) for name, text in row.items()}


def _reader(kind: pa.DataType) -> Callable[[str], Any]:
    if pa.types.is_decimal(kind):
        return lambda text: Decimal(text.replace(",", "."))
    if pa.types.is_floating(kind):
        return lambda text: float(text.replace(",", "."))
    if pa.types.is_boolean(kind):
        return YES_NO.__getitem__
    return int if pa.types.is_integer(kind) else dt.date.fromisoformat if pa.types.is_date(kind) else str
