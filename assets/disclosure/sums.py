"""Sums that anybody can take: a shown total less its shown parts is a cell too, and must be as safe as one.

Each withheld cell may be safe while all of them together tell about one holding. What a cell may tell is for `rules`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from assets.disclosure.filed import summed
from assets.disclosure.rules import Contributions, Rules, primaries
from assets.disclosure.suppress import Pattern, Task, Unprotectable
from assets.disclosure.system import System

Line = tuple[int, tuple[int, ...]]


def lines(system: System) -> list[Line]:
    """Every total with the parts that make it up, by variable: the equations, and all rows of all tables."""
    found = dict.fromkeys(_equations(system)) | dict.fromkeys(_rows(system))
    return [line for line in found if len(line[1]) > 1]


def _equations(system: System) -> Iterator[Line]:
    equations = system.equations
    for begin, end in zip(equations.start[:-1], equations.start[1:], strict=True):
        total, *parts = equations.index[begin:end].tolist()
        yield total, tuple(sorted(parts))


def _rows(system: System) -> Iterator[Line]:
    """The cells that differ in one dimension or level only, with the cell that has its total."""
    totals: dict[tuple, int] = {}
    parts: dict[tuple, set[int]] = {}
    for key, variable in zip(system.keys, system.variable.tolist(), strict=True):
        code = dict(zip(system.columns, key, strict=True))
        for name in system.columns:
            rest = {other: part for other, part in code.items() if other != name}
            own = code[name]
            if own is None:
                totals[name, *rest.values()] = variable
                continue
            parts.setdefault((name, *rest.values()), set()).add(variable)
            if name in system.parents:
                above, of = system.parents[name]
                parts.setdefault((name, *(rest | {above: of[own]}).values()), set()).add(variable)
    for place, total in totals.items():
        if place in parts:
            yield total, tuple(sorted(parts[place]))


def unsafe_sums(
    system: System, given: Contributions, hidden: np.ndarray, rules: Rules, waiving: frozenset[str] = frozenset()
) -> list[Line]:
    """The shown totals of which the withheld parts together break the rules, with those parts."""
    return [(total, unseen) for total, unseen, _ in unsafe_among(lines(system), given, hidden, rules, waiving)]


def unsafe_among(
    every: list[Line], given: Contributions, hidden: np.ndarray, rules: Rules, waiving: frozenset[str]
) -> list[tuple[int, tuple[int, ...], tuple[int, ...]]]:
    """As `unsafe_sums`, among these lines, with all the parts of each besides."""
    open_ = []
    for total, parts in every:
        unseen = tuple(part for part in parts if hidden[part])
        if not hidden[total] and 0 < len(unseen) < len(parts):
            open_.append((total, unseen, parts))
    if not open_:
        return []
    unsafe = primaries(_together(given, [unseen for _, unseen, _ in open_]), rules, waiving).unsafe
    return [line for line, found in zip(open_, unsafe.tolist(), strict=True) if found]


def _together(given: Contributions, groups: list[tuple[int, ...]]) -> Contributions:
    """The contributions to each group of cells as if it were one cell."""
    begin = np.searchsorted(given.cell, np.arange(given.cells))
    end = np.searchsorted(given.cell, np.arange(given.cells), side="right")
    taken = [np.concatenate([np.arange(begin[cell], end[cell]) for cell in group]) for group in groups]
    rows = np.concatenate(taken)
    cell = np.repeat(np.arange(len(groups)), [len(each) for each in taken])
    cell, holding, amount = summed(cell, given.holding[rows], given.amount[rows])
    order = np.lexsort((holding, -amount, cell))
    return replace(given, cell=cell[order], holding=holding[order], amount=amount[order], cells=len(groups))


def close(given: Task, pattern: Pattern, rules: Rules, waiving: frozenset[str] = frozenset()) -> Pattern:
    """The pattern with what must be withheld besides, so that no such sum tells about a holding.

    The cheapest shown part goes first, then the total. Raises Unprotectable when only what was shown before is left.
    """
    hidden, every = pattern.hidden.copy(), lines(given.system)
    while unsafe := unsafe_among(every, given.system.contributions, hidden, rules, waiving):
        total, _, parts = unsafe[0]
        free = [part for part in parts if not hidden[part] and not given.never[part]]
        unforced = [part for part in free if not given.forced[part]]
        if not free and given.frozen[total]:
            raise Unprotectable([total])
        chosen = min(unforced or free or [total], key=lambda variable: (given.cost[variable], variable))
        hidden[chosen] = True
    return Pattern(hidden, pattern.worlds, hidden & given.forced & (given.level == 0))
