"""Reads the worked examples of the documentation (`blueprint/examples`), so that tests can run them.

A heading "Gegeven: `table`" or "Uitkomst: `table`" is followed by one Markdown table of fields; an outcome may be of
some rows only: ", alleen `field` = `value`, `field` = `value`". A line "Instellingen: `name: value`" sets the round.
What a recipe makes of the given rows is for the tests.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from assets.rounds import Round
from assets.store import PREVIOUS
from blueprint.arrow import schema
from blueprint.load import HERE

FOLDER = HERE / "examples"
HEADING = re.compile(r"## (Gegeven|Uitkomst): `(\w+)`(?:, alleen (.+))?\n\n((?:\|.*\n)+)")
ONLY = re.compile(r"`(\w+)` = `([^`]+)`")
SETTINGS = re.compile(r"^Instellingen: (.+)$", re.MULTILINE)
Row = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """The rows of one table, in the columns that the example shows; where they have the values of `only`."""

    table: str
    only: Row
    rows: list[Row]

    def found(self, made: pa.Table) -> list[Row]:
        """The rows of `made` that are spoken of, in the columns that are shown."""
        kept = [row for row in made.to_pylist() if all(row[name] == value for name, value in self.only.items())]
        return [{name: row[name] for name in self.rows[0]} for row in kept]


@dataclass(frozen=True)
class Example:
    """What is given, by table, in a round with these settings, and what must come of it."""

    settings: Round
    given: dict[str, list[Row]]
    outcomes: list[Outcome]


def examples() -> list[str]:
    """The tables that have an example."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def read_example(table: str, folder: Path = FOLDER) -> Example:
    """The example of a table, typed by the Blueprint; an empty cell is None."""
    given: dict[str, list[Row]] = {}
    outcomes = []
    text = (folder / f"{table}.md").read_text(encoding="utf-8")
    for kind, name, only, lines in HEADING.findall(text):
        rows = _rows(name, lines)
        if kind == "Gegeven":
            given[name] = rows
        else:
            types = schema(name)
            where = {field: _value(types.field(field).type, value) for field, value in ONLY.findall(only)}
            outcomes.append(Outcome(name, where, rows))
    return Example(_settings(text), given, outcomes)


def _settings(text: str) -> Round:
    asked = [yaml.safe_load(each) for line in SETTINGS.findall(text) for each in re.findall("`([^`]+)`", line)]
    return Round.model_validate({"round": "proef"} | {name: value for each in asked for name, value in each.items()})


def _rows(table: str, lines: str) -> list[Row]:
    head, _, *body = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines())
    wanted = schema(table.removeprefix(PREVIOUS))
    types = [wanted.field(name).type for name in head]
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
