"""What Dagster shows of a table beside its rows: counts, from as few columns as tell them.

Never a name, number or value of a company."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow.parquet as pq

from assets.parquet import distinct
from blueprint.load import blueprint

# The columns that say of each row whether its figure is shown, with their code lists.
STATUSES = {"cell_status": "cell_statuses", "figure_status": "figure_statuses"}
# What else is counted, by the column that tells it.
COUNTED = {"submission_id": "opgaven", "province_code": "provincies", "year": "jaren"}


def counts_of(file: Path) -> dict[str, int]:
    """How many rows have each status; of a table without, how many filings, provinces and years stand in it."""
    names = pq.read_schema(file).names
    for column, codes in STATUSES.items():
        if column in names:
            return labelled(codes, _numbers(file, column))
    return {title: distinct(file, column) for column, title in COUNTED.items() if column in names}


def labelled(codes: str, numbers: Mapping[str, int]) -> dict[str, int]:
    """Numbers by code as numbers by the Dutch label of the code, in the order of the alphabet."""
    labels = blueprint().codes[codes]
    return dict(sorted((labels.label(code), number) for code, number in numbers.items()))


def markdown(counts: Mapping[str, int]) -> str:
    """Counts as a table in Markdown."""
    lines = "\n".join(f"| {name} | {number} |" for name, number in counts.items())
    return f"| | aantal |\n|---|---:|\n{lines}"


def _numbers(file: Path, column: str) -> dict[str, int]:
    # As numbers of texts, which takes a quarter of the time: a table has hundreds of thousands of rows.
    rows = pq.ParquetFile(file, read_dictionary=[column]).read([column]).unify_dictionaries()
    counted = rows.group_by(column).aggregate([([], "count_all")])
    return {row[column]: row["count_all"] for row in counted.to_pylist()}
