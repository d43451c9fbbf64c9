"""Takes in a round: examines what is new, decides which filings count, writes accepted rows, findings and status.

How files are read and judged is in `examine`; what is done with accepted rows is in `assets.demand`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from threading import Thread
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets.intake import findings as wording
from assets.intake import receipts, register, withdrawals
from assets.intake.compare import beside
from assets.intake.examine import Received, judge_apart, judge_files, read_files, read_here
from assets.intake.expectations import Failure, warm_up
from assets.intake.extracted import Extract
from assets.intake.judge import round_failures
from assets.intake.memory import BEFOREHAND, COLUMNS, COUNTS, FILES, PASSING, Memory, recall
from assets.intake.register import ReceivedFile
from assets.intake.round_tables import (
    Kinds,
    tally,
    write_findings,
    write_register,
    write_rows,
    write_sites,
    write_status,
)
from assets.intake.settle import by_row, settle
from assets.intake.waivers import Waivers, holding
from assets.one_at_a_time import examining, working_on
from assets.records import DamagedRecord
from assets.reference import register_reference
from assets.rounds import Round, RoundError
from assets.store import DataFolder, connect
from blueprint.arrow import schema

# Files examined together: enough rows to spread the cost of validation, few enough to bound memory.
BATCH = 250
# Among so many new files some row will fail, and the library that finds it takes seconds to load.
MANY = 5
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class TakenIn:
    """What came of a round: files received and newly read, rows written per table, findings by severity or settled."""

    received: int
    read_now: int
    states: dict[str, int]
    rows: dict[str, int]
    severities: dict[str, int]


@dataclass(frozen=True)
class Seen:
    """The files of a round, one of each content, those of them that are to be examined, and what is remembered."""

    first: dict[str, ReceivedFile]
    new: list[ReceivedFile]
    memory: Memory


def take_in(
    data: DataFolder,
    settings: Round,
    progress: Progress | None = None,
    today: dt.date | None = None,
    accepted: Callable[[], None] | None = None,
) -> TakenIn:
    """Bring the curated tables of a round in step with the files in its folder.

    Writes the accepted rows of every filed table, `register`, `filed_sites`, `findings` and
    `submission_status`. Files and rows may come in any order. A second run of the same round waits for the
    first; raises RoundError when that takes too long. Waivers count that hold `today`. `accepted` is called when the
    accepted rows are written, and the rest is not.
    """
    data.cache(settings.round).mkdir(parents=True, exist_ok=True)
    try:
        with working_on(data, settings.round):
            # What takes time and asks for no memory, while somebody else may still be examining.
            files = register.scan(data.round_folder(settings.round))
            with connect() as connection:
                register_reference(connection, settings)
            with examining(data, settings.round):
                taken = _take_in(data, settings, files, progress, holding(data, settings, today), accepted)
            # Of all those rows much stays reserved, and the tables that are made of them are as large.
            pa.default_memory_pool().release_unused()
            return taken
    except DamagedRecord as error:
        raise RoundError(str(error)) from None


def examine_few(data: DataFolder, settings: Round, most: int) -> None:
    """Examine the new files of a round in this process, unless there are more than `most`, for the next `take_in`.

    What came before the last run, takes long, or is to be read once more the next time, is left to that. Raises
    RoundError when somebody else is examining, and whatever a file makes go wrong.
    """
    waivers = holding(data, settings)
    files = register.scan(data.round_folder(settings.round), since=_last_run(data, settings))
    with examining(data, settings.round, seconds=0):
        seen = _look(data, settings, waivers, files)
        if len(seen.new) > most:
            return
        received = _received(seen.new)
        extracts = {name: extract for name, extract in read_here(received).items() if not extract.passing}
        read = [file for file in received if file.submission_id in extracts]
        if read:
            seen.memory.keep(judge_files(read, extracts, settings, waivers), BEFOREHAND)


def _last_run(data: DataFolder, settings: Round) -> float:
    """When the register of a round was last written, in seconds; 0 when it never was."""
    try:
        return data.table("register", settings.round).stat().st_mtime
    except OSError:
        return 0


def _take_in(
    data: DataFolder,
    settings: Round,
    files: list[ReceivedFile],
    progress: Progress | None,
    waivers: Waivers,
    accepted: Callable[[], None] | None,
) -> TakenIn:
    seen = _look(data, settings, waivers, files)
    first, memory = seen.first, seen.memory
    read_now = len(seen.new) + len(memory.examined_beforehand() & first.keys())
    _examine(memory, seen.new, settings, progress, waivers)
    lines = [line for line in memory.read("files", FILES).to_pylist() if line["submission_id"] in first]
    remarks = by_row(memory.remarks())
    found = settle(_known_findings(memory, first), remarks, waivers)
    received_at = receipts.received_at(data, settings.round)
    withdrawn = withdrawals.withdrawn(data, settings.round)
    state, said = register.states(lines, _severities(tally(found)), withdrawn, received_at)
    counting = sorted(submission for submission, name in state.items() if register.counts(name))
    rows = write_rows(data, memory, counting, settings)
    if accepted is not None:
        accepted()
    sites = write_sites(data, memory, first, settings)
    said += round_failures(beside(data, settings, sites, memory.read("counts", COUNTS)), settings)
    worded = _word(memory, first, said, settings) + _word_copies(files, first, settings)
    found_now = settle(pa.Table.from_pylist(worded, schema=schema("findings")), remarks, waivers)
    found = pa.concat_tables([found, found_now])
    kinds = tally(found)
    state |= _states_with_remarks(state, kinds)
    states = {file: state[file.submission_id] if file is first[file.submission_id] else "duplicate" for file in files}
    written = {
        "register": write_register(data, states, lines, received_at, settings),
        "findings": write_findings(data, found, settings),
        "submission_status": write_status(data, memory, states, kinds, settings),
        "filed_sites": sites.num_rows,
    }
    severities: Counter[str] = Counter()
    for (*_, severity), number in kinds.items():
        severities[severity] += number
    return TakenIn(
        received=len(files),
        read_now=read_now,
        states=dict(Counter(states.values())),
        rows=rows | written,
        severities=dict(severities),
    )


def _look(data: DataFolder, settings: Round, waivers: Waivers, files: list[ReceivedFile]) -> Seen:
    """Which files of a round are to be examined, and what is remembered of it that still stands."""
    memory = recall(data, settings)
    memory.forget_passing()
    memory.forget_damaged()
    memory.forget_changed(waivers.of_errors())
    first = {file.submission_id: file for file in reversed(files)}
    known = memory.known()
    return Seen(first, [file for file in first.values() if file.submission_id not in known], memory)


def _received(files: list[ReceivedFile]) -> list[Received]:
    ordered = sorted(files, key=lambda file: file.file)
    return [Received(file.submission_id, file.path, file.file, file.sha256) for file in ordered]


def _examine(
    memory: Memory, new: list[ReceivedFile], settings: Round, progress: Progress | None, waivers: Waivers
) -> None:
    """Read all new files in one go, and judge each batch of them while the next is being read."""
    received = _received(new)
    extracts = read_files(received, progress)

    def keep(batch: list[Received], read: dict[str, Extract]) -> None:
        for passing in (False, True):
            part = [file for file in batch if read[file.submission_id].passing == passing]
            if part:
                extracts = {file.submission_id: read[file.submission_id] for file in part}
                for examined, crashed in judge_apart(part, extracts, settings, waivers):
                    memory.keep(examined, PASSING if passing or crashed else "")

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


def _known_findings(memory: Memory, first: dict[str, ReceivedFile]) -> pa.Table:
    """The findings of the files that are there now, under the name they have now."""
    found = memory.read("findings", schema("findings"))
    # There are few files and many findings: each name is looked up once.
    there = pc.SetLookupOptions(pa.array(sorted(first), pa.string()))
    stays = pc.call_function("is_in", [found.column("submission_id")], there)
    kept = found if pc.call_function("all", [stays]).as_py() else found.filter(stays)
    filings = kept.column("submission_id").combine_chunks().dictionary_encode()
    names = pa.array([first[submission].file for submission in filings.dictionary.to_pylist()], pa.string())
    place = kept.schema.get_field_index("file")
    return kept.set_column(place, kept.schema.field(place), names.take(filings.indices))


def _severities(kinds: Kinds) -> dict[str, set[str]]:
    severities: dict[str, set[str]] = defaultdict(set)
    for submission, _, _, severity in kinds:
        severities[submission].add(severity)
    return severities


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
