"""The attacks of somebody who has the written files, and the measure of whether they tell too much.

Rules and sums are reckoned here once more, plainly: nothing that makes or proves a release is used, but for the solver
of the audit.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from assets.disclosure.audit import Required, audit
from tests.assets.disclosure.knowledge import intervals
from tests.assets.release.made import CO2, Site

NATION, ALL = "NL", "all"
ENERGY, POWER, MATERIAL = "public_energy_demand", "public_power_demand", "public_material_flows"
STORAGE, PROJECTS = "public_storage", ("public_project_energy", "public_project_power", "public_project_co2")
PROJECT = ("region_code", "project_route", "project_certainty", "phase_in")
DIMENSIONS = {
    ENERGY: ("region_code", "municipality_code", "park_code", "sector", "energy_carrier", "operator_code"),
    POWER: ("region_code", "operator_code"),
    MATERIAL: ("region_code", "sector"),
    STORAGE: ("region_code",),
    **dict.fromkeys(PROJECTS, PROJECT),
}
STREAMS = {
    ENERGY: ("direction", "year", "scenario"),
    POWER: ("power_measure", "year", "scenario"),
    MATERIAL: ("material", "direction", "year", "scenario"),
    STORAGE: (),
    **dict.fromkeys(PROJECTS, ("change_direction",)),
}
VALUES = {
    ENERGY: ("energy_pj", 0.001),
    POWER: ("power_mw", 0.1),
    MATERIAL: ("mass_kt", 0.1),
    STORAGE: ("storage_mwh", 0.1),
    **dict(zip(PROJECTS, (("energy_pj", 0.001), ("power_mw", 0.1), ("co2_reduction_kt", 0.1)), strict=True)),
}
COUNTRY: tuple[str | None, ...] = (None,) * len(DIMENSIONS[ENERGY])
# What lies in what: of a cell the finest place is its key.
ABOVE = {"park_code": "municipality_code", "municipality_code": "region_code"}
TARGET_YEARS = (2025, 2027, 2030, 2035, 2040, 2050)
NEW = ("shown", "zero")
MINE = "mine"

Key = tuple[str | None, ...]
Parents = dict[str, tuple[str, dict[str, str]]]
Amounts = dict[str, float]
Stream = tuple[Any, ...]


@dataclass(frozen=True)
class Law:
    """The secret rules, as the tests know them: n, p, the smallest widths, and who accepts to be recognised."""

    n: int = 3
    p: float = 0.1
    few: float = 0.1
    floor: float = 0.001
    waiving: frozenset[str] = frozenset()

    def needed(self, amounts: Mapping[str, float], unit: float) -> float:
        """How far an attacker must stay from a cell of these amounts; 0 when it is safe."""
        found = sorted(((abs(amount), holding) for holding, amount in amounts.items()), reverse=True)
        total = sum(amount for amount, _ in found)
        count = sum(amount > 0 for amount, _ in found) or len(found)
        victim, who = next((one for one in found if one[1] not in self.waiving), (0.0, ""))
        attacker = max((amount for amount, holding in found if holding != who), default=0.0)
        lacking = self.p * victim - (total - victim - attacker)
        if not found or (count >= self.n and lacking <= 1e-12 * total):
            return 0.0
        return max(lacking if lacking > 1e-12 * total else self.few * total, unit, self.floor * total)


@dataclass(frozen=True)
class Figure:
    """A cell as it stands in a public file."""

    status: str
    value: float | None
    band: str | None


@dataclass(frozen=True)
class Leak:
    """What an attack found: by which attack, where, and which part of the distance that is needed remained."""

    attack: str
    where: tuple
    remains: float = 0.0


@dataclass(frozen=True)
class Cells:
    """One stream as an attacker sees it, beside the truth: the columns, the values (None: withheld) and the amounts.

    A cell that is in neither was not filed, and everybody sees that. Values are rounded to a unit, but for the `exact`.
    """

    columns: tuple[str, ...]
    seen: Mapping[Key, float | None]
    true: Mapping[Key, Amounts]
    unit: float
    parents: Parents = field(default_factory=dict)
    exact: frozenset[Key] = frozenset()

    def units(self, keys: Iterable[Key]) -> np.ndarray:
        """To which unit each of these cells is rounded."""
        return np.array([0.0 if key in self.exact else self.unit for key in keys])


# A release, and what was filed for it.
Shown = tuple[Path, list[Site]]
# What was filed in a stream: holding, kvk and site, codes by dimension, amount.
Filed = tuple[str, tuple[str, str], dict[str, str], float]


def read(folder: Path, table: str) -> dict[Stream, dict[Key, Figure]]:
    """The figures of a public table, by stream and key; a total is None."""
    file = folder / "openbaar" / f"{table}.parquet"
    stamp = file.stat()
    return _read(file, table, (stamp.st_mtime_ns, stamp.st_size, stamp.st_ino))


@lru_cache(maxsize=128)
def _read(file: Path, table: str, stamp: tuple[int, ...]) -> dict[Stream, dict[Key, Figure]]:
    value, _ = VALUES[table]
    found: dict[Stream, dict[Key, Figure]] = defaultdict(dict)
    for row in pq.read_table(file).to_pylist():
        code = {name: None if row[name] in (NATION, ALL) else row[name] for name in DIMENSIONS[table]}
        known = {ABOVE[name] for name in code.keys() & ABOVE.keys() if code[name] is not None}
        key = tuple(None if name in known else part for name, part in code.items())
        amount = None if row[value] is None else float(row[value])
        figure = Figure(row["figure_status"], amount, row["company_band"])
        found[tuple(row[name] for name in STREAMS[table])][key] = figure
    return dict(found)


def truth(sites: Iterable[Site], table: str) -> dict[Stream, list[Filed]]:
    """What was filed behind a public table, by stream."""
    found: dict[Stream, dict[tuple, float]] = defaultdict(lambda: defaultdict(float))
    for one in sites:
        who = (one.holding, (one.kvk, one.site), one.region)
        for stream, codes, amount in _amounts_of(one, table):
            found[stream][*who, *codes] += amount
    names = DIMENSIONS[table]
    return {
        stream: [(key[0], key[1], dict(zip(names, key[2:], strict=True)), amount) for key, amount in rows.items()]
        for stream, rows in found.items()
    }


def _amounts_of(one: Site, table: str) -> Iterator[tuple[Stream, tuple[str, ...], float]]:
    """What a site filed of a table: the stream, the codes beside the province, and the amount."""
    uses = [(*use, *pair) for use, pair in one.uses.items()]
    if table == ENERGY:
        place = one.place or one.region
        park = f"{place} {one.park or 'elders'}"
        yield from ((tuple(u[1:4]), (place, park, one.sector, u[0], one.operator), u[4]) for u in uses if u[0] != CO2)
    elif table == MATERIAL:
        yield from (((CO2, *u[1:4]), (one.sector,), u[4]) for u in uses if u[0] == CO2)
    elif table == STORAGE:
        yield from [] if one.storage is None else [((), (), one.storage)]
    elif table == POWER:
        yield from ((stream, (one.operator,), amount) for stream, amount in _power(one))
    else:
        kind = ("energy", "peak", "co2")[PROJECTS.index(table)]
        for plan in one.plans:
            amount, year = getattr(plan, kind), next((y for y in TARGET_YEARS if y >= plan.year), "later")
            if amount is not None:
                less = amount > 0 if kind == "co2" else amount < 0
                yield ("less" if less else "more",), (plan.route, plan.certainty, str(year)), abs(amount)


def _power(one: Site) -> Iterator[tuple[Stream, float]]:
    electric = [(*use[1:], peak) for use, (_, peak) in one.uses.items() if use[0] == "electricity"]
    for direction, year, scenario, peak in electric:
        yield ("peak" if direction == "offtake" else "feed_in_peak", year, scenario), round(peak, 6)
    if electric:
        yield ("contracted_offtake", 2023, "base"), round(max(peak for *_, peak in electric) * 1.2, 6)
    if one.flexible is not None:
        yield ("flexible_less_offtake", 2023, "base"), one.flexible


def cells(figures: Mapping[Key, Figure], filed: list[Filed], table: str) -> Cells:
    """A stream of a public table; of what was carried forward only an earlier state is known."""
    names = DIMENSIONS[table]
    used = [at for at, _ in enumerate(names) if any(key[at] is not None for key in figures)]
    columns = tuple(names[at] for at in used)
    seen = {
        tuple(key[at] for at in used): figure.value if figure.status in NEW else None
        for key, figure in figures.items()
        if figure.status != "not_filed"
    }
    zeros = frozenset(tuple(key[at] for at in used) for key, figure in figures.items() if figure.status == "zero")
    kinds = {frozenset(at for at, code in enumerate(key) if code is not None) for key in seen}
    parents: Parents = {
        fine: (coarse, {codes[fine]: codes[coarse] for _, _, codes, _ in filed})
        for fine, coarse in ABOVE.items()
        if fine in columns
    }
    return Cells(columns, seen, amounts(filed, columns, kinds), VALUES[table][1], parents, zeros)


def amounts(filed: Iterable[Filed], columns: tuple[str, ...], kinds: Iterable[frozenset[int]]) -> dict[Key, Amounts]:
    """The amounts by holding in every cell of these kinds of cell."""
    found: dict[Key, Amounts] = defaultdict(lambda: defaultdict(float))
    for holding, _, codes, amount in filed:
        for kind in kinds:
            found[tuple(codes[name] if at in kind else None for at, name in enumerate(columns))][holding] += amount
    return {key: dict(cell) for key, cell in found.items()}


def waived(sites: Iterable[Site]) -> Law:
    """The rules of a round with those who accept to be recognised."""
    some = list(sites)
    agrees = {
        one.holding: all("publication_identifiable" in s.agrees for s in some if s.holding == one.holding)
        for one in some
    }
    return Law(waiving=frozenset(holding for holding, agreed in agrees.items() if agreed))


def _total(cell: Mapping[str, float]) -> float:
    return float(sum(cell.values()))


def _table(columns: tuple[str, ...], values: Mapping[Key, float | None]) -> tuple[pa.Table, dict[Key, int]]:
    keys = sorted(values, key=lambda key: tuple(code or "" for code in key))
    data = {name: pa.array([key[at] for key in keys], pa.string()) for at, name in enumerate(columns)}
    numbers = pa.array([values[key] for key in keys], pa.float64())
    return pa.table({**data, "value": numbers}), {key: row for row, key in enumerate(keys)}


def margins(given: Cells, law: Law, *, name: str = "margins", signed: bool = False) -> list[Leak]:
    """Every cell that tells too much, with the interval that all cells together leave for it."""
    needed = {key: law.needed(cell, given.unit) for key, cell in given.true.items()}
    leaks = [Leak(name, ("shown", key)) for key in given.true if needed[key] and given.seen.get(key) is not None]
    leaks += [Leak(name, ("absent", key)) for key in given.true if key not in given.seen]
    wanted = [key for key in given.true if needed[key] and key in given.seen and given.seen[key] is None]
    if not wanted:
        return leaks
    table, rows = _table(given.columns, given.seen)
    required = []
    for key in wanted:
        total = _signed_total(given, key) if signed else _total(given.true[key])
        low = total - needed[key] if signed else max(total - needed[key], 0.0)
        required.append(Required(rows[key], total, low, total + needed[key]))
    found = audit(table, required, given.parents, unit=given.units(rows), signed=signed)
    at = {row: key for key, row in rows.items()}
    return leaks + [Leak(name, at[miss.row], miss.ratio) for miss in found.misses if miss.ratio < 1 - 1e-5]


def _signed_total(given: Cells, key: Key) -> float:
    return _total(given.true[key])


def lines(
    keys: Iterable[Key], columns: tuple[str, ...] = (), parents: Parents | None = None
) -> dict[Key, list[list[Key]]]:
    """Every total with the cells that differ from each other in one code only, or in what lies in one code."""
    found: dict[Key, dict[int, list[Key]]] = defaultdict(lambda: defaultdict(list))
    for key in keys:
        for at, code in enumerate(key):
            if code is not None:
                found[*key[:at], None, *key[at + 1 :]][at].append(key)
                if columns and columns[at] in (parents or {}):
                    above, of = (parents or {})[columns[at]]
                    over = dict(zip(columns, key, strict=True)) | {columns[at]: None, above: of[code]}
                    found[tuple(over.values())][at].append(key)
    return {total: list(parts.values()) for total, parts in found.items()}


def implied_sums(given: Cells, law: Law, *, name: str = "sums") -> list[Leak]:
    """A shown total less its shown parts: what is left must be as safe as a cell."""
    leaks = []
    for total, groups in lines(given.seen, given.columns, given.parents).items():
        for parts in groups:
            unseen = [part for part in parts if given.seen[part] is None]
            if given.seen.get(total) is None or not unseen or len(unseen) == len(parts):
                continue
            together: Amounts = defaultdict(float)
            for part in unseen:
                for holding, amount in given.true.get(part, {}).items():
                    together[holding] += amount
            if law.needed(together, given.unit):
                leaks.append(Leak(name, (total, tuple(unseen))))
    return leaks


def without(given: Cells, who: Iterable[str]) -> Cells:
    """What is left to be known when some holdings take off their own amounts."""
    own = set(who)
    true: dict[Key, Amounts] = {}
    seen: dict[Key, float | None] = {}
    for key, cell in given.true.items():
        others = {holding: amount for holding, amount in cell.items() if holding not in own}
        if not others or key not in given.seen:
            continue
        value = given.seen[key]
        true[key] = others
        seen[key] = None if value is None else max(value - _total(cell) + _total(others), 0.0)
    return replace(given, seen=seen, true=true)


def insiders(given: Cells, law: Law, *, pairs: bool = True) -> list[Leak]:
    """Holdings that are alone in a withheld cell, one by one and two in one line: what others' cells do they learn."""
    lone = {
        key: next(iter(cell))
        for key, cell in given.true.items()
        if len(cell) == 1 and key in given.seen and given.seen[key] is None
    }
    groups = {(holding,) for holding in lone.values()}
    if pairs:
        for parts in (parts for found in lines(lone).values() for parts in found):
            groups |= set(combinations(sorted({lone[part] for part in parts}), 2))
    return [leak for group in sorted(groups) for leak in insider(given, law, group)]


def insider(given: Cells, law: Law, group: tuple[str, ...]) -> list[Leak]:
    """What these holdings learn of cells that tell about others."""
    left = without(given, group)
    table, rows = _table(left.columns, left.seen)
    required = []
    for key, others in left.true.items():
        needed = law.needed(given.true[key], given.unit)
        if needed and left.seen[key] is None:
            total = _total(others)
            required.append(Required(rows[key], total, max(total - needed, 0.0), total + needed))
    if not required:
        return []
    found = audit(table, required, given.parents, unit=left.units(rows))
    at = {row: key for key, row in rows.items()}
    return [Leak("insider", (group, at[miss.row]), miss.ratio) for miss in found.misses if miss.ratio < 1 - 1e-5]


def difference(before: Cells, now: Cells, law: Law, *, name: str = "difference") -> list[Leak]:
    """What two versions of a stream tell when they are subtracted: cells, implied sums and intervals of the change."""
    columns, true = _moved(before, now)
    both = _read_off(before, now, true)
    moved = {key: {who: abs(d) for who, d in cell.items()} for key, cell in true.items()}
    # Where nobody filed one of the two the change is the other, which is as safe as it is.
    two = [key for key in both if key in before.true and key in now.true]
    leaks = [Leak(name, key) for key in two if moved[key] and law.needed(moved[key], now.unit)]
    seen = {key: (_total(true[key]) if key in both else None) for key in true}
    parents = {name: (above, before.parents[name][1] | of) for name, (above, of) in now.parents.items()}
    change = Cells(columns, seen, moved, now.unit, parents)
    leaks += implied_sums(change, law, name=f"{name} of sums")
    wanted = [key for key in true if key not in both and law.needed(moved[key], now.unit)]
    if wanted:
        table, rows = _table(columns, seen)
        required = []
        for key in wanted:
            total, needed = _total(true[key]), law.needed(moved[key], now.unit)
            required.append(Required(rows[key], total, total - needed, total + needed))
        found = audit(table, required, parents, unit=before.units(rows) + now.units(rows), signed=True)
        at = {row: key for key, row in rows.items()}
        leaks += [Leak(name, at[miss.row], miss.ratio) for miss in found.misses if miss.ratio < 1 - 1e-5]
    return leaks


def movers(before: Cells, now: Cells, law: Law, *, pairs: bool = True) -> list[Leak]:
    """Holdings that alone changed a cell of which the difference is not shown, one by one and two in one line.

    Each knows that change, and so what it leaves of the differences that everybody sees.
    """
    columns, true = _moved(before, now)
    known = {key: _total(true[key]) for key in _read_off(before, now, true)}
    lone = {key: next(iter(cell)) for key, cell in true.items() if len(cell) == 1 and key not in known}
    groups = {(holding,) for holding in lone.values()}
    if pairs:
        for parts in (parts for found in lines(lone).values() for parts in found):
            groups |= set(combinations(sorted({lone[part] for part in parts}), 2))
    parents = {name: (above, before.parents[name][1] | of) for name, (above, of) in now.parents.items()}
    leaks = []
    for group in sorted(groups):
        own = {key: _total(cell) for key, cell in true.items() if cell.keys() <= set(group)}
        table, rows = _table(columns, {key: own.get(key, known.get(key)) for key in true})
        required = []
        for key in true.keys() - known.keys() - own.keys():
            needed = law.needed({who: abs(change) for who, change in true[key].items()}, now.unit)
            if needed:
                total = _total(true[key])
                required.append(Required(rows[key], total, total - needed, total + needed))
        if required:
            unit = np.array([0.0 if key in own else before.unit + now.unit for key in rows])
            found = audit(table, required, parents, unit=unit, signed=True)
            at = {row: key for key, row in rows.items()}
            leaks += [
                Leak("movers", (group, at[miss.row]), miss.ratio) for miss in found.misses if miss.ratio < 1 - 1e-5
            ]
    return leaks


def _read_off(before: Cells, now: Cells, keys: Iterable[Key]) -> set[Key]:
    """The cells of which everybody sees both versions: also that nobody filed it."""
    return {key for key in keys if all(one.seen.get(key) is not None or key not in one.true for one in (before, now))}


def _moved(before: Cells, now: Cells) -> tuple[tuple[str, ...], dict[Key, Amounts]]:
    """The change by holding in every cell that both versions know, by the columns of the first."""
    assert before.columns == now.columns
    found: dict[Key, Amounts] = {}
    for key in before.true.keys() | now.true.keys():
        then, here = before.true.get(key, {}), now.true.get(key, {})
        size = _total(then) + _total(here)
        moved = {who: here.get(who, 0.0) - then.get(who, 0.0) for who in sorted(then.keys() | here.keys())}
        found[key] = {who: change for who, change in moved.items() if abs(change) > 1e-9 * size}
    return now.columns, found


def two_intervals(before: Cells, now: Cells, law: Law) -> list[Leak]:
    """What the intervals of two releases leave for the change of cells that one of them withholds."""
    columns, true = _moved(before, now)
    wanted = []
    for key, moved in true.items():
        needed = law.needed({who: abs(change) for who, change in moved.items()}, now.unit)
        if moved and needed and before.seen.get(key, now.seen.get(key)) != now.seen.get(key, 0.0):
            wanted.append((key, needed))
    wanted = [(key, needed) for key, needed in wanted if key in before.seen and key in now.seen]
    ranges = []
    for given in (before, now):
        table, rows = _table(columns, given.seen)
        ranges.append(intervals(table, [rows[key] for key, _ in wanted], given.parents, unit=given.unit))
    leaks = []
    for (key, needed), (low, high), (bottom, top) in zip(wanted, *ranges, strict=True):
        total = _total(true[key])
        up, down = (top - low - total) / needed, (total - bottom + high) / needed
        # A change can never be more than the whole of the cell on either side.
        if up < 1 - 1e-5 or (down < 1 - 1e-5 and bottom - high > -_total(before.true.get(key, {})) + 1e-9):
            leaks.append(Leak("two intervals", key, min(up, down)))
    return leaks


def remembered(before: Cells, now: Cells, law: Law) -> list[Leak]:
    """Somebody who takes figures of before for those of now that are withheld, where they hardly changed.

    Hardly: much less than what is needed around the cell that they help to tell. What those figures tell by themselves
    was told then; a leak is what only follows with the new ones.
    """
    _, true = _moved(before, now)
    moved = {key: sum(abs(change) for change in cell.values()) for key, cell in true.items()}
    leaks = []
    for key, value in now.seen.items():
        needed = law.needed(now.true[key], now.unit)
        if value is not None or not needed:
            continue
        hardly = {
            cell: _total(now.true[cell])
            for cell, old in before.seen.items()
            if old is not None and now.seen.get(cell, 0.0) is None and moved[cell] <= needed / 4
        }
        if not hardly or key in hardly:
            continue
        low, high = max(_total(now.true[key]) - needed, 0.0), _total(now.true[key]) + needed
        ratios = []
        for new in (None, now.seen):
            seen = {cell: hardly.get(cell, new[cell] if new else None) for cell in now.seen}
            table, rows = _table(now.columns, seen)
            found = audit(table, [Required(rows[key], _total(now.true[key]), low, high)], now.parents, unit=now.unit)
            ratios.append(found.worst)
        if ratios[1] < 1 - 1e-5 <= ratios[0]:
            leaks.append(Leak("remembered", key, ratios[1]))
    return leaks


def all_streams(folder: Path, sites: Iterable[Site], attack: Callable[[Cells], list[Leak]]) -> list[Leak]:
    """What an attack finds in all streams of all public tables."""
    return [leak for _, _, given in every_table(folder, list(sites)) for leak in attack(given)]


def every_table(folder: Path, sites: list[Site]) -> Iterator[tuple[str, Stream, Cells]]:
    for table in DIMENSIONS:
        filed = truth(sites, table)
        for stream, figures in read(folder, table).items():
            yield table, stream, cells(figures, filed.get(stream, []), table)


def releases_differ(before: tuple[Path, list[Site]], now: tuple[Path, list[Site]], law: Law) -> list[Leak]:
    """All difference attacks on two releases."""
    old = {(table, stream): given for table, stream, given in every_table(*before)}
    leaks = []
    for table, stream, given in every_table(*now):
        if (table, stream) in old:
            leaks += difference(old[table, stream], given, law)
            leaks += movers(old[table, stream], given, law)
            leaks += remembered(old[table, stream], given, law)
    return leaks


def moments_differ(folder: Path, sites: list[Site], law: Law) -> list[Leak]:
    """Every two years and scenarios of the same figures, subtracted."""
    found = {(table, stream): given for table, stream, given in every_table(folder, sites)}
    leaks = []
    for (table, stream), (other, sister) in combinations(sorted(found, key=str), 2):
        if table == other and "scenario" in STREAMS[table] and stream[:-2] == sister[:-2]:
            leaks += difference(found[table, stream], found[other, sister], law, name="moments")
            leaks += movers(found[table, stream], found[other, sister], law)
    return leaks


def operator_rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What each operator got."""
    return {
        path.parent.name.removeprefix("netbeheerder-"): pq.read_table(path).to_pylist()
        for path in sorted(folder.glob("netbeheerder-*/grid_operator_sites.parquet"))
    }


def operators(folder: Path, sites: list[Site], law: Law, shown: Iterable[Shown] = ()) -> list[Leak]:
    """Every operator takes what it knows off the public figures, and attacks what is left.

    It knows the sites that it sees here and in the releases `shown` (what hardly differs from one to the other), and
    whoever agreed, its own contracts and meters.
    """
    leaks = []
    for _, stream, given, here, taken in _known_to_operators(folder, sites, [(folder, sites), *shown]):
        for operator, mine in taken.items():
            left = less_rows(given, [row for row in here if _where(row) not in mine])
            if left.true != given.true:
                found = [*margins(left, law), *implied_sums(left, law)]
                leaks += [Leak(f"operator {one.attack}", (operator, stream, one.where), one.remains) for one in found]
    return leaks


def operators_between(folder: Path, sites: list[Site], law: Law, shown: Iterable[Shown] = ()) -> list[Leak]:
    """Every operator takes the sites that it knows off the difference of every two years and scenarios.

    Those that it sees here, and then those of which it knows all that they filed at both moments, as for `operators`.
    """
    given = list(_known_to_operators(folder, sites, [(folder, sites), *shown]))
    seen = _seen_by_operators(folder)
    return [leak for pair in combinations(given, 2) for leak in _less_known(*pair, (seen, seen), law)]


def operators_later(before: Shown, now: Shown, law: Law, shown: Iterable[Shown] = ()) -> list[Leak]:
    """The same between two releases, of every year and scenario of the one and every one of the other."""
    seen = _seen_by_operators(before[0]), _seen_by_operators(now[0])
    then, here = (list(_known_to_operators(*one, [before, now, *shown])) for one in (before, now))
    return [leak for pair in product(then, here) for leak in _less_known(*pair, seen, law)]


# A stream of which operators know sites: what is seen of it, what was filed, and what of that each knows.
KnownTo = tuple[str, Stream, Cells, list[Filed], dict[str, set[tuple]]]
Seen = dict[str, set[tuple[str, str]]]


def _less_known(one: KnownTo, other: KnownTo, seen: tuple[Seen, Seen], law: Law) -> Iterator[Leak]:
    (table, stream, first, then, mine), (same, sister, second, now, ours) = one, other
    if table != same or stream[:-2] != sister[:-2]:
        return
    for operator in mine.keys() & ours.keys():
        unknown = [row for row in then if _where(row) not in mine[operator]]
        unknown += [row for row in now if _where(row) not in ours[operator]]
        lacking = {row[1] for row in unknown}
        every = {row[1] for row in (*then, *now)}
        both = seen[0].get(operator, set()) & seen[1].get(operator, set())
        for known in {frozenset(every - lacking), frozenset(every & both)} - {frozenset()}:
            left = less_sites(first, then, known), less_sites(second, now, known)
            for leak in difference(*left, law, name="operator moments"):
                # Of a site that came or left it may know all that is in a cell: there is nothing to learn there.
                if leak.attack == "operator moments" and not any(_lies_in(row, leak.where, first) for row in unknown):
                    continue
                yield Leak(leak.attack, (operator, table, stream, sister, leak.where), leak.remains)


def _known_to_operators(folder: Path, sites: list[Site], shown: Iterable[Shown]) -> Iterator[KnownTo]:
    """Every stream of which operators know sites."""
    got = [(_seen_by_operators(some), then) for some, then in shown]
    every = sorted({one.operator for one in sites})
    for table in (ENERGY, POWER):
        filed, before = truth(sites, table), [(seen, truth(then, table)) for seen, then in got]
        for stream, figures in sorted(read(folder, table).items(), key=str):
            # Of its connections an operator knows peaks, contracts and requests; not what a site can do without.
            if str(stream[0]).startswith("flexible"):
                continue
            here = filed.get(stream, [])
            is_held = table == POWER and (
                str(stream[0]).startswith(("contracted", "requested")) or stream[-1] == "base"
            )
            held = [row for row in here if is_held]
            taken = {name: {_where(row) for row in held if row[2]["operator_code"] == name} for name in every}
            for seen, then in before:
                old = {_where(row): row[3] for row in then.get(stream, [])}
                near = [row for row in here if abs(old.get(_where(row), math.inf) - row[3]) <= 0.1 * row[3]]
                for operator in every:
                    taken[operator] |= {_where(row) for row in near if row[1] in seen.get(operator, ())}
            yield table, stream, cells(figures, here, table), here, taken


def _seen_by_operators(folder: Path) -> Seen:
    return {operator: _seen(rows) for operator, rows in operator_rows(folder).items()}


def _seen(rows: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """The sites that an operator sees one by one."""
    return {(row["kvk_number"], row["site_id"]) for row in rows if row["site_id"]}


def _lies_in(row: Filed, key: Key, given: Cells) -> bool:
    return all(code in (None, row[2][name]) for name, code in zip(given.columns, key, strict=True))


def _where(row: Filed) -> tuple:
    return (row[1], *row[2].values())


def less_sites(given: Cells, filed: list[Filed], known: Set[tuple[str, str]]) -> Cells:
    """What is left to be known when these sites are taken off."""
    return less_rows(given, [row for row in filed if row[1] not in known])


def less_rows(given: Cells, rest: list[Filed]) -> Cells:
    """What is left to be known when only these amounts are not known yet."""
    kinds = {frozenset(at for at, code in enumerate(key) if code is not None) for key in given.seen}
    true = amounts(rest, given.columns, kinds)
    seen: dict[Key, float | None] = {}
    for key in true:
        value = given.seen.get(key)
        own = _total(given.true[key]) - _total(true[key])
        seen[key] = None if value is None else max(value - own, 0.0)
    return replace(given, seen=seen, true=true)


def remainders(before: Path, now: Path, sites: tuple[list[Site], list[Site]], law: Law) -> list[Leak]:
    """Every operator subtracts its remainders of two releases, and takes off what it sees of the sites in them."""
    old, leaks = operator_rows(before), []
    for operator, rows in operator_rows(now).items():
        both = (old.get(operator, []), rows)
        seen = [_seen(some) for some in both]
        shown = [
            {_use(row) for row in some if row["operator_row_kind"] == "remainder" and row["energy_pj"] is not None}
            for some in both
        ]
        for use in shown[0] & shown[1]:
            then, here = (_area(some, operator, use) for some in sites)
            # Of a site that is in one of the remainders the change is not known; one that is in neither does not count.
            hidden = (then.keys() - seen[0]) | (here.keys() - seen[1])
            moved: Amounts = defaultdict(float)
            for some, sign in ((then, -1), (here, 1)):
                for place in sorted(some.keys() & hidden):
                    holding, energy = some[place]
                    moved[holding] += sign * energy
            real = {who: abs(change) for who, change in moved.items() if abs(change) > 1e-6}
            if real and law.needed(real, 1e-6):
                leaks.append(Leak("remainders", (operator, use)))
    return leaks


def remainders_less_sites(shown: Sequence[Shown], law: Law) -> list[Leak]:
    """Every operator takes off a remainder the sites in it that it saw in another release.

    What differs by less than a tenth it knows; of others at most what they differ is not known.
    """
    leaks = []
    for at, (folder, sites) in enumerate(shown):
        others = [(operator_rows(path), filed) for number, (path, filed) in enumerate(shown) if number != at]
        for operator, rows in operator_rows(folder).items():
            mine = _seen(rows)
            for use in {_use(row) for row in rows if row["operator_row_kind"] == "remainder" and row["energy_pj"]}:
                left = {place: one for place, one in _area(sites, operator, use).items() if place not in mine}
                unknown = {place: energy for place, (_, energy) in left.items()}
                for there, filed in others:
                    seen, area = _seen(there.get(operator, [])), _area(filed, operator, use)
                    for place in left.keys() & area.keys() & seen:
                        energy, off = left[place][1], abs(left[place][1] - area[place][1])
                        unknown[place] = 0.0 if off <= 0.1 * energy else min(unknown[place], off)
                rest: Amounts = defaultdict(float)
                for place, energy in unknown.items():
                    if energy:
                        rest[left[place][0]] += energy
                if rest and unknown != {p: energy for p, (_, energy) in left.items()} and law.needed(rest, 1e-6):
                    leaks.append(Leak("remainder less sites", (operator, use, at)))
    return leaks


def _area(sites: Iterable[Site], operator: str, use: tuple) -> dict[tuple[str, str], tuple[str, float]]:
    """The sites of an operator in a stream: by number, whose each is and how much energy."""
    return {
        (one.kvk, one.site): (one.holding, one.uses[use][0])
        for one in sites
        if one.operator == operator and use in one.uses
    }


def _use(row: Mapping[str, Any]) -> tuple:
    return tuple(row[name] for name in ("carrier", "direction", "year", "scenario"))


def areas(public: Shown, shared: Shown, law: Law) -> list[Leak]:
    """Every operator takes the sum of its area, of one release, off the country's figures of another.

    Where nobody in the area changed anything in between, the rest is who is outside it. What it knows of these besides
    is for `operators`.
    """
    folder, sites = public
    leaks, written = [], read(folder, ENERGY)
    for operator, rows in operator_rows(shared[0]).items():
        for row in rows:
            carrier, *stream = use = _use(row)
            figure = written.get(tuple(stream), {}).get((*COUNTRY[:4], carrier, None))
            if row["operator_row_kind"] != "total" or row["energy_pj"] is None or figure is None:
                continue
            if figure.status not in NEW or _area(sites, operator, use) != _area(shared[1], operator, use):
                continue
            outside: Amounts = defaultdict(float)
            for one in sites:
                if use in one.uses and one.operator != operator:
                    outside[one.holding] += one.uses[use][0]
            if law.needed(outside, VALUES[ENERGY][1]):
                leaks.append(Leak("areas", (operator, use)))
    return leaks


def area_changes(before: Shown, now: Shown, law: Law) -> list[Leak]:
    """Every operator takes the change of the sum over its area off the country's: who changes what outside it?"""
    leaks, written = [], [read(folder, ENERGY) for folder, _ in (before, now)]
    files = [operator_rows(folder) for folder, _ in (before, now)]
    for operator in files[0].keys() & files[1].keys():
        sums = [
            [
                _use(row)
                for row in some[operator]
                if row["operator_row_kind"] == "total" and row["energy_pj"] is not None
            ]
            for some in files
        ]
        for one, other in product(*sums):
            keys = [(use[1:], (*COUNTRY[:4], use[0], None)) for use in (one, other)]
            figures = [some.get(stream, {}).get(key) for some, (stream, key) in zip(written, keys, strict=True)]
            if one[:2] != other[:2] or any(figure is None or figure.status not in NEW for figure in figures):
                continue
            moved: Amounts = defaultdict(float)
            for sign, (_, sites), use in ((-1, before, one), (1, now, other)):
                for site in sites:
                    if use in site.uses and site.operator != operator:
                        moved[site.holding] += sign * site.uses[use][0]
            real = {who: abs(change) for who, change in moved.items() if abs(change) > 1e-6}
            if real and law.needed(real, VALUES[ENERGY][1]):
                leaks.append(Leak("area changes", (operator, one, other)))
    return leaks


def between_years(folder: Path, sites: list[Site], law: Law) -> list[Leak]:
    """Somebody who draws a line from the last shown year before a withheld cell to the first after it."""
    paths: dict[tuple, dict[int, Cells]] = defaultdict(dict)
    for table, stream, given in every_table(folder, sites):
        codes = dict(zip(STREAMS[table], stream, strict=True))
        if "year" in codes:
            rest = tuple(code for name, code in codes.items() if name not in ("year", "scenario"))
            paths[table, rest, codes["scenario"]][codes["year"]] = given
    leaks = []
    for (table, rest, scenario), path in paths.items():
        base = paths.get((table, rest, "base"), {}) if scenario != "base" else {}
        leaks += [Leak("between years", (table, *rest, *leak.where)) for leak in _between({**base, **path}, law)]
    return leaks


def _between(path: Mapping[int, Cells], law: Law) -> Iterator[Leak]:
    for year, given in path.items():
        for key, cell in given.true.items():
            needed = law.needed(cell, given.unit)
            if not needed or given.seen.get(key) is not None:
                continue
            shown = {y: v for y, one in path.items() if (v := one.seen.get(key)) is not None}
            before, after = (
                max((y for y in shown if y < year), default=None),
                min((y for y in shown if y > year), default=None),
            )
            if before is not None and after is not None:
                guess = shown[before] + (shown[after] - shown[before]) * (year - before) / (after - before)
                if abs(guess - _total(cell)) < needed - given.unit:
                    yield Leak("between years", (year, key))
