"""Types one cell by its field: Dutch and English numbers, dates, yes/no, codes and identifiers.

Strict: what can be read in two ways is a problem, never a guess. Sheets, rows and files are not known here.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from math import isfinite
from typing import Any, NamedTuple

from blueprint.geography import places
from blueprint.load import blueprint
from blueprint.model import Field

# No thousands begin with a nought: 0.001 is not Dutch for one.
DUTCH = re.compile(r"[+-]?([1-9]\d{0,2}(\.\d{3})+|\d+)(,\d+)?", re.ASCII)
ENGLISH = re.compile(r"[+-]?([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d+)?", re.ASCII)
# Spaces between thousands: each followed by exactly three digits, and no other grouping beside them.
SPACED = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?: ?%)?", re.ASCII)
SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+", re.ASCII)
FIXED_DIGITS = re.compile(r"\[0-9\]\{(\d+)\}")
DUTCH_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
YES = frozenset({"ja", "j", "yes", "y", "waar", "true", "1"})
NO = frozenset({"nee", "n", "no", "onwaar", "false", "0"})
# A double holds 15 decimal digits for certain; a longer identifier typed as a number has lost its end.
EXACT_DIGITS = 10**15
# No amount, power or mass of a company comes near this in any unit; beyond it sums lose their decimals.
LARGEST = 1e15
MAX_KNOWN = 5_000


class Unfit(NamedTuple):
    """A cell that cannot be read as its field asks: the rule it breaks and what would be allowed."""

    rule: str
    allowed: str = ""


def tidy(text: str) -> str:
    """The text without outer white space, with every kind of space made an ordinary one."""
    found = " ".join(text.split())
    # What steers a terminal or turns the reading direction is no part of a name or code.
    return found if found.isprintable() else "".join(c for c in found if c.isprintable())


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """The text as spellings are compared: no case, accents, spaces, hyphens or underscores."""
    # Letters of mathematics are only lower case once they are ordinary ones, and folding may make accents.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in " \u00a0\u202f\t\n\r-_'’")


def is_filled(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def is_filled_row(row: Sequence[Any]) -> bool:
    """Whether any cell is filled; the last one nearly always is, since rows end at their last cell."""
    return bool(row) and (is_filled(row[-1]) or any(map(is_filled, row)))


def as_text(value: Any) -> str:
    """A cell's value as it is shown to the one who filed it: whole numbers without decimals, dates in Dutch."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_DIGITS * 1000:
        return str(int(value))
    if isinstance(value, float):
        return repr(value).replace(".", ",")
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.strftime("%d-%m-%Y")
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.strftime("%d-%m-%Y")
    return str(value)


def number(value: Any, notation: str | None, percent: bool = False) -> float | Unfit:
    """Read a number; `notation` is 'nl', 'en' or None when the file does not declare it.

    With `percent` a trailing % sign is taken off. A number beyond LARGEST is unfit.
    """
    found = _number(value, notation, percent)
    if isinstance(found, Unfit) or abs(found) <= LARGEST:
        return found if isinstance(found, Unfit) else found + 0.0  # minus zero is zero
    return Unfit("number_too_large", "1.000.000.000.000.000")


def _number(value: Any, notation: str | None, percent: bool) -> float | Unfit:
    if isinstance(value, (bool, dt.date, dt.time, dt.timedelta)):
        return Unfit("number")
    if isinstance(value, (int, float)):
        return float(value) if isfinite(value) else Unfit("number")
    text = str(value).strip().replace("−", "-")
    if SPACED.fullmatch(text):
        text = re.sub(r"[ \u00a0\u202f]", "", text)
    if percent:
        text = text.removesuffix("%").rstrip()
    if SCIENTIFIC.fullmatch(text):
        return float(text) if isfinite(float(text)) else Unfit("number")
    dutch = float(text.replace(".", "").replace(",", ".")) if DUTCH.fullmatch(text) else None
    english = float(text.replace(",", "")) if ENGLISH.fullmatch(text) else None
    if notation is None and dutch is not None and english is not None and dutch != english:
        allowed = f"Bedoelt u {as_text(dutch)} of {as_text(english)} (met een komma als decimaalteken)?"
        return Unfit("number_ambiguous", allowed)
    found = english if notation == "en" or (notation is None and dutch is None) else dutch
    return Unfit("number") if found is None or not isfinite(found) else found


def integer(value: Any, notation: str | None) -> int | Unfit:
    """Read a whole number that fits where it is kept (years in 32 bits, like all whole numbers here)."""
    found = number(value, notation)
    if isinstance(found, Unfit):
        return Unfit("integer") if found.rule == "number" else found
    whole = int(found)
    return whole if whole == found and abs(whole) < 2**31 else Unfit("integer")


def date(value: Any) -> dt.date | Unfit:
    """Read a date cell, dd-mm-yyyy or yyyy-mm-dd; two-digit years and serial numbers are unfit."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str):
        return Unfit("date")
    text = tidy(value)
    try:
        if match := DUTCH_DATE.fullmatch(text):
            day, month, year = map(int, match.groups())
            return dt.date(year, month, day)
        return dt.date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else Unfit("date")
    except ValueError:
        return Unfit("date")


def boolean(value: Any) -> bool | Unfit:
    if isinstance(value, bool):
        return value
    word = tidy(as_text(value)).casefold()
    if word in YES:
        return True
    return False if word in NO else Unfit("boolean")


def text(value: Any, field: Field) -> str | Unfit:
    """Read a text, an identifier or a code; what is not in a code list stays as it was filed."""
    if isinstance(value, float) and abs(value) >= EXACT_DIGITS and field.constraints.pattern:
        return Unfit("lost_digits")
    return _text(tidy(as_text(value)), field)


def texts(values: Iterable[str], field: Field) -> dict[str, str | None]:
    """Read many different texts of one field at once, each as `text` does; a blank one is empty.

    The answer may hold more texts: what was read before of such fields, for filings say the same things.
    """
    known = _known_texts(field.codes, field.separator, field.format, field.constraints.pattern)
    if len(known) > MAX_KNOWN:
        known.clear()
    is_plain = not (field.codes or field.format or field.constraints.pattern)
    for value in values:
        if value not in known:
            found = tidy(value)
            known[value] = found if found and is_plain else _text(found, field) if found else None
    return known


@cache
def _known_texts(*_kind: str | None) -> dict[str, str | None]:
    return {}


def _text(found: str, field: Field) -> str:
    if field.codes and found.startswith("-"):
        return found
    if field.codes:
        spellings = _spellings(field.codes)
        if field.separator:
            parts = [part for part in found.split(field.separator) if part.strip()]
            return field.separator.join(spellings.get(fold(part), part.strip()) for part in parts)
        return spellings.get(fold(found), found)
    if field.format == "municipality":
        candidates = places.find_codes(found)
        return candidates[0] if len(candidates) == 1 else found
    return _as_pattern(found, field.constraints.pattern)


def leading_zeros(value: Any, field: Field) -> str | None:
    """The identifier with the zeros that a number cell has lost, or None when nothing was lost."""
    digits = FIXED_DIGITS.fullmatch(field.constraints.pattern or "")
    if digits is None or isinstance(value, (str, bool)) or not isinstance(value, (int, float)):
        return None
    bare = as_text(value)
    wanted = int(digits[1])
    # Branch numbers begin with four zeros, KvK numbers with one at most; a shorter number is another mistake.
    return bare.zfill(wanted) if bare.isdigit() and wanted - wanted // 3 <= len(bare) < wanted else None


@cache
def _spellings(list_name: str) -> dict[str, str]:
    codes = blueprint().codes[list_name]
    spellings = {fold(alias): code for alias, code in codes.aliases.items()}
    for code in codes.filed:
        spellings[fold(code.label)] = code.code
        spellings[fold(code.code)] = code.code
    return spellings


def _as_pattern(found: str, pattern: str | None) -> str:
    if pattern is None:
        return found
    fits = _compiled(pattern).fullmatch
    if fits(found):
        return found
    close = found.replace(" ", "")
    return next((text for text in (close, close.upper()) if fits(text)), found)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
