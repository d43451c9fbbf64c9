"""Writes the pages with candidates for casework and says where they stand; what is on them is in `assets.dialogue`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from assets.dialogue.cases_page import write_page
from assets.recipes import MissingTable
from assets.store import DataFolder
from pipelines.cli import show
from pipelines.cli.rounds import asked_rounds, no_round


def write_pages(data: DataFolder, name: str | None, out: Path | None) -> int:
    """Write the page of a round, or of every open one; 0 when all are written, 2 when there is nothing to write."""
    rounds = asked_rounds(data, name)
    if not rounds:
        show.complain(no_round(data))
        return 2
    if out and rounds[1:]:
        show.complain("Met --out hoort één ronde: kies er een met --round.")
        return 2
    good = True
    for settings in rounds:
        try:
            path = write_page(data, settings, dt.date.today(), out)
        except MissingTable:
            show.complain(f"Ronde {settings.round} is nog niet doorgerekend: pces run --round {settings.round}")
            good = False
            continue
        show.say(f"Kandidaat-casussen van ronde {settings.round}: {show.place(path)}")
        show.say("Vertrouwelijk: niet verspreiden. Geen rangorde, en geen plaats in een wachtrij.")
    return 0 if good else 2
