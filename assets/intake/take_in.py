"""Takes in a round: examines what is new, decides which filings count, writes accepted rows, findings and status.

How files are read and judged is in `examine`; what is done with accepted rows is in `assets.demand`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from assets.intake import findings as wording
from assets.intake import register
from assets.intake.examine import Received, examine
from assets.intake.expectations import Failure
from assets.intake.judge import round_failures
from assets.intake.memory import COLUMNS, COUNTS, FILES, Memory, recall
from assets.intake.register import ReceivedFile
from assets.rounds import Round
from assets.store import DataFolder, connect, read_table, write_table
from blueprint.arrow import row_schema, schema
from blueprint.load import blueprint

# Files examined together: enough rows to spread the cost of validation, few enough to bound memory.
BATCH = 500
WHOLE_FILE = "*"
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class TakenIn:
    """What came of a round: files received and newly read, rows written per table, findings by severity."""

    received: int
    read_now: int
    states: dict[str, int]
    rows: dict[str, int]
    severities: dict[str, int]


def take_in(data: DataFolder, settings: Round, progress: Progress | None = None) -> TakenIn:
    """Bring the curated tables of a round in step with the files in its folder.

    Writes the accepted rows of every filed table, `register`, `filed_sites`, `findings` and
    `submission_status`. Files and rows may come in any order.
    """
    files = register.scan(data.round_folder(settings.round))
    memory = recall(data, settings)
    first = {file.submission_id: file for file in reversed(files)}
    new = [file for file in first.values() if file.submission_id not in memory.known()]
    _examine(memory, new, settings, progress)
    lines = [line for line in memory.read("files", FILES).to_pylist() if line["submission_id"] in first]
    found = _known_findings(memory, first)
    state, said = register.states(lines, _severities(found))
    counting = sorted(submission for submission, name in state.items() if register.counts(name))
    rows = {name: _write_rows(data, memory, name, counting, settings) for name in _row_tables()}
    said += round_failures({"connection": rows["connection"]}, settings)
    found += _word(memory, first, said, settings)
    found += _word_copies(files, first, settings)
    state |= _states_with_remarks(state, found)
    written = {
        "register": _write_register(data, files, first, lines, state, settings),
        "findings": _write_findings(data, found, settings),
        "submission_status": _write_status(data, memory, files, first, state, found, settings),
        "filed_sites": _write_sites(data, memory, first, settings),
    }
    return TakenIn(
        received=len(files),
        read_now=len(new),
        states=dict(Counter(_file_states(files, first, state).values())),
        rows={name: table.num_rows for name, table in rows.items()} | written,
        severities=dict(Counter(finding["severity"] for finding in found)),
    )


def _examine(memory: Memory, new: list[ReceivedFile], settings: Round, progress: Progress | None) -> None:
    received = [Received(file.submission_id, file.path, file.file) for file in sorted(new, key=lambda f: f.file)]
    for start in range(0, len(received), BATCH):

        def report(done: int, _of: int, before: int = start) -> None:
            if progress is not None:
                progress(before + done, len(received))

        memory.keep(examine(received[start : start + BATCH], settings, report))


def _row_tables() -> list[str]:
    return [table.name for table in blueprint().sheet_tables]


def _known_findings(memory: Memory, first: dict[str, ReceivedFile]) -> list[dict[str, Any]]:
    """The findings of the files that are there now, under the name they have now."""
    kept = [row for row in memory.read("findings", schema("findings")).to_pylist() if row["submission_id"] in first]
    return [{**row, "file": first[row["submission_id"]].file} for row in kept]


def _severities(found: list[dict[str, Any]]) -> dict[str, set[str]]:
    severities: dict[str, set[str]] = defaultdict(set)
    for finding in found:
        severities[finding["submission_id"]].add(finding["severity"])
    return severities


def _write_rows(data: DataFolder, memory: Memory, name: str, counting: list[str], settings: Round) -> pa.Table:
    with connect() as connection:
        connection.register("counting", pa.table({"submission_id": pa.array(counting, pa.string())}))
        parts = memory.paths(name)
        if not parts:
            rows = row_schema(blueprint().tables[name]).empty_table()
        else:
            rows = connection.sql(
                """
                select accepted.* from read_parquet(?, hive_partitioning = false) as accepted
                semi join counting using (submission_id)
                order by submission_id, row_number, series
                """,
                params=[parts],
            ).to_arrow_table()
    write_table(data, name, settings.round, rows)
    return rows


def _word(memory: Memory, first: dict[str, ReceivedFile], said: list[Failure], settings: Round) -> list[dict[str, Any]]:
    wanted = {failure.submission_id for failure in said if failure.table}
    columns: dict[str, wording.Columns] = defaultdict(dict)
    sheets: dict[tuple[str, str], str] = {}
    if wanted:
        for row in memory.read("columns", COLUMNS).to_pylist():
            if row["submission_id"] in wanted:
                key = (row["table_name"], row["field_name"], row["series"])
                columns[row["submission_id"]][key] = row["position"]
                sheets[(row["submission_id"], row["table_name"])] = row["sheet"]
    names = {submission: file.file for submission, file in first.items()}
    return wording.word(said, names, sheets, columns, settings)


def _word_copies(files: list[ReceivedFile], first: dict[str, ReceivedFile], settings: Round) -> list[dict[str, Any]]:
    """A remark about every file that came more than once, under the name of the copy."""
    found = []
    for file in files:
        if first[file.submission_id] != file:
            copy = Failure(file.submission_id, "", None, "", "", "identical_file")
            found += wording.word([copy], {file.submission_id: file.file}, {}, {}, settings)
    return found


def _states_with_remarks(state: dict[str, str], found: list[dict[str, Any]]) -> dict[str, str]:
    severities = _severities(found)
    return {
        submission: "accepted_with_remarks"
        for submission, name in state.items()
        if name == "accepted" and severities.get(submission, set()) & {"error", "warning"}
    }


def _file_states(
    files: list[ReceivedFile], first: dict[str, ReceivedFile], state: dict[str, str]
) -> dict[ReceivedFile, str]:
    return {file: state[file.submission_id] if first[file.submission_id] == file else "duplicate" for file in files}


def _write_register(
    data: DataFolder,
    files: list[ReceivedFile],
    first: dict[str, ReceivedFile],
    lines: list[dict[str, Any]],
    state: dict[str, str],
    settings: Round,
) -> int:
    before = {
        (r["file"], r["sha256"]): r["first_seen"] for r in read_table(data, "register", settings.round).to_pylist()
    }
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    by_id = {line["submission_id"]: line for line in lines}
    states = _file_states(files, first, state)
    rows = [
        {
            "round": settings.round,
            "submission_id": file.submission_id,
            "sha256": file.sha256,
            "file": file.file,
            "size_bytes": file.size_bytes,
            "first_seen": before.get((file.file, file.sha256), now),
            "company_name": by_id[file.submission_id]["company_name"],
            "kvk_number": by_id[file.submission_id]["kvk_number"],
            "submitted_on": by_id[file.submission_id]["submitted_on"],
            "blueprint_version": by_id[file.submission_id]["blueprint_version"],
            "state": states[file],
        }
        for file in files
    ]
    return _write(data, "register", rows, settings)


def _write_findings(data: DataFolder, found: list[dict[str, Any]], settings: Round) -> int:
    found.sort(key=wording.position)
    return _write(data, "findings", found, settings)


def _write_status(
    data: DataFolder,
    memory: Memory,
    files: list[ReceivedFile],
    first: dict[str, ReceivedFile],
    state: dict[str, str],
    found: list[dict[str, Any]],
    settings: Round,
) -> int:
    counts: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in memory.read("counts", COUNTS).to_pylist():
        counts[row["submission_id"]][row["table_name"]] = (row["rows_in"], row["rows_accepted"])
    kinds = Counter((f["file"], f["table_name"], f["severity"]) for f in found)
    states = _file_states(files, first, state)
    rows = []
    for file in files:
        own = counts[file.submission_id] if states[file] != "duplicate" else {}
        total = (sum(came for came, _ in own.values()), sum(kept for _, kept in own.values()))
        named = {table for name, table, _ in kinds if name == file.file and table}
        for name, pair in [
            (WHOLE_FILE, total),
            *((t, own.get(t, (0, 0))) for t in _row_tables() if t in own | dict.fromkeys(named)),
        ]:
            rows.append(_status_row(file, name, pair, states[file], kinds, settings))
    return _write(data, "submission_status", rows, settings)


def _status_row(
    file: ReceivedFile, name: str, pair: tuple[int, int], state: str, kinds: Counter, settings: Round
) -> dict[str, Any]:
    def number(severity: str) -> int:
        tables = {key[1] for key in kinds} if name == WHOLE_FILE else {name}
        return sum(kinds[(file.file, table, severity)] for table in tables)

    return {
        "round": settings.round,
        "submission_id": file.submission_id,
        "file": file.file,
        "table_name": name,
        "state": state,
        "rows_in": pair[0],
        "rows_accepted": pair[1],
        "rows_refused": pair[0] - pair[1],
        "error_count": number("error"),
        "warning_count": number("warning"),
        "info_count": number("info"),
    }


def _write_sites(data: DataFolder, memory: Memory, first: dict[str, ReceivedFile], settings: Round) -> int:
    wanted = schema("filed_sites")
    known = pa.schema([wanted.field(name) for name in wanted.names if name != "round"])
    rows = [row for row in memory.read("filed_sites", known).to_pylist() if row["submission_id"] in first]
    rows.sort(key=lambda row: tuple(str(value) for value in row.values()))
    return _write(data, "filed_sites", [{"round": settings.round, **row} for row in rows], settings)


def _write(data: DataFolder, name: str, rows: list[dict[str, Any]], settings: Round) -> int:
    write_table(data, name, settings.round, pa.Table.from_pylist(rows, schema=schema(name)))
    return len(rows)
