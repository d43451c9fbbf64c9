"""What the difference with earlier figures would tell: the change of a cell is a cell too, and must be as safe.

Cells whose change tells about a holding are not renewed. What was released when, is in `ledger`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pyarrow as pa

from assets.disclosure.audit import audit
from assets.disclosure.protect import Key
from assets.disclosure.rules import Contributions, Primary, Rules, primaries
from assets.disclosure.sums import unsafe_sums
from assets.disclosure.suppress import Unprotectable
from assets.disclosure.system import System, build
from assets.release.facts import Stream
from assets.release.figures import Outcome, protect_stream, safe_cells, tables_of
from blueprint.disclosure import Step

# So often a pattern is made again with the cells that a difference would tell about; then nothing is renewed.
TRIES = 6
# A change of less than this share of what was filed is rounding.
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Known:
    """A stream as it was released before: what stood behind it, and the figures that were shown, by key."""

    columns: tuple[str, ...]
    rows: pa.Table
    shown: Mapping[Key, Decimal]

    def keys(self, columns: tuple[str, ...]) -> set[Key]:
        """The shown cells as keys of other columns; one that is cut by another dimension has none there."""
        found = set()
        for key in self.shown:
            code = {name: value for name, value in zip(self.columns, key, strict=True) if value is not None}
            if set(code) <= set(columns):
                found.add(tuple(code.get(name) for name in columns))
        return found


@dataclass(frozen=True, eq=False)
class Change:
    """The difference between two versions of a stream: the system of changes, and what of it the rules forbid."""

    system: System
    moved: Contributions
    primary: Primary

    def keys(self) -> list[Key]:
        rows = self.system.cells.to_pylist()
        return [tuple(row[name] for name in self.system.columns) for row in rows]


def change(before: pa.Table, now: pa.Table, step: Step, rules: Rules) -> Change:
    """What every holding changed in every cell of a step. Both tables hold holding, dimensions and value."""
    names = now.column_names
    old = before.select(names)
    minus = old.set_column(names.index("value"), "value", pa.array(-old["value"].to_numpy()))
    system = build(pa.concat_tables([now, minus]), tables_of(step), signed=True)
    size = np.bincount(system.contributions.cell, system.contributions.amount, system.size)
    filed = build(pa.concat_tables([now, old]), tables_of(step))
    moved = _moved(system.contributions, np.maximum(size, _filed(filed, system)))
    return Change(system, moved, primaries(moved, rules))


def _filed(filed: System, system: System) -> np.ndarray:
    """How much was filed, old and new, in each variable of the system of changes: both number cells the same way."""
    amount = np.zeros(system.size)
    amount[system.cells["variable"].to_numpy()] = filed.value[filed.cells["variable"].to_numpy()]
    return amount


def _moved(given: Contributions, size: np.ndarray) -> Contributions:
    real = given.amount > SAME * size[given.cell]
    return replace(given, cell=given.cell[real], holding=given.holding[real], amount=given.amount[real])


def unchanged(known: Known, stream: Stream, step: Step, rules: Rules) -> set[Key]:
    """The cells that were shown and in which nobody changed anything: the public still knows them."""
    found = change(known.rows, stream.rows, step, rules)
    moved = np.bincount(found.moved.cell, minlength=found.system.size) > 0
    variables = found.system.cells["variable"].to_pylist()
    shown = known.keys(found.system.columns)
    return {key for key, variable in zip(found.keys(), variables, strict=True) if key in shown and not moved[variable]}


def changed(known: Known, stream: Stream, step: Step, rules: Rules) -> dict[Key, float]:
    """The cells that were shown and whose change tells about a holding, and how far an attacker must stay from it.

    Not only are they not shown anew: other figures may not give them away either.
    """
    found = change(known.rows, stream.rows, step, rules)
    shown, variables = known.keys(found.system.columns), found.system.cells["variable"].to_pylist()
    level = np.where(found.primary.unsafe, found.primary.level, 0.0)
    return {
        key: float(level[variable])
        for key, variable in zip(found.keys(), variables, strict=True)
        if level[variable] > 0 and key in shown
    }


def telling(known: Known, stream: Stream, outcome: Outcome, step: Step, rules: Rules) -> dict[Key, float]:
    """The cells that may not be shown anew beside what is known, and how far an attacker must stay from them."""
    found = change(known.rows, stream.rows, step, rules)
    keys, variables = found.keys(), found.system.cells["variable"].to_pylist()
    both = known.keys(found.system.columns) & outcome.shown
    visible = np.zeros(found.system.size, dtype=bool)
    for key, variable in zip(keys, variables, strict=True):
        visible[variable] |= key in both
    level = np.where(found.primary.unsafe & visible, found.primary.level, 0.0)
    for total, unseen in unsafe_sums(found.system, found.moved, ~visible, rules):
        parts = [found.moved.amount[found.moved.cell == part].sum() for part in unseen]
        level[total] = max(level[total], rules.few_percent / 100 * float(sum(parts)), rules.unit)
    return {
        key: float(level[variable])
        for key, variable in zip(keys, variables, strict=True)
        if level[variable] > 0 and key in outcome.shown
    }


def _gives_away(outcome: Outcome, remembered: set[Key], rules: Rules) -> bool:
    """Whether an unsafe cell is too narrow for who takes the figures of before for cells that are withheld now.

    As if they had hardly changed: then an old figure is as good as the new one.
    """
    protected = outcome.protected
    cells = protected.published()
    rows = cells.select(list(outcome.columns)).to_pylist() if outcome.columns else [{}] * cells.num_rows
    keys = [tuple(row.get(name) for name in outcome.columns) for row in rows]
    primary, number = protected.primary, protected.system.cells["variable"].to_numpy()
    guessed = np.array([key in remembered and key not in outcome.shown for key in keys], dtype=bool)
    if not guessed.any():
        return False
    value = np.array([np.nan if one is None else one for one in cells["value"].to_pylist()], dtype=float)
    value = np.where(guessed, protected.system.value[number], value)
    required = [one for one in protected.required() if primary.unsafe[number[one.row]] and not guessed[one.row]]
    if not required:
        return False
    place = cells.column_names.index("value")
    seen = cells.set_column(place, "value", pa.array(value, from_pandas=True))
    return not audit(seen, required, unit=rules.unit).safe


def renew(
    stream: Stream,
    step: Step,
    rules: Rules,
    waiving: frozenset[str],
    known: Sequence[Known],
    earlier: set[Key],
) -> tuple[Outcome | None, set[Key]]:
    """A stream protected beside all that is known of it, and the cells not renewed because of the difference.

    None when no pattern does, or when old figures, taken for what is not renewed, give an unsafe cell away: then
    nothing of the stream may be shown anew. Raises SolverFailure and AuditFailure.
    """
    frozen: set[Key] = set()
    for one in known:
        frozen |= unchanged(one, stream, step, rules)
    levels: dict[Key, float] = {}
    for one in known:
        for key, level in changed(one, stream, step, rules).items():
            levels[key] = max(level, levels.get(key, 0.0))
    safe = safe_cells(stream, step, rules, waiving)
    try:
        for _ in range(TRIES):
            outcome = protect_stream(stream, step, rules, waiving, earlier=earlier, frozen=frozen, levels=levels)
            more: dict[Key, float] = {}
            for one in known:
                for key, level in telling(one, stream, outcome, step, rules).items():
                    more[key] = max(level, more.get(key, 0.0))
            if not more:
                remembered = {key for one in known for key in one.keys(outcome.columns)} & safe
                if _gives_away(outcome, remembered, rules):
                    break
                return outcome, set(levels) & safe
            levels |= more
    except Unprotectable:
        pass
    return None, set(levels) & safe
