"""Reads a worked example of the documentation (blueprint/examples), so that what is explained is what is tested.

A heading `Gegeven: <table>` or `Uitkomst: <table>` stands above a Markdown table with the names of fields as its head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa
import yaml

from assets.rounds import Round
from blueprint.load import HERE, blueprint

Row = dict[str, Any]
HEADING = re.compile(r"#+ (Gegeven|Uitkomst): (\w+)")
SETTING = re.compile(r"`([^`]+)`")


@dataclass
class Example:
    """Rows that are given, per table; rows that must come of them, with only the columns shown; and settings."""

    given: dict[str, list[Row]] = field(default_factory=dict)
    expected: dict[str, list[Row]] = field(default_factory=dict)
    settings: Row = field(default_factory=dict)

    def round(self, name: str) -> Round:
        return Round.model_validate({"round": name, **self.settings})

    def missing(self, made: dict[str, pa.Table]) -> list[Row]:
        """The expected rows that are not among what was made exactly once."""
        wrong = []
        for table, rows in self.expected.items():
            found = made[table].to_pylist()
            wrong += [row for row in rows if sum(row.items() <= each.items() for each in found) != 1]
        return wrong


def example(name: str) -> Example:
    """The example of one table."""
    found, place = Example(), None
    head: list[str] = []
    for line in (HERE / "examples" / f"{name}.md").read_text(encoding="utf-8").splitlines():
        if match := HEADING.match(line):
            kept = found.given if match[1] == "Gegeven" else found.expected
            place, head = (match[2], kept.setdefault(match[2], [])), []
        elif line.startswith("Instellingen:"):
            found.settings |= {k: v for text in SETTING.findall(line) for k, v in yaml.safe_load(text).items()}
        elif line.startswith("|") and place:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not head:
                head = cells
            elif set(line) - set("|-: "):
                place[1].append({key: _value(place[0], key, text) for key, text in zip(head, cells, strict=True)})
    return found


def _value(table: str, name: str, text: str) -> Any:
    if text == "":
        return None
    known = blueprint().tables[table]
    kind = blueprint().fields[name] if name not in known.field_names else known.field(name)
    if kind.type in ("integer", "year"):
        return int(text)
    if kind.type == "boolean":
        return text == "ja"
    if kind.type == "number":
        number = Decimal(text.replace(",", "."))
        return number if kind.decimals is not None and known.kind in ("curated", "pmiek") else float(number)
    return text
