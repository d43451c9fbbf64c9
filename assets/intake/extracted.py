"""The nouns of extraction: what one file holds, and the problems the reader met in it.

How they come about is in `assets.intake.extract` and `assets.intake.rows`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pyarrow as pa

PASSING_RULES = frozenset({"reader_timeout", "reader_memory", "reader_crashed", "file_changed"})


class Problem(NamedTuple):
    """Something the reader found. Without a row it concerns the table, without a table the whole file."""

    rule: str
    table: str = ""
    sheet: str = ""
    row: int = 0
    series: str = ""
    column: int = 0
    field: str = ""
    value: str = ""
    allowed: str = ""


@dataclass
class Extract:
    """What one file holds: typed rows per table, problems, and the column of every field.

    `tables[name]` has sheet, row_number, series and the table's fields; `columns` maps (table, field, series)
    to the 1-based column of the sheet. `filled_rows[name]` is the number of rows below the header that hold
    something, `sha256` that of the bytes that were read.
    """

    tables: dict[str, pa.Table] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    columns: dict[tuple[str, str, str], int] = field(default_factory=dict)
    readable: bool = True
    filled_rows: dict[str, int] = field(default_factory=dict)
    sha256: str = ""

    @property
    def passing(self) -> bool:
        """Whether the file could not be read for a reason that may be gone the next time."""
        return any(problem.rule in PASSING_RULES for problem in self.problems)

    def __getstate__(self) -> dict[str, Any]:
        """Tables go between processes as Arrow streams: as pickles they cost as much as they did to read."""
        return {**self.__dict__, "tables": {name: _as_stream(rows) for name, rows in self.tables.items()}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        tables = {name: pa.ipc.open_stream(stream).read_all() for name, stream in state["tables"].items()}
        self.__dict__.update(state, tables=tables)


def _as_stream(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()
