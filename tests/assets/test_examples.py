"""Checks that the worked examples of the documentation (`blueprint/examples`) come out as they say."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from assets.recipes import RECIPES
from tests.assets.cooked import CHECKED, Cook
from tests.assets.examples import FOLDER, Row, examples, read_example


def test_every_table_has_an_example() -> None:
    assert {recipe.table for recipe in RECIPES} == set(examples())


@pytest.mark.parametrize("name", examples())
def test_example_comes_out_as_it_says(name: str, cook: Cook) -> None:
    example = read_example(name)
    made = cook({"company": [{}], "site": _sites(example.given), **example.given}, example.settings)
    checked = CHECKED & {outcome.table for outcome in example.outcomes}
    assert not checked or made.breaches(*checked) == []
    assert any(outcome.table == name for outcome in example.outcomes)
    for outcome in example.outcomes:
        assert outcome.found(_spoken_of(made[outcome.table], outcome.rows[0])) == outcome.rows


def _sites(given: dict[str, list[Row]]) -> list[Row]:
    """The sites that the given rows speak of: an example need not list them when nothing about them matters."""
    named = {row["site_id"] for table, rows in given.items() if table != "consent" for row in rows if "site_id" in row}
    return [{"site_id": site} for site in sorted(named - {None}) or ["V1"]]


def _spoken_of(table: pa.Table, shown: Row) -> pa.Table:
    """Without cells for which nothing came, which are many, unless the example shows the status itself."""
    if "cell_status" in shown or "cell_status" not in table.column_names:
        return table
    return table.filter(~pc.field("cell_status").isin(["not_filed", "not_loaded"]))


@pytest.mark.parametrize("name", examples())
def test_example_is_short(name: str) -> None:
    assert len((FOLDER / f"{name}.md").read_text(encoding="utf-8").splitlines()) <= 80
