"""Reads a file that holds one table, such as an analyst brings: bounded, typed, and judged by its columns.

What a table means, and where it is kept, belongs in `assets.intake.expected` and `assets.intake.reference_files`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.intake import findings
from assets.intake.bounded import read_many
from assets.intake.examine import MEMORY_BYTES, TIMEOUT_SECONDS
from assets.intake.expectations import Failure
from assets.intake.extract import extract_list, unreadable
from assets.intake.extracted import Extract
from assets.intake.judge import judge_list
from assets.intake.sheets import UnreadableFile
from assets.rounds import Round
from blueprint.arrow import row_schema
from blueprint.load import blueprint
from blueprint.model import Table

# The one file that is judged; findings are kept apart by such a key.
FILE = "list"


@dataclass(frozen=True)
class ListRead:
    """The rows of a list with `row_schema`, and the breaches in it by itself."""

    table: Table
    file: str
    rows: pa.Table
    failures: list[Failure]
    columns: findings.Columns

    def word(self, settings: Round, more: Iterable[Failure] = ()) -> list[dict[str, Any]]:
        """The findings: these and `more` breaches. Nothing that a round relaxes is relaxed in a list."""
        sheets = self.rows.column("sheet").unique().to_pylist()
        named = {(FILE, self.table.name): sheets[0]} if sheets else {}
        strict = settings.model_copy(update={"relaxed_rules": ()})
        return findings.word([*self.failures, *more], {FILE: self.file}, named, {FILE: self.columns}, strict)


def read_one_table(path: Path, name: str) -> ListRead:
    """Read the table `name` from a workbook (xlsx, ods) or CSV file; whatever is wrong with it is a breach."""
    ((_, result),) = read_many([path], partial(extract_one_table, name), 1, TIMEOUT_SECONDS, MEMORY_BYTES)
    extract = unreadable(result) if isinstance(result, UnreadableFile) else result
    table = blueprint().tables[name]
    wanted = row_schema(table)
    read = extract.tables.get(name, wanted.remove(0).empty_table())
    rows = read.add_column(0, "submission_id", pa.repeat(FILE, read.num_rows)).select(wanted.names)
    return ListRead(table, path.name, rows, judge_list(table, rows, extract.problems, FILE), extract.columns)


def extract_one_table(name: str, path: Path) -> Extract:
    """Read and type one file that holds a list; a CSV file may come without a zip around it."""
    from assets.intake.csv_zip import read_csv_parts
    from assets.intake.read import read_bytes, read_data

    try:
        content = read_bytes(path)
        is_text = path.suffix.lower() == ".csv" and not content.startswith(b"PK")
        sheets = read_csv_parts({path.name: content}) if is_text else read_data(content)
    except UnreadableFile as refusal:
        return unreadable(refusal)
    return extract_list(sheets, blueprint().tables[name])
