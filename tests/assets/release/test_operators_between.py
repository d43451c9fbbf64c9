"""What a grid operator tells from the difference of two years or scenarios, less the sites that it knows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assets.disclosure.audit import Verdict
from assets.disclosure.rules import Rules
from assets.disclosure.system import build
from assets.release import insight, operators_again, prove, renew
from assets.release.changes import Change, Known, changes_for_all
from assets.release.facts import Stream
from assets.release.figures import Figure, tables_of
from assets.release.insight import Moments, PublicStream, told_between
from assets.release.make import ReleaseError
from blueprint.disclosure import Step
from tests.assets.release.attacks import Law, moments_differ, operator_rows, operators_between, read, waived
from tests.assets.release.made import BASE, HIGH, PLAN, SITE, Site, folder, random_sites, released, simple

LAW = Law()


def planned(number: int, base: float, plan: float, **more: Any) -> Site:
    uses = {("electricity", *BASE): (base, base * 30), ("electricity", *PLAN): (plan, plan * 30)}
    return replace(simple(number, base, **more), uses=uses)


def measured(number: int, base: float, high: float | None = None, **more: Any) -> Site:
    """A peak that its operator meters, and one in the high scenario if it filed that; in energy all are alike."""
    uses = {("electricity", *BASE): (10.0, base)} | ({} if high is None else {("electricity", *HIGH): (12.0, high)})
    return replace(simple(number, 10.0, **more), uses=uses)


def blind(monkeypatch: pytest.MonkeyPatch, *modules: Any) -> None:
    """What operators meter at one moment only, or were shown before, is not held against public differences."""
    for module in modules:
        monkeypatch.setattr(module, "changes_for_all", _changes_for_others)


def _changes_for_others(known: Known, now: Stream, step: Step, rules: Rules) -> list[Change]:
    held_only = [replace(each, known={}) for each in (known.stream, now)]
    return changes_for_all(replace(known, stream=held_only[0]), held_only[1], step, rules)


def test_operator_takes_its_sites_off_the_difference_of_two_years(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What the sites that it does not see plan is safe, and so is what they use; how they change was not."""
    sites = random_sites(31, 21, 3, consenting=0.5)
    law = waived(sites)
    assert not operators_between(released(folder(tmp_path, "ours"), sites).folder, sites, law)
    for module in (insight, operators_again):
        monkeypatch.setattr(module, "moments", lambda _: [])
    path = released(folder(tmp_path, "leaking"), sites).folder
    assert not moments_differ(path, sites, law)
    assert operators_between(path, sites, law)


def test_proof_finds_what_a_difference_tells_an_operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(insight, "moments", lambda _: [])
    with pytest.raises(ReleaseError, match="een netbeheerder rekent uit wat een ander verandert"):
        released(folder(tmp_path), random_sites(31, 21, 3, consenting=0.5))


def test_what_an_operator_meters_is_no_plan_that_it_knows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of who has no high scenario it meters the base year; less the site that agrees, what is left is about one."""
    alike = [measured(10 + number, 20.0 + number, 23.0 + number * 1.1) for number in range(6)]
    sites = [measured(0, 500.0), measured(1, 400.0, agrees=(SITE,)), measured(2, 60.0), *alike]
    path = released(folder(tmp_path, "ours"), sites).folder
    assert not operators_between(path, sites, LAW)
    assert read(path, "public_power_demand")["peak", 2030, "plan_high"][None, None].value
    monkeypatch.setattr(insight, "_held", lambda pair, operator: tuple(one.known(operator) for one in pair))
    path = released(folder(tmp_path, "leaking"), sites).folder
    assert not moments_differ(path, sites, LAW)
    assert {leak.where[0] for leak in operators_between(path, sites, LAW)} == {"stedin"}


def test_operator_takes_what_it_meters_off_a_difference(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody agreed to anything: less the meters of who has no high scenario, what changes is of one firm."""
    few = [measured(10 + number, 20.0 + number, 21.0 + number) for number in range(6)]
    sites = [measured(0, 500.0), measured(1, 400.0), measured(2, 60.0), *few, measured(20, 40.0, 99.0)]
    assert not operators_between(released(folder(tmp_path, "ours"), sites).folder, sites, LAW)
    blind(monkeypatch, renew)
    with pytest.raises(ReleaseError, match="het verschil met een eerder cijfer verraadt een bedrijf"):
        released(folder(tmp_path, "refused"), sites)
    blind(monkeypatch, renew, prove)
    path = released(folder(tmp_path, "leaking"), sites).folder
    assert not moments_differ(path, sites, LAW)
    assert {leak.where[0] for leak in operators_between(path, sites, LAW)} == {"stedin"}


def test_site_that_was_shown_before_is_taken_off_a_difference_of_now(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Three plan a change, and one of them was shown: it cannot be unseen, so the public figure gives way."""
    some = [planned(number, 10.0, 30.0 - number, agrees=(SITE,) if number == 0 else ()) for number in range(3)]
    others = [planned(10 + number, 12.0, 27.0 - number) for number in range(6)]
    then = [*some, *others]
    now = [*some, *(planned(10 + number, 12.0, 12.0) for number in range(6))]
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        first, second = released(data, then).folder, released(data, now).folder
        assert {row["kvk_number"] for row in operator_rows(first)["stedin"]} >= {some[0].kvk}
        assert not operators_between(first, then, LAW, [(second, now)])
        leaks = operators_between(second, now, LAW, [(first, then)])
        if name == "leaking":
            assert {leak.where[0] for leak in leaks} == {"stedin"}
            assert not moments_differ(second, now, LAW)
        else:
            assert not leaks
            assert {row["kvk_number"] for row in operator_rows(second)["stedin"]} >= {some[0].kvk}
        blind(monkeypatch, renew, prove)


def test_operator_that_saw_about_what_a_site_uses_does_not_know_what_it_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The one that was shown is still near what it was, and no longer agrees; what it changes is another matter."""

    def filed(more: float, changes: float, *agrees: int) -> list[Site]:
        sites = [planned(0, 1000.0 - changes, 1001.0), planned(1, 300.0 + more, 304.0 + more)]
        sites += [planned(10 + n, 290.0 + n + more, 290.7 + n + more) for n in range(6)]
        return [replace(one, agrees=(SITE,)) if at in agrees else one for at, one in enumerate(sites)]

    then, now = filed(0.0, -1.0, 0), filed(50.0, -40.0, 1)
    found = []
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        first, second = released(data, then).folder, released(data, now).folder
        assert {row["kvk_number"] for row in operator_rows(first)["stedin"]} >= {then[0].kvk}
        assert not moments_differ(second, now, LAW)
        found.append(operators_between(second, now, LAW))
        monkeypatch.setattr(insight, "_held", lambda pair, operator: tuple(one.known(operator) for one in pair))
    assert not found[0]
    assert {leak.where[0] for leak in found[1]} == {"stedin"}


def test_operator_works_out_a_change_from_several_that_are_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gas in GR changes by three. No sum with one unknown leaves it, but what two of those leave does."""
    sees, gas = frozenset({"GR gas 0"}), {"region_code": "GR", "energy_carrier": "gas"}
    inside = {("gas", None), (None, "GR"), ("gas", "GR"), ("electricity", "GR"), ("gas", "DR")}
    pair = _two_years(inside)
    assert gas in told_between(pair, "stedin", sees)
    assert told_between(pair, "stedin", frozenset({"GR electricity 0"})) == []
    assert told_between(_two_years(inside | {("electricity", "DR")}), "stedin", sees) == []
    monkeypatch.setattr(insight, "attacked", lambda *_: Verdict(0, (), 1.0))
    assert told_between(_two_years(inside), "stedin", sees) == []


def _two_years(withheld: set[tuple[str | None, str | None]]) -> Moments:
    """Two provinces, two carriers; of all others the figures of both years are shown. Three change gas in GR."""
    step = Step(name="provincie × energiedrager", tables=(("region_code", "energy_carrier"),))
    found = []
    for year, growth in ((2023, 0.0), (2030, 7.0)):
        lines = [
            (f"{region} {carrier} {number}", region, carrier, 20.0 + number + (growth + number if growth else 0.0))
            for region, carrier, count in (
                ("GR", "gas", 3),
                ("GR", "electricity", 5),
                ("DR", "gas", 5),
                ("DR", "electricity", 5),
            )
            for number in range(count)
        ]
        site, region, carrier, value = zip(*lines, strict=True)
        columns = {"holding": site, "site": site, "region_code": region, "energy_carrier": carrier, "value": value}
        rows = pa.table({name: list(column) for name, column in columns.items()})
        system = build(rows, tables_of(step))
        figures = {
            key: Figure("withheld") if key in withheld else Figure("shown", Decimal(round(amount)))
            for key, amount in zip(system.keys, system.value[system.variable].tolist(), strict=True)
        }
        stream = Stream(("offtake", year, "plan"), rows)
        found.append(PublicStream(stream, {}, step, figures, Rules(unit=0.001)))
    return found[0], found[1]
