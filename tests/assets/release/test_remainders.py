"""What an operator tells from the remainder of its area in one release and the sites that it sees in another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets.release import operators, operators_again
from assets.release.make import ReleaseError
from tests.assets.release.attacks import Law, operator_rows, remainders_less_sites
from tests.assets.release.made import SITE, Site, folder, released, simple

LAW = Law()


def area(*agreeing: int) -> list[Site]:
    """Eight firms in one area beside one so large that no public figure of it is shown, and eight in another area.

    The large one agreed to be seen.
    """
    found = [simple(90, 2000.0, agrees=(SITE,))]
    found += [simple(number, 10.0 + number / 7, agrees=(SITE,) if number in agreeing else ()) for number in range(8)]
    return found + [simple(20 + number, 60.0 + number, province="PV24", operator="liander") for number in range(8)]


def heated(*agreeing: int, factor: float = 1.0) -> list[Site]:
    """The same with natural gas and so much of it; peaks stay, and no public figure tells these."""
    return [
        replace(one, uses={("natural_gas", *use[1:]): (a * factor, b) for use, (a, b) in one.uses.items()})
        for one in area(*agreeing)
    ]


def rows(path: Path, kind: str) -> list[dict]:
    return [row for row in operator_rows(path)["stedin"] if row["operator_row_kind"] == kind]


def is_shown(path: Path) -> bool:
    return any(row["energy_pj"] is not None for row in rows(path, "remainder"))


def blind(monkeypatch: pytest.MonkeyPatch, *modules: object) -> None:
    for module in modules:
        monkeypatch.setattr(module, "telling_sites", lambda *_: set())
        monkeypatch.setattr(module, "telling_rests", lambda *_: set())


def test_site_that_agrees_is_taken_off_the_remainder_of_before(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What eight used together was shown; six of them agree now, and what is left is of two."""
    found, then, now = [], area(), area(*range(6))
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        first, second = released(data, then).folder, released(data, now).folder
        assert is_shown(first)
        found.append(remainders_less_sites([(first, then), (second, now)], LAW))
        if name == "ours":
            assert 2 < len(rows(second, "site")) < 7
        blind(monkeypatch, operators, operators_again)
    assert not found[0]
    assert found[1]


def test_site_that_was_seen_before_is_taken_off_the_remainder_of_now(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Six were shown and agree no longer: the peak of eight is, for who remembers, that of two of them."""
    then, now = heated(*range(6)), heated(factor=1.5)
    for name in ("ours", "leaking"):
        data = folder(tmp_path, name)
        first, second = released(data, then).folder, released(data, now).folder
        assert len(rows(first, "site")) == 7
        assert is_shown(second) == (name == "leaking")
        blind(monkeypatch, operators, operators_again)


def test_area_of_which_all_agree_can_be_released(tmp_path: Path) -> None:
    """One grew since; with nothing left to hide there is no remainder of now that could tell so."""
    data, then, now = folder(tmp_path), area(), area(*range(8))
    now[1] = replace(now[1], uses={use: (a * 9, b * 9) for use, (a, b) in now[1].uses.items()})
    first, second = released(data, then).folder, released(data, now).folder
    assert is_shown(first)
    assert len(rows(second, "site")) > 2
    assert not remainders_less_sites([(first, then), (second, now)], LAW)


@pytest.mark.parametrize(
    ("then", "now"), [(area(), area(*range(6))), (heated(*range(6)), heated(factor=1.5))], ids=["of then", "of now"]
)
def test_proof_finds_what_a_remainder_tells_less_sites(
    then: list[Site], now: list[Site], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = folder(tmp_path)
    released(data, then)
    blind(monkeypatch, operators)
    with pytest.raises(ReleaseError, match="de rest van een"):
        released(data, now)
