"""Companies that any filing ties together are one holding, however they are named."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from assets.release.holdings import contradicting, holdings, tied
from assets.rounds import Round
from assets.store import DataFolder, write_table
from blueprint.arrow import schema

ROUND = "proef"


def written(folder: Path, *companies: tuple[str, str | None]) -> tuple[DataFolder, Round]:
    """A round in which these companies filed: KvK number and group."""
    wanted = schema("company")
    texts = {field.name: "x" for field in wanted if pa.types.is_string(field.type) and not field.nullable}
    rows = [
        dict.fromkeys(wanted.names) | texts | {"row_number": n, "kvk_number": kvk, "group_id": group}
        for n, (kvk, group) in enumerate(companies)
    ]
    data = DataFolder(folder)
    write_table(data, "company", ROUND, pa.Table.from_pylist(rows, schema=wanted))
    return data, Round(round=ROUND)


@pytest.mark.parametrize(
    ("companies", "together", "contradictions"),
    [
        ([("1", None), ("2", None)], [{"1"}, {"2"}], 0),
        ([("1", "A"), ("2", "A"), ("3", None)], [{"1", "2", "A"}, {"3"}], 0),
        ([("1", "2"), ("2", None)], [{"1", "2"}], 0),
        ([("1", "2"), ("2", "1")], [{"1", "2"}], 1),
        ([("1", "2"), ("2", "3"), ("3", "1"), ("4", None)], [{"1", "2", "3"}, {"4"}], 1),
        ([("1", "A"), ("1", "B"), ("2", "B"), ("3", "C")], [{"1", "2", "A", "B"}, {"3", "C"}], 1),
    ],
)
def test_all_that_is_tied_together_is_one(
    tmp_path: Path, companies: list[tuple[str, str | None]], together: list[set[str]], contradictions: int
) -> None:
    for given in (companies, companies[::-1]):
        data, settings = written(tmp_path, *given)
        known = holdings(data, settings)
        found: dict[str, set[str]] = {}
        for name, holding in known.items():
            found.setdefault(holding, set()).add(name)
        assert sorted(map(sorted, found.values())) == sorted(map(sorted, together))
        assert contradicting(data, settings) == contradictions


def test_rows_are_counted_under_the_one_name(tmp_path: Path) -> None:
    data, settings = written(tmp_path, ("1", "2"), ("2", "1"))
    rows = pa.chunked_array([["1", "2", "9"]])
    assert tied(holdings(data, settings), rows).to_pylist() == ["1", "1", "9"]
