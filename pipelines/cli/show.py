"""How the command line shows numbers, tables and places: Dutch notation, plain when it is not a terminal."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.rounds import DUTCH_TIME
from blueprint.load import blueprint

# Wide enough for a line of findings when the output goes to a file or another program.
WIDE = 140
YES, NO = ("j", "ja", "y", "yes"), ("", "n", "nee", "no")
out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False)


def number(value: float | Decimal | int | None, decimals: int = 0) -> str:
    """1234567.8 as 1.234.567,8; nothing as a dash."""
    if value is None:
        return "-"
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def counted(amount: int, one: str, many: str) -> str:
    """1 fout, 2 fouten."""
    return f"{number(amount)} {one if amount == 1 else many}"


def findings_counted(errors: int, warnings: int, infos: int) -> str:
    """How many findings of each severity, in words."""
    kinds = (
        (errors, "fout", "fouten"),
        (warnings, "waarschuwing", "waarschuwingen"),
        (infos, "opmerking", "opmerkingen"),
    )
    return ", ".join(counted(*kind) for kind in kinds)


def moment(value: dt.datetime) -> str:
    """A moment in Dutch time: 31-05-2026 09:30."""
    return value.astimezone(DUTCH_TIME).strftime("%d-%m-%Y %H:%M")


def table(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Sequence[int] = (),
    wrap: Sequence[int] = (),
    widths: Mapping[int, int] | None = None,
) -> None:
    """Print a table; `numbers` are the columns to align right, `wrap` those that may take several lines.

    `widths` fixes the width of columns, in which a longer text takes several lines.
    """
    fixed = widths or {}
    shown = Table(
        title=escape(title), title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False
    )
    for position, heading in enumerate(headings):
        shown.add_column(
            heading,
            justify="right" if position in numbers else "left",
            overflow="fold",
            no_wrap=position not in wrap and position not in fixed,
            width=fixed.get(position),
        )
    for row in rows:
        shown.add_row(*(escape(_harmless(cell)) for cell in row))
    out.print(shown)


def findings(title: str, found: Iterable[Mapping[str, Any]]) -> None:
    """Print what was found in a file: how bad, where, and what to do; nothing when there is nothing."""
    rows = [(_severity(f), f["sheet"] or "", _where(f), f["message"], f["rule"]) for f in found]
    if rows:
        table(title, ("Ernst", "Tabblad", "Cel", "Wat er is en wat u kunt doen", "Regel"), rows, wrap=(3,))
        say()


def _where(finding: Mapping[str, Any]) -> str:
    """The cell of a finding; of one without a cell its row, and nothing when it is about the whole sheet or file."""
    return finding["cell"] or (f"regel {finding['row_number']}" if finding["row_number"] else "")


def _severity(finding: Mapping[str, Any]) -> str:
    label = blueprint().codes["severities"].label(finding["severity"])
    return label + (", toegelicht" if finding.get("settled_by") == "explanation" else "")


def say(text: str = "") -> None:
    """One line, never broken: a path must stay one that can be copied."""
    out.print(escape(_harmless(text)), soft_wrap=True)


def complain(text: str) -> None:
    err.print(escape(_harmless(text)), style="bold red", soft_wrap=True)


def is_sure(question: str) -> bool:
    """Ask in Dutch until it is answered; Enter alone is no. The library itself knows only y and n."""
    while True:
        answer = click.prompt(f"{question} [j/N]", default="", show_default=False).strip().casefold()
        if answer in (*YES, *NO):
            return answer in YES
        say("Antwoord met ja of nee.")


def _harmless(text: str) -> str:
    """Without what a terminal obeys or what turns the reading direction."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def place(path: Path) -> str:
    """A path as short as it can be said from here; the folder in which one stands is said in full, not as a dot."""
    here, whole = Path.cwd(), path.absolute()
    return str(whole.relative_to(here) if here in whole.parents else whole)
