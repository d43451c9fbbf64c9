"""The proven cheapest pattern for small tables, by Benders cuts; a measure of quality for the sequential method.

Large tables are for `suppress`. A master program chooses what is withheld; an attack on its choice either finds nothing
or gives an inequality that every safe pattern satisfies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assets.disclosure.lp import FAR, MARGIN, Program, SolverFailure, Want, new_solver, wants_of, whole_numbers
from assets.disclosure.suppress import Pattern, Task, Unprotectable, suppress

# A choice of the master program is 0 or 1 up to this.
NEAR = 1e-6


@dataclass(frozen=True, eq=False)
class Optimum:
    """The cheapest pattern found, the bound below which no safe pattern can cost, and whether the two meet."""

    pattern: Pattern
    cost: float
    bound: float
    proven: bool
    cuts: int


def optimum(given: Task, *, rounds: int = 500) -> Optimum:
    """The cheapest pattern that `suppress` could have made; forced cells count as never withheld when that can be.

    After `rounds` choices of the master program it stops and says so. Raises Unprotectable and SolverFailure.
    """
    first = suppress(given)
    if not first.complements(given).any():
        return Optimum(first, 0.0, 0.0, True, 0)
    kept = given.never | (given.forced & ~first.hidden)
    master = _Master(given, kept)
    attack = _Attack(given)
    wants = wants_of(given.level, given.room)
    bound = 0.0
    for _ in range(rounds):
        hidden, bound = master.choose()
        cuts = [cut for want in wants if (cut := attack.cut(hidden, want)) is not None]
        if not cuts:
            best = Pattern(hidden, (), hidden & given.forced & (given.level == 0))
            return Optimum(best, best.cost(given), bound, True, master.cuts)
        if bound >= first.cost(given) * (1 - NEAR):
            return Optimum(first, first.cost(given), bound, True, master.cuts)
        master.add(cuts)
    return Optimum(first, first.cost(given), bound, False, master.cuts)


class _Master:
    """Which cells to withhold: cheapest first, then as the cuts ask."""

    def __init__(self, given: Task, kept: np.ndarray) -> None:
        size = given.system.size
        self._always = given.hidden_anyway
        self._solver: Any = new_solver(mip=True)
        none = np.zeros(0, dtype=np.int32)
        upper = np.where(kept & ~self._always, 0.0, 1.0)
        lower = np.where(self._always, 1.0, 0.0)
        cost = np.where(self._always, 0.0, given.cost)
        self._solver.addCols(size, cost, lower, upper, 0, none, none, np.zeros(0))
        whole_numbers(self._solver, size)
        self.cuts = 0

    def choose(self) -> tuple[np.ndarray, float]:
        """The cheapest choice under the cuts so far, and what any choice costs at least."""
        self._solver.run()
        ended = self._solver.getModelStatus().name
        if ended == "kInfeasible":
            raise Unprotectable([])
        if ended != "kOptimal":
            raise SolverFailure(f"HiGHS ended with {ended}")
        chosen = np.array(self._solver.getSolution().col_value) > 0.5
        return chosen | self._always, float(self._solver.getInfo().mip_dual_bound)

    def add(self, cuts: list[tuple[np.ndarray, np.ndarray, float]]) -> None:
        for index, weight, least in cuts:
            self._solver.addRow(least, np.inf, len(index), index.astype(np.int32), weight)
            self.cuts += 1


class _Attack:
    """How far an attacker must allow a variable to deviate under a choice, and why no farther."""

    def __init__(self, given: Task) -> None:
        self._given = given
        self._equations = given.system.equations
        self._program = Program(self._equations, given.system.size)

    def cut(self, hidden: np.ndarray, want: Want) -> tuple[np.ndarray, np.ndarray, float] | None:
        """The inequality over the choice, as columns, weights and least sum, that this choice breaks; None if safe."""
        size = self._given.system.size
        room = np.minimum(np.where(self._given.hidden_anyway, self._given.room, self._given.size) / want.distance, FAR)
        lower, upper = np.where(hidden, -room, 0.0), np.where(hidden, np.inf, 0.0)
        cost = np.zeros(size)
        cost[want.variable] = -want.sign
        upper[want.variable] = min(upper[want.variable], 1 + MARGIN)
        lower[want.variable] = max(lower[want.variable], -1 - MARGIN)
        found = self._program.minimum(cost, lower, upper)
        if found is None:
            raise SolverFailure("no world at all, while the true one is always there")
        if want.sign * found[want.variable] >= 1 - NEAR:
            return None
        return self._inequality(hidden, want, room)

    def _inequality(
        self, hidden: np.ndarray, want: Want, room: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, float] | None:
        """What any choice must satisfy, from the duals: they bound the deviation whatever is withheld."""
        size = self._given.system.size
        objective = np.zeros(size)
        objective[want.variable] = want.sign
        # objective · y = reduced · y for every y with A·y = 0, and then -room <= y where withheld bounds it.
        reduced = objective + self._equations.transposed_times(self._program.duals(), size)
        reduced[np.abs(reduced) < 1e-9] = 0.0
        weight = np.where(reduced < 0, -reduced * room, 0.0)
        weight = np.where(reduced > 0, np.inf, weight)
        always = self._given.hidden_anyway
        if np.isinf(weight[always]).any():
            raise SolverFailure("the duals do not bound the attack")
        least = 1.0 - float(weight[always].sum())
        # A weight above what is lacking says no more than that one cell is enough.
        weight = np.minimum(weight, least)
        index = np.flatnonzero(~always & (weight > 1e-9))
        if least <= NEAR:
            raise SolverFailure("a cut that excludes nothing")
        return index, weight[index], least * (1 - NEAR)
