"""What projects leave unexplained of the plans is as safe as a figure, of one release and of several together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from assets.disclosure.protect import protect
from assets.disclosure.rules import Rules
from assets.disclosure.system import Table
from assets.release import make, table
from assets.release.make import ReleaseError
from tests.assets.release.attacks import ENERGY, PROJECTS, Law, Leak, Shown, all_streams, implied_sums, margins, read
from tests.assets.release.made import BASE, PLAN, Plan, Site, folder, released, simple
from tests.assets.release.unexplained import unexplained

LAW = Law()


def firm(number: int, project: float, rest: float, **more: Any) -> Site:
    """A firm that plans what its project adds, and so much more without any project."""
    base = 10.0 + number
    uses = {("electricity", *BASE): (base, base * 30), ("electricity", *PLAN): (base + project + rest, base * 30)}
    plans = (Plan(energy=project, year=2029),) if project else ()
    return replace(simple(number, base), uses=uses, plans=plans, **more)


def firms(*rests: float, **more: Any) -> list[Site]:
    return [firm(number, 1.0 + number / 10, rest, **more) for number, rest in enumerate(rests)]


def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_tells", lambda *_: [])
    monkeypatch.setattr(make, "proven_rest", lambda *_: None)


def shown(path: Path, name: str, *stream: Any) -> int:
    return sum(figure.status == "shown" for figure in read(path, name)[stream].values())


def both(sites: list[Site], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Shown, list[Leak]]:
    """The release of now, and what is found in one that was not guarded."""
    ours = (released(folder(tmp_path, "ours"), sites).folder, sites)
    unguarded(monkeypatch)
    leaking = (released(folder(tmp_path, "leaking"), sites).folder, sites)
    for path, _ in (ours, leaking):
        assert not all_streams(path, sites, lambda given: [*margins(given, LAW), *implied_sums(given, LAW)])
    return ours, unexplained(leaking, leaking, leaking, LAW)


def test_rest_of_one_firm_is_not_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each of the three figures is safe; what they leave is what one firm plans without a project."""
    sites = firms(*[0.0] * 9, 30.0)
    ours, leaks = both(sites, monkeypatch, tmp_path)
    assert leaks
    assert not unexplained(ours, ours, ours, LAW)
    # The plan is what most is read for: projects give way.
    assert shown(ours[0], ENERGY, *PLAN) > 0


def test_rest_of_many_costs_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sites = firms(*(3.0 + number / 10 for number in range(10)))
    ours, leaks = both(sites, monkeypatch, tmp_path)
    assert not leaks
    assert shown(ours[0], PROJECTS[0], "more") > 0


def test_rest_of_one_region_is_not_told_by_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In each province two firms have a rest, in one of them by far the largest: neither alone nor less the others."""
    places = (("PV26", "stedin"), ("PV24", "liander"), ("PV20", "enexis"))
    sites = [
        firm(20 * at + number, 2.0 + number / 10, 40.0 if at == number == 0 else 0.5 if number < 4 else 0.0)
        for at in range(3)
        for number in range(8)
    ]
    sites = [replace(one, province=places[at // 8][0], operator=places[at // 8][1]) for at, one in enumerate(sites)]
    ours, leaks = both(sites, monkeypatch, tmp_path)
    assert leaks
    assert not unexplained(ours, ours, ours, LAW)


def test_projects_where_nobody_uses_anything_hide_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What two provinces leave together is of two firms; that three elsewhere file projects only, everybody sees."""
    sites = [firm(at, 8.0 + at / 10, 5.0 + at / 10, province="PV24", operator="liander") for at in range(8)]
    sites += [firm(10, 9.0, 30.0), firm(11, 8.5, 0.0)]
    sites += [firm(20 + at, 9.0 - at, rest, province="PV20", operator="enexis") for at, rest in enumerate((28.0, 0.0))]
    sites += [replace(firm(30 + at, 20.0 + at, 0.0), uses={}, province="PV27") for at in range(3)]
    ours, leaks = both(sites, monkeypatch, tmp_path)
    assert {leak.where[2] for leak in leaks} == {("PV20", "PV26")}
    assert not unexplained(ours, ours, ours, LAW)


def test_base_year_that_nobody_filed_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody uses hydrogen yet, so the plan less the projects is what one firm plans without any."""

    def planning(number: int, hydrogen: float, rest: float) -> Site:
        one, plan = firm(number, 0.0, 5.0 + number / 10), Plan("hydrogen", energy=hydrogen, year=2029)
        return replace(one, uses=one.uses | {("hydrogen", *PLAN): (hydrogen + rest, 0.0)}, plans=(plan,))

    sites = [planning(number, 10.0 + number / 3, 30.0 if number == 9 else 0.0) for number in range(10)]
    ours, leaks = both(sites, monkeypatch, tmp_path)
    assert {leak.where[1] for leak in leaks} == {"hydrogen"}
    assert not unexplained(ours, ours, ours, LAW)


def test_route_that_is_a_carrier_is_taken_off_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All carriers together leave much of many; of electricity the electrification leaves one firm."""
    sites = [
        replace(
            one,
            uses=one.uses | {("natural_gas", *BASE): (20.0, 0.0), ("natural_gas", *PLAN): (13.0 + number / 7, 0.0)},
        )
        for number, one in enumerate(firms(*[0.0] * 9, 2.0))
    ]
    ours, leaks = both(sites, monkeypatch, tmp_path)
    assert {leak.where[1] for leak in leaks} == {"electricity"}
    assert not unexplained(ours, ours, ours, LAW)


@pytest.mark.parametrize(
    "change",
    [
        lambda then: firms(*[0.0] * 9, 33.0),
        lambda then: [replace(one, plans=(Plan(energy=4.0, year=2029),)) for one in then[:9]] + then[9:],
    ],
    ids=["the plans change", "the projects change"],
)
def test_rest_beside_an_earlier_release(
    change: Callable[[list[Site]], list[Site]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Then many had a rest; now, with figures of then and of now, only one has."""
    then = firms(*(3.0 - number / 10 for number in range(9)), 30.0)
    now = change(then)
    found = []
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        past = [(released(data, some).folder, some) for some in (then, now)]
        every = [(p, b, d) for p in past for b in past for d in past if past[1] in (p, b, d)]
        found.append([leak for some in every for leak in unexplained(*some, LAW)])
        unguarded(monkeypatch)
    assert not found[0]
    assert found[1]


def test_what_is_released_as_it_was_hides_no_rest(tmp_path: Path) -> None:
    """What is saved was shown and stays; so what is added, which two more now file, gives way."""
    changes = [*(-5.0 - number / 10 for number in range(4)), 2.5, 2.6, 1.1, 1.2, 0.0, 0.0]
    now = [firm(number, change, 30.0 if number == 9 else 0.0) for number, change in enumerate(changes)]
    then = [replace(one, plans=()) if number in (6, 7) else one for number, one in enumerate(now)]
    data = folder(tmp_path)
    past = [(released(data, some).folder, some) for some in (then, now)]
    assert shown(past[0][0], PROJECTS[0], "less")
    assert not [leak for p in past for b in past for d in past for leak in unexplained(p, b, d, LAW)]


def test_proof_finds_what_was_not_protected(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(table, "_tells", lambda *_: [])
    with pytest.raises(ReleaseError, match="projecten van het plan niet verklaren"):
        released(folder(tmp_path), firms(*[0.0] * 9, 30.0))


def test_sum_that_stands_in_no_table_is_protected() -> None:
    """Four cells and their totals, all safe: who knows them all knows each two of them together."""
    rows = pa.table(
        {
            "holding": [f"h{number}" for number in range(40)],
            "value": [10.0 + number / 10 for number in range(40)],
            "phase": [f"p{number % 4}" for number in range(40)],
        }
    )
    tables, rules = (Table("t", (("phase",),)),), Rules()
    assert not protect(rows, tables, rules).pattern.hidden.any()
    mask = np.array([phase in ("p0", "p1") for phase in rows["phase"].to_pylist()])
    made = protect(rows, tables, rules, derived=[(mask, 25.0)])
    hidden = dict(zip(made.system.keys, made.pattern.hidden[made.system.variable].tolist(), strict=True))
    assert any(hidden[key,] for key in ("p0", "p1"))
    assert hidden[None,] or any(hidden[key,] for key in ("p2", "p3"))
