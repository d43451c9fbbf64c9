"""What every section is told with: one province's rows, the years that texts name, and what a section gives back.

What the sections say stands in the modules per theme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from assets.rounds import Round
from assets.strategy.document import Block, Chart, Grid, Source
from assets.strategy.look import NARROW, WIDE, Size, unchecked
from assets.strategy.tables import Row, Tables
from assets.strategy.words import NUMBERED, Amount, amount, plain
from blueprint.load import blueprint
from blueprint.strategy import strategy

PLANNED = "plan"
BASE = "base"
EVERY, OFFTAKE = "all", "offtake"


@dataclass(frozen=True)
class Told:
    """The blocks of a section and what of it belongs in the summary; without blocks it has nothing to say."""

    blocks: tuple[Block, ...] = ()
    core: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """One province in one round, as one tier may see it."""

    tables: Tables
    code: str
    name: str

    @property
    def settings(self) -> Round:
        return self.tables.settings

    @cached_property
    def years(self) -> tuple[int, ...]:
        return self.settings.years

    @property
    def base(self) -> int:
        return self.settings.base_year

    @property
    def last(self) -> int:
        return self.years[-1]

    @property
    def milestone(self) -> int:
        """The year between now and the end that texts name: that of the Blueprint, or the next one of the round."""
        wanted = strategy().milestone_year
        return next((year for year in self.years if year >= wanted), self.last)

    @property
    def named_years(self) -> tuple[int, ...]:
        return tuple(sorted({self.base, self.milestone, self.last}))

    def rows(self, table: str, **where: Any) -> list[Row]:
        return self.tables.rows(table, province_code=self.code, **where)

    def source(self, *names: str) -> Source:
        return self.tables.source(*names)


def label(codes: str, code: str | None) -> str:
    return blueprint().codes[codes].label(code) if code else ""


def energy_carriers() -> tuple[str, ...]:
    """The carriers that count as energy, in the order of the list: the order of every stack."""
    return blueprint().codes["carriers"].where("quantity", "energy")


def is_planned(row: Mapping[str, Any], base: int) -> bool:
    """Whether a row belongs to the path of plan: the base year as it was, every later year as planned."""
    return row["scenario"] == (BASE if row["year"] == base else PLANNED)


def summed(rows: Iterable[Row], field: str, decimals: int, status: str = "cell_status") -> Amount:
    """The sum of confidential rows; without a value when nothing was filed or one of them may not be shown."""
    found = list(rows)
    hidden = [row[status] for row in found if row[status] not in (*NUMBERED, "not_filed")]
    if hidden:
        return Amount(None, decimals, hidden[0])
    values = [Decimal(row[field]) for row in found if row[field] is not None]
    return amount(sum(values, Decimal(0)), decimals) if values else Amount(None, decimals, "not_filed")


def chart(
    title: str,
    grid: Grid,
    draw: Callable[[Size], str],
    is_drawn: bool = True,
    note: str = "",
    more: str = "",
    without: str = "",
) -> Chart:
    """A chart in both widths; its alternative text is its message and, in `more`, what else the picture shows.

    `note` is how to read it; `without` stands in its place when there is nothing to draw.
    """
    with unchecked():
        pictures = [draw(size) if is_drawn else "" for size in (WIDE, NARROW)]
    alt = plain(f"{title}. {more}".strip()).removesuffix(".")
    return Chart(
        title,
        f"{alt}. De cijfers staan in de tabel eronder.",
        pictures[0],
        pictures[1],
        grid,
        note if is_drawn else without,
    )


def group(rows: Sequence[Row], *fields: str) -> dict[Any, list[Row]]:
    """The rows by the values of fields; by the value itself when it is one field."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        key = tuple(row[field] for field in fields)
        found.setdefault(key[0] if len(fields) == 1 else key, []).append(row)
    return found
