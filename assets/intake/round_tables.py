"""Writes the tables of a round from what is remembered of its files: accepted rows, register, findings and status.

What the files give, and which filings count, is decided before, in `assets.intake.take_in`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa

from assets.carried import FILING, Keys, key_of, note, standing, woven
from assets.intake import findings as wording
from assets.intake import register
from assets.intake.gate import RowCount
from assets.intake.memory import COUNTS, Memory
from assets.intake.register import ReceivedFile
from assets.intake.settle import OPEN
from assets.rounds import Round
from assets.store import DataFolder, connect, write_table
from blueprint.arrow import row_schema, schema
from blueprint.load import blueprint

WHOLE_FILE = "*"
# What is counted of a settled finding, instead of its severity.
SETTLED = "settled"
NO_ROWS = RowCount(0, 0, 0)
# Tables written at a time: two keep two cores busy, more would only hold more rows.
AT_ONCE = 2
Kinds = Counter[tuple[str, str, str, str]]


def row_tables() -> list[str]:
    """The tables that companies file, by name."""
    return [table.name for table in blueprint().sheet_tables]


def tally(found: pa.Table) -> Kinds:
    """How many findings there are per (submission, file, table or "", severity); of settled ones whatever severity."""
    keys = ["submission_id", "file", "table_name", "severity", "settled_by"]
    counted = found.group_by(keys).aggregate([([], "count_all")])
    kinds: Kinds = Counter()
    for submission, file, table, severity, settled, number in zip(
        *(column.to_pylist() for column in counted.columns), strict=True
    ):
        kinds[submission, file, table or "", severity if settled == OPEN else SETTLED] += number
    return kinds


def write_rows(data: DataFolder, memory: Memory, counting: list[str], settings: Round) -> dict[str, int]:
    """Write the accepted rows of the filings that count, by filing; returns how many rows each table has."""
    waived = memory.waived()
    keys = {filing: key_of(memory.folder.name, filing, waived[filing]) for filing in counting}

    def write(name: str) -> int:
        rows = _rows(data, memory, name, keys, settings)
        note(data, name, settings.round, write_table(data, name, settings.round, rows), keys)
        return rows.num_rows

    names = row_tables()
    with ThreadPoolExecutor(AT_ONCE) as writing:
        return dict(zip(names, writing.map(write, names), strict=True))


def _rows(data: DataFolder, memory: Memory, name: str, keys: Keys, settings: Round) -> pa.Table:
    """The accepted rows of filings, by filing; those that stand in the table already are not gathered again."""
    wanted = row_schema(blueprint().tables[name])
    stands = standing(data, name, settings.round, keys)
    if stands.kept:
        new = memory.of_filings(name, wanted, sorted(keys.keys() - stands.kept))
        if (rows := woven(stands, new, FILING)) is not None:
            return rows
    return memory.of_filings(name, wanted, sorted(keys))


def write_sites(data: DataFolder, memory: Memory, there: Iterable[str], settings: Round) -> pa.Table:
    """Write every site that a readable file names, and return them."""
    known = pa.schema([field for field in schema("filed_sites") if field.name != "round"])
    sites = memory.of_filings("filed_sites", known, sorted(there))
    sites = sites.add_column(0, "round", pa.repeat(settings.round, sites.num_rows))
    write_table(data, "filed_sites", settings.round, sites)
    return sites


def write_register(
    data: DataFolder,
    states: dict[ReceivedFile, str],
    lines: list[dict[str, Any]],
    received_at: Mapping[str, str],
    settings: Round,
) -> int:
    before = {
        file.sha256: dt.datetime.fromisoformat(received_at[file.submission_id])
        for file in states
        if file.submission_id in received_at
    }
    for row in register.last_register(data, settings.round):
        before[row["sha256"]] = min(row["first_seen"], before.get(row["sha256"], row["first_seen"]))
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    by_id = {line["submission_id"]: line for line in lines}
    rows = [
        {
            "round": settings.round,
            "submission_id": file.submission_id,
            "sha256": file.sha256,
            "file": file.file,
            "size_bytes": file.size_bytes,
            "first_seen": before.get(file.sha256, now),
            "company_name": by_id[file.submission_id]["company_name"],
            "kvk_number": by_id[file.submission_id]["kvk_number"],
            "submitted_on": by_id[file.submission_id]["submitted_on"],
            "blueprint_version": by_id[file.submission_id]["blueprint_version"],
            "state": state,
        }
        for file, state in states.items()
    ]
    return _write(data, "register", rows, settings)


def write_findings(data: DataFolder, found: pa.Table, settings: Round) -> int:
    with connect() as connection:
        connection.register("found", found)
        ordered = connection.sql(
            """
            select * from found
            order by file, submission_id, list_position($severities, severity), list_contains($consequences, rule),
                coalesce(list_position($tables, table_name), 0), coalesce(row_number, 0),
                coalesce(length(column_letter), 0), coalesce(column_letter, ''),
                rule, message, field_name, value_as_filed
            """,
            params={
                "severities": list(wording.ORDER),
                "consequences": [rule.id for rule in blueprint().rules.values() if rule.consequence],
                "tables": row_tables(),
            },
        ).to_arrow_table()
    write_table(data, "findings", settings.round, ordered)
    return ordered.num_rows


def write_status(
    data: DataFolder, memory: Memory, states: dict[ReceivedFile, str], kinds: Kinds, settings: Round
) -> int:
    counts: dict[str, dict[str, RowCount]] = defaultdict(dict)
    for submission_id, name, *numbers in zip(*memory.read("counts", COUNTS).to_pydict().values(), strict=True):
        counts[submission_id][name] = RowCount(*numbers)
    by_table: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (_, file_name, table, severity), number in kinds.items():
        for name in {table, WHOLE_FILE}:
            by_table[(file_name, name)][severity] += number
    rows, none = [], Counter[str]()
    for file, state in states.items():
        own = counts[file.submission_id] if state != "duplicate" else {}
        total = RowCount(*(sum(numbers) for numbers in zip(*own.values(), strict=True))) if own else NO_ROWS
        named = [name for name in row_tables() if name in own or (file.file, name) in by_table]
        for name, count in [(WHOLE_FILE, total), *((name, own.get(name, NO_ROWS)) for name in named)]:
            rows.append(_status_row(file, name, count, state, by_table.get((file.file, name), none), settings))
    return _write(data, "submission_status", rows, settings)


def _status_row(
    file: ReceivedFile, name: str, count: RowCount, state: str, severities: Counter[str], settings: Round
) -> dict[str, Any]:
    return {
        "round": settings.round,
        "submission_id": file.submission_id,
        "file": file.file,
        "table_name": name,
        "state": state,
        "rows_in": count.came,
        "rows_accepted": count.accepted,
        "rows_refused": count.refused,
        "error_count": severities["error"],
        "warning_count": severities["warning"],
        "info_count": severities["info"],
        "settled_count": severities[SETTLED],
    }


def _write(data: DataFolder, name: str, rows: list[dict[str, Any]], settings: Round) -> int:
    write_table(data, name, settings.round, pa.Table.from_pylist(rows, schema=schema(name)))
    return len(rows)
