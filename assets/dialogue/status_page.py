"""Makes the page that says where a round stands: one file, without script or network, every text escaped.

What is on it is gathered in `status`; the layout is in the template. It names companies: for the analyst only.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from assets.dialogue.html_template import template
from assets.dialogue.status import Company, Counts, Status, days_text
from assets.files import beside
from assets.store import DataFolder

TEMPLATE = "status_page.html.j2"
FEEDBACK_PAGE = "terugkoppeling.html"
# The width of a bar in its own units.
BAR = 100


class Part(NamedTuple):
    """One part of a bar: what it stands for, where it begins and how wide it is."""

    kind: str
    start: float
    width: float


class Line(NamedTuple):
    """A company with the address of its feedback, '' when none was made."""

    company: Company
    link: str


def write_page(data: DataFolder, status: Status, out: Path | None = None) -> Path:
    """Write the page beside the tables, or to `out`; returns where it stands."""
    path = out or data.status_page(status.settings.round)
    with beside(path) as temporary:
        temporary.write_text(page(data, status, path.parent), encoding="utf-8")
    return path


def page(data: DataFolder, status: Status, folder: Path) -> str:
    """The HTML of the page as it stands in `folder`; links to feedback that was made are relative to that."""

    def lines(companies: Iterable[Company]) -> list[Line]:
        return [Line(company, _link(data, status, company.submission_id, folder)) for company in companies]

    return template(TEMPLATE, number=number, percent=percent, bar=bar).render(
        status=status,
        settings=status.settings,
        days=days_text(status.days_left),
        areas=status.areas,
        missing=status.missing,
        answered=lines(status.answered),
        unreadable=[(file, _link(data, status, file["submission_id"], folder)) for file in status.unreadable],
    )


def _link(data: DataFolder, status: Status, submission_id: str | None, folder: Path) -> str:
    if not submission_id:
        return ""
    made = data.feedback(status.settings.round) / submission_id / FEEDBACK_PAGE
    if not made.exists():
        return ""
    return quote(Path(os.path.relpath(made.resolve(), folder.resolve())).as_posix(), safe="/=")


def bar(counts: Counts) -> list[Part]:
    """The parts of the bar of a row: accepted, returned, filed elsewhere and missing, next to each other."""
    named = {
        "accepted": counts.accepted,
        "returned": counts.returned,
        "elsewhere": counts.elsewhere or 0,
        "missing": counts.missing or 0,
    }
    total = sum(named.values())
    parts, start = [], 0.0
    for kind, amount in named.items():
        if amount:
            width = BAR * amount / total
            parts.append(Part(kind, round(start, 2), round(width, 2)))
            start += width
    return parts


def number(value: int | Decimal | None) -> str:
    """1.234; a share with its decimals after a comma; what is not known as a dash."""
    if value is None:
        return "–"
    text = f"{value:,.1f}" if isinstance(value, Decimal) else f"{value:,}"
    return text.translate(str.maketrans(",.", ".,"))


def percent(value: float) -> int:
    """A share in whole percents, a half upwards."""
    return math.floor(value + 0.5)
