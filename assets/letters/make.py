"""Writes the letters of a round as HTML and PDF, a folder per company under a mark that only this place can trace.

What a letter says is told in `tell`; nothing is sent from here.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from assets import records
from assets.files import beside
from assets.intake.receipts import company_mark
from assets.intake.reference_files import LOADS
from assets.letters.gather import PLANS, Company, companies
from assets.letters.tell import letter
from assets.rounds import DUTCH_TIME, Round
from assets.store import DataFolder
from assets.strategy.page import page
from assets.strategy.paper import pdf

PAGE = "brief.VERTROUWELIJK.html"
PAPER = "brief.VERTROUWELIJK.pdf"
FOLDER = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class Letter:
    """What was written for a company: its number and name, whether its filing counts, and where the letter is.

    `unanswered`: something in it is to be mended of which the feedback was not made, or made before it was found.
    """

    kvk_number: str
    name: str
    counts: bool
    wishes: int
    path: Path
    unanswered: bool = False


def make_letters(data: DataFolder, settings: Round, kvk_number: str | None = None) -> tuple[list[Letter], int]:
    """Write the letters of a round, or of one company, and say how many that no longer hold were removed.

    Raises MissingTable when the round was never run, KeyError for a company that filed nothing readable.
    """
    loaded = loaded_at(data)
    found = [each for each in companies(data, settings) if kvk_number in (None, each.kvk_number)]
    if kvk_number is not None and not found:
        raise KeyError(kvk_number)
    made = [_write(data, company, loaded) for company in found]
    return made, 0 if kvk_number else _remove_others(data.letters(settings.round), {one.path.parent for one in made})


def loaded_at(data: DataFolder) -> str:
    """When the plans were last loaded, for under the table of them."""
    lines = [row for row in records.read(data.reference / "loads.csv", LOADS) if row["table"] == PLANS]
    if not lines:
        return "Nog geen plannen geladen"
    day = dt.datetime.fromisoformat(lines[-1]["loaded_at"]).astimezone(DUTCH_TIME)
    return f"Geladen op {day:%d-%m-%Y}"


def _write(data: DataFolder, company: Company, loaded: str) -> Letter:
    folder = data.letters(company.settings.round) / company_mark(data, company.kvk_number)
    document, path = letter(company, loaded), folder / PAGE
    for to, content in ((folder / PAPER, pdf(document)), (path, page(document).encode())):
        with beside(to) as temporary:
            temporary.write_bytes(content)
    return Letter(
        company.kvk_number, company.name, company.counted is not None, len(company.wishes), path, company.unanswered
    )


def _remove_others(base: Path, kept: set[Path]) -> int:
    """Remove letters to companies that no longer file; a folder that is not ours is left alone."""
    stale = [path for path in base.glob("*") if FOLDER.fullmatch(path.name) and path not in kept]
    for path in stale:
        shutil.rmtree(path)
    return len(stale)
