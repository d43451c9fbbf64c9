"""Two engines on the same tables: same unsafe cells, each other's patterns safe, and ours at most as dear."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from assets.disclosure.optimal import optimum
from assets.disclosure.protect import protect
from assets.disclosure.rules import primaries
from assets.disclosure.suppress import Task, suppress, task
from assets.disclosure.system import Table, build
from tests.assets.disclosure.made import audited
from tests.assets.disclosure.oracle import RULES, Opinion, modular, opinion, optimal, priced_by_value

# Codes per dimension, amounts filed, holdings.
SQUARE, CUBE = ((4, 4), 60, 25), ((3, 3, 3), 120, 40)
# Theirs are rounded to so much in a cost or a level.
CLOSE = 1e-4


def filed(seed: int, codes: tuple[int, ...], amounts: int, holdings: int, *, zeros: float = 0.0) -> pa.Table:
    """Amounts of a few holdings with several each, some of them zero."""
    rng = np.random.default_rng(seed)
    value = np.round(rng.lognormal(2, 1.2, amounts), 2) + 0.01
    columns = {
        name: [f"{name}{n}" for n in rng.integers(0, some, amounts)]
        for name, some in zip("abc"[: len(codes)], codes, strict=True)
    }
    return pa.table(
        {
            "holding": [f"h{number:03}" for number in rng.integers(0, holdings, amounts)],
            **columns,
            "value": np.round(value * (rng.random(amounts) >= zeros), 2),
        }
    )


def asked(rows: pa.Table) -> Task:
    """What must be protected, at the price that both engines count."""
    table = Table("one", tuple((name,) for name in rows.column_names if name in "abc"))
    system = build(rows, (table,))
    return priced_by_value(task(system, primaries(system.contributions, RULES).level))


def said(rows: pa.Table, given: Task, method: str, folder: Path) -> Opinion:
    found = opinion(rows, given.system, method, folder)
    assert found is not None, "the other engine gave up on a small table"
    return found


@pytest.mark.parametrize("seed", range(24))
def test_the_same_cells_are_unsafe_by_as_much(seed: int, tmp_path: Path) -> None:
    codes = [(3, 3), (4, 4), (2, 3, 2)][seed % 3]
    rows = filed(seed, codes, 6 + 3 * seed, 3 + seed, zeros=0.3 * (seed % 2))
    given = asked(rows)
    theirs = said(rows, given, modular(), tmp_path)
    assert (theirs.unsafe == (given.level > 0)).all()
    # Where there is nothing but zeros, ours still asks for some width and theirs for none.
    some = theirs.unsafe & (given.system.value > 0)
    assert np.allclose(theirs.level[some], given.level[some] * given.system.scale, atol=CLOSE)


def test_records_of_one_holding_count_as_one_in_both(tmp_path: Path) -> None:
    one = [("h1", "p", "x", 10.0)] * 4 + [(f"g{n}", a, b, 10.0) for n in range(6) for a, b in ("py", "qx", "qy")]
    rows = pa.table(dict(zip(("holding", "a", "b", "value"), zip(*one, strict=True), strict=True)))
    given = asked(rows)
    theirs = said(rows, given, optimal(), tmp_path)
    assert theirs.unsafe.sum() == 1
    assert (theirs.unsafe == (given.level > 0)).all()


@pytest.mark.parametrize("shape", [SQUARE, CUBE])
@pytest.mark.parametrize("seed", range(5))
def test_our_optimum_costs_at_most_theirs_and_both_are_safe(
    seed: int, shape: tuple[tuple[int, ...], int, int], tmp_path: Path
) -> None:
    rows = filed(seed, *shape)
    given = asked(rows)
    ours = optimum(given)
    assert ours.proven
    assert audited(given, ours.pattern, RULES).safe
    costs = []
    for name, method in (("optimal", optimal()), ("modular", modular())):
        pattern = said(rows, given, method, tmp_path / name).pattern(given)
        assert audited(given, pattern, RULES).safe
        costs.append(pattern.cost(given))
    assert ours.cost <= min(costs) * (1 + CLOSE)


@pytest.mark.parametrize("seed", range(5))
def test_our_sequential_method_costs_little_more_than_the_optimum(seed: int) -> None:
    """It takes one world at a time; `protect` uses it only where the optimum takes too long."""
    given = asked(filed(seed, *CUBE))
    found = suppress(given)
    assert audited(given, found, RULES).safe
    assert found.cost(given) <= optimum(given).cost * 1.15


@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_they_call_unsafe_is_shown_in_the_end(seed: int, tmp_path: Path) -> None:
    rows = filed(seed, *CUBE)
    given = asked(rows)
    ours = protect(rows, (Table("one", tuple((name,) for name in "abc")),), RULES)
    assert not (said(rows, given, optimal(), tmp_path).unsafe & ~ours.pattern.hidden).any()
    assert audited(given, ours.pattern, RULES).safe
