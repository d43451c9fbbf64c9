"""The independent audit: from what is published alone, what can an attacker know of every unsafe cell.

Shares no code with what makes the pattern, on purpose: it reads keys and values, derives the equations itself and runs
its own programs. What must not be known comes from whoever knows the true values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

# A shortfall smaller than this share of what is required is rounding.
TOLERANCE = 1e-6
# Seconds after which a program has no answer, which is a failure.
TIME_LIMIT = 3600.0
Parents = Mapping[str, tuple[str, Mapping[str, str]]]


class AuditFailure(Exception):
    """The audit could not establish safety: the solver ended oddly, or published figures contradict each other."""


@dataclass(frozen=True)
class Required:
    """What an attacker must not exclude: that the cell at `row` is as low as `low` and as high as `high`."""

    row: int
    true: float
    low: float
    high: float

    @classmethod
    def around(
        cls, rows: Iterable[int], true: np.ndarray, level: np.ndarray, *, signed: bool = False
    ) -> list[Required]:
        """For each of these rows: as far as its level from its true value, both ways, and down to 0 unless signed."""
        found = []
        for row in rows:
            value, away = float(true[row]), float(level[row])
            low = value - away if signed else max(value - away, 0.0)
            found.append(cls(row, value, low, value + away))
        return found


@dataclass(frozen=True)
class Miss:
    """A required bound that an attacker excludes; `ratio` is the part of the required distance that remains."""

    row: int
    side: str
    ratio: float


@dataclass(frozen=True)
class Verdict:
    """What the audit found: bounds asked, bounds excluded, and the smallest part of a distance that remains (≤ 1)."""

    checked: int
    misses: tuple[Miss, ...]
    worst: float

    @property
    def safe(self) -> bool:
        return not self.misses


def audit(
    cells: pa.Table,
    required: Sequence[Required],
    parents: Parents | None = None,
    *,
    unit: float | np.ndarray = 0.0,
    signed: bool = False,
) -> Verdict:
    """Attack every required bound with all cells of an audience together.

    `cells` has a row per published cell: text columns of keys (null: total) and `value`, null when withheld. A cell
    that is absent from a table is known to be empty. `parents` maps a column to its parent column and the parent of
    each code. `unit` is the unit to which values are rounded, one for all or one per row: 0 is known exactly. Raises
    AuditFailure whenever safety is not established.
    """
    attack = _Attack(cells, parents or {}, unit, signed)
    ratios: dict[tuple[int, str], float] = {}
    for side in ("high", "low"):
        wanted = [one for one in required if attack.asks(one, side)]
        ratios |= {(one.row, side): ratio for one, ratio in attack.ratios(wanted, side)}
    found = tuple(Miss(row, side, ratio) for (row, side), ratio in sorted(ratios.items()) if ratio < 1 - TOLERANCE)
    return Verdict(len(ratios), found, min(ratios.values(), default=1.0))


class _Attack:
    """The published figures as a program: each cell between what it can be, and all sums holding."""

    def __init__(self, cells: pa.Table, parents: Parents, unit: float | np.ndarray, signed: bool) -> None:
        import highspy

        columns = [name for name in cells.column_names if name != "value"]
        value = cells["value"].cast(pa.float64()).to_numpy(zero_copy_only=False)
        known = ~np.isnan(value)
        some = np.abs(value[known & (value != 0)])
        widest = float(np.max(unit, initial=0.0))
        self._scale = max(float(np.median(some)), widest) if len(some) else 1.0
        scaled = np.where(known, value, 0.0) / self._scale
        half = np.asarray(unit) / 2 / self._scale
        bottom = -np.inf if signed else 0.0
        self._lower = np.where(known, np.maximum(scaled - half, bottom), bottom)
        self._upper = np.where(known, scaled + half, np.inf)
        self._every = np.arange(len(value), dtype=np.int32)
        self._solver = _solver(highspy)
        self._load(_sums([cells[name].to_pylist() for name in columns], columns, parents))
        if self._run(np.zeros(len(value)), self._lower, self._upper) is None:
            raise AuditFailure("the solver found no answer to a question without an objective")

    def _load(self, sums: list[tuple[int, list[int]]]) -> None:
        zeros, none = np.zeros(len(self._every)), np.zeros(0, dtype=np.int32)
        self._solver.addCols(len(zeros), zeros, self._lower, self._upper, 0, none, none, np.zeros(0))
        for total, parts in sums:
            index = np.array([total, *parts], dtype=np.int32)
            self._solver.addRow(0.0, 0.0, len(index), index, np.array([1.0, *(-1.0 for _ in parts)]))

    def asks(self, one: Required, side: str) -> bool:
        return (one.high > one.true) if side == "high" else (one.low < one.true)

    def ratios(self, wanted: list[Required], side: str) -> list[tuple[Required, float]]:
        """The part of each required distance, up to the whole, that an attacker must allow."""
        best = {one: -np.inf for one in wanted}
        left = wanted
        while left:
            reached = self._shares(self._solve(left, side), wanted, side)
            best = {one: max(best[one], share) for one, share in reached.items()}
            still = [one for one in left if best[one] < 1 - TOLERANCE]
            if len(left) - len(still) <= len(left) // 8:
                break
            left = still
        for one in wanted:
            if best[one] < 1 - TOLERANCE:
                reached = self._shares(self._solve([one], side), wanted, side)
                best = {other: max(best[other], share) for other, share in reached.items()}
        return [(one, min(float(best[one]), 1.0)) for one in wanted]

    def _solve(self, asked: list[Required], side: str) -> np.ndarray:
        """The figures that go farthest to these bounds together, none past its own: there the search may stop."""
        lower, upper, cost = self._lower.copy(), self._upper.copy(), np.zeros(len(self._every))
        for one in asked:
            if side == "high":
                cost[one.row] = -1 / ((one.high - one.true) / self._scale)
                upper[one.row] = min(upper[one.row], one.high / self._scale)
            else:
                cost[one.row] = 1 / ((one.true - one.low) / self._scale)
                lower[one.row] = max(lower[one.row], one.low / self._scale)
        found = self._run(cost / np.abs(cost).max(), lower, upper)
        if found is None:
            raise AuditFailure("the solver called a bounded question unbounded")
        return found * self._scale

    def _shares(self, figures: np.ndarray, wanted: list[Required], side: str) -> dict[Required, float]:
        if side == "high":
            return {one: (figures[one.row] - one.true) / (one.high - one.true) for one in wanted}
        return {one: (one.true - figures[one.row]) / (one.true - one.low) for one in wanted}

    def _run(self, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray | None:
        """The cheapest figures; None when there is no end to them. Any other end raises AuditFailure."""
        self._solver.changeColsCost(len(cost), self._every, cost)
        self._solver.changeColsBounds(len(cost), self._every, lower, upper)
        self._solver.run()
        ended = self._solver.getModelStatus().name
        if ended not in ("kOptimal", "kUnbounded"):
            self._solver.clearSolver()
            self._solver.setOptionValue("presolve", "off")
            self._solver.run()
            self._solver.setOptionValue("presolve", "choose")
            ended = self._solver.getModelStatus().name
        if ended == "kOptimal":
            return np.array(self._solver.getSolution().col_value)
        if ended == "kUnbounded":
            return None
        raise AuditFailure(f"the solver ended with {ended}; that is never taken for safe")


def _solver(highspy: Any) -> Any:
    solver = highspy.Highs()
    for name, value in {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
        "time_limit": TIME_LIMIT,
        "solver": "simplex",
        "primal_feasibility_tolerance": 1e-9,
        "dual_feasibility_tolerance": 1e-9,
    }.items():
        solver.setOptionValue(name, value)
    return solver


def _sums(keys: list[list[str | None]], columns: list[str], parents: Parents) -> list[tuple[int, list[int]]]:
    """Each cell with the cells of a next finer kind that make it up, for every such kind that is published."""
    kinds: dict[frozenset[str], dict[int, dict[str, str]]] = {}
    for row, codes in enumerate(zip(*keys, strict=True) if keys else [()]):
        key = _with_parents({name: code for name, code in zip(columns, codes, strict=True) if code}, parents)
        kinds.setdefault(frozenset(key), {})[row] = key
    sums = []
    for coarse, totals in kinds.items():
        finer = [kind for kind in kinds if coarse < kind]
        for fine in finer:
            if any(other < fine for other in finer):
                continue
            shared = sorted(coarse)
            groups: dict[tuple, list[int]] = {}
            for row, key in kinds[fine].items():
                groups.setdefault(tuple(key[name] for name in shared), []).append(row)
            sums += [(row, groups.get(tuple(key[name] for name in shared), [])) for row, key in totals.items()]
    return sums


def _with_parents(key: dict[str, str], parents: Parents) -> dict[str, str]:
    """The key with what follows from it: a municipality lies in one province."""
    open_ = list(key)
    while open_:
        column = open_.pop()
        if column in parents:
            above, of = parents[column]
            if key[column] not in of:
                raise AuditFailure(f"a code of {column} has no {above}")
            if key.setdefault(above, of[key[column]]) != of[key[column]]:
                raise AuditFailure(f"a cell lies in two codes of {above}")
            open_.append(above)
    return key
