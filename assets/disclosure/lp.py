"""The linear programs of protection, on HiGHS: what worlds an attacker cannot rule out, and the cheapest to allow.

A world is a deviation y from the true values with A·y = 0 that changes nothing that is shown. The audit does not use
this module: it must not share a mistake.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assets.disclosure.system import Equations

# A program looks a little past the wanted distance, so that rounding leaves it reached.
MARGIN = 1e-5
# Smaller than this, in units of the wanted distance, is no deviation.
NOTHING = 1e-7
# Farther than this, in units of the wanted distance, no world needs to go; it keeps programs well scaled.
FAR = 1e6
# What a deviation in a cell that is withheld already costs: next to nothing, but the fewer the better.
THROUGH = 1e-5
# Below this share of the typical cell a distance is looked at alone, in its own unit.
TOGETHER_FROM = 1e-2
FEASIBILITY = 1e-9
# Seconds after which a program has no answer, which is a failure.
TIME_LIMIT = 3600.0
# A distance that is all there is cannot be passed: short by no more than this share, it is reached.
ROUNDING = 1e-9


class SolverFailure(Exception):
    """A program ended neither optimal nor, where that is an answer, infeasible: nothing may be concluded from it."""


@dataclass(frozen=True)
class Want:
    """That an attacker cannot rule out a world in which a variable is `distance` higher (sign 1) or lower (-1)."""

    variable: int
    sign: int
    distance: float

    def reached_by(self, world: np.ndarray) -> bool:
        return bool(self.sign * world[self.variable] >= self.distance * (1 - ROUNDING))


def wants_of(level: np.ndarray, room: np.ndarray) -> list[Want]:
    """The distances wanted of variables with a level, largest first; down no farther than there is room."""
    order = sorted(np.flatnonzero(level > 0).tolist(), key=lambda variable: (-level[variable], variable))
    wants = []
    for variable in order:
        wants.append(Want(variable, 1, float(level[variable])))
        if room[variable] > 0:
            wants.append(Want(variable, -1, float(min(level[variable], room[variable]))))
    return wants


def new_solver(*, mip: bool = False) -> Any:
    """A silent HiGHS that gives the same answer each time, whatever the machine's threads."""
    import highspy

    solver = highspy.Highs()
    options = {"output_flag": False, "threads": 1, "parallel": "off", "random_seed": 0}
    options |= {
        "time_limit": TIME_LIMIT,
        "primal_feasibility_tolerance": FEASIBILITY,
        "dual_feasibility_tolerance": FEASIBILITY,
    }
    # Costs are as good as different already: moving them a little takes many more steps.
    options |= {"dual_simplex_cost_perturbation_multiplier": 0.0}
    options |= {"mip_rel_gap": 0.0, "mip_feasibility_tolerance": FEASIBILITY} if mip else {"solver": "simplex"}
    for name, value in options.items():
        solver.setOptionValue(name, value)
    return solver


def whole_numbers(solver: Any, columns: int) -> None:
    """Let every column of a solver take whole numbers only."""
    import highspy

    every = np.arange(columns, dtype=np.int32)
    solver.changeColsIntegrality(columns, every, [highspy.HighsVarType.kInteger] * columns)


class Program:
    """One set of equations over bounded columns, solved again and again for other bounds and costs.

    `mirrored` adds each column counted negative. `afresh` forgets the last basis, which is faster when the next
    question is quite another, and starts from no deviation at all, so near the answer that presolve takes longer.
    """

    def __init__(self, equations: Equations, columns: int, *, mirrored: bool = False, afresh: bool = False) -> None:
        self._afresh = afresh
        self._answered: dict[Hashable, Any] = {}
        self.columns = columns * (2 if mirrored else 1)
        self.solver = new_solver()
        if afresh:
            self.solver.setOptionValue("presolve", "off")
        self._every = np.arange(self.columns, dtype=np.int32)
        zeros = np.zeros(self.columns)
        none = np.zeros(0, dtype=np.int32)
        self.solver.addCols(self.columns, zeros, zeros, zeros, 0, none, none, np.zeros(0))
        start, index, coefficient = equations.start, equations.index, equations.coefficient
        if mirrored:
            start, index, coefficient = start * 2, *_mirrored(equations, columns)
        rows = np.zeros(len(equations))
        self.solver.addRows(len(equations), rows, rows, len(index), start[:-1], index, coefficient)

    def minimum(
        self, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray, question: Hashable = None
    ) -> np.ndarray | None:
        """The cheapest solution; None when there is none. Raises SolverFailure for any other end.

        Afresh, but for a `question` of a name that was answered before, for other bounds: that starts from its basis.
        """
        # All costs and bounds anew: one left over from the last program makes the answer to this one wrong.
        self.solver.changeColsCost(self.columns, self._every, cost)
        self.solver.changeColsBounds(self.columns, self._every, lower, upper)
        if self._afresh:
            self.solver.clearSolver()
            if question in self._answered:
                self.solver.setBasis(self._answered[question])
        ended = self._run()
        if ended not in ("kOptimal", "kInfeasible"):
            # The last basis can be a bad start.
            self.solver.clearSolver()
            ended = self._run()
        if ended == "kOptimal":
            if question is not None:
                self._answered[question] = self.solver.getBasis()
            return np.array(self.solver.getSolution().col_value)
        if ended == "kInfeasible":
            return None
        raise SolverFailure(f"HiGHS ended with {ended}")

    def duals(self) -> np.ndarray:
        """The duals of the equations in the last solution."""
        return np.array(self.solver.getSolution().row_dual)

    def _run(self) -> str:
        self.solver.run()
        return self.solver.getModelStatus().name


def _mirrored(equations: Equations, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """The equations over the columns and then over the same columns counted negative, row by row."""
    pairs = list(zip(equations.start[:-1], equations.start[1:], strict=True))
    index = [equations.index[a:b] + shift for a, b in pairs for shift in (0, columns)]
    value = [equations.coefficient[a:b] * sign for a, b in pairs for sign in (1, -1)]
    if not pairs:
        return np.zeros(0, dtype=np.int32), np.zeros(0)
    return np.concatenate(index).astype(np.int32), np.concatenate(value)


class Worlds:
    """What an attacker cannot rule out, given which cells are withheld."""

    def __init__(self, equations: Equations, columns: int) -> None:
        self._program = Program(equations, columns)
        self._columns = columns

    def reach(
        self, hidden: np.ndarray, room: np.ndarray, wants: Sequence[Want], *, all_or_nothing: bool = False
    ) -> tuple[list[np.ndarray], list[Want]]:
        """Worlds that prove wants, and the wants that no world proves.

        `hidden` says which variables may deviate and `room` how far down. With `all_or_nothing` it stops at the first
        want that cannot be had. Raises SolverFailure.
        """
        worlds: list[np.ndarray] = []
        left = list(wants)
        if all_or_nothing and left:
            # The largest is the likeliest to fail, and then the others need no looking at.
            world = self._alone(hidden, room, left[0])
            if not left[0].reached_by(world):
                return worlds, left[:1]
            worlds.append(world)
            left = [want for want in left if not want.reached_by(world)]
        for sign in (1, -1):
            gained = True
            while gained and (some := [want for want in left if want.sign == sign and want.distance >= TOGETHER_FROM]):
                world = self._together(hidden, room, some)
                still = [want for want in left if not want.reached_by(world)]
                # Few at a time is slower than each alone.
                gained = len(left) - len(still) > len(some) // 8
                worlds.append(world)
                left = still
        failed: list[Want] = []
        while left:
            want = left.pop(0)
            world = self._alone(hidden, room, want)
            if not want.reached_by(world):
                failed.append(want)
                if all_or_nothing:
                    return worlds, failed
                continue
            worlds.append(world)
            left = [other for other in left if not other.reached_by(world)]
        return worlds, failed

    def _together(self, hidden: np.ndarray, room: np.ndarray, wants: Sequence[Want]) -> np.ndarray:
        """One world that serves as many wants of one sign as a sum of their shares can have it."""
        lower, upper = np.where(hidden, -room, 0.0), np.where(hidden, np.inf, 0.0)
        cost = np.zeros(self._columns)
        for want in wants:
            cost[want.variable] = -want.sign / want.distance
            farthest = want.distance * (1 + MARGIN)
            if want.sign > 0:
                upper[want.variable] = farthest
            else:
                lower[want.variable] = max(lower[want.variable], -farthest)
        return self._solved(cost, lower, upper)

    def _alone(self, hidden: np.ndarray, room: np.ndarray, want: Want) -> np.ndarray:
        """The world that goes farthest to one want, not past it."""
        lower = np.where(hidden, -np.minimum(room / want.distance, FAR), 0.0)
        upper = np.where(hidden, np.inf, 0.0)
        cost = np.zeros(self._columns)
        cost[want.variable] = -want.sign
        if want.sign > 0:
            upper[want.variable] = min(upper[want.variable], 1 + MARGIN)
        else:
            lower[want.variable] = max(lower[want.variable], -1 - MARGIN)
        return self._solved(cost, lower, upper) * want.distance

    def _solved(self, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
        world = self._program.minimum(cost, lower, upper)
        if world is None:
            raise SolverFailure("no world at all, while the true one is always there")
        return np.where(np.abs(world) < FEASIBILITY, 0.0, world)


class Cheapest:
    """The cheapest world that proves a want, when withholding a cell costs something.

    `resumed`: the same want is asked again and again by who knows a little else, so the last answer is a good start.
    """

    def __init__(self, equations: Equations, columns: int, *, resumed: bool = False) -> None:
        self._program = Program(equations, columns, mirrored=True, afresh=True)
        self._columns = columns
        self._resumed = resumed

    def world(
        self,
        want: Want,
        hidden: np.ndarray,
        room: np.ndarray,
        cost: np.ndarray,
        fixed: np.ndarray,
        through: np.ndarray | float = 1.0,
    ) -> np.ndarray | None:
        """The deviation, zero in every `fixed` variable; None when there is none. Raises SolverFailure.

        `cost` is what withholding each variable costs; a cell smaller than the distance must be used more than once,
        so that its price per unit is higher. `through` says which withheld cells to go through rather than others.
        """
        far = np.minimum(room / want.distance, FAR)
        fixed = fixed | (~hidden & (far < 1 / FAR))
        price = np.where(hidden, THROUGH * through, cost / np.clip(far, 1 / FAR, 1.0))
        up = np.where(fixed, 0.0, np.inf)
        down = np.where(fixed, 0.0, far)
        lower = np.zeros(2 * self._columns)
        upper = np.concatenate([up, down])
        used, unused = want.variable, want.variable + self._columns
        if want.sign < 0:
            used, unused = unused, used
        upper[unused] = 0.0
        if upper[used] < 1.0 - NOTHING:
            return None
        lower[used] = upper[used] = min(1.0 + MARGIN, float(upper[used]))
        question = (want.variable, want.sign) if self._resumed else None
        found = self._program.minimum(np.concatenate([price, price]), lower, upper, question)
        if found is None:
            return None
        world = found[: self._columns] - found[self._columns :]
        return np.where(np.abs(world) < NOTHING, 0.0, world) * want.distance
