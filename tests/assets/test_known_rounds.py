"""Checks which rounds of a data folder are found, and when one of them is the only open one."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.known_rounds import known_rounds, only_open, open_rounds
from assets.rounds import Round, RoundError, write_round
from assets.store import DataFolder


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """An open round, a closed one, and one whose settings cannot be read."""
    folder = DataFolder(tmp_path)
    write_round(folder.round_folder("a"), Round(round="a"))
    write_round(folder.round_folder("b"), Round(round="b", status="closed"))
    folder.round_folder("kapot").mkdir()
    (folder.round_folder("kapot") / "round.yaml").write_text("status: [")
    return folder


def test_rounds_that_cannot_be_read_are_left_out_and_told(data: DataFolder) -> None:
    told: list[RoundError] = []
    assert [settings.round for settings in known_rounds(data, told.append)] == ["a", "b"]
    assert [settings.round for settings in open_rounds(data, told.append)] == ["a"]
    assert [str(error) for error in told] == ["round.yaml van ronde 'kapot' is niet te lezen."] * 2
    assert known_rounds(DataFolder(data.root / "leeg")) == []


def test_the_only_open_round(data: DataFolder) -> None:
    assert only_open(known_rounds(data)).round == "a"
    with pytest.raises(RoundError, match="Er is geen open ronde"):
        only_open([Round(round="b", status="closed")])
    with pytest.raises(RoundError, match=r"meer dan één open ronde \(a, c\)"):
        only_open([*known_rounds(data), Round(round="c")])
