"""What public projects leave unexplained of the public plans: plan less base year less projects is a figure as well.

Anybody can subtract the three, so the rest must be as safe as what stands in a table. How a sum is kept from being
worked out is for `figures`; here it is found out which ones must be, and whether they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product as combined
from typing import Any

import numpy as np
import pyarrow as pa

from assets.disclosure.audit import Required, audit
from assets.disclosure.rules import Contributions, Rules, primaries
from assets.disclosure.system import Key, Table, build
from assets.records import DamagedRecord
from assets.release import ledger
from assets.release.changes import SAME
from assets.release.codes import REGION
from assets.release.facts import StreamKey, rows_of, with_codes
from assets.release.figures import NUMBERED, Figure, tables_of, units
from assets.release.holdings import one_name, tied
from assets.release.ledger import Past
from assets.release.public import figures_of
from blueprint.disclosure import Explains, Product, Step, disclosure

YEAR, SCENARIO, BASE, PHASE = "year", "scenario", "base", "phase_in"
MORE, LESS = ("more",), ("less",)
SUM, INSIDE, OUTSIDE = "sum", "inside", "outside"


@dataclass(frozen=True, eq=False)
class Version:
    """A public table as it was or is to be released: its step, and per stream the rows behind it and the figures."""

    step: Step
    rows: Mapping[StreamKey, pa.Table]
    figures: Mapping[StreamKey, Mapping[Key, Figure]]
    is_now: bool = False

    def tells(self, stream: StreamKey, code: Mapping[str, str]) -> bool:
        """Whether everybody knows a cell by this release: it is shown, or nobody filed anything in it."""
        if stream not in self.figures or frozenset(code) not in self._kinds:
            return False
        figure = self.figures[stream].get(tuple(code.get(name) for name in self.step.columns))
        return figure is None or figure.status in (*NUMBERED, "not_filed")

    @cached_property
    def _kinds(self) -> frozenset[frozenset[str]]:
        """By which columns the table has cells."""
        return frozenset(kind for table in tables_of(self.step) for kind in table.groupings())


@dataclass(frozen=True, eq=False)
class Told:
    """A rest that can be worked out and tells about somebody.

    The streams of the plan and the base year, the cells that are shown of both (the first has all regions of the rest),
    the projects that are taken off, and how far an attacker must stay. `new` are those of plan, base and projects that
    only this release tells.
    """

    plan: StreamKey
    base: StreamKey
    cells: tuple[dict[str, str], ...]
    regions: frozenset[str]
    route: Mapping[str, str]
    year: int
    level: float
    new: frozenset[str]

    def rows(self, projects: pa.Table) -> np.ndarray:
        """Which rows of a stream of projects are in the sum."""
        return projects_until(projects, self.regions, self.route, self.year)


def projects_until(rows: pa.Table, regions: frozenset[str], route: Mapping[str, str], year: int) -> np.ndarray:
    """Which rows of projects are in these regions, of a route if that is said, and in use in a year."""
    columns = [rows[name].to_pylist() for name in route]
    return np.array(
        [
            region in regions and phase.isdigit() and int(phase) <= year and list(codes) == list(route.values())
            for region, phase, *codes in zip(rows[REGION].to_pylist(), rows[PHASE].to_pylist(), *columns, strict=True)
        ],
        dtype=bool,
    )


@dataclass(frozen=True, eq=False)
class Unexplained:
    """All versions of the demand and of the projects, under one name per holding; the last may be those of now."""

    explains: Explains
    demand: Sequence[Version]
    projects: Sequence[Version]
    names: Mapping[str, str]
    rules: Rules
    unit: float
    agreed: Product

    def told(self) -> Iterator[Told]:
        """Every rest that tells about somebody, and did not before. Raises AuditFailure."""
        for pair in ({}, *self.explains.alike):
            for moment in sorted({key for one in self.demand for key in one.rows}, key=str):
                codes = self.agreed.codes(moment)
                if codes[SCENARIO] != BASE and self.explains.streams.items() <= codes.items():
                    yield from self._told(pair, moment, codes)

    def _told(self, pair: Mapping[str, str], plan: StreamKey, codes: Mapping[str, Any]) -> Iterator[Told]:
        bases = sorted({key for one in self.demand for key in one.rows if self._is_base_of(key, codes)}, key=str)
        every = range(len(self.demand)), range(len(self.demand)), range(len(self.projects))
        for base, (at, before, by) in combined(bases, combined(*every)):
            if self.demand[at].is_now or self.demand[before].is_now or self.projects[by].is_now:
                yield from self._rests(pair, (plan, at), (base, before), by, int(codes[YEAR]))

    def _is_base_of(self, stream: StreamKey, codes: Mapping[str, Any]) -> bool:
        found = self.agreed.codes(stream)
        same = {name: code for name, code in codes.items() if name not in (YEAR, SCENARIO)}
        return found[SCENARIO] == BASE and same.items() <= found.items() and int(found[YEAR]) < int(codes[YEAR])

    def _rests(
        self, pair: Mapping[str, str], plan: tuple[StreamKey, int], base: tuple[StreamKey, int], by: int, year: int
    ) -> Iterator[Told]:
        """What three versions leave per region, for the country, and for the regions that are not shown together."""
        cell = {name: code for name, code in pair.items() if name in self.agreed.dimensions}
        route = {name: code for name, code in pair.items() if name not in cell}
        regions, more, less = self._regions, *(self._projects(by, sign, route, year) for sign in (MORE, LESS))
        if not (more.any() or less.any()):
            return
        then, now = self._demand(base, cell), self._demand(plan, cell)
        rest, size = now - then - more + less, now + then + more + less
        groups = list(self._groups(cell, plan, base, by, route))
        if not groups:
            return
        taken = np.array([[region in group for region in regions] for group, _ in groups])
        rest, size = taken @ rest, taken @ size
        primary = primaries(_contributions(np.where(np.abs(rest) > SAME * size, np.abs(rest), 0.0)), self.rules)
        for number, (group, cells) in enumerate(groups):
            if not primary.unsafe[number] or not (taken[number] @ (more + less)).any():
                continue
            level = float(primary.level[number])
            found = Told(plan[0], base[0], cells, group, route, year, level, frozenset())
            if not self.covers(self.projects[by], found) and (new := self._new(found, cell, plan, base, by)):
                yield replace(found, new=new)

    def _groups(
        self,
        cell: dict[str, str],
        plan: tuple[StreamKey, int],
        base: tuple[StreamKey, int],
        by: int,
        route: Mapping[str, str],
    ) -> Iterator[tuple[frozenset[str], tuple[dict[str, str], ...]]]:
        """The regions of which both years are known, the country, and what is left of it without them; and the cells.

        Where nobody filed anything in either year everybody knows that: so the projects there may be taken off or not.
        """

        def is_told(code: dict[str, str]) -> bool:
            return all(self.demand[at].tells(stream, code) for stream, at in (plan, base))

        every = frozenset(self._regions)
        empty = every - self._filed(plan, cell) - self._filed(base, cell)
        told = frozenset(region for region in every if is_told(cell | {REGION: region}))
        yield from ((frozenset({region}), (cell | {REGION: region},)) for region in sorted(told - empty))
        if is_told(cell):
            open_ = frozenset(region for region in told if self._is_open(by, region, route))
            groups = {every, every - empty, every - (told | empty), every - (told - empty), every - open_}
            for group in sorted((group for group in groups if group - empty), key=sorted):
                yield group, (cell, *(cell | {REGION: region} for region in sorted(every - group)))

    def _filed(self, of: tuple[StreamKey, int], cell: Mapping[str, str]) -> frozenset[str]:
        """The regions in which anybody filed anything of a cell."""
        stream, at = of
        rows = self.demand[at].rows.get(stream)
        return frozenset() if rows is None else frozenset(with_codes(rows, cell)[REGION].to_pylist())

    def _is_open(self, by: int, region: str, route: Mapping[str, str]) -> bool:
        """Whether the projects of a region are all told, as far as there are any."""
        one, code = self.projects[by], {**route, REGION: region}
        return all(
            one.tells(stream, code)
            for stream in (MORE, LESS)
            if stream in one.rows and region in one.rows[stream][REGION].to_pylist()
        )

    def covers(self, projects: Version, told: Told) -> bool:
        """Whether the figures of projects leave enough play for a sum of them, up and down.

        A sum of projects of one sign cannot be less than nothing, and everybody knows that.
        """
        more, less = (self._play(projects, stream, told) for stream in (MORE, LESS))
        enough = told.level * (1 - 1e-6)
        up = (more.up if more else 0.0) + (less.down if less else 0.0)
        down = (more.down if more else 0.0) + (less.up if less else 0.0)
        is_up = up >= enough or (more is None and less is not None and less.is_all)
        return is_up and (down >= enough or (less is None and more is not None and more.is_all))

    def _play(self, projects: Version, stream: StreamKey, told: Told) -> Play | None:
        rows = projects.rows.get(stream)
        mask = None if rows is None else told.rows(rows)
        if rows is None or mask is None or not mask.any():
            return None
        figures = projects.figures[stream]
        rows = rows.append_column(SUM, pa.array(np.where(mask, INSIDE, OUTSIDE).tolist(), pa.string()))
        finest = Table("finest", tuple((name,) for name in (*projects.step.columns, SUM)), totals=False)
        system = build(rows, (*tables_of(projects.step), Table(SUM, ((SUM,),)), finest))
        value, here = np.full(len(system.keys), np.nan), []
        row = -1
        for number, key in enumerate(system.keys):
            code = {name: part for name, part in zip(system.columns, key, strict=True) if part is not None}
            side = code.pop(SUM, None)
            figure = None if side else figures.get(tuple(code.get(name) for name in projects.step.columns))
            here.append(figure or Figure("withheld"))
            if figure is not None and figure.status in NUMBERED and figure.value is not None:
                value[number] = float(figure.value)
            if side == INSIDE and not code:
                row = number
        true = float(system.value[system.variable[row]])
        low = max(true - told.level, 0.0)
        required = Required(row, true, low, true + told.level)
        verdict = audit(system.seen(value), [required], system.parents, unit=units(here, self.unit))
        ratio = {miss.side: max(miss.ratio, 0.0) for miss in verdict.misses}
        down = ratio.get("low", 1.0) * (true - low)
        return Play(ratio.get("high", 1.0) * told.level, down, low == 0 and down >= true * (1 - 1e-6))

    def _new(
        self, told: Told, cell: dict[str, str], plan: tuple[StreamKey, int], base: tuple[StreamKey, int], by: int
    ) -> frozenset[str]:
        """Which of the three are told by this release only: not those of which an earlier one showed the same.

        Nor a plan or base year of which nobody filed anything: that cannot be withheld.
        """
        found = set()
        inside = np.array([region in told.regions for region in self._regions])
        where = told.cells[0].get(REGION)
        for name, (stream, at) in (("plan", plan), ("base", base)):
            filed = self._filed((stream, at), cell)
            is_filed = bool(filed) if where is None else where in filed
            if self.demand[at].is_now and is_filed and not self._was_shown(stream, at, cell, told, inside):
                found.add(name)
        if self.projects[by].is_now and not self._projects_were_told(told, by, inside):
            found.add("projects")
        return frozenset(found)

    def _was_shown(self, stream: StreamKey, at: int, cell: dict[str, str], told: Told, inside: np.ndarray) -> bool:
        now = inside @ self._demand((stream, at), cell)
        return any(
            not one.is_now
            and all(one.tells(stream, code) for code in told.cells)
            and np.allclose(inside @ self._demand((stream, number), cell), now, rtol=SAME, atol=0)
            for number, one in enumerate(self.demand)
        )

    def _projects_were_told(self, told: Told, by: int, inside: np.ndarray) -> bool:
        now = [inside @ self._projects(by, sign, told.route, told.year) for sign in (MORE, LESS)]
        return any(
            not one.is_now
            and all(
                np.allclose(inside @ self._projects(number, sign, told.route, told.year), amount, rtol=SAME, atol=0)
                for sign, amount in zip((MORE, LESS), now, strict=True)
            )
            and not self.covers(one, told)
            for number, one in enumerate(self.projects)
        )

    @cached_property
    def _regions(self) -> list[str]:
        every = (rows[REGION].to_pylist() for one in (*self.demand, *self.projects) for rows in one.rows.values())
        return sorted({region for some in every for region in some})

    @cached_property
    def _holdings(self) -> dict[str, int]:
        versions = (*self.demand, *self.projects)
        every = (tied(self.names, rows["holding"]).to_pylist() for one in versions for rows in one.rows.values())
        return {name: at for at, name in enumerate(sorted({name for some in every for name in some}))}

    @cached_property
    def _known(self) -> dict[tuple, np.ndarray]:
        return {}

    def _demand(self, of: tuple[StreamKey, int], cell: dict[str, str]) -> np.ndarray:
        stream, at = of
        rows, asked = self.demand[at].rows.get(stream), ("demand", of, *sorted(cell.items()))
        if asked not in self._known:
            self._known[asked] = self._sums(None if rows is None else with_codes(rows, cell))
        return self._known[asked]

    def _projects(self, by: int, sign: StreamKey, route: Mapping[str, str], year: int) -> np.ndarray:
        rows, asked = self.projects[by].rows.get(sign), ("projects", by, sign, year, *sorted(route.items()))
        if asked not in self._known:
            mask = None if rows is None else pa.array(projects_until(rows, frozenset(self._regions), route, year))
            self._known[asked] = self._sums(None if rows is None else rows.filter(mask))
        return self._known[asked]

    def _sums(self, rows: pa.Table | None) -> np.ndarray:
        """The amounts by region and holding."""
        found = np.zeros((len(self._regions), len(self._holdings)))
        if rows is not None and rows.num_rows:
            number = {name: at for at, name in enumerate(self._regions)}
            region = [number[name] for name in rows[REGION].to_pylist()]
            holding = [self._holdings[name] for name in tied(self.names, rows["holding"]).to_pylist()]
            np.add.at(found, (region, holding), rows["value"].to_numpy())
        return found


@dataclass(frozen=True)
class Play:
    """How far up and down a sum can be for who sees the figures, and whether down to nothing."""

    up: float
    down: float
    is_all: bool


def _contributions(amounts: np.ndarray) -> Contributions:
    """Amounts by cell and holding as contributions."""
    cell, holding = np.nonzero(amounts)
    amount = amounts[cell, holding]
    order = np.lexsort((holding, -amount, cell))
    names = tuple(map(str, range(amounts.shape[1])))
    return Contributions(cell[order], holding[order], amount[order], names, len(amounts))


def versions_of(name: str, past: Past) -> list[Version]:
    """A public table as it was in every earlier release; raises DamagedRecord."""
    product, found = disclosure().products[name], []
    for one in past.releases:
        facts, step = one.facts(name), ledger.step_of(product, one.step(name))
        if step is None:
            raise DamagedRecord(f"De ladder heeft de trede van vrijgave {one.number} niet meer; zet haar terug.")
        figures = figures_of(one.figures(name), name, step.columns)
        rows = {key: some for key in figures if (some := rows_of(facts, key)) is not None}
        found.append(Version(step, rows, figures))
    return found


def explaining(name: str) -> list[str]:
    """The tables that explain a table, and that table itself if it explains another."""
    products = disclosure().products
    return [other for other, one in products.items() if one.explains and name in (other, one.explains.table)]


def unexplained(name: str, now: Mapping[str, Version], past: Past, rules: Rules) -> Unexplained:
    """What the projects of a table leave unexplained, of all releases and of the versions of now, by table."""
    projects = disclosure().products[name]
    explains = projects.explains
    if explains is None:
        raise ValueError(f"{name} explains nothing")
    agreed = disclosure().products[explains.table]
    names = one_name(past.names, *(one.holdings() for one in past.releases))
    demand, by = (
        [*versions_of(table, past), *([now[table]] if table in now else [])] for table in (explains.table, name)
    )
    with_unit = rules.model_copy(update={"unit": agreed.rounding})
    return Unexplained(explains, demand, by, names, with_unit, projects.rounding, agreed)
