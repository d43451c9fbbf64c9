"""A withheld figure is not halfway between two shown ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets.release import table
from tests.assets.release.attacks import COUNTRY, ENERGY, between_years, every_table, margins, read, waived
from tests.assets.release.made import Site, folder, released, simple

YEARS = ((2023, "base"), (2025, "plan"), (2030, "plan"))


def dominated(number: int) -> Site:
    """One firm takes over for a while what six others use: the sum goes in a straight line."""
    shares = (10.0, 0.5 if number else 73.0, 12.0)
    uses = {
        ("electricity", "offtake", year, scenario): (value, round(value * 20, 6))
        for (year, scenario), value in zip(YEARS, shares, strict=True)
    }
    return replace(simple(number, 10.0), uses=uses)


def test_line_between_two_years_tells_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sites = [dominated(number) for number in range(7)]
    path = released(folder(tmp_path, "ours"), sites).folder
    assert not between_years(path, sites, waived(sites))
    figures = read(path, ENERGY)
    assert [figures["offtake", *when][COUNTRY].status for when in YEARS] == ["shown", "withheld", "withheld"]
    monkeypatch.setattr(table, "guessed", lambda given, *_: {stream.key: {} for stream in given})
    path = released(folder(tmp_path, "leaking"), sites).folder
    assert not [leak for _, _, given in every_table(path, sites) for leak in margins(given, waived(sites))]
    assert {leak.where[0] for leak in between_years(path, sites, waived(sites))} >= {ENERGY}


def test_year_of_which_nothing_is_guessed_is_shown(tmp_path: Path) -> None:
    sites = [dominated(1) for _ in range(1)] + [
        replace(dominated(number), uses=dominated(1).uses) for number in range(2, 8)
    ]
    path = released(folder(tmp_path), sites).folder
    assert [read(path, ENERGY)["offtake", *when][COUNTRY].status for when in YEARS] == ["shown"] * 3
