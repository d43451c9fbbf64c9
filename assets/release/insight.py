"""What a grid operator can tell about others from the public figures and what it knows of its own area.

It takes the sites that it sees off every public figure, and knows what its area sums to. What it gets is decided in
`operators`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.disclosure.audit import Required, audit
from assets.disclosure.protect import Key
from assets.disclosure.rules import Rules, primaries
from assets.disclosure.sums import unsafe_sums
from assets.disclosure.system import System, Table, build
from assets.release.facts import Stream
from assets.release.figures import Figure, columns_of, tables_of
from assets.release.prove import NUMBERED
from blueprint.disclosure import Step

CARRIER, MINE, INSIDE, OUTSIDE = "energy_carrier", "mine", "inside", "outside"


@dataclass(frozen=True, eq=False)
class PublicStream:
    """A public stream with what is shown of it: what an operator knows besides its own sites."""

    stream: Stream
    step: Step
    figures: Mapping[Key, Figure]
    rules: Rules
    waiving: frozenset[str] = frozenset()


def safe_sites(sites: frozenset[str], public: Sequence[PublicStream]) -> frozenset[str]:
    """The sites that may be shown: less them, all public figures together still tell about nobody else."""
    open_ = sites
    while open_:
        telling = {site for one in public for site in _telling(one, open_)}
        if not telling:
            break
        open_ -= telling
    return open_


def _telling(one: PublicStream, sites: frozenset[str]) -> set[str]:
    """For every cell that is not safe from who knows these sites, the largest of them that has to do with it."""
    mine = one.stream.rows.filter(pc.field("site").isin(pa.array(sorted(sites), pa.string()))).to_pylist()
    found: set[str] = set()
    for code in missed(one, sites) if mine else ():
        inside = [amount for amount in mine if code.items() <= amount.items()]
        beside = [amount for amount in mine if not code or set(code.items()) & set(amount.items())]
        found.add(max(inside or beside or mine, key=lambda amount: (amount["value"], amount["site"]))["site"])
    return found


def missed(
    one: PublicStream, sites: frozenset[str], area: Mapping[str, frozenset[str]] | None = None
) -> list[dict[str, str]]:
    """The cells, by code, of which who knows these sites learns too much from the public figures.

    `area` adds the sums that are known of an area: for each of these carriers (empty: whatever the carrier) the sites.
    """
    rows = one.stream.rows
    if area is not None:
        rows = rows.append_column(MINE, pa.array(_sides(rows, area), pa.string()))
    tables = tables_of(one.step) if area is None else (*tables_of(one.step), _area_table(rows))
    left = rows.filter(~pc.field("site").isin(pa.array(sorted(sites), pa.string())))
    if not left.num_rows:
        return []
    system, whole = build(left, tables), _values(build(rows, tables))
    keys = _keys(system)
    primary = primaries(system.contributions, one.rules, one.waiving)
    number = system.cells["variable"].to_numpy()
    true, level, unsafe = system.value[number], primary.level[number], primary.unsafe[number]
    value, known = np.full(len(keys), np.nan), np.zeros(len(keys), dtype=bool)
    for row, key in enumerate(keys):
        code = {name: part for name, part in zip(system.columns, key, strict=True) if part is not None}
        side = code.pop(MINE, None)
        figure = one.figures.get(tuple(code.get(name) for name in columns_of(one.step)))
        if side == INSIDE and code.get(CARRIER, "") in (area or {}) and len(code) <= 1:
            value[row] = true[row]
        elif (
            side is None and set(code) <= set(columns_of(one.step)) and figure is not None and figure.value is not None
        ):
            known[row] = True
            if figure.status in NUMBERED:
                value[row] = max(float(figure.value) - (whole[key] - true[row]), 0.0)
    required = [
        Required(row, float(true[row]), max(float(true[row] - level[row]), 0.0), float(true[row] + level[row]))
        for row in np.flatnonzero(unsafe & np.isnan(value)).tolist()
    ]
    found = set(np.flatnonzero(unsafe & (known | ~np.isnan(value))).tolist())
    if required:
        names = {name: pa.array([key[at] for key in keys], pa.string()) for at, name in enumerate(system.columns)}
        cells = pa.table({**names, "value": pa.array(value, from_pandas=True)})
        found |= {miss.row for miss in audit(cells, required, unit=one.rules.unit).misses}
    hidden = np.ones(system.size, dtype=bool)
    hidden[number[~np.isnan(value)]] = False
    at = {variable: row for row, variable in enumerate(number.tolist())}
    for total, parts in unsafe_sums(system, system.contributions, hidden, one.rules, one.waiving):
        found.add(at.get(parts[0], at[total]))
    return [
        {name: part for name, part in zip(system.columns, keys[row], strict=True) if part is not None}
        for row in sorted(found)
    ]


def _keys(system: System) -> list[Key]:
    return [tuple(row[name] for name in system.columns) for row in system.cells.to_pylist()]


def _values(system: System) -> dict[Key, float]:
    return dict(zip(_keys(system), system.value[system.cells["variable"].to_numpy()].tolist(), strict=True))


def _sides(rows: pa.Table, area: Mapping[str, frozenset[str]]) -> list[str]:
    carriers = rows[CARRIER].to_pylist() if CARRIER in rows.column_names else [""] * rows.num_rows
    return [
        INSIDE if site in area.get(carrier, ()) else OUTSIDE
        for site, carrier in zip(rows["site"].to_pylist(), carriers, strict=True)
    ]


def _area_table(rows: pa.Table) -> Table:
    return Table("area", ((CARRIER,), (MINE,)) if CARRIER in rows.column_names else ((MINE,),))
