"""Checks the waterfall from the previous round to this one: its table, its message and that the steps add up."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from assets.store import DataFolder, write_table
from assets.strategy.change import change
from assets.strategy.document import Chart
from assets.strategy.story import Story
from assets.strategy.tables import Tables
from assets.strategy.words import plain
from tests.assets.cooked import Cook
from tests.assets.strategy.made import PLENTY, SETTINGS, changed, with_previous


def told(folder: Path, table) -> Chart:
    data = DataFolder(folder)
    write_table(data, "round_change", SETTINGS.round, table)
    settings = SETTINGS.model_copy(update={"previous_round": "vorig"})
    (picture,) = change(Story(Tables(data, settings, "internal"), PLENTY, "Utrecht")).blocks
    assert isinstance(picture, Chart)
    return picture


@pytest.fixture(scope="module")
def waterfall(cook: Cook, tmp_path_factory: pytest.TempPathFactory) -> Chart:
    return told(tmp_path_factory.mktemp("verschil"), with_previous(cook, *changed())["round_change"])


def test_its_steps_lead_from_the_previous_round_to_this_one(waterfall: Chart) -> None:
    found = {row[0]: row[1].value or Decimal(0) for row in waterfall.grid.rows if not isinstance(row[1], str)}
    # A firm plans (100 + 120) TJ times its scale: 7 + 8 + 9 before, 7 + 20 + 4 now.
    assert (found["Vorige ronde"], found["Deze ronde"]) == (Decimal("5.28"), Decimal("6.82"))
    assert {name: value for name, value in found.items() if value} == {
        "Vorige ronde": Decimal("5.28"),
        "Nieuw bedrijf": Decimal("0.88"),
        "Bedrijf weg": Decimal("-1.98"),
        "Andere opgave": Decimal("2.64"),
        "Deze ronde": Decimal("6.82"),
    }
    steps = [value for name, value in found.items() if name not in ("Vorige ronde", "Deze ronde") and value]
    assert found["Vorige ronde"] + sum(steps) == found["Deze ronde"]


def test_its_title_is_true_and_its_steps_are_drawn_with_their_sign(waterfall: Chart) -> None:
    assert plain(waterfall.title) == (
        "Het plan voor 2030 is 1,54 PJ hoger dan in de vorige ronde; de grootste reden: andere opgave"
    )
    for picture in (waterfall.wide, waterfall.narrow):
        assert all(text in picture for text in ("Vorige ronde (vorig)", "5,28", "+0,88", "−1,98", "+2,64", "6,82"))


def test_the_same_filings_are_told_as_no_change(cook: Cook, tmp_path: Path) -> None:
    before, _ = changed()
    picture = told(tmp_path, with_previous(cook, before, before)["round_change"])
    assert plain(picture.title) == "Het plan voor 2030 is hetzelfde als in de vorige ronde: 5,28 PJ"
