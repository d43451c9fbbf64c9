"""Finds the files of a round and decides which filing of a company counts.

What is in the files is read in `assets.intake.examine`; nothing here changes or moves a received file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.intake.expectations import Failure
from assets.rounds import SETTINGS_FILE

ID_DIGITS = 16


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


def scan(folder: Path) -> list[ReceivedFile]:
    """The files below a round's folder, at any depth, ordered by name.

    Settings, hidden files and the lock files that Excel leaves behind are not filings. Links are not followed.
    """
    paths = sorted(path for path in folder.rglob("*") if _is_filing(path, folder))
    return [_receive(path, folder) for path in paths]


def content_key(files: Iterable[ReceivedFile]) -> str:
    """One hash over names and contents: changes when a file comes, goes or changes, and at nothing else."""
    lines = sorted(f"{file.file}\0{file.sha256}" for file in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def states(lines: list[dict[str, Any]], severities: dict[str, set[str]]) -> tuple[dict[str, str], list[Failure]]:
    """The state of every filing, and what must be said about filings of the same company.

    `lines` are those of `examine`, one per submission; `severities` tells which kinds of findings each has.
    Of a company the newest acceptable filing counts: by the date it states, then by content, so that the
    order in which files arrived or are named changes nothing.
    """
    result = {line["submission_id"]: _own_state(line, severities.get(line["submission_id"], set())) for line in lines}
    said: list[Failure] = []
    companies: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if line["kvk_number"]:
            companies.setdefault(line["kvk_number"], []).append(line)
    for filings in companies.values():
        newest_first = sorted(filings, key=_newness, reverse=True)
        good = [line["submission_id"] for line in newest_first if not line["refused"]]
        for older in good[1:]:
            result[older] = "superseded"
            said.append(Failure(older, "", None, "", "", "superseded"))
        if good and newest_first[0]["refused"]:
            said.append(Failure(good[0], "", None, "", "", "newer_refused"))
    return result, said


def counts(state: str) -> bool:
    """Whether the rows of a filing in this state are in the curated tables."""
    return state in ("accepted", "accepted_with_remarks")


def _is_filing(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    hidden = any(part.startswith((".", "~$")) for part in parts)
    return path.is_file() and not path.is_symlink() and not hidden and path.name != SETTINGS_FILE


def _receive(path: Path, folder: Path) -> ReceivedFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return ReceivedFile(path, path.relative_to(folder).as_posix(), digest, path.stat().st_size)


def _own_state(line: dict[str, Any], severities: set[str]) -> str:
    if not line["readable"]:
        return "unreadable"
    if line["refused"]:
        return "returned"
    return "accepted_with_remarks" if severities & {"error", "warning"} else "accepted"


def _newness(line: dict[str, Any]) -> tuple:
    return (str(line["submitted_on"] or ""), line["submission_id"])
