"""Finds the files of a round and decides which filing of a company counts.

What is in the files is read in `assets.intake.examine`; nothing here changes or moves a received file.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.files import file_hash
from assets.intake.cells import fold
from assets.intake.expectations import Failure
from assets.rounds import SETTINGS_FILE
from assets.store import DataFolder, read_table

ID_DIGITS = 16
# What Windows leaves behind in a folder that people look at.
SYSTEM_FILES = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class ReceivedFile:
    """A file below a round's folder, known by its content: `submission_id` begins its SHA-256."""

    path: Path
    file: str
    sha256: str
    size_bytes: int

    @property
    def submission_id(self) -> str:
        return self.sha256[:ID_DIGITS]


def scan(folder: Path, since: float = 0) -> list[ReceivedFile]:
    """The files below a round's folder, at any depth, ordered by name.

    Settings, hidden files and the lock files that Excel leaves behind are not filings. Links are not followed.
    A file that cannot be opened is known by its name until it can; reading it ends in a finding. `since` leaves out
    what was there before that time in seconds, by the clock of the disk: only for who may miss a file.
    """
    paths = sorted(path for path in folder.rglob("*") if _is_filing(path, folder))
    return [_receive(path, folder) for path in paths if not since or _changed_at(path) >= since]


def passed_over(folder: Path) -> list[str]:
    """The names of what lies below a round's folder and is not read: links, pipes and whatever else is no file."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or not (path.is_file() or path.is_dir()))
    return sorted(shown_name(path.relative_to(folder).as_posix()) for path in found if not _is_hidden(path, folder))


def content_key(files: Iterable[ReceivedFile]) -> str:
    """One hash over names and contents: changes when a file comes, goes or changes, and at nothing else."""
    lines = sorted(f"{file.file}\0{file.sha256}" for file in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def states(
    lines: list[dict[str, Any]],
    severities: dict[str, set[str]],
    withdrawn: Mapping[str, str] | None = None,
    received_at: Mapping[str, str] | None = None,
) -> tuple[dict[str, str], list[Failure]]:
    """The state of every filing, and what must be said about filings of the same company.

    `lines` are those of `examine`, one per submission; `severities` tells which kinds of findings each has,
    `withdrawn` the reason of each filing that was withdrawn, `received_at` when those with a receipt came.
    A withdrawn filing is as one that was never sent: an earlier one of its company counts again. Of the others
    the newest acceptable one counts: one that says it replaces another comes after it, then the date it states
    decides, then its receipt. Of filings of one date without receipts the order is by content, so that the order in
    which files arrived or are named changes nothing; a warning says which one counts.
    """
    received_at = received_at or {}
    result = {line["submission_id"]: own_state(line, severities.get(line["submission_id"], set())) for line in lines}
    said: list[Failure] = []
    companies: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if line["submission_id"] in (withdrawn or {}):
            result[line["submission_id"]] = "withdrawn"
            said.append(_say("withdrawn", line, (withdrawn or {})[line["submission_id"]]))
        elif line["kvk_number"]:
            companies.setdefault(line["kvk_number"], []).append(line)
    for filings in companies.values():
        superseded, about = _among(_newest_first(filings, received_at), received_at)
        result |= dict.fromkeys(superseded, "superseded")
        said += about
    return result, said + _replacing_elsewhere(lines, result)


def _among(newest_first: list[dict[str, Any]], received_at: Mapping[str, str]) -> tuple[list[str], list[Failure]]:
    """Which filings of one company no longer stand, and what must be said: the newest acceptable one counts.

    What was sent back before it has been mended by it; what was sent back after it has not.
    """
    good = [line for line in newest_first if not line["refused"]]
    if not good:
        return [], []
    older = newest_first[newest_first.index(good[0]) + 1 :]
    said = [_say("superseded", line) for line in older]
    for newer, before in pairwise(good):
        if _of_one_moment(newer, before, received_at) and not _replaces(newer, before):
            said.append(_say("same_day_filings", newer))
        if fold(newer["company_name"] or "") != fold(before["company_name"] or "") and not _replaces(newer, before):
            said.append(_say("superseded_other_name", newer))
        if other := _other_sender(newer, before):
            said.append(_say("superseded_other_sender", newer, other, before["submission_id"]))
    if newest_first[0]["refused"]:
        said.append(_say("newer_refused", good[0]))
    return [line["submission_id"] for line in older], said


def _other_sender(newer: dict[str, Any], before: dict[str, Any]) -> str:
    """In what a filing differs from the one it replaces that hints at another sender; '' when it does not.

    Whoever knows a KvK number can file under it, so that replacing is for an analyst to see, not for the sender.
    """
    differs = []
    if fold(newer["company_name"] or "") != fold(before["company_name"] or ""):
        differs.append("de bedrijfsnaam")
    if _domain(newer) != _domain(before):
        differs.append("het e-mailadres (het deel na @)")
    return " en ".join(differs)


def _domain(line: dict[str, Any]) -> str:
    return (line["contact_email"] or "").rpartition("@")[2].strip().casefold()


def _replacing_elsewhere(lines: list[dict[str, Any]], state: Mapping[str, str]) -> list[Failure]:
    """What must be said of filings that replace one which is not there, or which is another company's."""
    known = {line["submission_id"]: line for line in lines}
    said = []
    for line in lines:
        named = (line["replaces_submission"] or "").lower()
        if not named or not counts(state[line["submission_id"]]):
            continue
        other = known.get(named)
        if other is None:
            said.append(_say("replaces_unknown", line, named))
        elif other["kvk_number"] != line["kvk_number"] and counts(state[named]):
            said.append(_say("replaces_other_company", line, named))
    return said


def last_register(data: DataFolder, round_name: str) -> list[dict[str, Any]]:
    """The register as the last run left it; nothing when there is none, or when it is damaged."""
    try:
        return read_table(data, "register", round_name).to_pylist()
    except (OSError, pa.ArrowException):
        return []


def counts(state: str) -> bool:
    """Whether the rows of a filing in this state are in the curated tables."""
    return state in ("accepted", "accepted_with_remarks")


def stands(state: str) -> bool:
    """Whether a filing in this state is what its company has to say, whatever came of it."""
    return state not in ("superseded", "duplicate", "withdrawn")


def shown_name(name: str) -> str:
    """A file name as it can be written and shown: bytes that are no text, and control characters, are spelt out."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _is_filing(path: Path, folder: Path) -> bool:
    is_file = path.is_file() and not path.is_symlink()
    return is_file and not _is_hidden(path, folder) and path.name != SETTINGS_FILE


def _is_hidden(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    return any(part.startswith((".", "~$")) for part in parts) or path.name.lower() in SYSTEM_FILES


def _changed_at(path: Path) -> float:
    """When a file was written, named or copied here, as far as the disk tells; of a folder moved here it does not."""
    try:
        found = path.stat()
    except OSError:
        return math.inf
    return max(found.st_mtime, found.st_ctime)


def _receive(path: Path, folder: Path) -> ReceivedFile:
    name = shown_name(path.relative_to(folder).as_posix())
    try:
        return ReceivedFile(path, name, file_hash(path), path.stat().st_size)
    except OSError:
        return ReceivedFile(path, name, hashlib.sha256(f"unopened {name}".encode()).hexdigest(), 0)


def own_state(line: dict[str, Any], severities: set[str]) -> str:
    """The state of a filing by itself, whatever else its company sent."""
    if not line["readable"]:
        return "unreadable"
    if line["refused"]:
        return "returned"
    return "accepted_with_remarks" if severities & {"error", "warning"} else "accepted"


def _newest_first(filings: list[dict[str, Any]], received_at: Mapping[str, str]) -> list[dict[str, Any]]:
    def moment(line: dict[str, Any]) -> tuple[str, str, str]:
        return (
            str(line["submitted_on"] or ""),
            received_at.get(line["submission_id"], ""),
            line["submission_id"],
        )

    by_date = sorted(filings, key=moment, reverse=True)
    ordered: list[dict[str, Any]] = []
    for line in by_date:
        replaced = [position for position, other in enumerate(ordered) if _replaces(line, other)]
        ordered.insert(replaced[0] if replaced else len(ordered), line)
    return ordered


def _replaces(newer: dict[str, Any], older: dict[str, Any]) -> bool:
    return (newer["replaces_submission"] or "").lower() == older["submission_id"]


def _of_one_moment(one: dict[str, Any], other: dict[str, Any], received_at: Mapping[str, str]) -> bool:
    receipts = [received_at.get(line["submission_id"]) for line in (one, other)]
    return one["submitted_on"] == other["submitted_on"] and (None in receipts or receipts[0] == receipts[1])


def _say(rule: str, line: dict[str, Any], value: str = "", allowed: str = "") -> Failure:
    return Failure(line["submission_id"], "", None, "", "", rule, value, allowed)
