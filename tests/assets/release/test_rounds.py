"""The command that attacks many rounds: from 20 to 2,000 companies, the same again, and no finding is passed by."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from assets.release.make import ReleaseError
from benchmarks import attacks
from tests.assets.release.attacks import Leak


def test_sizes_reach_from_20_to_2000_and_a_seed_gives_the_same_rounds() -> None:
    rounds = list(attacks.drawn(1, 2000))
    sizes = sorted(one.companies for one in rounds)
    assert sizes[0] == attacks.SMALLEST == 20
    assert 1900 < sizes[-1] <= attacks.LARGEST == 2000
    assert {one.size for one in rounds} == set(attacks.SIZES)
    assert rounds == list(attacks.drawn(1, 2000))
    assert len({one.seed for one in rounds}) > 1990


def found(*_: Any) -> list[Leak]:
    return [Leak("margins", ("a", "b"), 0.5)]


def refused(*_: Any) -> list[Leak]:
    raise ReleaseError("De controle vond iets.")


@pytest.mark.parametrize(("outcome", "said"), [(found, "margins: 1"), (refused, "De controle vond iets")])
def test_a_round_with_a_leak_or_that_is_refused_ends_with_1(
    outcome: Any, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["attacks", "--rounds", "2", "--seed", "3"])
    monkeypatch.setattr(attacks, "leaks_of", outcome)
    assert attacks.main() == 1
    assert said in capsys.readouterr().out
    monkeypatch.setattr(attacks, "leaks_of", lambda place, *_: [] if Path(place).exists() else found())
    assert attacks.main() == 0
