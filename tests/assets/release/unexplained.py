"""The attack that subtracts: the public plan less the public base year less the public projects, per region.

Reckoned plainly and from the written files, as the other attacks are; who has what in the rest is what was filed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from tests.assets.disclosure.knowledge import intervals
from tests.assets.release.attacks import (
    DIMENSIONS,
    ENERGY,
    NEW,
    POWER,
    PROJECT,
    PROJECTS,
    VALUES,
    Amounts,
    Cells,
    Figure,
    Filed,
    Key,
    Law,
    Leak,
    Shown,
    Stream,
    _table,
    cells,
    read,
    truth,
)

# The table of demand, how its stream begins, the table of projects, and which carrier and route are about the same.
RELATIONS = (
    (ENERGY, "offtake", PROJECTS[0], None, None),
    (ENERGY, "offtake", PROJECTS[0], "electricity", "electrification"),
    (ENERGY, "offtake", PROJECTS[0], "hydrogen", "hydrogen"),
    (POWER, "peak", PROJECTS[1], None, None),
)
Range = tuple[float, float]


def unexplained(plan: Shown, base: Shown, projects: Shown, law: Law) -> list[Leak]:
    """Every rest of three versions that lies within a narrower range than the rules ask."""
    return [
        Leak("unexplained", where, remains)
        for relation in RELATIONS
        for where, remains in _rests(relation, plan, base, projects, law)
    ]


def _rests(relation: tuple, plan: Shown, base: Shown, projects: Shown, law: Law) -> Iterator[tuple[tuple, float]]:
    table, kind, by, carrier, route = relation
    shown, then = read(plan[0], table), read(base[0], table).get((kind, 2023, "base"), {})
    filed, before = truth(plan[1], table), truth(base[1], table).get((kind, 2023, "base"), [])
    signs = [(by, read(projects[0], by), truth(projects[1], by), (sign,)) for sign in ("more", "less")]
    for stream, figures in shown.items():
        if stream[0] != kind or stream[-1] == "base":
            continue
        rows = filed.get(stream, [])
        where = {row[2]["region_code"] for row in (*rows, *before) if carrier in (None, row[2].get("energy_carrier"))}
        every = where | {row[2]["region_code"] for sign in signs for row in sign[2].get(sign[3], ())}
        for regions in _groups(table, (figures, then), every, where, carrier):
            sums = [_project_range(*one, regions, route, int(stream[1])) for one in signs]
            needed = law.needed(_rest((rows, before), sums, regions, carrier), VALUES[table][1]) if any(sums) else 0.0
            if needed and (remains := _remains(sums, needed)) < 1 - 1e-4:
                yield (stream, carrier, tuple(sorted(regions))), remains


def _groups(
    table: str, versions: Iterable[Mapping[Key, Figure]], every: set[str], where: set[str], carrier: str | None
) -> Iterator[set[str]]:
    """Each region of which both figures are known, the country, and the regions of which they are not.

    Of the country with all projects, and with those `where` anybody filed anything of the plan or the base year.
    """
    both = list(versions)
    seen = {region for region in where if all(_known(table, one, region, carrier) for one in both)}
    yield from ({region} for region in seen)
    if where and all(_known(table, one, None, carrier) for one in both):
        yield from (group for group in (every, where, where - seen) if group)


def _rest(years: tuple[list[Filed], list[Filed]], sums: list, regions: set[str], carrier: str | None) -> Amounts:
    """What each holding has in the plan that is neither in the base year nor in its projects, without sign."""
    rest: Amounts = defaultdict(float)
    size = 0.0
    for some, sign in zip(years, (1, -1), strict=True):
        for holding, _, codes, amount in some:
            if codes["region_code"] in regions and carrier in (None, codes.get("energy_carrier")):
                rest[holding] += sign * amount
                size += amount
    for one, sign in zip(sums, (-1, 1), strict=True):
        for holding, amount in one[0].items() if one else ():
            rest[holding] += sign * amount
            size += amount
    return {holding: abs(amount) for holding, amount in rest.items() if abs(amount) > 1e-9 * size}


def _known(table: str, figures: Mapping[Key, Figure], region: str | None, carrier: str | None) -> bool:
    """Whether a figure is shown, or nobody filed it."""
    code = {"region_code": region, "energy_carrier": carrier}
    figure = figures.get(tuple(code.get(name) for name in DIMENSIONS[table]))
    return figure is not None and figure.status in (*NEW, "not_filed")


def _project_range(
    table: str,
    written: Mapping[Stream, dict[Key, Figure]],
    filed: Mapping[Stream, list[Filed]],
    stream: Stream,
    regions: set[str],
    route: str | None,
    year: int,
) -> tuple[Amounts, Range] | None:
    """What projects of one sign until a year come to, by holding, and what the figures leave for it; None if none."""
    rows = filed.get(stream, [])
    some = [
        row
        for row in rows
        if row[2]["region_code"] in regions
        and route in (None, row[2]["project_route"])
        and row[2]["phase_in"] != "later"
        and int(row[2]["phase_in"]) <= year
    ]
    if not some:
        return None
    amounts: Amounts = defaultdict(float)
    for holding, _, _, amount in some:
        amounts[holding] += amount
    return amounts, _range(cells(written.get(stream, {}), rows, table), rows, some)


def _range(given: Cells, rows: Iterable[Filed], some: list[Filed]) -> Range:
    """The lowest and highest that a sum of amounts can be, for who sees the figures and knows what was filed where."""
    inside = {id(row) for row in some}
    columns = (*PROJECT, "taken")
    at = [given.columns.index(name) if name in given.columns else None for name in PROJECT]
    seen: dict[Key, float | None] = {
        (*(None if place is None else key[place] for place in at), None): value for key, value in given.seen.items()
    }
    for row in rows:
        taken = "yes" if id(row) in inside else "no"
        seen |= {(*(row[2][name] for name in PROJECT), taken): None, (None, None, None, None, taken): None}
    total: Key = (None, None, None, None, "yes")
    table, number = _table(columns, seen)
    return intervals(table, [number[total]], unit=given.unit)[0]


def _remains(sums: list[tuple[Amounts, Range] | None], needed: float) -> float:
    """Which part of the distance remains, of the way that is the narrower; less than nothing no sum can be."""
    ups, downs, nothing = [], [], []
    for one in sums:
        amount, (low, high) = (sum(one[0].values()), one[1]) if one else (0.0, (0.0, 0.0))
        ups.append(high - amount)
        downs.append(amount - max(low, 0.0))
        nothing.append(one is None or low <= 1e-9 * max(amount, 1.0))
    parts = [1.0]
    for one, other in ((0, 1), (1, 0)):
        # A sum without projects of its own sign can only be as much less as there is of the other.
        if not (sums[one] is None and nothing[other]):
            parts.append((ups[one] + downs[other]) / needed)
    return float(np.min(parts))
