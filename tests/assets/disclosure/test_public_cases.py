"""Small public tables with known answers: INSEE, sdcTable, GaussSuppression and the manual of τ-ARGUS.

Only their figures are used; where a table is given by count, largest and total, the records are filled in.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pytest

from assets.disclosure.audit import Required, audit
from assets.disclosure.optimal import optimum
from assets.disclosure.rules import Rules, primaries
from assets.disclosure.suppress import suppress
from assets.disclosure.system import build
from tests.assets.disclosure.knowledge import intervals
from tests.assets.disclosure.made import (
    TWO_WAY,
    audited,
    contributions,
    keys,
    protected,
    two_way,
    variable,
    with_level,
)


def filled(cells: Mapping[tuple[str, str], tuple[float, int, list[float]]]) -> pa.Table:
    """Records of a table that is given per cell by total, count and largest; the rest is evenly spread."""
    rows = []
    for (a, b), (total, count, largest) in cells.items():
        rest = (
            [(total - sum(largest)) / (count - len(largest))] * (count - len(largest)) if count > len(largest) else []
        )
        rows += [(f"{a}{b}{number}", a, b, value) for number, value in enumerate([*largest, *rest])]
    return two_way(rows)


# rtauargus (MIT), the table of its first example: activity by size, with total, count and largest.
INSEE = {
    ("01", "tr1"): (100, 10, [20.0]),
    ("01", "tr2"): (50, 5, [15.0]),
    ("02", "tr1"): (30, 2, [20.0]),
    ("02", "tr2"): (20, 5, [10.0]),
    ("06", "tr1"): (60, 8, [16.0]),
    ("06", "tr2"): (40, 6, [38.0]),
}


def test_insee_table() -> None:
    system = build(filled(INSEE), TWO_WAY)
    primary = primaries(system.contributions, Rules(p_percent=None, dominance=((1, 85.0),)))
    assert keys(system, primary.unsafe) == {("02", "tr1"), ("06", "tr2")}
    given = with_level(system, {int(at): float(primary.level[at]) for at in primary.unsafe.nonzero()[0]}, "value")
    for pattern in (suppress(given), optimum(given).pattern):
        assert keys(system, pattern.complements(given)) == {("02", "tr2"), ("06", "tr1")}
        assert pattern.cost(given) == 80


# sdcTable, tests of its simple heuristic: nine cells withheld, two or more in each line.
SHOWN = {
    ("w", "d"): 89,
    ("x", "b"): 124,
    ("x", "d"): 31,
    ("y", "a"): 92,
    ("y", "c"): 59,
    ("z", "a"): 800,
    ("z", "c"): 651,
}
HIDDEN = {
    ("w", "a"): 30, ("w", "b"): 47, ("w", "c"): 64, ("x", "a"): 90, ("x", "c"): 5,
    ("y", "b"): 100, ("y", "d"): 85, ("z", "b"): 991, ("z", "d"): 685,
}  # fmt: skip


def test_two_per_line_is_not_enough() -> None:
    system = build(two_way([(a + b, a, b, float(v)) for (a, b), v in (SHOWN | HIDDEN).items()]), TWO_WAY)
    at = {cell: variable(system, a=cell[0], b=cell[1]) for cell in HIDDEN}
    given = with_level(system, dict.fromkeys(at.values(), 1.0))
    rows = [row["variable"] for row in system.cells.to_pylist()]
    shown = system.cells.select(["a", "b"])
    before = shown.append_column(
        "value", pa.array([None if v in at.values() else float(system.value[v]) for v in rows])
    )
    row = rows.index(at["w", "b"])
    assert intervals(before, [row]) == [pytest.approx((47.0, 47.0))]
    found = audit(before, [Required(row, 47.0, 46.0, 48.0)])
    assert (found.safe, found.worst) == (False, pytest.approx(0.0, abs=1e-9))

    best = optimum(given)
    assert best.pattern.complements(given).sum() == 1
    after = protected(given, best.pattern).published()
    low, high = intervals(after, [row])[0]
    assert low <= 46
    assert high >= 48
    with_xb = shown.append_column(
        "value",
        pa.array([None if v in at.values() or v == variable(system, a="x", b="b") else system.value[v] for v in rows]),
    )
    assert intervals(with_xb, [row])[0][0] == pytest.approx(0)


# sdcTable, microdata1: region by gender, 100 records; cells are numbered from the total, each region after the last.
MICRODATA1 = {
    ("A", "1m"): (178, 18, [18.0, 15.0]),
    ("A", "2f"): (20, 2, [11.0, 9.0]),
    ("B", "1m"): (140, 14, [15.0, 14.0]),
    ("B", "2f"): (204, 19, [18.0, 16.0]),
    ("C", "1m"): (118, 12, [18.0, 12.0]),
    ("C", "2f"): (106, 10, [19.0, 12.0]),
    ("D", "1m"): (366, 11, [280.0, 11.0]),
    ("D", "2f"): (152, 14, [18.0, 16.0]),
}
NUMBERS = {
    (a, b): 1 + 3 * place + column
    for place, a in enumerate((None, "A", "B", "C", "D"))
    for column, b in enumerate((None, "1m", "2f"))
}


@pytest.mark.parametrize(
    ("rules", "numbers"),
    [
        (Rules(p_percent=None), {6}),
        (Rules(p_percent=None, min_holdings=1, dominance=((2, 75.0),)), {6, 14}),
        (Rules(p_percent=70, min_holdings=1), {6, 14}),
        # pq(60, 80) asks what p = 60 / 80 asks.
        (Rules(p_percent=75, min_holdings=1), {6, 14}),
    ],
)
def test_microdata1_primaries(rules: Rules, numbers: set[int]) -> None:
    system = build(filled(MICRODATA1), TWO_WAY)
    found = keys(system, primaries(system.contributions, rules).unsafe)
    assert {NUMBERS[key] for key in found} == numbers


def test_microdata1_complements() -> None:
    system = build(filled(MICRODATA1), TWO_WAY)
    given = with_level(system, {variable(system, a="A", b="2f"): 2.0}, "value")
    found = optimum(given)
    assert {NUMBERS[key] for key in keys(system, found.pattern.hidden)} == {5, 6, 11, 12}
    assert audited(given, found.pattern, Rules(p_percent=None)).safe


def test_dominance_by_holding_and_by_record() -> None:
    # GaussSuppression, test of its dominance rule: the share of the two largest in seven cells.
    amounts = ([100], [90, 10], [80, 20], [70, 30], [80, 10, 10], [70, 10, 10, 10], [60, 20, 10, 10])
    records = [{str(n): float(v) for n, v in enumerate(cell)} for cell in amounts]
    holdings = [*records[:5], {"0": 70.0, "1": 30.0}, {"0": 60.0, "1": 30.0, "2": 10.0}]
    for cells, shares in ((records, (1, 1, 1, 1, 0.9, 0.8, 0.8)), (holdings, (1, 1, 1, 1, 0.9, 1, 0.9))):
        for percent in (79, 81, 89, 91):
            rules = Rules(p_percent=None, min_holdings=1, dominance=((2, percent),))
            assert primaries(contributions(*cells), rules).unsafe.tolist() == [
                share > percent / 100 for share in shares
            ]


def test_interval_of_the_manual() -> None:
    cells = pa.table(
        {
            "a": ["1", "1", "2", "2", "3", "3", "1", "2", "3", None, None, None],
            "b": ["1", "2", "1", "2", "1", "2", None, None, None, "1", "2", None],
            "value": pa.array([None, None, None, None, 3, 3, 7, 3, 6, 9, 7, 16], pa.float64()),
        }
    )
    assert intervals(cells, [0]) == [pytest.approx((3.0, 6.0))]
