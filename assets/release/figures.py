"""Protects one stream of figures on one step of the ladder, and says of each cell what the public may see.

Which step is taken is for `ladder`; what was released before, for `changes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from assets.disclosure.circles import circles
from assets.disclosure.protect import NATION_WEIGHT, PROVINCE_WEIGHT, Derived, Protected, protect
from assets.disclosure.rules import Rules, primaries
from assets.disclosure.system import Key, System, Table, build
from assets.release.codes import REGION
from assets.release.facts import Stream
from blueprint.disclosure import Step

BANDS = ((2, "0-2"), (5, "3-5"), (10, "6-10"))
MANY = "11+"
# The statuses of a figure with a value of this release.
ZERO = "zero"
NUMBERED = ("shown", ZERO)
# The status of a value that was released before and is not renewed.
CARRIED = "carried_forward"
# What is shown unless nothing else helps, and what withholding weighs by grouping.
COUNTRY = (frozenset[str](),)
WEIGHTS = {frozenset[str](): NATION_WEIGHT, frozenset({REGION}): PROVINCE_WEIGHT}


@dataclass(frozen=True)
class Figure:
    """A cell as the public sees it: status, rounded value (None unless shown or zero), and how many firms, banded.

    `release` says of a value that is not of this release of which one it is.
    """

    status: str
    value: Decimal | None = None
    band: str | None = None
    release: int | None = None


def numbered(figures: Mapping[Key, Figure]) -> dict[Key, Decimal]:
    """The figures with a value of this release."""
    return {key: f.value for key, f in figures.items() if f.status in NUMBERED and f.value is not None}


@dataclass(frozen=True, eq=False)
class Outcome:
    """A protected stream: the figures by key, and the proof of protection."""

    figures: dict[Key, Figure]
    protected: Protected

    @property
    def shown(self) -> set[Key]:
        return {key for key, figure in self.figures.items() if figure.value is not None}


def tables_of(step: Step) -> tuple[Table, ...]:
    """The linked tables of a step, as the engine knows them."""
    return tuple(Table(" × ".join(names), levels) for names, levels in zip(step.tables, step.levels, strict=True))


def protect_stream(
    stream: Stream,
    step: Step,
    rules: Rules,
    *,
    earlier: Set[Key] = frozenset(),
    frozen: Set[Key] = frozenset(),
    levels: Mapping[Key, float] | None = None,
    derived: Sequence[Derived] = (),
) -> Outcome:
    """The figures of a stream. `earlier` are cells withheld in a sister stream, `frozen` were shown and did not change.

    `levels` are cells to be withheld because of what was released before, `derived` sums of rows that nobody may work
    out. Raises Unprotectable and SolverFailure.
    """
    protected = protect(
        stream.rows,
        tables_of(step),
        rules,
        waiving=stream.waiving,
        forced=COUNTRY,
        weights=WEIGHTS,
        earlier=earlier,
        frozen=frozen - set(levels or {}),
        levels=levels,
        known=list(stream.known.values()),
        derived=derived,
    )
    return Outcome(_figures(protected, rules.unit), protected)


def upper_bound(stream: Stream, step: Step, rules: Rules) -> tuple[float, float, int, int]:
    """The most that can be shown of the finest cells of a step: value, value in all, cells, cells in all."""
    return _kept(*_judged(stream, step, rules), step)


def nothing_shown(stream: Stream, step: Step) -> dict[Key, Figure]:
    """The figures of a stream of which nothing may be seen."""
    system = build(stream.rows, tables_of(step))
    return {key: Figure("withheld") for key in system.keys}


def safe_cells(stream: Stream, step: Step, rules: Rules) -> set[Key]:
    """The cells that by themselves tell about nobody."""
    system, unsafe = _judged(stream, step, rules)
    return {key for key, is_unsafe in zip(system.keys, unsafe[system.variable].tolist(), strict=True) if not is_unsafe}


def _judged(stream: Stream, step: Step, rules: Rules) -> tuple[System, np.ndarray]:
    """The cells of a stream, and which variables tell about somebody: the public, or an operator that knows a part."""
    system = build(stream.rows, tables_of(step))
    unsafe = primaries(system.contributions, rules, stream.waiving).unsafe
    for circle in circles(system, list(stream.known.values()), rules, stream.waiving):
        unsafe = unsafe | (circle.level > 0)
    return system, unsafe


def nothing_kept(stream: Stream, step: Step) -> tuple[float, float, int, int]:
    """As `kept`, for a stream of which nothing is shown."""
    system = build(stream.rows, tables_of(step))
    return _kept(system, np.ones(system.size, dtype=bool), step)


def kept(outcome: Outcome, step: Step) -> tuple[float, float, int, int]:
    """What is shown of the finest cells of a step: value, value in all, cells, cells in all."""
    return _kept(outcome.protected.system, outcome.protected.pattern.hidden, step)


def _kept(system: System, hidden: np.ndarray, step: Step) -> tuple[float, float, int, int]:
    figures = np.array([0.0, 0.0, 0, 0])
    for key, variable in zip(system.keys, system.variable.tolist(), strict=True):
        if frozenset(name for name, code in zip(system.columns, key, strict=True) if code is not None) in step.finest:
            shown, value = not hidden[variable], system.value[variable]
            figures += [value * shown, value, shown, 1]
    return float(figures[0]), float(figures[1]), int(figures[2]), int(figures[3])


def _figures(protected: Protected, unit: float) -> dict[Key, Figure]:
    system, hidden = protected.system, protected.pattern.hidden
    given = system.contributions
    filled = np.bincount(given.cell[given.amount > 0], minlength=given.cells)
    asked = np.bincount(given.cell, minlength=given.cells)
    found = {}
    for key, variable in zip(system.keys, system.variable.tolist(), strict=True):
        if hidden[variable]:
            found[key] = Figure("withheld")
            continue
        value = float(system.value[variable])
        band = band_of(int(filled[variable] or asked[variable]))
        found[key] = Figure(ZERO if value == 0 else "shown", to_unit(value, unit), band)
    return found


def to_unit(value: float, unit: float) -> Decimal:
    """A value to a whole number of units, half to even."""
    step = Decimal(str(unit))
    return (Decimal(value) / step).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * step


def units(figures: Sequence[Figure], unit: float) -> np.ndarray:
    """To which unit each figure is rounded: a zero that is called so is exact."""
    return np.array([0.0 if figure.status == ZERO else unit for figure in figures])


def band_of(count: int) -> str:
    """How many firms, in classes."""
    return next((band for most, band in BANDS if count <= most), MANY)
