"""What an operator tells from the change of the country's figure, less that of the sum over its own area."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assets.release import operators, operators_again
from assets.release.make import ReleaseError
from tests.assets.release.attacks import Law, area_changes, moments_differ, operator_rows, releases_differ
from tests.assets.release.made import BASE, PLAN, Site, folder, kvk, released, simple

LAW = Law()
FAR: dict[str, Any] = {"operator": "liander", "province": "PV24"}
SAME = [simple(number, 50.0 + number) for number in range(9)] + [simple(20 + n, 55.0 + n, **FAR) for n in range(9)]


def planned(number: int, base: float, more: float, **where: Any) -> Site:
    uses = {("electricity", *BASE): (base, 0.0), ("electricity", *PLAN): (base + more, 0.0)}
    return Site(kvk(number), uses, **where)


# Four change inside the area of stedin, one outside it.
YEARS = [planned(n, 50.0 + n, 30.0 + n if n < 4 else 0.0) for n in range(9)]
YEARS += [planned(20 + n, 55.0 + n, 17.123 if n == 0 else 0.0, **FAR) for n in range(9)]
LATER = [simple(n, 50.0 + n + (30.0 + n if n < 4 else 0.0)) for n in range(9)]
LATER += [simple(20 + n, 55.0 + n + (17.123 if n == 0 else 0.0), **FAR) for n in range(9)]


def blind(monkeypatch: pytest.MonkeyPatch, *modules: object) -> None:
    for module in modules:
        monkeypatch.setattr(module, "telling_area_changes", lambda *_: set())


def sums(path: Path) -> list[str]:
    return [row["figure_status"] for row in operator_rows(path)["stedin"] if row["operator_row_kind"] == "total"]


def test_change_of_an_area_is_taken_off_that_of_two_years(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ours", "leaking"):
        path = released(folder(tmp_path, name), YEARS).folder
        assert not moments_differ(path, YEARS, LAW)
        leaks = area_changes((path, YEARS), (path, YEARS), LAW)
        assert {leak.where[0] for leak in leaks} == (set() if name == "ours" else {"stedin"})
        assert sorted(sums(path)) == (["shown", "withheld"] if name == "ours" else ["shown", "shown"])
        blind(monkeypatch, operators, operators_again)


def test_change_of_an_area_is_taken_off_that_of_two_releases(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        both = (released(data, SAME).folder, SAME), (released(data, LATER).folder, LATER)
        assert not releases_differ(*both, LAW)
        assert {leak.where[0] for leak in area_changes(*both, LAW)} == (set() if name == "ours" else {"stedin"})
        assert sums(both[0][0]) == ["shown"]
        assert sums(both[1][0]) == (["withheld"] if name == "ours" else ["shown"])
        blind(monkeypatch, operators, operators_again)


def test_proof_finds_what_the_change_of_an_area_tells(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    blind(monkeypatch, operators)
    with pytest.raises(ReleaseError, match="de rest van een gebied verraadt een ander"):
        released(folder(tmp_path), YEARS)


def test_change_outside_an_area_of_many_keeps_its_sum(tmp_path: Path) -> None:
    """Five change outside it as well: that tells about nobody."""
    sites = [*YEARS[:9], *(planned(20 + n, 55.0 + n, 17.0 + n if n < 5 else 0.0, **FAR) for n in range(9))]
    assert sums(released(folder(tmp_path), sites).folder) == ["shown", "shown"]
