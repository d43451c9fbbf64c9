"""The amounts as they were filed, by finest cell and holding, summed into the variables of a system.

Which cells and variables there are is for `system`, what is unsafe in them for `rules`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from assets.disclosure.rules import Contributions

# Of a grouping: to which of its cells each finest cell belongs, and the variable of each of its cells.
Grouping = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Filed:
    """The filed amounts: which finest cell, which holding, how much, and in which row that stood."""

    inner: np.ndarray
    holding: np.ndarray
    value: np.ndarray
    row: np.ndarray

    @classmethod
    def of(cls, inner: np.ndarray, holding: np.ndarray, value: np.ndarray, row: np.ndarray) -> Filed:
        # Sums of floats depend on their order: rows in another order must give the same bits.
        order = np.lexsort((value, holding, inner))
        return cls(inner[order], holding[order], value[order], row[order])

    def without(self, known: np.ndarray) -> Filed:
        kept = ~known[self.row]
        return Filed(self.inner[kept], self.holding[kept], self.value[kept], self.row[kept])

    def per_variable(
        self, groupings: Iterable[Grouping], size: int, holdings: tuple[str, ...], signed: bool
    ) -> tuple[np.ndarray, Contributions]:
        """The value of each of so many variables, and who has what in it."""
        value = np.zeros(size)
        parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        done = np.zeros(size, dtype=bool)
        for labels, variables in groupings:
            cell = variables[labels[self.inner]]
            wanted = ~done[cell]
            done[variables] = True
            parts.append(summed(cell[wanted], self.holding[wanted], self.value[wanted]))
        cell, holding, amount = (np.concatenate(column) for column in zip(*parts, strict=True))
        np.add.at(value, cell, amount)
        amount = np.abs(amount) if signed else amount
        order = np.lexsort((holding, -amount, cell))
        return value, Contributions(cell[order], holding[order], amount[order], holdings, len(value))


def summed(cell: np.ndarray, holding: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The sums per cell and holding."""
    order = np.lexsort((holding, cell))
    cell, holding, value = cell[order], holding[order], value[order]
    first = np.flatnonzero(np.diff(cell, prepend=-1) | np.diff(holding, prepend=-1))
    return cell[first], holding[first], np.add.reduceat(value, first) if len(first) else value
