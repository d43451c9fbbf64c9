"""Keeps which findings an analyst accepts for a while (waives), and tells which of them hold today.

What a waiver does to a finding is in `assets.intake.settle`; a record is only added to, so withdrawing adds one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from assets import records
from assets.rounds import Round, RoundError
from assets.store import DataFolder
from blueprint.load import blueprint

COLUMNS = ("recorded_at", "action", "rule", "submission_id", "cell", "reason", "name", "until")
WAIVE, WITHDRAW = "waive", "withdraw"


@dataclass(frozen=True)
class Waiver:
    """One rule accepted for one filing, or for one of its cells (`cell`: sheet!A1), up to and including a day."""

    rule: str
    submission_id: str
    reason: str
    name: str
    until: dt.date
    cell: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.submission_id, self.rule, self.cell.casefold())


@dataclass(frozen=True)
class Waivers:
    """The waivers that hold."""

    given: dict[tuple[str, str, str], Waiver] = field(default_factory=dict)

    def of(self, submission_id: str, rule: str, sheet: str | None, cell: str | None) -> Waiver | None:
        """The waiver of a finding: that of its very cell before that of the whole filing."""
        exact = self.given.get((submission_id, rule, shown_cell(sheet, cell).casefold())) if cell else None
        return exact or self.given.get((submission_id, rule, ""))

    def of_errors(self) -> dict[str, str]:
        """Per filing which errors are waived, as text: when that changes, its rows must be judged again."""
        found: dict[str, list[str]] = {}
        for submission_id, rule, cell in sorted(self.given):
            if blueprint().rules[rule].severity == "error":
                found.setdefault(submission_id, []).append(f"{rule} {cell}".strip())
        return {submission_id: "; ".join(names) for submission_id, names in found.items()}


NONE = Waivers()


def shown_cell(sheet: str | None, cell: str | None) -> str:
    """How a cell is named by people and in the record: Energievraag!I3."""
    return f"{sheet or ''}!{(cell or '').upper()}"


def may_waive(rule_id: str, settings: Round) -> None:
    """Raise RoundError, with the reason in Dutch, when findings of a rule cannot be waived in a round."""
    rule = blueprint().rules[rule_id]
    severity = settings.severity(rule_id)
    if severity == "info":
        raise RoundError(f"'{rule_id}' geeft alleen opmerkingen; daar hoeft niemand iets mee te doen.")
    if severity == "error" and not rule.may_relax:
        raise RoundError(
            f"'{rule_id}' kan niet worden geaccepteerd: met deze fout kan de regel niet worden geteld, of er wordt"
            " verkeerd geteld. Laat het bedrijf de opgave herstellen."
        )


def record(data: DataFolder, settings: Round, action: str, waiver: Waiver) -> Path:
    """Add a waiver, or its withdrawal, to the record of a round; returns the file. Raises RoundError when damaged."""
    path = _path(data, settings)
    now = dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
    values = (waiver.rule, waiver.submission_id, waiver.cell, waiver.reason, waiver.name, waiver.until.isoformat())
    try:
        records.append(path, COLUMNS, [dict(zip(COLUMNS, (now, action, *values), strict=True))])
    except records.DamagedRecord as error:
        raise RoundError(str(error)) from None
    return path


def holding(data: DataFolder, settings: Round, today: dt.date | None = None) -> Waivers:
    """The waivers of a round that hold on its day of reckoning. Raises RoundError when the record is damaged."""
    day = day_of_reckoning(settings, today or dt.date.today())
    return Waivers({w.key: w for w in recorded(data, settings) if w.until >= day})


def recorded(data: DataFolder, settings: Round) -> list[Waiver]:
    """The waivers of a round that were not withdrawn, held or not. Raises RoundError when the record is damaged."""
    known: dict[tuple[str, str, str], Waiver] = {}
    try:
        rows = records.read(_path(data, settings), COLUMNS)
    except records.DamagedRecord as error:
        raise RoundError(str(error)) from None
    for row in rows:
        waiver = _waiver(row)
        if row["action"] == WAIVE and waiver.rule in blueprint().rules:
            known[waiver.key] = waiver
        else:
            known.pop(waiver.key, None)
    return list(known.values())


def day_of_reckoning(settings: Round, today: dt.date) -> dt.date:
    """The day on which a waiver must still hold: today, but never after the deadline of a closed round.

    So a round that is closed gives the same tables whenever it is run again.
    """
    if settings.status == "closed" and settings.deadline is not None:
        return min(today, settings.deadline)
    return today


def _waiver(row: dict[str, str]) -> Waiver:
    try:
        until = dt.date.fromisoformat(row["until"])
    except ValueError:
        advice = "Herstel het bestand of haal het weg."
        raise RoundError(f"In waivers.csv staat '{row['until']}'; dat is geen datum. {advice}") from None
    return Waiver(row["rule"], row["submission_id"], row["reason"], row["name"], until, row["cell"])


def _path(data: DataFolder, settings: Round) -> Path:
    return data.records(settings.round) / "waivers.csv"
