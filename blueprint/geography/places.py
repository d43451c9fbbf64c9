"""Looks up municipalities (codes, names, succession, province) in a given year.

Writing the tables (build.py), judging a submission and drawing maps do not belong here.

A code is valid in year Y when the municipality existed on 1 January of Y. The tables start in 2018 (an earlier
year is not known: no code is valid in it) and end in 2025; a later year counts as 2025. A code that ended in the two
years before is known too, to follow it to its successor.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

FIRST_YEAR = 2018
LAST_YEAR = 2025

_FOLDER = Path(__file__).parent
_CODE = re.compile(r"(?:gm[\s_-]*)?([0-9]{1,4})", re.IGNORECASE)
_PREFIX = re.compile(r"gemeente\s+", re.IGNORECASE)


class _Municipality(NamedTuple):
    name: str
    province_code: str
    valid_from: int
    valid_until: int | None
    successor_code: str | None


def find_codes(text: str) -> tuple[str, ...]:
    """Return every municipality code (GM####) that `text` can mean, sorted; empty when there is none.

    `text` is a code ('GM0344', '0344', '344', 'gm 344') or a spelling of a name, with or without 'gemeente' in
    front. Case, diacritics, spaces and punctuation do not matter. Codes that have ended are returned too.
    """
    cleaned = text.strip()
    if match := _CODE.fullmatch(cleaned):
        code = f"GM{int(match[1]):04d}"
        return (code,) if code in _municipalities() else ()
    names = _codes_by_name()
    return names.get(fold(cleaned)) or names.get(fold(_PREFIX.sub("", cleaned, count=1)), ())


def is_valid(code: str, year: int) -> bool:
    """Tell whether `code` (GM####) existed on 1 January of `year`.

    A year after the last table counts as the last table; before the first table nothing is valid.
    """
    place = _municipalities().get(code)
    if place is None or year < FIRST_YEAR:
        return False
    known_year = min(year, LAST_YEAR)
    return place.valid_from <= known_year and (place.valid_until is None or known_year <= place.valid_until)


def current_code(code: str, year: int) -> str | None:
    """Follow the successions from `code` to the code that is valid in `year`.

    None when the code is not known, when it started after `year`, or when `year` is before the first table.
    A code that was split gives its main successor: see `was_split`.
    """
    current: str | None = code
    while current is not None and not is_valid(current, year):
        place = _municipalities().get(current)
        current = place.successor_code if place and year >= place.valid_from else None
    return current


def parts_of(code: str, in_year: int, year: int) -> set[str]:
    """Return the codes valid in an earlier `year` that became, wholly or for the most part, `code` of `in_year`."""
    return {known for known in _municipalities() if is_valid(known, year) and current_code(known, in_year) == code}


def province_of(code: str, year: int) -> str | None:
    """Return the province code (PV##) of `code` in `year`; None when `code` is not valid in `year`."""
    return _municipalities()[code].province_code if is_valid(code, year) else None


def municipality_name(code: str) -> str | None:
    """Return the name as CBS writes it in the newest table that has `code`; None when it is not known."""
    place = _municipalities().get(code)
    return place.name if place else None


def valid_codes(year: int) -> tuple[str, ...]:
    """Return the codes of every municipality that existed on 1 January of `year`, sorted."""
    return tuple(sorted(code for code in _municipalities() if is_valid(code, year)))


def was_split(code: str) -> bool:
    """Tell whether the area of `code` went to several codes, so that its successor is only the main one."""
    return code in _split_codes()


def years_known() -> range:
    """Return the years that the tables cover; `is_valid` counts a later year as the last of these."""
    return range(FIRST_YEAR, LAST_YEAR + 1)


def read_rows(file_name: str) -> list[dict[str, str]]:
    """Read one CSV of this folder as a list of rows; FileNotFoundError when it is not there."""
    with (_FOLDER / file_name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def fold(text: str) -> str:
    """What is left of a name when case, diacritics, spaces and punctuation do not matter."""
    decomposed = unicodedata.normalize("NFKD", text.replace("&", " en ")).casefold()
    return "".join(sign for sign in decomposed if sign.isalnum())


@cache
def _municipalities() -> dict[str, _Municipality]:
    return {
        row["municipality_code"]: _Municipality(
            name=row["municipality_name"],
            province_code=row["province_code"],
            valid_from=int(row["valid_from"]),
            valid_until=int(row["valid_until"]) if row["valid_until"] else None,
            successor_code=row["successor_code"] or None,
        )
        for row in read_rows("municipalities.csv")
    }


@cache
def _codes_by_name() -> dict[str, tuple[str, ...]]:
    codes: dict[str, set[str]] = {}
    for row in read_rows("municipality_names.csv"):
        codes.setdefault(fold(row["name"]), set()).add(row["municipality_code"])
    return {name: tuple(sorted(found)) for name, found in codes.items()}


@cache
def _split_codes() -> frozenset[str]:
    return frozenset(row["old_code"] for row in read_rows("successions.csv") if row["is_split"] == "true")
