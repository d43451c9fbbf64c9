"""How the command line shows numbers, tables and places: Dutch notation, plain when it is not a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)


def number(value: float | Decimal | int | None, decimals: int = 0) -> str:
    """1234567.8 as 1.234.567,8; nothing as a dash."""
    if value is None:
        return "-"
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> None:
    """Print a table; `numbers` are the columns to align right."""
    shown = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False)
    for position, heading in enumerate(headings):
        shown.add_column(heading, justify="right" if position in numbers else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(escape(cell) for cell in row))
    out.print(shown)


def say(text: str = "") -> None:
    out.print(escape(text))


def complain(text: str) -> None:
    err.print(escape(text), style="bold red")


def place(path: Path) -> str:
    """A path as short as it can be said from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
