"""Laws of suppression, audit and insiders on random tables: order and units do not matter, and no leak is missed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from assets.disclosure.audit import AuditFailure, Required, audit
from assets.disclosure.insiders import insiders, repair
from assets.disclosure.lp import Worlds, wants_of
from assets.disclosure.optimal import optimum
from assets.disclosure.protect import protect
from assets.disclosure.rules import Rules
from assets.disclosure.suppress import Pattern, Task, Unprotectable, suppress, task
from assets.disclosure.system import Table, build
from tests.assets.disclosure.knowledge import dense, exactly_known, exposed
from tests.assets.disclosure.made import (
    CUBE,
    TWO_WAY,
    audited,
    company_rows,
    keys,
    protected,
    random_rows,
    ready,
    statuses,
    two_way,
    variable,
    with_level,
)
from tests.assets.given import FEW, QUICK, SEEDS

# So many safe cells make a few hundred patterns.
FREE = 8
PLACES = (Table("places", (("place", "region"), ("carrier",))), Table("sectors", (("region",), ("sector",))))


def free(given: Task) -> np.ndarray:
    return np.flatnonzero(~given.hidden_anyway & ~given.never & ~given.forced)


def brute_force(given: Task) -> float:
    """The cost of the cheapest safe pattern, by trying all, the cheapest first."""
    some = free(given)
    choices = (np.arange(2 ** len(some))[:, None] >> np.arange(len(some)) & 1).astype(bool)
    cost = choices @ given.cost[some]
    attack, wants = Worlds(given.system.equations, given.system.size), wants_of(given.level, given.room)
    for number in np.argsort(cost, kind="stable"):
        hidden = given.hidden_anyway.copy()
        hidden[some[choices[number]]] = True
        if not attack.reach(hidden, given.room, wants, all_or_nothing=True)[1]:
            return float(cost[number])
    return np.inf


def few_rows(seed: int, linked: bool) -> tuple[pa.Table, tuple[Table, ...]]:
    """A cube of two codes each, or two linked tables with a hierarchy; few holdings, so that much is unsafe."""
    rng = np.random.default_rng(seed)
    amounts = 24
    place = rng.integers(0, 3, amounts)
    names = ("place", "sector", "carrier") if linked else ("province", "sector", "carrier")
    columns = {name: [f"{name}{n}" for n in rng.integers(0, 2, amounts)] for name in names}
    if linked:
        columns |= {"place": [f"m{n}" for n in place], "region": [f"r{n // 2}" for n in place]}
    holding = [f"h{n}" for n in rng.integers(0, 9, amounts)]
    value = np.round(rng.lognormal(2, 1.2, amounts), 2)
    return pa.table({"holding": holding, **columns, "value": value}), PLACES if linked else CUBE


@QUICK
@drawn(SEEDS, st.sampled_from([20, 60, 150]))
def test_audit_never_misses_after_suppression(seed: int, sites: int) -> None:
    given = ready(company_rows(seed, sites), CUBE)
    found = audited(given, suppress(given))
    assert found.checked > 0
    assert found.safe, found


@FEW
@drawn(SEEDS)
def test_order_of_rows_does_not_matter(seed: int) -> None:
    for rows, tables, most in ((company_rows(seed, 25), CUBE, 0), (random_rows(seed), TWO_WAY, 150)):
        order = pa.array(np.random.default_rng(seed).permutation(len(rows)))
        first, other = (protect(some, tables, Rules(), exact_up_to=most) for some in (rows, rows.take(order)))
        assert first.published() == other.published()
        assert statuses(first) == statuses(other)


@FEW
@drawn(SEEDS, st.sampled_from([1e-3, 3.6, 1e6]))
def test_units_do_not_matter(seed: int, factor: float) -> None:
    for rows, tables, most in ((company_rows(seed, 25), CUBE, 0), (random_rows(seed), TWO_WAY, 150)):
        place = rows.column_names.index("value")
        other_unit = rows.set_column(place, "value", pa.array(rows["value"].to_numpy() * factor))
        first, other = (protect(some, tables, Rules(), exact_up_to=most) for some in (rows, other_unit))
        assert statuses(first) == statuses(other)


@QUICK
@drawn(SEEDS)
def test_showing_a_needed_complement_is_found(seed: int) -> None:
    """After the clean-up each complement is needed: the audit must fail when any is shown again."""
    given = ready(random_rows(seed))
    pattern = suppress(given)
    assert audited(given, pattern).safe
    for at in np.flatnonzero(pattern.complements(given)):
        leaking = pattern.hidden.copy()
        leaking[at] = False
        found = audited(given, Pattern(leaking, (), pattern.given_up))
        assert not found.safe
        assert found.worst < 1


@QUICK
@drawn(SEEDS)
def test_publishing_less_never_fails(seed: int) -> None:
    given = ready(random_rows(seed))
    pattern = suppress(given)
    more = pattern.hidden | (np.random.default_rng(seed).random(len(pattern.hidden)) < 0.3)
    assert audited(given, Pattern(more, (), pattern.given_up)).safe


@pytest.mark.parametrize("seed", range(12))
def test_optimum_is_that_of_brute_force(seed: int) -> None:
    given = ready(random_rows(seed))
    found = optimum(given)
    assert found.proven
    assert found.cost == pytest.approx(brute_force(given), rel=1e-9)
    assert found.cost <= suppress(given).cost(given) * (1 + 1e-9)
    assert audited(given, found.pattern).safe


@FEW
@drawn(SEEDS, st.booleans(), st.booleans())
def test_optimum_is_that_of_brute_force_in_cubes_and_linked_tables(seed: int, linked: bool, weighted: bool) -> None:
    system = (given := ready(*few_rows(seed, linked))).system
    rng = np.random.default_rng(seed)
    if weighted:
        given = replace(given, cost=given.cost * rng.uniform(0.1, 10, system.size))
    # All but what protects, and some more, was shown before: there are few enough patterns to try, and one is safe.
    some, frozen = rng.permutation(free(given)), np.zeros(system.size, dtype=bool)
    needed = suppress(given).complements(given)[some]
    frozen[some[np.argsort(~needed, kind="stable")][max(FREE, needed.sum()) :]] = True
    given = replace(given, frozen=frozen)
    found = optimum(given)
    assert found.proven
    assert found.cost == pytest.approx(brute_force(given), rel=1e-6, abs=1e-9)
    assert audited(given, found.pattern).safe


def test_optimum_beats_the_sequential_method_somewhere() -> None:
    """Else the comparison above shows nothing."""
    some = (ready(random_rows(seed)) for seed in range(40))
    assert any(optimum(given).cost < suppress(given).cost(given) * 0.99 for given in some)


@FEW
@drawn(SEEDS)
def test_no_insider_is_exposed_after_repair(seed: int) -> None:
    given = ready(company_rows(seed, 40), CUBE)
    pattern = suppress(given)
    who = insiders(given.system, pattern.hidden)
    repaired = repair(given, pattern, who)
    assert exposed(given, repaired, who) == []
    assert exactly_known(given, repaired, who) == []
    assert audited(given, repaired).safe
    assert (repaired.hidden | ~pattern.hidden).all()


def test_insiders_are_exposed_before_repair_and_the_audit_with_their_knowledge_agrees() -> None:
    found = 0
    for seed in range(6):
        given = ready(company_rows(seed, 60), CUBE)
        pattern = suppress(given)
        who = insiders(given.system, pattern.hidden, pairs=False)
        told = exactly_known(given, pattern, who)
        wide = {(insider.holdings, want.variable) for insider, want in exposed(given, pattern, who)}
        assert {(insider.holdings, at) for insider, at in told} <= wide
        for insider, at in told[:3]:
            # To who knows them, its own cells are shown.
            outcome = protected(given, Pattern(pattern.hidden & ~insider.known, (), pattern.given_up))
            required = [one for one in outcome.required() if _variable_at(given, one.row) == at]
            assert not audit(outcome.published(), required).safe
            found += 1
    assert found


def _variable_at(given: Task, row: int) -> int:
    return given.system.cells["variable"][row].as_py()


def test_linked_tables_are_protected_together() -> None:
    """Municipalities of one table tell about the provinces of another."""
    rng = np.random.default_rng(3)
    places = rng.integers(0, 9, 150)
    rows = pa.table(
        {
            "holding": [f"h{n}" for n in rng.integers(0, 40, 150)],
            "municipality": [f"M{n}" for n in places],
            "province": [f"P{n // 3}" for n in places],
            "sector": [f"S{n}" for n in rng.integers(0, 4, 150)],
            "carrier": [f"C{n}" for n in rng.integers(0, 3, 150)],
            "value": rng.lognormal(0, 2.5, 150),
        }
    )
    tables = (
        Table("places", (("municipality", "province"), ("carrier",))),
        Table("sectors", (("province",), ("sector",))),
    )
    system = build(rows, tables)
    assert np.abs(dense(system) @ system.value).max() < 1e-9
    outcome = protect(rows, tables, Rules(), pairs=False)
    parents = {"municipality": ("province", {f"M{n}": f"P{n // 3}" for n in range(9)})}
    found = audit(outcome.published(), outcome.required(), parents)
    assert found.safe
    assert found.checked > 20
    assert outcome.pattern.complements(outcome.task).any()
    with pytest.raises(AuditFailure):
        audit(outcome.published(), outcome.required(), {"municipality": ("province", {"M0": "P0"})})


def test_forced_cells_stay_frozen_cells_hold_and_what_cannot_be_is_said() -> None:
    rows = two_way([(a + b, a, b, 10.0) for a in "pqr" for b in "xyz"])
    system = build(rows, TWO_WAY)
    unsafe = variable(system, a="p", b="x")
    level = np.zeros(system.size)
    level[unsafe] = 5.0
    kept = np.zeros(system.size, dtype=bool)
    kept[[variable(system, a="p"), variable(system, b="x"), variable(system)]] = True
    given = task(system, level, forced=kept)
    pattern = suppress(given)
    assert not (pattern.hidden & kept).any()
    assert not pattern.given_up.any()
    inside = np.zeros(system.size, dtype=bool)
    inside[[variable(system, a=a, b=b) for a in "pqr" for b in "xyz" if a + b != "px"]] = True
    given_up = suppress(task(system, level, forced=kept, frozen=inside))
    assert given_up.given_up[[variable(system, a="p"), variable(system, b="x")]].all()
    with pytest.raises(Unprotectable):
        suppress(task(system, level, frozen=inside | kept))
    with pytest.raises(Unprotectable):
        task(system, level, frozen=level > 0)


def test_zero_is_never_a_complement_and_lone_zero_is_protected() -> None:
    rows = two_way(
        [(f"{a}{b}{n}", a, b, 0.0 if a + b == "qy" else 10.0) for a in "pqr" for b in "xyz" for n in range(4)]
    )
    system = build(rows, TWO_WAY)
    pattern = suppress(with_level(system, {variable(system, a="p", b="x"): 2.0}))
    assert ("q", "y") not in keys(system, pattern.hidden)
    lone = pa.concat_tables([rows, two_way([("alone", "s", "x", 0.0), *((f"s{n}", "s", "y", 9.0) for n in range(4))])])
    outcome = protect(lone, TWO_WAY, Rules(unit=0.5), pairs=False)
    assert ("s", "x") in keys(outcome.system, outcome.pattern.hidden)
    assert audit(outcome.published(), outcome.required()).safe


def test_withheld_in_a_sister_table_is_cheaper() -> None:
    rows = two_way([(f"{a}{b}{n}", a, b, 10.0) for a in "pqr" for b in "xyz" for n in range(1 if a + b == "px" else 4)])
    earlier = {("p", "z"), ("r", "z"), ("r", "x")}
    outcome = protect(rows, TWO_WAY, Rules(), earlier=earlier, pairs=False)
    assert keys(outcome.system, outcome.pattern.hidden) == {("p", "x"), ("p", "z"), ("r", "z"), ("r", "x")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": [1.0, -1.0]}, "negative"),
        ({"value": [1.0, float("inf")]}, "finite"),
        ({"holding": ["h", None]}, "empty"),
        ({"a": ["p", None]}, "empty"),
    ],
)
def test_rows_that_cannot_be_placed_are_refused(change: dict, said: str) -> None:
    good = {"holding": ["h", "g"], "a": ["p", "q"], "b": ["x", "y"], "value": [1.0, 2.0]}
    with pytest.raises(ValueError, match=said):
        build(pa.table(good | change), TWO_WAY)


def test_signed_measures_rules_take_the_absolute_value() -> None:
    rows = two_way([(f"{a}{b}{n}", a, b, (-1.0) ** n * (n + 5)) for a in "pq" for b in "xy" for n in range(6)])
    rows = pa.concat_tables([rows, two_way([("alone", "r", "x", -4.0), *((f"r{n}", "r", "y", 3.0) for n in range(5))])])
    outcome = protect(rows, TWO_WAY, Rules(), signed=True, pairs=False)
    assert ("r", "x") in keys(outcome.system, outcome.pattern.hidden)
    assert audit(outcome.published(), outcome.required(), signed=True).safe


def test_nothing_filed_and_one_firm() -> None:
    empty = two_way([("h", "p", "x", 1.0)]).slice(0, 0)
    assert len(protect(empty, TWO_WAY, Rules()).published()) == 0
    alone = protect(two_way([("h", "p", "x", 1.0)]), TWO_WAY, Rules())
    assert set(statuses(alone)) == {"unsafe"}
    assert audit(alone.published(), alone.required()).safe


def verdict(seed: int) -> str:
    """What the audit says of a table with 10^-3 beside 10^11."""
    rng = np.random.default_rng(seed)
    rows = two_way(
        [(f"h{n}", f"a{n % 4}", f"b{n % 3}", float(10.0 ** rng.uniform(-3, 11))) for n in range(60)]
        + [("lone", "a9", "b0", 1e-3), ("big", "a9", "b1", 1e11), ("mid", "a9", "b2", 5.0)]
    )
    outcome = protect(rows, TWO_WAY, Rules(), pairs=False)
    assert keys(outcome.system, outcome.pattern.hidden) >= {("a9", "b0"), ("a9", "b1"), ("a9", "b2")}
    try:
        return "safe" if audit(outcome.published(), outcome.required()).safe else "unsafe"
    except AuditFailure:
        return "refused"


def test_very_large_beside_very_small_is_safe_or_refused() -> None:
    assert {verdict(seed) for seed in range(12)} <= {"safe", "refused"}


def test_contradicting_figures_are_no_proof_of_safety() -> None:
    given = ready(random_rows(1))
    outcome = protected(given, suppress(given))
    cells = outcome.published()
    value = cells["value"].to_pylist()
    total = next(row for row, cell in enumerate(cells.to_pylist()) if cell["a"] is None and cell["b"] is None)
    value[total] = (value[total] or 0.0) / 2 - 1.0
    with pytest.raises(AuditFailure):
        audit(cells.set_column(2, "value", pa.array(value)), outcome.required())


def test_what_is_known_exactly_leaves_less_than_what_is_rounded() -> None:
    """A total of 10 and a part of 5, rounded to 1: a part that is exactly nothing adds no play to what is left."""
    cells = pa.table({"a": ["x", "y", "z", None], "value": pa.array([None, 0.0, 5.0, 10.0])})
    required = [Required(0, 5.0, 3.8, 6.0)]
    assert audit(cells, required, unit=1.0).safe
    assert not audit(cells, required, unit=np.array([1.0, 0.0, 1.0, 1.0])).safe
