"""Dutch numbers and parts of sentences: right for none, one and many, and for what is withheld or not filed.

A number from a table stands in a text between marks, so that a page can be read back number by number. What the
sentences say belongs to the sections.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from blueprint.load import blueprint

# Private characters around the exact and the shown form of a number; what people typed in is freed of them.
OPEN, MIDDLE, CLOSE = "\ue000", "\ue001", "\ue002"
MARKED = re.compile(f"{OPEN}([^{MIDDLE}]*){MIDDLE}([^{CLOSE}]*){CLOSE}")
NUMBERED = ("shown", "zero", "carried_forward")
# There can be no figure, which is something else than that nobody filed one.
NOT_APPLICABLE = "not_applicable"
OWN_LABELS = {NOT_APPLICABLE: "–", "not_delivered": "niet geleverd"}
WITHHELD = ("withheld", "suppressed_primary", "suppressed_secondary")
# What would break a page, turn the reading direction or imitate a mark.
HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"
)
LONGEST = 60
# Beside a chart from which such figures are left out.
EARLIER_IN_TABLE = " Eerdere cijfers staan alleen in de tabel: zij passen niet bij de andere."


@dataclass(frozen=True)
class Amount:
    """A figure of a table with its status; it has a value only when that may be seen and was filed."""

    value: Decimal | None
    decimals: int
    status: str = "shown"

    @property
    def text(self) -> str:
        """As it stands in a table: a number, or why there is none."""
        if self.value is None:
            return status_label(self.status)
        return f"{number(self.value, 0 if self.value == 0 else self.decimals)}{self.mark}"

    @property
    def mark(self) -> str:
        """What stands behind a figure of an earlier release, which goes with no figure of this one."""
        return " (eerder cijfer)" if self.status == "carried_forward" else ""

    @property
    def fresh(self) -> Decimal | None:
        """The value when it is of this release or round: what may be compared, added and drawn."""
        return None if self.mark else self.value


def amount(value: Decimal | float | int | None, decimals: int, status: str = "shown") -> Amount:
    """A figure as read from a table; without a value it is not filed, unless its status says otherwise."""
    if value is None or status not in NUMBERED:
        return Amount(None, decimals, "not_filed" if status in NUMBERED else status)
    return Amount(Decimal(str(value)), decimals, status)


def status_label(status: str) -> str:
    """The status in a word, in lower case; all that is suppressed is the same to a reader."""
    known = blueprint().codes["figure_statuses"]
    if status in OWN_LABELS:
        return OWN_LABELS[status]
    if status in WITHHELD:
        return known.label("withheld").lower()
    found = known.label(status)
    return (found if found != status else blueprint().codes["cell_statuses"].label(status)).lower()


def number(value: Decimal | float | int, decimals: int = 0) -> str:
    """1.234,5; rounded half to even, and never minus nought."""
    exact = _rounded(value, decimals)
    return f"{exact:,.{decimals}f}".translate(str.maketrans(",.-", ".,\u2212"))


def said(value: Decimal | float | int, decimals: int | None = None) -> str:
    """A number within a sentence, marked; without `decimals` as precise as three digits are."""
    places = digits_for(value) if decimals is None else decimals
    return f"{OPEN}{_rounded(value, places):f}{MIDDLE}{number(value, places)}{CLOSE}"


def digits_for(value: Decimal | float | int) -> int:
    """How many decimals give about three digits: 0,123; 1,23; 12,3; 123; and 0."""
    size = abs(Decimal(str(value)))
    return 0 if size >= 100 or size == 0 else 1 if size >= 10 else 2 if size >= 1 else 3


def places_for(value: Decimal | float | int, least: int) -> int:
    """As many decimals as about three digits take, and never fewer than these: a label and a title say the same."""
    return max(digits_for(value), least)


def counted(count: int, one: str, many: str, none: str = "geen") -> str:
    """geen bedrijven, 1 bedrijf, 2 bedrijven; nought in a word is no number to check."""
    if count == 0:
        return f"{none} {many}"
    return f"{said(count, 0)} {one if count == 1 else many}"


def verb(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


def enumerated(parts: Sequence[str]) -> str:
    """a, b en c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} en {parts[-1]}" if parts else ""


def sentence(text: str) -> str:
    """With a capital to begin with; a marked number has none."""
    return text[:1].upper() + text[1:]


def within(label: str) -> str:
    """A label in the middle of a sentence: without its capital, unless it is an abbreviation."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def plain(text: str) -> str:
    """A text without the marks around its numbers, for a title, an alternative text or another program."""
    return MARKED.sub(lambda match: match[2], text)


def clean(text: str | None, longest: int = 300) -> str:
    """What somebody typed in, without what could break a page, and cut when it is far too long."""
    whole = " ".join(HARMFUL.sub("", text or "").split())
    return whole if len(whole) <= longest else f"{whole[: longest - 1].rstrip()}…"


def short(text: str) -> str:
    """A label for in a chart, where there is room for so much."""
    return clean(text, LONGEST)


def _rounded(value: Decimal | float | int, decimals: int) -> Decimal:
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    return abs(exact) if exact == 0 else exact
