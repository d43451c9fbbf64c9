"""Reads the tables that a document may be made of: those of the newest release, or the confidential ones of a round.

The only door of the public document: it gives nothing but public tables. What is said of the rows is elsewhere.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets.recipes import MissingTable
from assets.release.ledger import Released, in_force, releases
from assets.release.retract import edition
from assets.rounds import Round
from assets.store import DataFolder
from assets.strategy.document import PUBLIC, Source, Tier
from blueprint.load import blueprint

Row = dict[str, Any]


class NoRelease(Exception):
    """A public document is asked for and nothing was released; the text is Dutch and says what to do."""


class Tables:
    """The tables of one round as one tier may see them; each is read once."""

    def __init__(self, data: DataFolder, settings: Round, tier: Tier) -> None:
        self.settings = settings
        self.tier: Tier = tier
        self._data = data
        self._read: dict[str, pa.Table] = {}
        self._released = self._newest() if tier == PUBLIC else None

    @property
    def edition(self) -> str:
        """Which release or run the figures are of."""
        if self._released is not None:
            return edition(self.settings.round, self._released.number)
        return f"Ronde {self.settings.round}, niet vrijgegeven en niet beveiligd"

    def rows(self, name: str, **where: Any) -> list[Row]:
        """The rows of a table in which every given field has that value, or one of a tuple of values.

        Raises MissingTable, NoRelease, and DamagedRecord when a released file is not the one of then.
        """
        table = self._table(name)
        for field, wanted in where.items():
            values = wanted if isinstance(wanted, tuple) else (wanted,)
            table = table.filter(pc.field(field).isin(values))
        return table.to_pylist()

    def has(self, name: str) -> bool:
        """Whether the release holds a table: older ones lack what came later. Confidential ones are all there."""
        return self._released is None or name in self._released.note["tables"]

    def source(self, *names: str) -> Source:
        return Source(tuple((blueprint().tables[name].title, name) for name in names), self.edition)

    def _table(self, name: str) -> pa.Table:
        if name not in self._read:
            if self._released is not None:
                self._read[name] = self._released.figures(name)
            else:
                path = self._data.table(name, self.settings.round)
                if not path.exists():
                    raise MissingTable(f"{blueprint().tables[name].title} ({name})")
                self._read[name] = pq.ParquetFile(path).read()
        return self._read[name]

    def _newest(self) -> Released:
        known = releases(self._data, self.settings.round)
        found = in_force(known)
        if known and not found:
            raise NoRelease(
                f"Vrijgave {known[-1].number} van ronde {self.settings.round} is ingetrokken, en er is nog geen andere."
                f" Geef opnieuw vrij: pces release --round {self.settings.round}"
            )
        if not found:
            raise NoRelease(
                f"Van ronde {self.settings.round} is nog niets vrijgegeven; wat openbaar is, wordt alleen uit een"
                f" vrijgave gemaakt. Geef eerst vrij: pces release --round {self.settings.round}. Alleen voor uzelf:"
                f" pces strategy --round {self.settings.round} --tier vertrouwelijk"
            )
        return found[-1]


def total(rows: list[Row], field: str) -> Decimal | None:
    """The sum of what was filed; None when nothing was, which is not nought. Only for rows that hide nothing."""
    values = [row[field] for row in rows if row[field] is not None]
    return sum(values, Decimal(0)) if values else None
