"""A fault in what the maker and the proof share is found by what neither of them uses."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from assets.disclosure import rules, sums, system
from assets.disclosure.rules import Contributions, Primary, Rules
from assets.disclosure.system import Key
from assets.release.facts import Stream
from assets.release.figures import Figure, tables_of
from assets.release.make import ReleaseError
from assets.release.prove import prove
from assets.release.reckoned import amounts_of, level_of, telling_sums, unlike
from blueprint.disclosure import Step, disclosure
from tests.assets.disclosure.made import contributions
from tests.assets.release.made import RULES, Site, folder, released, simple


def lenient(given: Contributions, asked: Rules, waiving: frozenset[str] = frozenset()) -> Primary:
    """Judges as if one holding were enough."""
    return PRIMARIES(given, asked.model_copy(update={"min_holdings": 1, "p_percent": None}), waiving)


def by_site(rows: pa.Table, *more: Any, **named: Any) -> system.System:
    """Takes every site for a holding."""
    at = rows.column_names.index("holding")
    sites = rows["site"] if "site" in rows.column_names else pa.array([str(n) for n in range(rows.num_rows)])
    return BUILD(rows.set_column(at, "holding", sites), *more, **named)


def half(rows: pa.Table, *more: Any, **named: Any) -> system.System:
    """Puts half of one amount nowhere."""
    at = rows.column_names.index("value")
    value = np.array(rows["value"].to_pylist(), dtype=float)
    value[:1] /= 2
    return BUILD(rows.set_column(at, "value", pa.array(value)), *more, **named)


PRIMARIES, BUILD, UNSAFE = rules.primaries, system.build, sums.unsafe_among


def plant(monkeypatch: pytest.MonkeyPatch, right: Callable, wrong: Callable) -> None:
    """The fault in every module that has the function."""
    for module in [one for name, one in sys.modules.items() if name.startswith("assets.")]:
        for name, value in list(vars(module).items()):
            if value is right:
                monkeypatch.setattr(module, name, wrong)


def group_of_three() -> list[Site]:
    """Three sites of one holding, in a province of their own."""
    others = [simple(number, 10.0 + number) for number in range(6)]
    own = [simple(20 + at, 5.0 + at, group="70000009", province="PV24", operator="liander") for at in range(3)]
    return [*others, *own]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (PRIMARIES, lenient, "twee berekeningen van een regel"),
        (BUILD, by_site, "twee berekeningen van een cijfer"),
        (BUILD, half, "twee berekeningen van een cijfer"),
    ],
)
def test_fault_in_what_is_shared_stops_a_release(
    right: Callable, wrong: Callable, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plant(monkeypatch, right, wrong)
    with pytest.raises(ReleaseError, match=said):
        released(folder(tmp_path), group_of_three())


STEP = Step(name="x", tables=(("region_code",),))
# The same two in both of the cells that are withheld: each is safe from who knows the others, their sum is not.
ROWS = pa.table(
    {
        "holding": ["a", "b", "a", "b", *"cdef"],
        "value": [10.0, 9.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0],
        "region_code": ["p", "p", "q", "q", *"rrrr"],
    }
)


def test_fault_in_sums_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    figures: dict[Key, Figure] = {
        (None,): Figure("shown", Decimal(88), "6-10"),
        ("p",): Figure("withheld"),
        ("q",): Figure("withheld"),
        ("r",): Figure("shown", Decimal(50), "3-5"),
    }
    unit = RULES.model_copy(update={"unit": 1.0})
    assert len(prove([Stream((), ROWS)], {(): figures}, STEP, unit, {}).reasons) == 2
    monkeypatch.setattr(sums, "unsafe_among", lambda *_: [])
    found = prove([Stream((), ROWS)], {(): figures}, STEP, unit, {})
    assert [reason for reason in found.reasons if "toch over te weinig" in reason]
    assert prove([Stream((), ROWS)], {(): figures | {("r",): Figure("withheld")}}, STEP, unit, {}).safe


@pytest.mark.parametrize("seed", range(40))
def test_both_ways_say_the_same_of_a_cell(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"h{at}" for at in range(int(rng.integers(1, 7)))]
    cell = {name: float(np.round(rng.lognormal(1, 1.5), 3)) * (rng.random() > 0.15) for name in names}
    waiving = frozenset(name for name in names if rng.random() < 0.2)
    asked = Rules(
        unit=1e-3, dominance=((1, 75.0), (2, 90.0)) if seed % 2 else (), p_percent=None if seed % 5 == 0 else 12
    )
    theirs = PRIMARIES(contributions(cell), asked, waiving)
    assert level_of(cell, asked, waiving) == pytest.approx(float(theirs.level[0]), rel=1e-9)


@pytest.mark.parametrize("number", range(len(disclosure().products["public_energy_demand"].ladder)))
def test_both_ways_find_the_same_cells_and_sums_on_every_step(number: int) -> None:
    step = disclosure().products["public_energy_demand"].ladder[number]
    rng, size = np.random.default_rng(number), 60
    place = rng.integers(0, 9, size)
    columns = {"park_code": place, "municipality_code": place // 2, "region_code": place // 4}
    columns |= {name: rng.integers(0, 3, size) for name in ("sector", "energy_carrier", "operator_code")}
    rows = pa.table(
        {
            "holding": [f"h{n}" for n in rng.integers(0, 30, size)],
            "value": np.round(rng.lognormal(1, 1, size), 3),
            **{name: [f"{name}{n}" for n in codes] for name, codes in columns.items()},
        }
    )
    built, cells, asked = BUILD(rows, tables_of(step)), amounts_of(rows, step), Rules(unit=1e-3)
    assert set(cells) == set(built.keys)
    assert unlike(cells, {**cells, next(iter(cells)): {"strange": 1.0}}) == 1
    # The engine also knows sums of cells that stand in no table.
    published = [line for line in sums.lines(built) if all(built.multiple[[line[0], *line[1]]] > 0)]
    found = 0
    for _ in range(20):
        hidden = rng.random(built.size) < 0.3
        shown = {key: not hidden[at] for key, at in zip(built.keys, built.variable.tolist(), strict=True)}
        theirs = UNSAFE(published, built.contributions, hidden, asked, frozenset())
        assert bool(telling_sums(cells, shown, rows, step, asked, frozenset())) == bool(theirs)
        found += bool(theirs)
    assert found or not any(level_of(cell, asked, frozenset()) for cell in cells.values())
