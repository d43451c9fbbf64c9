"""What the difference with earlier figures would tell: the change of a cell is a cell too, and must be as safe.

Cells whose change tells about a holding are not renewed. What was released when, is in `ledger`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np
import pyarrow as pa

from assets.disclosure.audit import Required, Verdict, audit
from assets.disclosure.protect import of_keys
from assets.disclosure.rules import Contributions, Primary, Rules, primaries
from assets.disclosure.sums import unsafe_sums
from assets.disclosure.system import Key, System, build
from assets.release.facts import Stream, is_one_of
from assets.release.figures import tables_of
from assets.release.holdings import tied
from blueprint.disclosure import Step

# A change of less than this share of what was filed is rounding.
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class Known:
    """A stream as it was released before: what stood behind it, and the figures that were shown, by key.

    `rows` are those of the stream, or what of it somebody does not know. The stream calls its sites as now, and says
    what operators know besides; `names` says under which one name a holding of then or of now is counted, `number`
    which release of this round it was.
    """

    columns: tuple[str, ...]
    stream: Stream
    rows: pa.Table
    shown: Mapping[Key, Decimal]
    names: Mapping[str, str] = field(default_factory=dict)
    number: int = 0

    @classmethod
    def of(
        cls,
        stream: Stream,
        columns: tuple[str, ...],
        shown: Mapping[Key, Decimal],
        names: Mapping[str, str] | None = None,
        number: int = 0,
    ) -> Known:
        """A stream as somebody knows it who knows nothing of the amounts behind it."""
        return cls(columns, stream, stream.rows, shown, names or {}, number)

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

    `shown` are the cells of which the public knows the earlier figure, `absent` says per variable that nobody filed it
    then, and that nobody does now: everybody sees that too. `size` is per variable what was filed in both
    versions: where that is nothing but zeros the change is known exactly, elsewhere as far as figures are rounded.
    """

    system: System
    moved: Contributions
    primary: Primary
    shown: Set[Key]
    size: np.ndarray
    absent: tuple[np.ndarray, np.ndarray]

    @property
    def is_zero(self) -> np.ndarray:
        """Per variable whether nobody filed more than nothing."""
        return self.size == 0

    @property
    def is_moved(self) -> np.ndarray:
        """Per variable whether anybody changed anything."""
        return np.bincount(self.moved.cell, minlength=self.system.size) > 0

    def visible(self, shown_now: Set[Key]) -> np.ndarray:
        """Per variable whether the change can be read off, when these cells are shown now."""
        then, now = self.absent
        return (of_keys(self.system, self.shown) | then) & (of_keys(self.system, shown_now) | now)

    def subtracted(self, shown_now: Set[Key]) -> np.ndarray:
        """Of which of these two figures are shown: of the others that can be read off one is known to be nothing.

        The change is the other figure then, and that is as safe as it is.
        """
        return of_keys(self.system, self.shown) & of_keys(self.system, shown_now)

    def levels(self, level: np.ndarray, among: Set[Key]) -> dict[Key, float]:
        """The cells among these that have a level, and that level."""
        levels = level[self.system.variable].tolist()
        return {key: each for key, each in zip(self.system.keys, levels, strict=True) if each > 0 and key in among}


def changes_for_all(known: Known, now: Stream, step: Step, rules: Rules) -> list[Change]:
    """What everybody can tell from the difference, and then each operator that knows a part."""
    found = [change(known, now.rows, step, rules)]
    for rest, left in (*_not_held(known.stream, now), *_not_known(known.stream, now)):
        if rest.num_rows + left.num_rows:
            found.append(change(replace(known, rows=rest), left, step, rules))
    return found


def _not_held(one: Stream, other: Stream) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Two versions less what an operator has in its own administration, for each that has a part of both."""
    for operator in sorted(one.held.keys() & other.held.keys()):
        rest, left = (each.rows.filter(pa.array(~each.held[operator])) for each in (one, other))
        yield rest, left


def _not_known(one: Stream, other: Stream) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Two versions less the sites of which an operator knows both, for each that knows any."""
    operators = sorted(one.known.keys() | other.known.keys())
    every = {site for stream in (one, other) if operators for site in stream.rows["site"].to_pylist()}
    for operator in operators:
        sites = unknown_sites(*((stream.rows, stream.knows(operator)) for stream in (one, other)))
        if sites < every:
            rest, left = (each.rows.filter(pa.array(is_one_of(each.rows, "site", sites))) for each in (one, other))
            yield rest, left


def unknown_sites(*versions: tuple[pa.Table, np.ndarray]) -> set[str]:
    """The sites of which who knows these rows of each version does not know what they change: a row is lacking.

    Where a site filed nothing, it knows that.
    """
    return {site for rows, mine in versions for site in rows["site"].filter(pa.array(~mine)).to_pylist()}


def change(known: Known, now: pa.Table, step: Step, rules: Rules) -> Change:
    """What every holding changed in every cell of a step. `now` holds holding, dimensions and value."""
    names = now.column_names
    old, now = (_renamed(rows, known.names) for rows in (known.rows.select(names), now))
    minus = old.set_column(names.index("value"), "value", pa.array(-old["value"].to_numpy()))
    rows = pa.concat_tables([now, minus])
    system = build(rows, tables_of(step), signed=True)
    amount = system.sums(np.abs(rows["value"].to_numpy()))
    moved = _moved(system.contributions, amount)
    is_now = np.arange(rows.num_rows) < now.num_rows
    absent = system.sums(~is_now) == 0, system.sums(is_now) == 0
    return Change(system, moved, primaries(moved, rules), known.keys(system.columns), amount, absent)


def _renamed(rows: pa.Table, names: Mapping[str, str]) -> pa.Table:
    place = rows.column_names.index("holding")
    return rows.set_column(place, "holding", tied(names, rows["holding"]))


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
    level = np.where(found.primary.unsafe & found.subtracted(shown), found.primary.level, 0.0)
    for total, unseen in unsafe_sums(found.system, found.moved, ~visible, rules):
        parts = [found.moved.amount[found.moved.cell == part].sum() for part in unseen]
        level[total] = max(level[total], rules.few_percent / 100 * float(sum(parts)), rules.unit)
    return found.levels(level, shown)


def attacked(found: Change, visible: np.ndarray, own: np.ndarray, rules: Rules) -> Verdict:
    """What can be worked out of unsafe changes by who sees these variables, and knows these of its own besides.

    The rows of what is missed are those of the keys of the system. Raises AuditFailure.
    """
    system, variable = found.system, found.system.variable
    # What is left of subtracting equal sums is no change, and would set the scale of the attack.
    true = np.where(found.is_moved, system.value, 0.0)
    asked = np.flatnonzero((found.primary.unsafe & ~visible & ~own)[variable])
    required = Required.around(asked, true[variable], found.primary.level[variable], signed=True)
    if not required:
        return Verdict(0, (), 1.0)
    unit = np.where(found.is_zero, 0.0, 2 * rules.unit)
    # Of a change of one's own so much was taken for rounding.
    unit = np.where(own & ~visible, SAME * found.size, unit)
    value = np.where(visible | own, true, np.nan)
    return audit(system.seen(value[variable]), required, system.parents, unit=unit[variable], signed=True)
