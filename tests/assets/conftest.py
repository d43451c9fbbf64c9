"""The fixtures of all tests of assets: tables of made-up rows, and what the recipes make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pyarrow as pa
import pytest

from assets.rounds import Round
from assets.store import connect
from tests.assets.cooked import Cook, Cooked, Kitchen
from tests.assets.given import ROUND, Row, completed


@pytest.fixture(scope="session")
def rows() -> Callable[..., pa.Table]:
    """rows(table, *given): the table of these rows, each completed with plain defaults, in the Blueprint's schema."""
    return completed


@pytest.fixture(scope="session")
def cook() -> Iterator[Cook]:
    """cook(given, settings, threads): the tables that come of these rows, each made when it is asked for."""
    standard = Round(round=ROUND)
    with connect() as connection:
        kitchen = Kitchen(connection)

        def make(given: Mapping[str, list[Row] | pa.Table], settings: Round | None = None, threads: int = 1) -> Cooked:
            return Cooked(kitchen, given, settings or standard, threads)

        yield make
