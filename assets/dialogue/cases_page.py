"""Makes the page with the candidates for casework: one file, without script or network, every text escaped.

Which groups there are is worked out in SQL (`case_candidates`); the layout is in the template. It names no company, but
nothing is protected yet: for the analyst only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from assets.dialogue.html_template import template
from assets.files import beside
from assets.recipes import MissingTable
from assets.rounds import Round
from assets.store import DataFolder, read_table
from blueprint.load import blueprint

TEMPLATE = "cases_page.html.j2"
TABLES = ("pmiek_bottlenecks", "case_candidates")
Row = dict[str, Any]


@dataclass(frozen=True)
class Province:
    """One province: its groups in the order of the table, and the numbers that are not in a group."""

    code: str
    name: str
    groups: tuple[Row, ...]
    bottlenecks: int
    helped: int
    without_consent: int
    # Groups of which a consent has ended since the round: they are not shown.
    ended: int


def write_page(data: DataFolder, settings: Round, today: dt.date, out: Path | None = None) -> Path:
    """Write the page beside the tables, or to `out`; returns where it stands.

    Raises MissingTable when the round was not run.
    """
    path = out or data.cases_page(settings.round)
    text = page(settings, gather(data, settings, today), today)
    with beside(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def gather(data: DataFolder, settings: Round, today: dt.date) -> list[Province]:
    """The provinces with a bottleneck, in order; a group is left out from the day after its first consent ends."""
    for name in TABLES:
        if not data.table(name, settings.round).exists():
            raise MissingTable(f"{blueprint().tables[name].title} ({name})")
    counts = [
        row
        for row in read_table(data, "pmiek_bottlenecks", settings.round).to_pylist()
        if row["bottleneck_kind"] == row["escalation"] == row["certainty"] == "all" and row["bottleneck_count"]
    ]
    groups = read_table(data, "case_candidates", settings.round).to_pylist()
    return [_province(row, [g for g in groups if g["province_code"] == row["province_code"]], today) for row in counts]


def _province(row: Row, groups: list[Row], today: dt.date) -> Province:
    shown = tuple(g for g in groups if g["consent_until"] is None or g["consent_until"] >= today)
    return Province(
        code=row["province_code"],
        name=row["province_name"],
        groups=shown,
        bottlenecks=row["bottleneck_count"],
        helped=row["help_requested_count"],
        without_consent=row["without_consent_count"],
        ended=len(groups) - len(shown),
    )


def page(settings: Round, provinces: list[Province], today: dt.date) -> str:
    """The HTML of the page."""
    lists = blueprint().codes
    levels = [code for code in lists["escalations"].filed]
    return template(TEMPLATE, amount=amount, parts=parts, label=lambda code, name: lists[name].label(code)).render(
        settings=settings, provinces=provinces, today=today, levels=levels
    )


def amount(value: int | Decimal | None, decimals: int = 0) -> str:
    """1.234,5; what is not known as a dash."""
    return "–" if value is None else f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def parts(text: str | None) -> list[str]:
    """The names in a text with ';' between."""
    return [part for part in (text or "").split("; ") if part]
