"""Keeps what analysts decide about a round (withdrawn, waived, expected): small CSV files that are only added to.

What a decision means for the tables is decided where it is used; files that companies send stand in `data/raw`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from filelock import FileLock

from assets.files import beside

# The list of invited companies of a round.
EXPECTED = "expected.csv"
# A spreadsheet runs a text that begins with one of these as a formula; in front of it comes a quote.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class DamagedRecord(Exception):
    """A record file that cannot be read; the text is Dutch and names the file and what to do."""


def read(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """The rows of a record file, oldest first; none when there is no file. Raises DamagedRecord."""
    if not path.exists():
        return []
    advice = "Herstel het bestand of haal het weg."
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";", strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DamagedRecord(f"Het bestand {path.name} is niet te lezen ({type(error).__name__}). {advice}") from None
    if any(set(row) != set(columns) or None in row.values() for row in rows):
        raise DamagedRecord(f"Het bestand {path.name} heeft andere kolommen dan {', '.join(columns)}. {advice}")
    return [{name: _bare(row[name]) for name in columns} for row in rows]


def append(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
    """Add rows at the end, all or none of them; what stood there stays. Raises DamagedRecord."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        write(path, columns, [*read(path, columns), *rows])


def write(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a record file anew, beside the old one and then in its place; Excel opens it as columns."""
    with beside(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(columns)
        writer.writerows([_harmless(row[name]) for name in columns] for row in rows)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith((*FORMULA_STARTS, "'")) else text


def _bare(text: str) -> str:
    return text.removeprefix("'")
