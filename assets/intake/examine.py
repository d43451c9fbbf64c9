"""Examines received files as a batch: reads each in a bounded process, types it, judges all rows together.

What a round remembers of earlier batches, and which filing of a company counts, is for `assets.intake.take_in`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.intake import findings
from assets.intake.expectations import Failure
from assets.intake.extract import extract_file, unreadable
from assets.intake.extracted import Extract
from assets.intake.gate import RowCount, Verdict
from assets.intake.judge import judge
from assets.intake.limits import bounded_memory
from assets.intake.settle import by_row, remarks_of, settle
from assets.intake.sheets import UnreadableFile
from assets.intake.waivers import NONE, Waivers
from assets.rounds import Round
from blueprint.arrow import row_schema, schema
from blueprint.load import blueprint

WORKERS = 2
# Of fewer files a second process takes longer to start than to read them.
SHARED = 40
TIMEOUT_SECONDS = 15.0
MEMORY_BYTES = 1 << 30
# So long files are read beforehand, while the run that waits for them loads.
READ_SECONDS = 2.0


@dataclass(frozen=True)
class Received:
    """One received file; when its SHA-256 is given, what is read must be that very content."""

    submission_id: str
    path: Path
    file: str
    sha256: str = ""


class RowsLost(Exception):
    """Fewer or more rows were typed than a sheet has filled ones: a fault of the pipeline, never of the data."""


@dataclass
class Examined:
    """The result for a batch: accepted rows per table, findings, and one line per file.

    `files` holds submission_id, readable, refused, kvk_number, company_name, submitted_on, blueprint_version,
    replaces_submission, and which errors were waived; `remarks` the explanations that companies gave of rows;
    `columns` the sheet and the 1-based column (position) of every field and series that was found.
    """

    accepted: dict[str, pa.Table]
    findings: list[dict[str, Any]]
    counts: dict[tuple[str, str], RowCount]
    files: list[dict[str, Any]]
    sites: pa.Table
    columns: list[dict[str, Any]]
    remarks: pa.Table


def examine(
    received: Sequence[Received],
    settings: Round,
    progress: Callable[[int, int], None] | None = None,
    areas: pa.Table | None = None,
) -> Examined:
    """Read, type and judge files; every file gives a line in `files`, whatever is wrong with it.

    `progress` is called with (files read, files in all). Warnings that the company explains are settled; `areas` are
    those of grid operators.
    """
    return judge_settled(received, dict(read_files(received, progress)), settings, areas)


def judge_settled(
    received: Sequence[Received], extracts: dict[str, Extract], settings: Round, areas: pa.Table | None = None
) -> Examined:
    """Judge what was read of some files, and settle the warnings that their companies explain."""
    examined = judge_files(received, extracts, settings, areas=areas)
    found = pa.Table.from_pylist(examined.findings, schema=schema("findings"))
    examined.findings = settle(found, by_row(examined.remarks)).to_pylist()
    return examined


def read_files(
    received: Sequence[Received], progress: Callable[[int, int], None] | None = None
) -> Iterator[tuple[str, Extract]]:
    """Yield submission_id and typed rows of every file, in their order; files are read ahead by other processes."""
    from assets.intake.bounded import read_many

    workers = WORKERS if len(received) > SHARED else 1
    results = read_many([r.path for r in received], extract_file, workers, TIMEOUT_SECONDS, MEMORY_BYTES)
    for done, (file, (_, result)) in enumerate(zip(received, results, strict=True), start=1):
        if progress is not None:
            progress(done, len(received))
        yield file.submission_id, _unchanged(file, unreadable(result) if isinstance(result, UnreadableFile) else result)


def read_here(received: Sequence[Received]) -> dict[str, Extract]:
    """The typed rows of files by submission_id, read in this process: only for one that may be lost.

    After READ_SECONDS no other file is begun. Raises whatever reading a file raises, MemoryError too.
    """
    read: dict[str, Extract] = {}
    until = time.monotonic() + READ_SECONDS
    with bounded_memory(MEMORY_BYTES):
        for file in received:
            if time.monotonic() < until:
                read[file.submission_id] = _unchanged(file, extract_file(file.path))
    return read


def _unchanged(file: Received, extract: Extract) -> Extract:
    """What was read, unless the file is another by now."""
    if file.sha256 and extract.sha256 not in ("", file.sha256):
        return unreadable(UnreadableFile("file_changed"))
    return extract


def judge_files(
    received: Sequence[Received],
    extracts: dict[str, Extract],
    settings: Round,
    waivers: Waivers = NONE,
    areas: pa.Table | None = None,
) -> Examined:
    """Judge what was read of some files, together; `extracts` is emptied of its rows, which are large.

    An error for which there is a waiver refuses nothing; what settles a finding is for `assets.intake.settle`.
    """
    for extract in extracts.values():
        _prove_complete(extract)
    tables = {t.name: _stack(t.name, extracts) for t in blueprint().sheet_tables}
    names = _sheet_names(extracts)
    firsts = {submission_id: _firsts(extract) for submission_id, extract in extracts.items()}
    for extract in extracts.values():
        extract.tables.clear()
    columns = {s: e.columns for s, e in extracts.items()}

    def waived(failure: Failure) -> bool:
        place = findings.place_of(failure, names, columns.get(failure.submission_id, {}))
        return waivers.of(failure.submission_id, failure.rule, place.sheet, place.cell) is not None

    verdict = judge(tables, {s: e.problems for s, e in extracts.items()}, settings, waived, areas)
    worded = findings.word(verdict.failures, {r.submission_id: r.file for r in received}, names, columns, settings)
    of_errors = waivers.of_errors()
    files = [
        {
            **_line(r.submission_id, extracts[r.submission_id], firsts[r.submission_id], verdict),
            "waived": of_errors.get(r.submission_id, ""),
        }
        for r in received
    ]
    placed = _column_rows(columns, names)
    return Examined(verdict.accepted, worded, verdict.counts, files, verdict.sites, placed, remarks_of(tables))


def judge_apart(
    received: Sequence[Received], extracts: dict[str, Extract], settings: Round, waivers: Waivers = NONE
) -> Iterator[tuple[Examined, bool]]:
    """Judge a batch; when that breaks, file by file, so that the one which breaks it is unreadable and no other.

    Yields what was judged and whether it is to be tried again. Raises what went wrong when no single file can be
    judged: then it is no fault of a file.
    """
    from assets.intake.bounded import described

    try:
        whole = judge_files(received, extracts, settings, waivers)
    except Exception as error:
        broken = error
    else:
        yield whole, False
        return
    judged, refused = [], {}
    for file in received:
        try:
            extracts = dict(read_files([file]))
            passing = extracts[file.submission_id].passing
            judged.append((judge_files([file], extracts, settings, waivers), passing))
        except Exception as error:
            refused[file] = unreadable(UnreadableFile("reader_crashed", described(error)))
    if not judged:
        raise broken
    yield from judged
    for file, extract in refused.items():
        yield judge_files([file], {file.submission_id: extract}, settings, waivers), True


def declared_round(extract: Extract) -> str | None:
    """The round that a filing says it is for; None when it does not say."""
    return _first(extract, "submission", "round")


def _prove_complete(extract: Extract) -> None:
    typed = {name: len(rows.column("row_number").unique()) for name, rows in extract.tables.items()}
    if typed != extract.filled_rows:
        raise RowsLost(", ".join(sorted({*typed, *extract.filled_rows})))


def _stack(name: str, extracts: dict[str, Extract]) -> pa.Table:
    wanted = row_schema(blueprint().tables[name])
    parts = []
    for submission_id in sorted(extracts):
        rows = extracts[submission_id].tables.get(name)
        if rows is not None and rows.num_rows:
            ids = pa.repeat(submission_id, rows.num_rows)
            parts.append(rows.add_column(0, "submission_id", ids).select(wanted.names))
    return pa.concat_tables(parts).combine_chunks() if parts else wanted.empty_table()


def _sheet_names(extracts: dict[str, Extract]) -> dict[tuple[str, str], str]:
    names = {}
    for submission_id, extract in extracts.items():
        for name, rows in extract.tables.items():
            if rows.num_rows:
                names[(submission_id, name)] = rows.column("sheet")[0].as_py()
        for problem in extract.problems:
            if problem.table and problem.sheet:
                names.setdefault((submission_id, problem.table), problem.sheet)
    return names


def _column_rows(columns: dict[str, findings.Columns], names: dict[tuple[str, str], str]) -> list[dict[str, Any]]:
    return [
        {
            "submission_id": submission_id,
            "table_name": table,
            "field_name": name,
            "series": series,
            "sheet": names.get((submission_id, table), ""),
            "position": position,
        }
        for submission_id, known in sorted(columns.items())
        for (table, name, series), position in sorted(known.items())
    ]


def _line(submission_id: str, extract: Extract, firsts: dict[str, Any], verdict: Verdict) -> dict[str, Any]:
    return {
        "submission_id": submission_id,
        "readable": extract.readable,
        "refused": submission_id in verdict.refused or not extract.readable,
        **firsts,
    }


def _firsts(extract: Extract) -> dict[str, Any]:
    return {
        "kvk_number": _first(extract, "company", "kvk_number"),
        "company_name": _first(extract, "company", "company_name"),
        "submitted_on": _first(extract, "submission", "submitted_on"),
        "blueprint_version": _first(extract, "submission", "blueprint_version"),
        "contact_email": _first(extract, "submission", "contact_email"),
        "replaces_submission": _first(extract, "submission", "replaces_submission"),
    }


def _first(extract: Extract, table: str, name: str) -> Any:
    rows = extract.tables.get(table)
    return rows.column(name)[0].as_py() if rows is not None and rows.num_rows else None
