"""What the difference with earlier figures would tell: the change of a cell is a cell too, and must be as safe.

Cells whose change tells about a holding are not renewed. What was released when, is in `ledger`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np
import pyarrow as pa

from assets.disclosure.audit import audit
from assets.disclosure.rules import Contributions, Primary, Rules, primaries
from assets.disclosure.sums import unsafe_sums
from assets.disclosure.suppress import Unprotectable
from assets.disclosure.system import Key, System, Table, build
from assets.release.areas import CARRIER
from assets.release.facts import Stream, is_one_of, with_codes
from assets.release.figures import Outcome, protect_stream, safe_cells, tables_of
from assets.release.holdings import tied
from assets.release.insight import PublicStream, told_by_areas
from blueprint.disclosure import Step

# So often a pattern is made again with the cells that a difference would tell about; then nothing is renewed.
TRIES = 6
# A change of less than this share of what was filed is rounding.
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Known:
    """A stream as it was released before: what stood behind it, and the figures that were shown, by key.

    `held` says per grid operator which rows are in its own administration, `names` under which one name a holding of
    then or of now is counted.
    """

    columns: tuple[str, ...]
    rows: pa.Table
    shown: Mapping[Key, Decimal]
    held: Mapping[str, np.ndarray] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def keys(self, columns: tuple[str, ...]) -> set[Key]:
        """The shown cells as keys of other columns; one that is cut by another dimension has none there."""
        return set(self.figures(columns))

    def figures(self, columns: tuple[str, ...]) -> dict[Key, Decimal]:
        """The shown figures by such a key."""
        found = {}
        for key, value in self.shown.items():
            code = {name: part for name, part in zip(self.columns, key, strict=True) if part is not None}
            if set(code) <= set(columns):
                found[tuple(code.get(name) for name in columns)] = value
        return found


@dataclass(frozen=True, eq=False)
class Change:
    """The difference between two versions of a stream: the system of changes, and what of it the rules forbid.

    `shown` are the cells of which the public knows the earlier figure, `is_zero` says per variable that both versions
    are nothing but zeros: such a change is known exactly, others as far as figures are rounded.
    """

    system: System
    moved: Contributions
    primary: Primary
    shown: Set[Key]
    is_zero: np.ndarray

    @property
    def is_moved(self) -> np.ndarray:
        """Per variable whether anybody changed anything."""
        return np.bincount(self.moved.cell, minlength=self.system.size) > 0

    def visible(self, shown_now: Set[Key]) -> np.ndarray:
        """Per variable whether the change can be read off, when these cells are shown now."""
        found = np.zeros(self.system.size, dtype=bool)
        found[self.system.variable[[key in self.shown and key in shown_now for key in self.system.keys]]] = True
        return found

    def levels(self, level: np.ndarray, among: Set[Key]) -> dict[Key, float]:
        """The cells among these that have a level, and that level."""
        levels = level[self.system.variable].tolist()
        return {key: each for key, each in zip(self.system.keys, levels, strict=True) if each > 0 and key in among}


def changes_for_all(known: Known, now: Stream, step: Step, rules: Rules) -> list[Change]:
    """What everybody can tell from the difference, and then each operator that holds a part of both."""
    found = [change(known, now.rows, step, rules)]
    for operator in sorted(known.held.keys() & now.held.keys()):
        theirs, ours = (pa.array(~one.held[operator]) for one in (known, now))
        rest, left = known.rows.filter(theirs), now.rows.filter(ours)
        if rest.num_rows + left.num_rows:
            found.append(change(replace(known, rows=rest), left, step, rules))
    return found


def change(known: Known, now: pa.Table, step: Step, rules: Rules) -> Change:
    """What every holding changed in every cell of a step. `now` holds holding, dimensions and value."""
    names = now.column_names
    old, now = (_renamed(rows, known.names) for rows in (known.rows.select(names), now))
    minus = old.set_column(names.index("value"), "value", pa.array(-old["value"].to_numpy()))
    system = build(pa.concat_tables([now, minus]), tables_of(step), signed=True)
    size = np.bincount(system.contributions.cell, system.contributions.amount, system.size)
    filed = build(pa.concat_tables([now, old]), tables_of(step))
    amount = _filed(filed, system)
    moved = _moved(system.contributions, np.maximum(size, amount))
    return Change(system, moved, primaries(moved, rules), known.keys(system.columns), amount == 0)


def _renamed(rows: pa.Table, names: Mapping[str, str]) -> pa.Table:
    place = rows.column_names.index("holding")
    return rows.set_column(place, "holding", tied(names, rows["holding"]))


def _filed(filed: System, system: System) -> np.ndarray:
    """How much was filed, old and new, in each variable of the system of changes: both number cells the same way."""
    amount = np.zeros(system.size)
    amount[system.variable] = filed.value[filed.variable]
    return amount


def _moved(given: Contributions, size: np.ndarray) -> Contributions:
    real = given.amount > SAME * size[given.cell]
    return replace(given, cell=given.cell[real], holding=given.holding[real], amount=given.amount[real])


def unchanged(found: Change) -> set[Key]:
    """The cells that were shown and in which nobody changed anything: the public still knows them."""
    moved = found.is_moved[found.system.variable].tolist()
    return {key for key, is_moved in zip(found.system.keys, moved, strict=True) if key in found.shown and not is_moved}


def changed(found: Change) -> dict[Key, float]:
    """The cells that were shown and whose change tells about a holding, and how far an attacker must stay from it.

    Not only are they not shown anew: other figures may not give them away either.
    """
    return found.levels(np.where(found.primary.unsafe, found.primary.level, 0.0), found.shown)


def telling(found: Change, shown: Set[Key], rules: Rules) -> dict[Key, float]:
    """The cells that may not be shown anew beside what is known, and how far an attacker must stay from them."""
    visible = found.visible(shown)
    level = np.where(found.primary.unsafe & visible, found.primary.level, 0.0)
    for total, unseen in unsafe_sums(found.system, found.moved, ~visible, rules):
        parts = [found.moved.amount[found.moved.cell == part].sum() for part in unseen]
        level[total] = max(level[total], rules.few_percent / 100 * float(sum(parts)), rules.unit)
    return found.levels(level, shown)


def _gives_away(outcome: Outcome, remembered: set[Key], rules: Rules) -> bool:
    """Whether an unsafe cell is too narrow for who takes the figures of before for cells that are withheld now.

    As if they had hardly changed: then an old figure is as good as the new one.
    """
    protected, system = outcome.protected, outcome.protected.system
    guessed = np.array([key in remembered and key not in outcome.shown for key in system.keys], dtype=bool)
    if not guessed.any():
        return False
    hidden = protected.pattern.hidden[system.variable] & ~guessed
    unsafe = protected.primary.unsafe[system.variable] & ~guessed
    required = [one for one in protected.required() if unsafe[one.row]]
    value = system.value[system.variable]
    seen, unit = system.seen(np.where(hidden, np.nan, value)), np.where(value == 0, 0.0, rules.unit)
    return bool(required) and not audit(seen, required, system.parents, unit=unit).safe


def _beside_areas(stream: Stream, step: Step, rules: Rules, outcome: Outcome) -> dict[Key, float]:
    """The cells that may not be shown beside a sum that an operator was shown before, and how far to stay from them.

    Those are of the whole country, since a sum says what of it lies elsewhere. Raises Unprotectable when they are
    withheld already.
    """
    seen = PublicStream(stream, {}, step, outcome.figures, rules)
    found: dict[Key, float] = {}
    for operator, area, code in told_by_areas(seen):
        named = code.get(CARRIER, "")
        for carrier in [named] if named in area else sorted(area):
            key = tuple(carrier if name == CARRIER and carrier else None for name in step.columns)
            key = key if key in outcome.shown else (None,) * len(step.columns)
            if key not in outcome.shown:
                raise Unprotectable([])
            level = _outside(stream, rules, seen.known(operator), area[carrier], carrier)
            found[key] = max(found.get(key, 0.0), level)
    return found


def _outside(stream: Stream, rules: Rules, mine: np.ndarray, sites: frozenset[str], carrier: str) -> float:
    """How far an operator must stay from what it does not know and is outside its area, of a carrier if it has them."""
    rows = stream.rows.filter(pa.array(~mine & ~is_one_of(stream.rows, "site", sites)))
    system = build(with_codes(rows, {CARRIER: carrier}) if carrier else rows, (Table("outside", ()),))
    level = primaries(system.contributions, rules, stream.waiving).level.max(initial=0.0)
    return max(float(level), rules.few_percent / 100 * float(system.value.max(initial=0.0)), rules.unit)


def _largest(levels: Iterable[Mapping[Key, float]]) -> dict[Key, float]:
    found: dict[Key, float] = {}
    for some in levels:
        for key, level in some.items():
            found[key] = max(level, found.get(key, 0.0))
    return found


def renew(
    stream: Stream,
    step: Step,
    rules: Rules,
    known: Sequence[Known],
    beside: Sequence[Known],
    earlier: set[Key],
    guessed: Mapping[Key, float],
) -> tuple[Outcome | None, set[Key]]:
    """A stream protected beside all that is known of it, and the cells not renewed because of the difference.

    `known` are earlier versions of the stream itself, `beside` other years and scenarios, of now and before. `guessed`
    are cells that with another year tell what is between them; what was shown before cannot be taken back. None when no
    pattern does, or when old figures, taken for what is not renewed, give an unsafe cell away: then nothing of the
    stream may be shown anew. Raises SolverFailure and AuditFailure.
    """
    own, others = ([changes_for_all(one, stream, step, rules) for one in some] for some in (known, beside))
    frozen = {key for found, *_ in own for key in unchanged(found)}
    changes = [found for some in (*own, *others) for found in some]
    levels = _largest(changed(found) for found in changes)
    safe, telling_years = safe_cells(stream, step, rules), {k: v for k, v in guessed.items() if k not in frozen}
    remembered = {key for found, *_ in own for key in found.shown} & safe
    try:
        for _ in range(TRIES):
            withheld = _largest([levels, telling_years])
            outcome = protect_stream(stream, step, rules, earlier=earlier, frozen=frozen, levels=withheld)
            more = _largest(telling(found, outcome.shown, rules) for found in changes)
            more = more or _beside_areas(stream, step, rules, outcome)
            if not more:
                if _gives_away(outcome, remembered, rules):
                    break
                return outcome, set(levels) & safe
            levels |= more
    except Unprotectable:
        pass
    return None, set(levels) & safe
