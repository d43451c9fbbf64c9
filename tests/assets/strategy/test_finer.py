"""Checks that a release on a finer step, with municipalities, parks, operators and sectors, tells the same figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.store import DataFolder
from assets.strategy import national
from assets.strategy.compose import compose
from assets.strategy.story import Story
from assets.strategy.tables import Tables
from tests.assets.strategy.made import ALONE, SETTINGS, SINGLE
from tests.assets.strategy.released import finer_rows, publish, released_rows


def released(folder: Path, rows) -> Tables:
    data = DataFolder(folder)
    publish(data, rows)
    return Tables(data, SETTINGS, "public")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, Tables]:
    """The same release on a coarse and on a fine step."""
    rows = released_rows()
    coarse = released(tmp_path_factory.mktemp("stap"), rows)
    return coarse, released(tmp_path_factory.mktemp("stap"), finer_rows(rows))


@pytest.mark.parametrize("code", ["PV21", SINGLE, ALONE])
def test_a_finer_release_tells_the_same(both: tuple[Tables, Tables], code: str) -> None:
    coarse, fine = both
    assert len(fine.rows("public_energy_demand")) > 3 * len(coarse.rows("public_energy_demand"))
    sections = [
        {each.name: each.fingerprint for each in compose(tables, code, lambda section: None).sections}
        for tables in both
    ]
    assert sections[0] == sections[1]


def test_the_national_page_tells_the_same(both: tuple[Tables, Tables]) -> None:
    told = [national.sections(Story(tables, national.NATION, "Nederland")) for tables in both]
    assert told[0] == told[1]


def test_a_release_from_before_a_table_came_has_nothing_to_say_of_it(tmp_path: Path) -> None:
    kept = ("public_energy_demand", "public_power_demand", "public_coverage")
    tables = released(tmp_path, {name: rows for name, rows in released_rows().items() if name in kept})
    document = compose(tables, "PV21", lambda section: None)
    told = {each.name: each for each in document.sections}
    assert "geen cijfers over projecten" in str(told["projecten"].blocks[0])
    assert told["flexibiliteit"].blocks
