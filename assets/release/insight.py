"""What a grid operator can tell about others from the public figures and what it knows of its own area.

It takes the sites that it sees off every public figure, and knows what its area sums to. What it gets is decided in
`operators`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from assets.disclosure.audit import Required, audit
from assets.disclosure.rules import Rules, primaries
from assets.disclosure.sums import unsafe_sums
from assets.disclosure.system import Key, Table, build
from assets.release.areas import CARRIER, Area
from assets.release.changes import Known, attacked, change, telling, unknown_sites
from assets.release.facts import Stream, is_one_of, with_codes
from assets.release.figures import NUMBERED, ZERO, Figure, numbered, tables_of
from assets.release.holdings import one_name
from assets.release.known import is_near
from blueprint.disclosure import Step, disclosure

Moments = tuple["PublicStream", "PublicStream"]
# Of two moments, which rows an operator knows.
BothMasks = tuple[np.ndarray, np.ndarray]
MINE, INSIDE, OUTSIDE = "mine", "inside", "outside"


@dataclass(frozen=True, eq=False)
class PublicStream:
    """A public stream with what is shown of it: what an operator knows besides its own sites.

    Of an earlier release, `same` says which rows are about the same today, and `names` under which one name a holding
    of then or of now is counted. It calls its sites as today, and one that is gone by its numbers.
    """

    stream: Stream
    codes: Mapping[str, str | int]
    step: Step
    figures: Mapping[Key, Figure]
    rules: Rules
    same: np.ndarray | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    # Of which round, release and table: the first two only of an earlier release.
    origin: tuple[str, int, str] = ("", 0, "")

    @property
    def is_now(self) -> bool:
        return self.same is None

    def is_about(self, sites: frozenset[str], carrier: str, amount: float) -> bool:
        """Whether these sites of today have about this amount in it, of a carrier (empty: whatever the carrier)."""
        if self.is_now:
            return True
        rows = self.stream.rows.filter(pa.array(is_one_of(self.stream.rows, "site", sites)))
        values = (with_codes(rows, {CARRIER: carrier}) if carrier else rows)["value"].to_pylist()
        return is_near(sum(values), amount)

    def shown(self, sites: frozenset[str]) -> np.ndarray:
        """Which rows who is shown these sites of today knows of them."""
        return is_one_of(self.stream.rows, "site", sites) & (True if self.same is None else self.same)

    def known(self, operator: str, sites: frozenset[str] = frozenset()) -> np.ndarray:
        """Which rows an operator knows that is shown these sites of today."""
        return self.shown(sites) | self.stream.knows(operator)

    def is_as(self, other: PublicStream) -> bool:
        """Whether another tells just the same: the same figures of the same amounts."""
        mine, its = (
            (one.origin[-1], one.stream.key, one.stream.waiving, one.step, one.rules, one.figures)
            for one in (self, other)
        )
        return mine == its and self._sorted.equals(other._sorted)

    @property
    def carriers(self) -> list[str]:
        """The carriers in it; one that is empty when it has none."""
        return sorted(self._amounts)

    def of_carrier(self, carrier: str) -> list[tuple[str, str, float]]:
        """Site, holding and amount of every row of a carrier."""
        return self._amounts.get(carrier, [])

    @cached_property
    def _amounts(self) -> dict[str, list[tuple[str, str, float]]]:
        found: dict[str, list[tuple[str, str, float]]] = {}
        for row in self.stream.rows.to_pylist():
            found.setdefault(row.get(CARRIER, ""), []).append((row["site"], row["holding"], row["value"]))
        return found

    @cached_property
    def numbers(self) -> dict[Key, Decimal]:
        """The figures of these amounts; what is carried forward is of others."""
        return numbered(self.figures)

    @cached_property
    def _sorted(self) -> pa.Table:
        rows = self.stream.rows
        return rows.sort_by([(name, "ascending") for name in rows.column_names]).combine_chunks()


def different(public: Sequence[PublicStream]) -> list[PublicStream]:
    """Of those that tell just the same the first only: what a release leaves as it was, is not asked again.

    Those of now stand first.
    """
    found: list[PublicStream] = []
    for one in public:
        if not any(one.is_as(other) for other in found):
            found.append(one)
    return found


def safe_sites(operator: str, sites: frozenset[str], public: Sequence[PublicStream]) -> frozenset[str]:
    """The sites that an operator may be shown.

    Less them, all public figures, and all differences of two years, scenarios or releases, still tell about nobody
    else.
    """
    open_, before, pairs = sites, None, list(moments(public))
    while open_ and open_ != before:
        before = open_
        while told := {site for one in public for site in _telling(one, operator, open_)}:
            open_ -= told
        # One pair after another, since what is held back for one is often what another asks.
        for pair in pairs:
            while told := _telling_between(pair, operator, open_):
                open_ -= told
    return open_


def moments(public: Sequence[PublicStream]) -> Iterator[Moments]:
    """Every two versions of the same figures: years and scenarios of one release or of two.

    What is of now comes last. Of two earlier releases a site that is shown now may be what hid another then.
    """
    for one, other in combinations(public, 2):
        table, keys = one.origin[-1], (one.stream.key, other.stream.key)
        if table != other.origin[-1]:
            continue
        if keys[0] == keys[1] or disclosure().products[table].are_beside(*keys):
            yield (other, one) if one.is_now and not other.is_now else (one, other)


def _telling(one: PublicStream, operator: str, sites: frozenset[str]) -> set[str]:
    """For every cell that is not safe from who knows these sites, the largest of them that has to do with it."""
    mine = _learned(one, operator, sites)
    return {_largest(mine, code) for code in (told_by(one, operator, sites) if mine else ())}


def _telling_between(pair: Moments, operator: str, sites: frozenset[str]) -> set[str]:
    """The same for every difference of two moments: of the sites, the one that changes most."""
    return {_changes_most(pair, before, operator, sites, code) for before, code in _told(pair, operator, sites)}


def _changes_most(
    pair: Moments, before: BothMasks, operator: str, sites: frozenset[str], code: Mapping[str, str]
) -> str:
    """The site to hold back because of a cell: rather none that the operator knew already, since that hides nothing."""
    changes: dict[tuple, dict[str, Any]] = {}
    for sign, one, rows in zip((-1, 1), pair, before, strict=True):
        for row in one.stream.rows.filter(pa.array(one.shown(sites) & ~rows)).to_pylist():
            where = tuple(code for name, code in row.items() if name != "value")
            changes.setdefault(where, row | {"value": 0.0})["value"] += sign * row["value"]
    mine = [row | {"value": abs(row["value"])} for row in changes.values()]
    unseen = unknown_sites(*((one.stream.rows, one.known(operator)) for one in pair))
    return _largest([row for row in mine if row["site"] in unseen] or mine, code)


def _learned(one: PublicStream, operator: str, sites: frozenset[str]) -> list[dict[str, Any]]:
    """The rows that an operator knows because it is shown these sites."""
    return one.stream.rows.filter(pa.array(one.known(operator, sites) & ~one.known(operator))).to_pylist()


def _largest(mine: list[dict[str, Any]], code: Mapping[str, str]) -> str:
    """The site of the largest of these rows that has to do with a cell."""
    inside = [amount for amount in mine if code.items() <= amount.items()]
    beside = [amount for amount in mine if not code or set(code.items()) & set(amount.items())]
    return max(inside or beside or mine, key=lambda amount: (amount["value"], amount["site"]))["site"]


def told_by(one: PublicStream, operator: str, sites: frozenset[str]) -> list[dict[str, str]]:
    """The cells of which an operator learns too much by being shown these sites: not those that it knew without."""
    cells = missed(one, one.known(operator, sites))
    before = missed(one, one.known(operator)) if cells and one.known(operator).any() else []
    return [code for code in cells if code not in before]


def told_between(pair: Moments, operator: str, sites: frozenset[str]) -> list[dict[str, str]]:
    """The cells of which the difference of two moments tells an operator too much by being shown these sites."""
    return [code for _, code in _told(pair, operator, sites)]


def _told(pair: Moments, operator: str, sites: frozenset[str]) -> Iterator[tuple[BothMasks, dict[str, str]]]:
    """Each such cell, with the rows that the operator knew of both moments without these sites.

    What it meters at one moment only, or saw before and is about the same, may tell it what a site changes or leave
    just that open: so it is asked both with and without.
    """
    first, second = pair
    for before in (_held(pair, operator), (first.known(operator), second.known(operator))):
        mine = first.shown(sites) | before[0], second.shown(sites) | before[1]
        if all(np.array_equal(now, then) for now, then in zip(mine, before, strict=True)):
            continue
        if cells := _missed_between(pair, mine):
            already = _missed_between(pair, before)
            yield from ((before, code) for code in cells if code not in already)


def _held(pair: Moments, operator: str) -> BothMasks:
    """The rows of both moments in an operator's own administration, where that has them of both."""
    one, other = (each.stream.held.get(operator) for each in pair)
    if one is None or other is None:
        one, other = (np.zeros(each.stream.rows.num_rows, dtype=bool) for each in pair)
    return one, other


@contextmanager
def remembering() -> Iterator[None]:
    """Within it nothing is asked twice; after it the amounts behind a release are not kept."""
    try:
        yield
    finally:
        _missed_of.cache_clear()


def _missed_between(pair: Moments, mine: BothMasks) -> list[dict[str, str]]:
    """The cells of which the change, less the sites that are known at both moments, tells about a holding."""
    unknown = unknown_sites(*((one.stream.rows, rows) for one, rows in zip(pair, mine, strict=True)))
    return _missed_of(*pair, frozenset(unknown)) if unknown else []


# Operators know much the same, and each is asked over again when one of its sites is held back.
@lru_cache(maxsize=2**15)
def _missed_of(first: PublicStream, second: PublicStream, unknown: frozenset[str]) -> list[dict[str, str]]:
    """As `_missed_between`, when the changes of these sites only are not known."""
    shown = second.numbers.keys()
    names = one_name(first.names, second.names) if second.names else first.names
    known = Known.of(first.stream, first.step.columns, first.numbers, names)
    if not known.keys(second.step.columns) & shown:
        return []
    rest, left = (
        one.stream.rows.filter(pa.array(is_one_of(one.stream.rows, "site", unknown))) for one in (first, second)
    )
    found = change(replace(known, rows=rest), left, second.step, second.rules)
    told = set(telling(found, shown, second.rules))
    # Of what is not shown several differences may tell together what none tells alone.
    own = np.zeros(found.system.size, dtype=bool)
    told |= {found.system.keys[miss.row] for miss in attacked(found, found.visible(shown), own, second.rules).misses}
    return [
        {name: part for name, part in zip(found.system.columns, key, strict=True) if part is not None}
        for key in sorted(told, key=str)
    ]


def told_by_areas(one: PublicStream) -> Iterator[tuple[str, Area, dict[str, str]]]:
    """Every operator with a sum over its area that it was shown before, and a cell that this tells too much of.

    Not those that the sum tells without any public figure: it was safe then, and nothing shown now adds to it.
    """
    nothing = replace(one, figures={})
    for operator, areas in one.stream.areas.items():
        mine = one.known(operator)
        for area in areas:
            cells = missed(one, mine, area)
            without = missed(nothing, mine, area) if cells else []
            yield from ((operator, area, code) for code in cells if code not in without)


def missed(one: PublicStream, mine: np.ndarray, area: Area | None = None) -> list[dict[str, str]]:
    """The cells, by code, of which who knows these rows learns too much from the public figures.

    `area` adds the sums that are known of an area: for each of these carriers (empty: whatever the carrier) the sites.
    """
    rows = one.stream.rows
    if area is not None:
        rows = rows.append_column(MINE, pa.array(_sides(rows, area), pa.string()))
    tables = tables_of(one.step) if area is None else (*tables_of(one.step), _area_table(rows))
    left = rows.filter(pa.array(~mine))
    if not left.num_rows:
        return []
    system, everything = build(left, tables), build(rows, tables)
    whole = dict(zip(everything.keys, everything.value[everything.variable].tolist(), strict=True))
    keys, number = system.keys, system.variable
    primary = primaries(system.contributions, one.rules, one.stream.waiving)
    true, level, unsafe = system.value[number], primary.level[number], primary.unsafe[number]
    value, known = np.full(len(keys), np.nan), np.zeros(len(keys), dtype=bool)
    unit = np.full(len(keys), one.rules.unit)
    for row, key in enumerate(keys):
        code = {name: part for name, part in zip(system.columns, key, strict=True) if part is not None}
        side = code.pop(MINE, None)
        figure = one.figures.get(tuple(code.get(name) for name in one.step.columns))
        if side == INSIDE and code.get(CARRIER, "") in (area or {}) and len(code) <= 1:
            # An area is told to so many more digits than the public figures that it is as good as exact.
            value[row], unit[row] = true[row], 0.0
        elif side is None and set(code) <= set(one.step.columns) and figure is not None and figure.value is not None:
            known[row] = True
            if figure.status in NUMBERED:
                value[row] = max(float(figure.value) - (whole[key] - true[row]), 0.0)
                unit[row] = 0.0 if figure.status == ZERO else one.rules.unit
    required = Required.around(np.flatnonzero(unsafe & np.isnan(value)), true, level)
    found = set(np.flatnonzero(unsafe & (known | ~np.isnan(value))).tolist())
    if required:
        found |= {miss.row for miss in audit(system.seen(value), required, system.parents, unit=unit).misses}
    hidden = np.ones(system.size, dtype=bool)
    hidden[number[~np.isnan(value)]] = False
    at = {variable: row for row, variable in enumerate(number.tolist())}
    for total, parts in unsafe_sums(system, system.contributions, hidden, one.rules, one.stream.waiving):
        found.add(at.get(parts[0], at[total]))
    return [
        {name: part for name, part in zip(system.columns, keys[row], strict=True) if part is not None}
        for row in sorted(found)
    ]


def _sides(rows: pa.Table, area: Area) -> list[str]:
    carriers = rows[CARRIER].to_pylist() if CARRIER in rows.column_names else [""] * rows.num_rows
    return [
        INSIDE if site in area.get(carrier, ()) else OUTSIDE
        for site, carrier in zip(rows["site"].to_pylist(), carriers, strict=True)
    ]


def _area_table(rows: pa.Table) -> Table:
    return Table("area", ((CARRIER,), (MINE,)) if CARRIER in rows.column_names else ((MINE,),))
