"""Takes a file in over the counter: copies it into the folder of its round and gives a receipt.

What the run later makes of it is decided in `assets.intake.take_in`; a receipt says what is to be expected of that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets import records
from assets.files import file_hash
from assets.intake import register, withdrawals
from assets.intake.differences import Change, differences
from assets.intake.examine import Examined, Received, examine, read_files
from assets.intake.extracted import Extract
from assets.intake.guard import MAX_FILE, is_packed, looks_like
from assets.intake.operators import operator_areas
from assets.intake.register import ID_DIGITS, ReceivedFile
from assets.intake.settle import OPEN
from assets.rounds import DUTCH_TIME, Round, RoundError
from assets.store import DataFolder

RECORD = "receipts.csv"
COLUMNS = ("submission_id", "sha256", "received_at", "file", "size_bytes", "state", "given_name")
OWN_ENDINGS = {".xlsx", ".ods", ".zip"}
# As what a filing may come in; of another ending it must at least look like a workbook inside.
ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".zip", ".csv")
# What the name of a file begins with that Excel keeps beside a workbook while that is open.
LOCK = "~$"
UNKNOWN_COMPANY = "onbekend"
COMPANY_DIGITS = 12


@dataclass(frozen=True)
class Receipt:
    """What came of handing in one file.

    `file` is the name under which it is kept, `given_name` what the company called it: that stands in the records and
    in what analyst and company are told, never in a file name, a log or Dagster.
    `state` is a code of submission_states; `before` the submission_id of the last acceptable filing of the same
    company, `changes` what this one changes against it (None when there is nothing to compare with).
    `rows` is rows read and accepted per table; `again` tells that the very same content came before.
    """

    submission_id: str
    sha256: str
    received_at: str
    file: str
    given_name: str
    state: str
    company_name: str
    kvk_number: str
    sites: int
    rows: dict[str, tuple[int, int]]
    severities: dict[str, int]
    findings: list[dict[str, Any]]
    before: str = ""
    changes: list[Change] | None = None
    again: bool = False
    late: bool = False
    withdrawn: bool = False


def receive(data: DataFolder, settings: Round, path: Path) -> Receipt:
    """Copy a file into the round's folder, unless its content is there, and say what was recognised.

    The copy is what is examined, so that a file which changes meanwhile cannot be half of each. It is named after a
    mark of its company, which is no number or name that others could read, and its content. Nothing is overwritten.
    Raises RoundError, in Dutch, when the file is too large to keep, is gone, or the round is closed.
    """
    if settings.status != "open":
        raise RoundError(f"Ronde '{settings.round}' is gesloten; er kan niets meer worden ingediend.")
    folder = data.round_folder(settings.round)
    _recorded(data, settings.round)  # when it is damaged, say so before keeping
    with _copied(path, folder) as (copy, sha256):
        known = {file.sha256: file for file in register.scan(folder)}
        submission_id = sha256[:ID_DIGITS]
        given_name = register.shown_name(path.name)
        examined = examine([Received(submission_id, copy, given_name, sha256)], settings, areas=operator_areas(data))
        (line,) = examined.files
        again = sha256 in known
        stored = known[sha256].file if again else _place(data, settings, copy, path, line, sha256)
    before, changes = (None, None) if again else _compared(data, settings, line, stored, list(known.values()))
    receipt = {**_receipt(examined, line, sha256, stored, settings), "given_name": given_name}
    state = "duplicate" if again else receipt["state"]
    if not again:
        _write_down(data, settings, receipt)
    return Receipt(
        **{**receipt, "state": state},
        before=before or "",
        changes=changes,
        again=again,
        withdrawn=submission_id in withdrawals.withdrawn(data, settings.round),
    )


def received_at(data: DataFolder, round_name: str) -> dict[str, str]:
    """When each submission was handed in (UTC, ISO 8601), of those that came over the counter."""
    return {row["submission_id"]: row["received_at"] for row in reversed(_recorded(data, round_name))}


def given_names(data: DataFolder, round_name: str) -> dict[str, str]:
    """What the company called each file that came over the counter, by the name under which it is kept."""
    return {row["file"]: row["given_name"] for row in _recorded(data, round_name)}


def _recorded(data: DataFolder, round_name: str) -> list[dict[str, str]]:
    return records.read(data.records(round_name) / RECORD, COLUMNS)


@contextmanager
def _copied(path: Path, folder: Path) -> Iterator[tuple[Path, str]]:
    """A copy of a file beside the files of the round, hidden so that no run takes it for one, and its SHA-256."""
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".ontvangst-") as room:
            copy = Path(room) / f"kopie{_ending(path)}"
            copy.write_bytes(_content(path))
            yield copy, file_hash(copy)
    except FileNotFoundError:
        raise RoundError(f"Bestand niet gevonden: {register.shown_name(path.name)}") from None


def _content(path: Path) -> bytes:
    """The bytes of an ordinary file, never more than can be a filing, however long it goes on."""
    name = register.shown_name(path.name)
    if not path.is_file() and path.exists():
        raise RoundError(f"'{name}' is geen gewoon bestand en is niet aangenomen.")
    if path.name.startswith(LOCK):
        raise RoundError(
            f"'{name}' is het slotbestand dat Excel naast een open werkmap zet; er is niets bewaard. Sluit de werkmap"
            " en dien haar zelf in."
        )
    with path.open("rb") as file:
        content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise RoundError(
            f"'{name}' is groter dan {MAX_FILE // 1_000_000} MB en is niet aangenomen."
            " Verwijder ingevoegde afbeeldingen en andere gegevens en dien het opnieuw in."
        )
    if path.suffix.lower() not in ENDINGS and not is_packed(content):
        seems = f" ({looks_like(content).partition(';')[0]})" if content else " (leeg)"
        raise RoundError(
            f"'{name}'{seems} is geen opgave en is niet aangenomen; er is niets bewaard. Dien de werkmap (.xlsx of"
            " .ods) in, of een zipbestand met CSV-bestanden. Een leeg formulier maakt: pces template"
        )
    return content


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    return ending if re.fullmatch(r"\.[a-z0-9]{1,5}", ending) else ".bin"


def _place(data: DataFolder, settings: Round, copy: Path, given: Path, line: dict[str, Any], sha256: str) -> str:
    """Give the copy its lasting name; returns that name below the round's folder."""
    mark = company_mark(data, line["kvk_number"]) if line["kvk_number"] else UNKNOWN_COMPANY
    name = f"{mark}-{sha256[:ID_DIGITS]}{_ending(given)}"
    target = data.round_folder(settings.round) / name
    try:
        _keep(copy, target)
    except FileExistsError:
        raise RoundError(
            f"Er staat al een ander bestand met de naam {name} in de ronde. Haal dat eerst weg of hernoem het."
        ) from None
    return name


def _keep(copy: Path, target: Path) -> None:
    """Give the copy its name, whole at once where the disk can; fails when the name is taken, as a rename would not."""
    try:
        os.link(copy, target)
    except FileExistsError:
        raise
    except OSError:  # a disk without links, such as a memory stick
        with target.open("xb") as kept:
            kept.write(copy.read_bytes())


def company_mark(data: DataFolder, kvk_number: str) -> str:
    """The same few letters for every filing of a company, which nobody without this installation's key can trace."""
    path = data.root / "records" / ".company-key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    key = path.read_bytes()
    return hmac.new(key, kvk_number.encode(), hashlib.sha256).hexdigest()[:COMPANY_DIGITS]


def _receipt(examined: Examined, line: dict[str, Any], sha256: str, stored: str, settings: Round) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    today = now.astimezone(DUTCH_TIME).date()
    severities = Counter(finding["severity"] for finding in examined.findings if finding["settled_by"] == OPEN)
    return {
        "submission_id": sha256[:ID_DIGITS],
        "sha256": sha256,
        "received_at": now.isoformat(),
        "file": stored,
        "state": register.own_state(line, set(severities)),
        "company_name": line["company_name"] or "",
        "kvk_number": line["kvk_number"] or "",
        "sites": examined.sites.num_rows,
        "rows": {table: (count.came, count.accepted) for (_, table), count in examined.counts.items()},
        "severities": dict(severities),
        "findings": examined.findings,
        "late": settings.deadline is not None and today > settings.deadline,
    }


def _write_down(data: DataFolder, settings: Round, receipt: dict[str, Any]) -> None:
    size = (data.round_folder(settings.round) / receipt["file"]).stat().st_size
    row = {name: str({**receipt, "size_bytes": size}[name]) for name in COLUMNS}
    records.append(data.records(settings.round) / RECORD, COLUMNS, [row])


def _compared(
    data: DataFolder, settings: Round, line: dict[str, Any], stored: str, others: list[ReceivedFile]
) -> tuple[str | None, list[Change] | None]:
    """The filing of the same company before this one, and what the new one changes against it."""
    before = previous_filing(data, settings, line["kvk_number"], others) if line["readable"] else None
    if before is None:
        return None, None
    new = ReceivedFile(data.round_folder(settings.round) / stored, stored, "", 0)
    return before.submission_id, compare([before, new])


def previous_filing(
    data: DataFolder, settings: Round, kvk_number: str | None, files: list[ReceivedFile]
) -> ReceivedFile | None:
    """The last acceptable filing of a company: handed in over the counter, else counted in the last run."""
    if not kvk_number:
        return None
    mark = f"{company_mark(data, kvk_number)}-"
    candidates = [row for row in reversed(_recorded(data, settings.round)) if row["file"].startswith(mark)]
    candidates += [row for row in register.last_register(data, settings.round) if row["kvk_number"] == kvk_number]
    there = {file.submission_id: file for file in files}
    for submission_id in withdrawals.withdrawn(data, settings.round):
        there.pop(submission_id, None)
    ids = (row["submission_id"] for row in candidates if register.counts(row["state"]))
    return next((there[submission_id] for submission_id in ids if submission_id in there), None)


def compare(pair: list[ReceivedFile]) -> list[Change]:
    """What the second of two files changes against the first; both are read in bounded processes."""
    received = [Received(f"{place}", file.path, file.file, file.sha256) for place, file in enumerate(pair)]
    read: dict[str, Extract] = dict(read_files(received))
    return differences(read["0"], read["1"])
