"""Keeps which filings were withdrawn, by whom and why: a tombstone, never a deletion.

Which filing of a company counts then is decided in `assets.intake.register`.
"""

from __future__ import annotations

import datetime as dt

from assets import records
from assets.store import DataFolder

COLUMNS = ("submission_id", "action", "reason", "name", "at")
WITHDRAW, RESTORE = "withdraw", "restore"


def withdrawn(data: DataFolder, round_name: str) -> dict[str, str]:
    """The reason for each filing of a round that is withdrawn now. Raises DamagedRecord."""
    reasons: dict[str, str] = {}
    for row in records.read(data.records(round_name) / "withdrawals.csv", COLUMNS):
        if row["action"] == WITHDRAW:
            reasons[row["submission_id"]] = row["reason"]
        else:
            reasons.pop(row["submission_id"], None)
    return reasons


def write_down(data: DataFolder, round_name: str, submission_id: str, action: str, reason: str, name: str) -> None:
    """Add that a filing is withdrawn, or no longer. Raises DamagedRecord."""
    at = dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
    row = {"submission_id": submission_id, "action": action, "reason": reason, "name": name, "at": at}
    records.append(data.records(round_name) / "withdrawals.csv", COLUMNS, [row])
