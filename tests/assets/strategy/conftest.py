"""The fixtures of the tests of strategy documents: a round of troubles with its release, and its documents."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assets.store import DataFolder
from assets.strategy.compose import compose
from assets.strategy.document import Document, Tier
from assets.strategy.tables import Tables
from tests.assets.cooked import Cook
from tests.assets.strategy.made import SETTINGS, trouble, write_round
from tests.assets.strategy.released import publish, released_rows

Documents = Callable[[Tier, str], Document]


@pytest.fixture(scope="session")
def data(cook: Cook, tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A data folder with the round of troubles; not to be changed."""
    found = DataFolder(tmp_path_factory.mktemp("strategie") / "data")
    filed = trouble()
    write_round(found, cook(filed, SETTINGS), filed)
    publish(found, released_rows())
    return found


@pytest.fixture(scope="session")
def documents(data: DataFolder) -> Documents:
    """documents(tier, province): its document without own texts, composed once."""
    tables = {tier: Tables(data, SETTINGS, tier) for tier in ("public", "internal")}
    made: dict[tuple[Tier, str], Document] = {}

    def get(tier: Tier, province: str) -> Document:
        if (tier, province) not in made:
            made[tier, province] = compose(tables[tier], province, lambda section: None)
        return made[tier, province]

    return get
