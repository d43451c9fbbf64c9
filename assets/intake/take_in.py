"""Takes in a round: examines what is new, decides which filings count, writes accepted rows, findings and status.

How files are read and judged is in `examine`; what is done with accepted rows is in `assets.demand`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from threading import Thread
from typing import Any

import pyarrow as pa
from filelock import FileLock, Timeout

from assets.intake import findings as wording
from assets.intake import receipts, register, withdrawals
from assets.intake.compare import beside
from assets.intake.examine import Received, judge_apart, read_files
from assets.intake.expectations import Failure, warm_up
from assets.intake.extracted import Extract
from assets.intake.gate import RowCount
from assets.intake.judge import round_failures
from assets.intake.memory import COLUMNS, COUNTS, FILES, Memory, recall
from assets.intake.register import ReceivedFile
from assets.intake.settle import OPEN, by_row, settle
from assets.intake.waivers import Waivers, holding
from assets.records import DamagedRecord
from assets.rounds import Round, RoundError
from assets.store import DataFolder, connect, write_table
from blueprint.arrow import row_schema, schema
from blueprint.load import blueprint

# Files examined together: enough rows to spread the cost of validation, few enough to bound memory.
BATCH = 250
# Among so many new files some row will fail, and the library that finds it takes seconds to load.
MANY = 20
WHOLE_FILE = "*"
# What is counted of a settled finding, instead of its severity.
SETTLED = "settled"
NO_ROWS = RowCount(0, 0, 0)
# A second run of the same round waits this long for the first.
LOCK_SECONDS = 900
Progress = Callable[[int, int], None]
Kinds = Counter[tuple[str, str, str, str]]


@dataclass(frozen=True)
class TakenIn:
    """What came of a round: files received and newly read, rows written per table, findings by severity or settled."""

    received: int
    read_now: int
    states: dict[str, int]
    rows: dict[str, int]
    severities: dict[str, int]


def take_in(
    data: DataFolder, settings: Round, progress: Progress | None = None, today: dt.date | None = None
) -> TakenIn:
    """Bring the curated tables of a round in step with the files in its folder.

    Writes the accepted rows of every filed table, `register`, `filed_sites`, `findings` and
    `submission_status`. Files and rows may come in any order. A second run of the same round waits for the
    first; raises RoundError when that takes too long. Waivers count that hold `today`.
    """
    data.cache(settings.round).mkdir(parents=True, exist_ok=True)
    lock = FileLock(data.root / "cache" / f".{settings.round}.lock", timeout=LOCK_SECONDS)
    try:
        with lock:
            return _take_in(data, settings, progress, holding(data, settings, today))
    except DamagedRecord as error:
        raise RoundError(str(error)) from None
    except Timeout:
        raise RoundError(
            f"Ronde '{settings.round}' wordt al door een andere run doorgerekend. Wacht tot die klaar is."
        ) from None


def _take_in(data: DataFolder, settings: Round, progress: Progress | None, waivers: Waivers) -> TakenIn:
    files = register.scan(data.round_folder(settings.round))
    memory = recall(data, settings)
    memory.forget_passing()
    memory.forget_damaged()
    memory.forget_changed(waivers.of_errors())
    first = {file.submission_id: file for file in reversed(files)}
    known = memory.known()
    new = [file for file in first.values() if file.submission_id not in known]
    _examine(memory, new, settings, progress, waivers)
    lines = [line for line in memory.read("files", FILES).to_pylist() if line["submission_id"] in first]
    remarks = by_row(memory.remarks())
    found = settle(_known_findings(memory, first), remarks, waivers)
    received_at = receipts.received_at(data, settings.round)
    withdrawn = withdrawals.withdrawn(data, settings.round)
    state, said = register.states(lines, _severities(tally(found)), withdrawn, received_at)
    counting = sorted(submission for submission, name in state.items() if register.counts(name))
    rows = _write_rows(data, memory, counting, settings)
    sites = _sites(memory, first, settings)
    said += round_failures(beside(data, settings, sites, memory.read("counts", COUNTS)), settings)
    worded = _word(memory, first, said, settings) + _word_copies(files, first, settings)
    found_now = settle(pa.Table.from_pylist(worded, schema=schema("findings")), remarks, waivers)
    found = pa.concat_tables([found, found_now])
    kinds = tally(found)
    state |= _states_with_remarks(state, kinds)
    states = {file: state[file.submission_id] if file is first[file.submission_id] else "duplicate" for file in files}
    written = {
        "register": _write_register(data, states, lines, received_at, settings),
        "findings": _write_findings(data, found, settings),
        "submission_status": _write_status(data, memory, states, kinds, settings),
        "filed_sites": sites.num_rows,
    }
    write_table(data, "filed_sites", settings.round, sites)
    severities: Counter[str] = Counter()
    for (*_, severity), number in kinds.items():
        severities[severity] += number
    return TakenIn(
        received=len(files),
        read_now=len(new),
        states=dict(Counter(states.values())),
        rows=rows | written,
        severities=dict(severities),
    )


def _examine(
    memory: Memory, new: list[ReceivedFile], settings: Round, progress: Progress | None, waivers: Waivers
) -> None:
    """Read all new files in one go, and judge each batch of them while the next is being read."""
    received = [
        Received(file.submission_id, file.path, file.file, file.sha256) for file in sorted(new, key=lambda f: f.file)
    ]
    extracts = read_files(received, progress)

    def keep(batch: list[Received], read: dict[str, Extract]) -> None:
        for passing in (False, True):
            part = [file for file in batch if read[file.submission_id].passing == passing]
            if part:
                extracts = {file.submission_id: read[file.submission_id] for file in part}
                for examined, crashed in judge_apart(part, extracts, settings, waivers):
                    memory.keep(examined, passing or crashed)

    if len(received) > MANY:
        Thread(target=warm_up, daemon=True).start()
    with ThreadPoolExecutor(max_workers=1) as judging:
        before: Future[None] | None = None
        for start in range(0, len(received), BATCH):
            batch = received[start : start + BATCH]
            read = dict(islice(extracts, len(batch)))
            if before is not None:
                before.result()
            before = judging.submit(keep, batch, read)
            del read
        if before is not None:
            before.result()


def _row_tables() -> list[str]:
    return [table.name for table in blueprint().sheet_tables]


def _known_findings(memory: Memory, first: dict[str, ReceivedFile]) -> pa.Table:
    """The findings of the files that are there now, under the name they have now."""
    found = memory.read("findings", schema("findings"))
    kept = _of_files_there(found, first)
    names = [first[submission].file for submission in kept.column("submission_id").to_pylist()]
    place = kept.schema.get_field_index("file")
    return kept.set_column(place, kept.schema.field(place), pa.array(names, pa.string()))


def _of_files_there(rows: pa.Table, first: dict[str, ReceivedFile]) -> pa.Table:
    there = [submission in first for submission in rows.column("submission_id").to_pylist()]
    return rows.filter(pa.array(there, pa.bool_()))


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


def _severities(kinds: Kinds) -> dict[str, set[str]]:
    severities: dict[str, set[str]] = defaultdict(set)
    for submission, _, _, severity in kinds:
        severities[submission].add(severity)
    return severities


def _write_rows(data: DataFolder, memory: Memory, counting: list[str], settings: Round) -> dict[str, int]:
    """Write the accepted rows of the filings that count; returns how many rows each table has."""
    written = {}
    with connect() as connection:  # one for all tables: opening it takes longer than what it does
        connection.register("counting", pa.table({"submission_id": pa.array(counting, pa.string())}))
        for name in _row_tables():
            parts = memory.paths(name)
            rows = row_schema(blueprint().tables[name]).empty_table()
            if parts:
                rows = connection.sql(
                    """
                    select accepted.* from read_parquet(?, hive_partitioning = false) as accepted
                    semi join counting using (submission_id)
                    order by submission_id, row_number, series
                    """,
                    params=[parts],
                ).to_arrow_table()
            write_table(data, name, settings.round, rows)
            written[name] = rows.num_rows
    return written


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
        if first[file.submission_id] is not file:
            copy = Failure(file.submission_id, "", None, "", "", "identical_file")
            found += wording.word([copy], {file.submission_id: file.file}, {}, {}, settings)
    return found


def _states_with_remarks(state: dict[str, str], kinds: Kinds) -> dict[str, str]:
    severities = _severities(kinds)
    return {
        submission: "accepted_with_remarks"
        for submission, name in state.items()
        if name == "accepted" and severities.get(submission, set()) & {"error", "warning"}
    }


def _write_register(
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


def _write_findings(data: DataFolder, found: pa.Table, settings: Round) -> int:
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
                "tables": _row_tables(),
            },
        ).to_arrow_table()
    write_table(data, "findings", settings.round, ordered)
    return ordered.num_rows


def _write_status(
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
        named = [name for name in _row_tables() if name in own or (file.file, name) in by_table]
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


def _sites(memory: Memory, first: dict[str, ReceivedFile], settings: Round) -> pa.Table:
    """Every site that a readable file names."""
    wanted = schema("filed_sites")
    known = pa.schema([field for field in wanted if field.name != "round"])
    sites = _of_files_there(memory.read("filed_sites", known), first)
    sites = sites.sort_by([(name, "ascending") for name in known.names])
    return sites.add_column(0, "round", pa.repeat(settings.round, sites.num_rows))


def _write(data: DataFolder, name: str, rows: list[dict[str, Any]], settings: Round) -> int:
    write_table(data, name, settings.round, pa.Table.from_pylist(rows, schema=schema(name)))
    return len(rows)
