"""From filed rows to protected tables: rules, pattern and insiders in their order.

What becomes of the tables, and which audience gets which, is for the products; the audit reads what is made here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from assets.disclosure.audit import Required
from assets.disclosure.circles import circles, close_for_all
from assets.disclosure.insiders import insiders, repair
from assets.disclosure.optimal import optimum
from assets.disclosure.rules import Primary, Rules, primaries
from assets.disclosure.suppress import Pattern, Task, suppress, task
from assets.disclosure.system import Key, System, Table, build
from assets.disclosure.tidy import show_again

# What withholding weighs per level: a cell that sums over the whole country, one that was withheld before.
NATION_WEIGHT, PROVINCE_WEIGHT, EARLIER_WEIGHT = 100.0, 10.0, 0.1

# So many variables take a second or so to protect at the proven lowest cost, in so many rounds at most.
EXACT_UP_TO, EXACT_ROUNDS = 150, 60


# Which rows a sum takes, and how far an attacker must stay from it.
Derived = tuple[np.ndarray, float]


@dataclass(frozen=True, eq=False)
class Protected:
    """The outcome for one measure, year and scenario of one audience."""

    system: System
    primary: Primary
    task: Task
    pattern: Pattern

    def published(self) -> pa.Table:
        """What an attacker sees of it: keys, and values with null where withheld."""
        variable = self.system.variable
        return self.system.seen(np.where(self.pattern.hidden[variable], np.nan, self.system.value[variable]))

    def required(self) -> list[Required]:
        """What the audit must find an attacker cannot exclude, by row of `cells`."""
        variable = self.system.variable
        rows = np.flatnonzero(self.task.level[variable] > 0).tolist()
        value, level = self.system.value[variable], self.primary.level[variable]
        return Required.around(rows, value, level, signed=self.system.signed)


def protect(
    rows: pa.Table,
    tables: Sequence[Table],
    rules: Rules,
    *,
    waiving: frozenset[str] = frozenset(),
    forced: Sequence[frozenset[str]] = (),
    weights: Mapping[frozenset[str], float] | None = None,
    frozen: Collection[Key] = (),
    earlier: Collection[Key] = (),
    levels: Mapping[Key, float] | None = None,
    known: Sequence[np.ndarray] = (),
    derived: Sequence[Derived] = (),
    signed: bool = False,
    pairs: bool = True,
    exact_up_to: int = EXACT_UP_TO,
) -> Protected:
    """Protect all tables of an audience together; `rows` as for `build`.

    `forced` are groupings (sets of columns) that are shown unless nothing else helps, `weights` the cost of a grouping
    against 1. `frozen` and `earlier` are keys of cells that were shown and cannot be taken back, and of cells that
    were withheld in a sister table, which are cheaper so that patterns stay stable. `levels` are cells that must be
    withheld for another reason than what is in them, and how far an attacker must stay. `known` says per circle which
    rows it knows. `derived` are sums that stand in no table and must not be worked out either. `pairs` looks at two
    insiders together; systems of up to `exact_up_to` variables get the cheapest pattern against outsiders.
    Raises ValueError for rows that cannot be placed, Unprotectable and SolverFailure.
    """
    system = build(rows, tables, signed, [rows for rows, _ in derived])
    some = circles(system, known, rules, waiving)
    primary = _with_levels(system, primaries(system.contributions, rules, waiving), levels or {}, derived)
    given = task(
        system,
        primary.level,
        weight=weights_of(system, weights or {}, earlier),
        forced=of_groupings(system, forced),
        frozen=of_keys(system, frozen),
        withheld=np.any([np.zeros(system.size, dtype=bool), *(circle.level > 0 for circle in some)], axis=0),
    )
    small = system.size <= exact_up_to
    pattern = optimum(given, rounds=EXACT_ROUNDS).pattern if small else suppress(given)
    who = [*insiders(system, pattern.hidden, pairs=pairs), *(circle.insider for circle in some)]
    pattern = close_for_all(given, repair(given, pattern, who), some, rules, waiving)
    pattern = show_again(given, pattern, who, some, rules, waiving) if small else pattern
    return Protected(system, primary, given, pattern)


def _with_levels(system: System, primary: Primary, levels: Mapping[Key, float], derived: Sequence[Derived]) -> Primary:
    level = primary.level.copy()
    for key, variable in zip(system.keys, system.variable.tolist(), strict=True):
        level[variable] = max(level[variable], levels.get(key, 0.0))
    for variable, (_, away) in zip(system.derived.tolist(), derived, strict=True):
        level[variable] = max(level[variable], away)
    return replace(primary, level=level)


def of_keys(system: System, wanted: Collection[Key]) -> np.ndarray:
    """Which variables hold a cell with one of these keys; a key that is not there now stands for nothing."""
    found = np.zeros(system.size, dtype=bool)
    found[system.variable[[key in wanted for key in system.keys]]] = True
    return found


def _groupings(system: System) -> list[frozenset[str]]:
    return [
        frozenset(name for name, code in zip(system.columns, key, strict=True) if code is not None)
        for key in system.keys
    ]


def of_groupings(system: System, groupings: Sequence[frozenset[str]]) -> np.ndarray:
    """Which variables hold a cell of one of these groupings."""
    found = np.zeros(system.size, dtype=bool)
    here = [grouping in groupings for grouping in _groupings(system)]
    found[system.variable[here]] = True
    return found


def weights_of(system: System, weights: Mapping[frozenset[str], float], earlier: Collection[Key] = ()) -> np.ndarray:
    """Per variable the weight of its dearest cell; a tenth when it was withheld in a sister table."""
    found = np.zeros(system.size)
    weight = [weights.get(grouping, 1.0) for grouping in _groupings(system)]
    np.maximum.at(found, system.variable, np.array(weight))
    return np.where(of_keys(system, earlier), found * EARLIER_WEIGHT, found)
