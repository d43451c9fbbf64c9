"""Checks what is counted for the summary of a table, and that no more of a table is read for it than is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.parquet import write_parquet
from assets.summary import counts_of, labelled, markdown

ROWS = pa.table(
    {
        "submission_id": ["s1", "s1", "s2", None],
        "company_name": ["Geheim B.V.", "Geheim B.V.", "Ander B.V.", "Ander B.V."],
        "province_code": ["PV26", "PV26", "PV26", None],
        "year": pa.array([2023, 2030, 2035, 2030], pa.int32()),
        "value": [1.0, 2.0, 3.0, 4.0],
    }
)
STATUS = pa.array(["shown", "not_filed", "shown", "shown"])


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The columns of which rows are read."""
    columns: list[str] = []
    whole = pq.ParquetFile.read

    def remember(self: Any, wanted: list[str], **options: Any) -> pa.Table:
        columns.extend(wanted)
        return whole(self, wanted, **options)

    monkeypatch.setattr(pq.ParquetFile, "read", remember)
    return columns


def written(folder: Path, rows: pa.Table) -> Path:
    write_parquet(folder / "a.parquet", rows)
    return folder / "a.parquet"


def test_filings_provinces_and_years_are_counted(tmp_path: Path, read: list[str]) -> None:
    assert counts_of(written(tmp_path, ROWS)) == {"opgaven": 2, "provincies": 1, "jaren": 3}
    assert read == ["submission_id", "province_code", "year"]


@pytest.mark.parametrize(
    ("column", "counts"),
    [("cell_status", {"Getoond": 3, "Niet opgegeven": 1}), ("figure_status", {"Getoond": 3, "Niet opgegeven": 1})],
)
def test_of_a_table_with_statuses_only_these_are_counted(
    column: str, counts: dict[str, int], tmp_path: Path, read: list[str]
) -> None:
    assert counts_of(written(tmp_path, ROWS.append_column(column, STATUS))) == counts
    assert read == [column]


def test_of_a_table_with_nothing_to_count_nothing_is_read(tmp_path: Path, read: list[str]) -> None:
    assert counts_of(written(tmp_path, ROWS.select(["company_name", "value"]))) == {}
    assert read == []


def test_codes_are_shown_by_their_labels() -> None:
    assert labelled("severities", {"warning": 2, "error": 1}) == {"waarschuwing": 2, "fout": 1}


def test_counts_are_a_table_in_markdown() -> None:
    assert markdown({"rijen": 3, "opgaven": 2}) == "| | aantal |\n|---|---:|\n| rijen | 3 |\n| opgaven | 2 |"
