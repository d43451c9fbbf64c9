"""The noun of writing: what one submission says, in codes and plain values, in long form.

How it is written to a file, and where the figures come from, does not belong here.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from blueprint.model import Table

Row = dict[str, Any]


@dataclass
class Filing:
    """One submission: `name` is the stem of its file, `tables` maps a table to rows of field and value.

    Values are str (codes, not labels), float, int, bool, date or None; a field that is not there is empty.
    """

    name: str
    tables: dict[str, list[Row]]

    def rows(self, table: str) -> list[Row]:
        """The rows of a table; to be changed in place. An unfiled table is an empty list that is kept."""
        return self.tables.setdefault(table, [])

    def row(self, table: str, index: int = 0) -> Row:
        return self.rows(table)[index]

    def copy(self, name: str | None = None) -> Filing:
        """An independent copy, under another name when one is given."""
        return Filing(name or self.name, copy.deepcopy(self.tables))


def complete(table: Table, row: Row) -> Row:
    """The row with every field of its table, in the Blueprint's order; KeyError for a field it does not know."""
    unknown = set(row) - set(table.field_names)
    if unknown:
        raise KeyError(f"{table.name}: {sorted(unknown)}")
    return {name: row.get(name) for name in table.field_names}
