"""The noun of the sample data: what one submission says, in codes and plain values, in long form.

How it is written to a file, and where the figures come from, does not belong here.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from blueprint.load import blueprint

Row = dict[str, Any]
# 17 digits and a check digit; no range of a Dutch grid operator begins like this.
EAN_PREFIX = "871699"


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


def complete(table: str, row: Row) -> Row:
    """The row with every field of its table, in the Blueprint's order; KeyError for a field it does not know."""
    names = blueprint().tables[table].field_names
    unknown = set(row) - set(names)
    if unknown:
        raise KeyError(f"{table}: {sorted(unknown)}")
    return {name: row.get(name) for name in names}


def check_digit(digits: str) -> str:
    """The last digit of an EAN code (GS1): weights 3 and 1 from the right over the digits before it."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def ean(company: int, site: int, connection: int) -> str:
    """A valid, fictional EAN code of 18 digits, unique per company (to 999,999), site and connection."""
    digits = f"{EAN_PREFIX}{company:06d}{site:02d}{connection:03d}"
    return digits + check_digit(digits)


def rounded(value: float, digits: int = 5) -> float:
    """The value to some significant digits, as people file it."""
    return float(f"{value:.{digits}g}")
