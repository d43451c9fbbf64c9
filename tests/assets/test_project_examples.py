"""Checks that the worked examples of the project tables, in blueprint/examples, come out as they say."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from tests.assets.examples import FOLDER, read_example

Cook = Callable[..., dict[str, pa.Table]]

EXAMPLES = ("site_project", "site_path", "pmiek_project_path", "pmiek_projects", "pmiek_dependent_demand")


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_comes_out_as_it_says(name: str, cook: Cook) -> None:
    example = read_example(name)
    named = {row.get("site_id", "V1"): {"site_id": row.get("site_id", "V1")} for row in example.given["project"]}
    given = {"company": [{}], "site": list(named.values()), **example.given}
    made = cook(given, checked=True)
    assert made["breaches"].to_pylist() == []
    assert example.outcomes
    for outcome in example.outcomes:
        assert outcome.found(made[outcome.table]) == outcome.rows


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_short(name: str) -> None:
    assert len((FOLDER / f"{name}.md").read_text(encoding="utf-8").splitlines()) <= 40
