"""Takes back a release that should not have been made: it is served no more, and counts as known for ever.

What was published once can be on anybody's disk, so nothing of it is forgotten. Why is kept with it, confidentially; to
everybody is said only that it was taken back. What follows for the next release is for `ledger` and `table`.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from assets.files import beside
from assets.release.ledger import KEPT, RETRACTION, Released, in_force, releases
from assets.rounds import Round
from assets.store import DataFolder

NOTICE = "INGETROKKEN.txt"
PAGES = "openbare-paginas"
# What stands on a public page before what it was made of.
EDITION = "Openbaar document. "


class RetractError(Exception):
    """Nothing is taken back; the text is Dutch and says why."""


@dataclass(frozen=True)
class Retracted:
    """What was done: the release, where its files are kept, and which public pages were made of it."""

    release: Released
    kept: Path
    pages: tuple[Path, ...]
    operators: tuple[str, ...]


def retract(data: DataFolder, settings: Round, number: int, reason: str, by: str, today: dt.date) -> Retracted:
    """Take a release out of what is served; done again it goes on where it was stopped. Raises RetractError."""
    if not reason.strip() or not by.strip():
        raise RetractError("Zeg waarom de vrijgave wordt ingetrokken, en wie dat besluit.")
    data.ledger(settings.round).mkdir(parents=True, exist_ok=True)
    with FileLock(data.ledger(settings.round) / ".vrijgave.lock"):
        return _retract(data, settings, number, {"retracted_on": today.isoformat(), "reason": reason, "by": by})


def in_place(data: DataFolder, settings: Round, number: int) -> Released:
    """The release, when there is something to take back, be it what was stopped halfway. Raises RetractError."""
    one = next((one for one in releases(data, settings.round) if one.number == number), None)
    if one is None:
        raise RetractError(f"Ronde {settings.round} heeft geen vrijgave {number}.")
    if one.retracted_on and (data.release(settings.round, number) / NOTICE).exists():
        raise RetractError(
            f"Vrijgave {number} van ronde {settings.round} is al ingetrokken op {day(one.retracted_on)}."
            " Er is niets veranderd."
        )
    return one


def _retract(data: DataFolder, settings: Round, number: int, note: dict[str, str]) -> Retracted:
    known, one = releases(data, settings.round), in_place(data, settings, number)
    served = data.release(settings.round, number)
    if one.retracted_on:
        note["retracted_on"] = one.retracted_on
    else:
        _write(one.behind / RETRACTION, json.dumps(note, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    kept = one.behind / KEPT
    if not kept.exists():
        # In one step: at no moment is it half there.
        served.replace(kept)
    is_newest = not any(other.number > number for other in in_force(known))
    pages = tuple(_put_away(data, settings, one, kept, is_newest))
    _write(served / NOTICE, notice(settings.round, number, note["retracted_on"]))
    again = next(one for one in releases(data, settings.round) if one.number == number)
    return Retracted(again, kept, pages, tuple(sorted(one.note["operators"])))


def _put_away(data: DataFolder, settings: Round, one: Released, kept: Path, is_newest: bool) -> list[Path]:
    """Public pages of the release: they go with it, with what somebody may have written in them.

    They are made of the newest one, but may be older than that.
    """
    found = []
    for folder in (data.site(settings.round), data.strategy(settings.round, "openbaar")):
        away = kept / PAGES / folder.parent.name / folder.name
        # What stands there after an earlier try was made of another release.
        if folder.exists() and not away.exists() and (is_newest or _is_of(folder, one)):
            away.parent.mkdir(parents=True, exist_ok=True)
            folder.replace(away)
            found.append(folder)
    return found


def _is_of(folder: Path, one: Released) -> bool:
    """Whether some page says that it was made of this release."""
    said = f"{EDITION}{edition(one.round, one.number)}.".encode()
    return any(said in page.read_bytes() for page in sorted(folder.rglob("*.html")))


def edition(round_name: str, number: int) -> str:
    """What a public page says it was made of."""
    return f"Vrijgave {number} van ronde {round_name}"


def _write(path: Path, text: str) -> None:
    with beside(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def notice(round_name: str, number: int, on: str) -> str:
    """What stands where the files were."""
    return (
        f"Vrijgave {number} van ronde {round_name} is op {day(on)} ingetrokken.\n"
        "Gebruik deze cijfers niet meer en verwijder kopieën. Een nieuwe vrijgave heeft een hoger nummer.\n"
    )


def day(on: str) -> str:
    """A date as people write it."""
    return f"{dt.date.fromisoformat(on):%d-%m-%Y}"
