"""Rows, tables and tasks made up for the tests of the disclosure engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from assets.disclosure.audit import Verdict, audit
from assets.disclosure.protect import Protected
from assets.disclosure.rules import Contributions, Rules, primaries
from assets.disclosure.suppress import Pattern, Task, task
from assets.disclosure.system import System, Table, build

TWO_WAY = (Table("two_way", (("a",), ("b",))),)
CUBE = (Table("cube", (("province",), ("sector",), ("carrier",))),)


def contributions(*cells: dict[str, float]) -> Contributions:
    """The contributions of cells that are given as holding -> amount."""
    rows = [
        (number, name, amount)
        for number, cell in enumerate(cells)
        for name, amount in sorted(cell.items(), key=lambda item: (-item[1], item[0]))
    ]
    names = sorted({name for _, name, _ in rows})
    return Contributions(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([names.index(row[1]) for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=float),
        tuple(names),
        len(cells),
    )


def two_way(filed: Iterable[tuple[str, str, str, float]]) -> pa.Table:
    """Rows of holding, a, b and value."""
    holding, a, b, value = zip(*filed, strict=True)
    return pa.table({"holding": holding, "a": a, "b": b, "value": pa.array(value, pa.float64())})


def random_rows(seed: int, rows: int = 30, holdings: int = 14, codes: int = 3) -> pa.Table:
    """A small two-way table with skewed values, zeros now and then."""
    rng = np.random.default_rng(seed)
    value = np.round(rng.lognormal(2, 1.2, rows), 2) * (rng.random(rows) > 0.05)
    names = (
        (f"h{x}" for x in rng.integers(0, holdings, rows)),
        *((f"{n}{x}" for x in rng.integers(0, codes, rows)) for n in "ab"),
    )
    return two_way(zip(*names, value.tolist(), strict=True))


def company_rows(seed: int, sites: int) -> pa.Table:
    """Sites in provinces, sectors and carriers, a few holdings with several."""
    rng = np.random.default_rng(seed)
    holding = np.where(rng.random(sites) < 0.1, rng.integers(0, sites, sites), np.arange(sites))
    many = rng.integers(1, 4, sites)
    rows = [
        (
            f"H{holding[site]}",
            f"P{rng.integers(4)}",
            f"S{rng.integers(4)}",
            f"C{rng.integers(3)}",
            rng.lognormal(0, 1.5),
        )
        for site in range(sites)
        for _ in range(many[site])
    ]
    columns = ("holding", "province", "sector", "carrier", "value")
    return pa.table(dict(zip(columns, zip(*rows, strict=True), strict=True)))


def ready(rows: pa.Table, tables: Sequence[Table] = TWO_WAY, rules: Rules | None = None) -> Task:
    system = build(rows, tables)
    return task(system, primaries(system.contributions, rules or Rules()).level)


def protected(given: Task, pattern: Pattern, rules: Rules | None = None) -> Protected:
    return Protected(given.system, primaries(given.system.contributions, rules or Rules()), given, pattern)


def audited(given: Task, pattern: Pattern, rules: Rules | None = None) -> Verdict:
    """What the audit says of what is published under a pattern."""
    found = protected(given, pattern, rules)
    return audit(found.published(), found.required())


def variable(system: System, **key: str) -> int:
    """The variable of the cell with this key; columns left out are totals."""
    wanted = {name: key.get(name) for name in system.columns}
    found = [row["variable"] for row in system.cells.to_pylist() if all(row[n] == c for n, c in wanted.items())]
    assert len(found) == 1, f"{len(found)} cells of {key}"
    return found[0]


def with_level(system: System, levels: dict[int, float], cost: str = "root") -> Task:
    """A task in which these variables must be protected by so much."""
    level = np.zeros(system.size)
    level[list(levels)] = list(levels.values())
    given = task(system, level)
    if cost == "value":
        price = np.abs(system.value) * system.multiple
        return replace(given, cost=price)
    return given


def keys(system: System, chosen: np.ndarray) -> set[tuple]:
    """The keys of the cells of the chosen variables."""
    return {tuple(row[name] for name in system.columns) for row in system.cells.to_pylist() if chosen[row["variable"]]}


def statuses(made: Protected) -> list[str]:
    """What became of each cell: unsafe by itself, withheld to protect others, or shown."""
    variable = made.system.variable
    unsafe, hidden = made.primary.unsafe[variable], made.pattern.hidden[variable]
    return np.select([unsafe, hidden], ["unsafe", "withheld"], "shown").tolist()
