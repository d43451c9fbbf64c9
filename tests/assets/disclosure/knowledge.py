"""What insiders and outsiders can tell, reckoned plainly for the tests: whole intervals, and ranks without a solver.

The engine never asks this: it stops as soon as a distance is reached.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from assets.disclosure.audit import Parents, Required, audit
from assets.disclosure.insiders import Insider
from assets.disclosure.lp import Want, Worlds
from assets.disclosure.suppress import Pattern, Task
from assets.disclosure.system import System

# The ranks of the exact check are taken modulo this prime: no rounding, and entries of 1 and -1 do not vanish by it.
PRIME = 2_147_483_629


def intervals(
    cells: pa.Table, rows: Sequence[int], parents: Parents | None = None, *, unit: float = 0.0
) -> list[tuple[float, float]]:
    """The lowest and highest value that an attacker must allow for each of these rows; infinite where nothing bounds.

    Asked of the audit: which part of a distance remains that is farther than anything that is shown.
    """
    shown = [abs(value) for value in cells["value"].to_pylist() if value is not None]
    far = 4 * max(shown, default=1.0) + unit
    found = audit(cells, [Required(row, 0.0, -far, far) for row in rows], parents, unit=unit)
    remains = {(miss.row, miss.side): miss.ratio for miss in found.misses}
    inf = float("inf")
    return [(-far * remains.get((row, "low"), inf), far * remains.get((row, "high"), inf)) for row in rows]


def dense(system: System) -> np.ndarray:
    """The equations of a system as a whole matrix, equations × variables."""
    equations = system.equations
    full = np.zeros((len(equations), system.size))
    full[np.repeat(np.arange(len(equations)), np.diff(equations.start)), equations.index] = equations.coefficient
    return full


def exposed(given: Task, pattern: Pattern, who: Sequence[Insider]) -> list[tuple[Insider, Want]]:
    """Which insiders can tell what they must not: the interval check, each with all that it knows."""
    attack = Worlds(given.system.equations, given.system.size)
    found = []
    for insider in who:
        _, failed = attack.reach(pattern.hidden & ~insider.known, insider.room(given), insider.wants(given))
        found += [(insider, want) for want in failed]
    return found


def exactly_known(given: Task, pattern: Pattern, who: Sequence[Insider]) -> list[tuple[Insider, int]]:
    """Which insiders can compute which protected variable exactly, by rank alone: a check without any solver."""
    hidden = np.flatnonzero(pattern.hidden)
    matrix = dense(given.system)[:, hidden].astype(np.int64)
    protected = given.level[hidden] > 0
    found = []
    for insider in who:
        unknown = ~insider.known[hidden]
        fixed = np.zeros(len(hidden), dtype=bool)
        fixed[np.flatnonzero(unknown)[_determined(matrix[:, unknown])]] = True
        found += [(insider, int(hidden[at])) for at in np.flatnonzero(fixed & protected)]
    return found


def _determined(matrix: np.ndarray) -> np.ndarray:
    """Which columns take one value in every solution of matrix · y = 0: those that reduce to a row of their own."""
    rows = matrix % PRIME
    pivots: list[tuple[int, int]] = []
    at = 0
    for column in range(rows.shape[1]):
        below = np.flatnonzero(rows[at:, column])
        if not len(below):
            continue
        rows[[at, at + below[0]]] = rows[[at + below[0], at]]
        rows[at] = rows[at] * pow(int(rows[at, column]), -1, PRIME) % PRIME
        others = np.flatnonzero(rows[:, column])
        others = others[others != at]
        rows[others] = (rows[others] - rows[others, column][:, None] * rows[at] % PRIME) % PRIME
        pivots.append((at, column))
        at += 1
        if at == len(rows):
            break
    return np.array([column for row, column in pivots if np.count_nonzero(rows[row]) == 1], dtype=np.int64)
