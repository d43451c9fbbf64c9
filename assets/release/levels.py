"""Says per level of a released table how many figures and how much of the value it shows; confidential.

Read from the written files and the rows behind them. Whether what is shown tells about somebody, is for `prove`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow.parquet as pq

from assets.release.figures import NUMBERED
from assets.release.ledger import PUBLIC, Released
from assets.release.public import figures_of
from assets.release.reckoned import amounts_of
from assets.release.table import Made


@dataclass
class Level:
    """One kind of cell of a table, by its dimensions: none is the country."""

    table: str
    dimensions: tuple[str, ...]
    cells: int = 0
    shown: int = 0
    value: float = 0.0
    shown_value: float = 0.0

    @property
    def value_percent(self) -> float:
        return 100 * self.shown_value / self.value if self.value else 100.0


def levels_of(one: Released, made: Sequence[Made]) -> list[Level]:
    """The levels of all protected tables of a release, summed over streams, the coarsest of a table first."""
    found = []
    for table in made:
        file = pq.ParquetFile(one.folder / PUBLIC / f"{table.name}.parquet").read()
        written, levels = figures_of(file, table.name, table.step.columns), dict[tuple[str, ...], Level]()
        for stream in table.given:
            for key, amounts in amounts_of(stream.rows, table.step).items():
                names = tuple(name for name, code in zip(table.step.columns, key, strict=True) if code is not None)
                level = levels.setdefault(names, Level(table.name, names))
                figure = written[stream.key].get(key)
                value, is_shown = sum(amounts.values()), figure is not None and figure.status in NUMBERED
                level.cells += 1
                level.shown += is_shown
                level.value += value
                level.shown_value += value * is_shown
        found += [levels[names] for names in sorted(levels, key=lambda names: (len(names), names))]
    return found
