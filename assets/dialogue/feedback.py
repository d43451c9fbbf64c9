"""Writes what a company gets back: which submissions are answered, from which findings, and where it is put.

How the page and the workbook look stands in `feedback_page` and `feedback_workbook`; nothing is sent from here.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from filelock import FileLock

from assets.dialogue.feedback_page import page
from assets.dialogue.feedback_workbook import Copied, NoCopy, write_copy
from assets.files import beside
from assets.intake import register
from assets.intake.receipts import Receipt, given_names
from assets.intake.settle import OPEN
from assets.intake.sheets import UnreadableFile
from assets.recipes import MissingTable
from assets.rounds import Round
from assets.store import DataFolder, read_table
from blueprint.load import blueprint

PAGE, WORKBOOK, DATA = "terugkoppeling.html", "terugkoppeling.xlsx", "terugkoppeling.json"
TABLES = ("register", "findings", "submission_status")
WHOLE_FILE = "*"
WORKERS, TIMEOUT_SECONDS, MEMORY_BYTES = 2, 60.0, 1 << 30
# Enough of the JSON to find the fingerprint in, which stands first.
HEAD_BYTES = 200
FINGERPRINT = re.compile(rb'"fingerprint": "([0-9a-f]{64})",\s*"workbook": (null|")')
SHOWN = ("sheet", "cell", "row_number", "column_letter", "table_name", "field_name", "rule", "severity")
FOLDER = re.compile(r"[0-9a-f]{16}")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Feedback:
    """What is said to one sender about one submission; holds nothing of another company.

    `file` is what the sender calls it, where that is known. `tables` has per sheet its title, whether a row is counted
    for each year, rows_in, rows_accepted and rows_refused; `findings` are in the order in which they are best mended,
    `settled` counts those that were explained or accepted and are not among them.
    """

    submission_id: str
    round: str
    round_title: str
    deadline: str | None
    contact: str
    file: str
    company_name: str | None
    state: str
    rows_in: int
    rows_accepted: int
    rows_refused: int
    tables: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    settled: int

    def count(self, severity: str) -> int:
        """How many findings there are of one severity."""
        return sum(finding["severity"] == severity for finding in self.findings)


@dataclass(frozen=True)
class Given:
    """What was done for a round: submissions answered, written now, without a workbook (of those), and removed."""

    answered: int
    written: int
    without_workbook: int
    removed: int
    folders: dict[str, Path]


def give_feedback(
    data: DataFolder,
    settings: Round,
    only: Collection[str] = (),
    out: Path | None = None,
    progress: Progress | None = None,
) -> Given:
    """Bring the feedback of a round in step with its findings; what did not change is left as it is.

    `only` names submissions; `out` is another folder than that of the round. Feedback of submissions that are gone
    or have no findings any more is removed, unless `only` or `out` is given. Raises MissingTable when the round was
    never run, KeyError with the first of `only` that has no findings.
    """
    with _one_at_a_time(data, settings):
        return _give(data, settings, only, out, progress)


def _one_at_a_time(data: DataFolder, settings: Round) -> FileLock:
    lock = data.root / "cache" / f".{settings.round}.feedback.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(lock)


def _give(
    data: DataFolder, settings: Round, only: Collection[str], out: Path | None, progress: Progress | None
) -> Given:
    answers = {answer.submission_id: answer for answer in gather(data, settings)}
    for name in only:
        if name not in answers:
            raise KeyError(name)
    chosen = [answers[name] for name in (only or answers)]
    base = out if out is not None else data.feedback(settings.round)
    folders = {answer.submission_id: base / answer.submission_id for answer in chosen}
    changed = [answer for answer in chosen if not is_current(folders[answer.submission_id], answer)]
    received = {file.submission_id: file for file in reversed(register.scan(data.round_folder(settings.round)))}
    without = _write_all([(a, folders[a.submission_id], received.get(a.submission_id)) for a in changed], progress)
    seen = {row["submission_id"] for row in register.last_register(data, settings.round)}
    removed = 0 if only or out else _remove_others(base, {*answers, *(received.keys() - seen)})
    return Given(len(chosen), len(changed), without, removed, folders)


def gather(data: DataFolder, settings: Round) -> list[Feedback]:
    """What is to be said, per submission with findings, in order; raises MissingTable."""
    for name in TABLES:
        if not data.table(name, settings.round).exists():
            raise MissingTable(f"{blueprint().tables[name].title} ({name})")
    names = given_names(data, settings.round)
    files = {}
    for row in read_table(data, "register", settings.round).to_pylist():
        if row["state"] not in ("duplicate", "withdrawn"):
            files.setdefault(row["submission_id"], {**row, "file": names.get(row["file"], row["file"])})
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    settled: Counter[str] = Counter()
    for row in read_table(data, "findings", settings.round).to_pylist():
        if _is_told(row):
            found[row["submission_id"]].append(_finding(row))
        settled[row["submission_id"]] += _is_settled(row)
    status: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_table(data, "submission_status", settings.round).to_pylist():
        if row["state"] != "duplicate":
            status[row["submission_id"]].append(row)
    return [
        _feedback(files[name], found[name], settled[name], status[name], settings)
        for name in sorted(files)
        if found.get(name)
    ]


def answer_receipt(data: DataFolder, settings: Round, receipt: Receipt) -> Path | None:
    """Write the feedback on a filing that was just handed in; its folder, or None when there is nothing to say.

    The next run looks at the filing beside all others and brings this in step.
    """
    findings = [_finding(row) for row in receipt.findings if _is_told(row)]
    settled = sum(map(_is_settled, receipt.findings))
    if not findings:
        return None
    counts = {WHOLE_FILE: [sum(numbers) for numbers in zip(*receipt.rows.values(), strict=True)] or [0, 0]}
    status = [
        {"table_name": name, "rows_in": came, "rows_accepted": kept, "rows_refused": came - kept}
        for name, (came, kept) in {**receipt.rows, **counts}.items()
    ]
    answer = _feedback({**asdict(receipt), "file": receipt.given_name}, findings, settled, status, settings)
    folder = data.feedback(settings.round) / receipt.submission_id
    path = data.round_folder(settings.round) / receipt.file
    with _one_at_a_time(data, settings):
        _write_all([(answer, folder, register.ReceivedFile(path, receipt.file, receipt.sha256, 0))], None)
    return folder


def _is_for_the_company(row: dict[str, Any]) -> bool:
    return blueprint().rules[row["rule"]].audience == "company"  # what is not would tell of others


def _is_told(row: dict[str, Any]) -> bool:
    return _is_for_the_company(row) and row["settled_by"] == OPEN


def _is_settled(row: dict[str, Any]) -> bool:
    """Whether a finding was explained or accepted: it is counted and no more."""
    return _is_for_the_company(row) and row["settled_by"] != OPEN


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    rule = blueprint().rules[row["rule"]]
    return {
        **{key: row[key] for key in SHOWN},
        "severity_label": blueprint().codes["severities"].label(row["severity"]),
        "title": rule.title,
        "message": row["message"],
        "value_as_filed": row["value_as_filed"],
        "allowed": row["allowed"],
        "consequence": rule.consequence,
    }


def _feedback(
    file: dict[str, Any],
    findings: list[dict[str, Any]],
    settled: int,
    status: list[dict[str, Any]],
    settings: Round,
) -> Feedback:
    tables = blueprint().tables
    counts = {row["table_name"]: row for row in status}
    whole = counts.pop(WHOLE_FILE, {"rows_in": 0, "rows_accepted": 0, "rows_refused": 0})
    numbers = ("rows_in", "rows_accepted", "rows_refused")
    return Feedback(
        submission_id=file["submission_id"],
        round=settings.round,
        round_title=settings.title,
        deadline=settings.deadline.isoformat() if settings.deadline else None,
        contact=settings.contact,
        file=PurePosixPath(file["file"]).name,
        company_name=file["company_name"],
        state=file["state"],
        **{key: whole[key] for key in numbers},
        tables=[
            {
                "title": tables[name].title,
                "per_year": tables[name].wide is not None,
                **{key: row[key] for key in numbers},
            }
            for name, row in sorted(counts.items(), key=lambda item: tables[item[0]].order)
            if row["rows_in"]
        ],
        findings=findings,
        settled=settled,
    )


@cache
def _layout() -> bytes:
    """The content of the modules and the template that make feedback: when they change, all of it is made again."""
    folder = Path(__file__).parent
    parts = [*sorted(folder.glob("feedback*")), folder / "html_template.py"]
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).digest()


def fingerprint(answer: Feedback) -> str:
    """One hash over everything that is said and how it is laid out."""
    said = json.dumps(vars(answer), sort_keys=True).encode()
    return hashlib.sha256(_layout() + said).hexdigest()


def is_current(folder: Path, answer: Feedback) -> bool:
    """Whether the folder holds this very feedback: the JSON is written last, so that the rest is there."""
    try:
        with (folder / DATA).open("rb") as file:
            head = FINGERPRINT.search(file.read(HEAD_BYTES))
    except OSError:
        return False
    whole = (folder / PAGE).exists() and (head is None or head[2] == b"null" or (folder / WORKBOOK).exists())
    return whole and head is not None and head[1].decode() == fingerprint(answer)


def _write_all(wanted: Sequence[tuple[Feedback, Path, register.ReceivedFile | None]], progress: Progress | None) -> int:
    """Write feedback, with a copy of the workbook where that can be made; returns how many have none."""
    from assets.intake.bounded import read_many

    jobs: list[tuple[Path, Feedback, Path]] = []
    without = 0
    with tempfile.TemporaryDirectory(prefix="pces-") as place:
        for answer, folder, file in wanted:
            folder.mkdir(parents=True, exist_ok=True)
            if file is None or answer.state == "unreadable":
                write_answer(folder, answer, NoCopy("unreadable"))
                without += 1
                continue
            job = Path(place) / answer.submission_id
            content = {"answer": vars(answer), "folder": str(folder), "source": str(file.path), "sha": file.sha256}
            job.write_text(json.dumps(content), encoding="ascii")
            jobs.append((job, answer, folder))
        results = read_many([job for job, *_ in jobs], answer_file, WORKERS, TIMEOUT_SECONDS, MEMORY_BYTES)
        for done, ((_, answer, folder), (_, result)) in enumerate(zip(jobs, results, strict=True), start=1):
            if isinstance(result, UnreadableFile):  # the child ended before it had written anything
                write_answer(folder, answer, NoCopy("too_large"))
            without += result is not True
            if progress is not None:
                progress(done, len(jobs))
    return without


def answer_file(job: Path) -> bool:
    """Write all feedback of one submission, in a child process; whether a copy of the workbook could be made.

    `job` is a file with the feedback, the folder to write in, and the file as received with its SHA-256. Raises
    UnreadableFile when that file cannot be read any more or is not the one that was examined.
    """
    from assets.intake.read import read_bytes, read_data

    wanted = json.loads(job.read_text(encoding="ascii"))
    answer, folder = Feedback(**wanted["answer"]), Path(wanted["folder"])
    content = read_bytes(Path(wanted["source"]))
    if hashlib.sha256(content).hexdigest() != wanted["sha"]:
        raise UnreadableFile("file_changed")
    with beside(folder / WORKBOOK) as path:
        copied = write_copy(path, read_data(content), answer.findings, answer.submission_id, answer.state)
    write_answer(folder, answer, copied)
    return isinstance(copied, Copied)


def write_answer(folder: Path, answer: Feedback, copied: Copied | NoCopy) -> None:
    """Write page and JSON, the JSON last: it tells that the rest is there."""
    if isinstance(copied, NoCopy):
        (folder / WORKBOOK).unlink(missing_ok=True)
    with beside(folder / PAGE) as path:
        path.write_text(page(answer, copied, WORKBOOK), encoding="utf-8")
    with beside(folder / DATA) as path:
        path.write_text(as_json(answer, copied), encoding="utf-8")


def as_json(answer: Feedback, copied: Copied | NoCopy) -> str:
    """All findings for a machine; `workbook_sheet` is the name of the sheet in the workbook that goes with it."""
    names = copied.names if isinstance(copied, Copied) else {}
    content = dict(vars(answer))
    content["findings"] = [
        {**finding, "workbook_sheet": names.get(finding["sheet"])} for finding in content["findings"]
    ]
    head = {"fingerprint": fingerprint(answer), "workbook": WORKBOOK if isinstance(copied, Copied) else None}
    return json.dumps({**head, **content}, ensure_ascii=False, indent=1) + "\n"


def _remove_others(base: Path, answers: Collection[str]) -> int:
    """Remove feedback that no longer holds; a folder that is not ours is left alone."""
    stale = [path for path in base.glob("*") if FOLDER.fullmatch(path.name) and path.name not in answers]
    for path in stale:
        shutil.rmtree(path)
    return len(stale)
