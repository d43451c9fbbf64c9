"""Reads amounts from what people write: numbers in Dutch and in English notation, with the unit that they are in.

Which amounts tell of a company is for `own_leaks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from blueprint.load import blueprint

QUANTITIES = ("energy", "volume", "mass", "power", "apparent_power")
# Beside the code of a unit and the word in its label.
ALSO = {"m3": ("m³", "nm3", "kubieke meter"), "t": ("tonnes",), "kt": ("kton", "kilotonnes")}
TIMES = {"duizend": 1_000, "mln": 1_000_000, "miljoen": 1_000_000, "miljard": 1_000_000_000}
NUMBER = re.compile(
    r"(?<![\w.,])(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:,\d+)?|\d[\d.,]*\d|\d)(?![.,]?\d|\s?(?:%|procent))"
)
# What is counted, paid or measured otherwise stands behind its number, whatever units the rest of the sentence names.
OTHERWISE = re.compile(
    r"\s?(?:(?:duizend|mln\.?|miljoen|miljard)\s+)?(?:euro\w*|eur|bedrijf|bedrijven|vestiging(?:en)?|gemeenten?"
    r"|provincies?|project(?:en)?|aanvra(?:ag|gen)|aansluiting(?:en)?|knelpunt(?:en)?|stations?|onderstations?"
    r"|(?:wind)?molens?|turbines?|(?:zonne)?panelen|ketels?|ovens?|woning(?:en)?|huishoudens?|inwoners"
    r"|medewerkers|mensen|banen|fte|k?m|km2|km²|m2|m²|kilometers?|meters?|hectare|ha|kv|kilovolt|bar|graden|°c"
    r"|uur|uren|dag(?:en)?|we(?:ek|ken)|maand(?:en)?|jaar|jaren|keer|maal|punten?|bladzijden?)(?!\w)",
    re.IGNORECASE,
)
DUTCH = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?")
ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
YEARS = range(1900, 2101)
# As in petajoules, MWe, MWth, kWp, GWh/jaar and MW-vraag; an amount per something else is another quantity.
PER_YEAR = r"(?:s|e|th|p)?(?:/(?:jaar|jr|j|a|y|yr))?(?![\w/])"


class Written(NamedTuple):
    """An amount that a number may mean: in the canonical unit of its quantity, give or take half of the last digit
    that says something."""

    text: str
    digits: int
    quantity: str
    value: float
    half: float
    # With the unit that stands behind it, if one does.
    whole: str


def amounts_in(text: str, heading: str = "") -> Iterator[Written]:
    """Everything that the numbers in a text may mean; one without its unit behind it takes those named around it.

    `heading` is what stands above or beside the text in a table.
    """
    around = {found[0] for found in map(_unit, _units().finditer(f"{text} {heading}"))}
    for match in NUMBER.finditer(text):
        behind = _units().match(text, match.end())
        if behind is None and _is_otherwise(text, match):
            continue
        for value, decimals in readings(match[0]):
            if behind is None and decimals == 0 and value in YEARS:
                continue
            for code, times in [_unit(behind)] if behind else [(code, 1) for code in sorted(around) if len(code) > 1]:
                unit = blueprint().units[code]
                factor = float(unit.factor) * times
                digits, noughts = _digits(value, decimals)
                half = factor * 10 ** (noughts - decimals) / 2
                whole = text[match.start() : behind.end()] if behind else match[0]
                yield Written(match[0], digits, unit.quantity, float(value) * factor, half, whole)


def _is_otherwise(text: str, match: re.Match[str]) -> bool:
    """Whether a number is money, a part of a word, so much per something, or counts something else."""
    rest = text[match.end() :]
    if text[: match.start()].rstrip().endswith("€") or rest[:1].isalpha():
        return True
    return any(one.match(rest) for one in (OTHERWISE, _units(r"/\w")))


def readings(text: str) -> set[tuple[Decimal, int]]:
    """A number as it may be meant, and with how many decimals."""
    plain = re.sub(r"\s", "", text)
    found = set()
    for form, thousands, point in ((DUTCH, ".", ","), (ENGLISH, ",", ".")):
        # No number of thousands begins with a nought: 0.220 is less than one, however it is written.
        if form.fullmatch(plain) and not re.match(rf"0\d*{re.escape(thousands)}", plain):
            exact = plain.replace(thousands, "").replace(point, ".")
            found.add((Decimal(exact), len(exact.partition(".")[2])))
    return found


def _digits(value: Decimal, decimals: int) -> tuple[int, int]:
    """How many digits say something, and how many do not: noughts at the end of a whole number may be rounding."""
    digits = "".join(map(str, value.as_tuple().digits)).lstrip("0")
    telling = digits if decimals else digits.rstrip("0")
    return len(telling), len(digits) - len(telling)


def _unit(match: re.Match[str]) -> tuple[str, int]:
    return _spellings()[match["unit"].casefold()], TIMES.get((match["times"] or "").rstrip(".").casefold(), 1)


@cache
def _spellings() -> dict[str, str]:
    """The code of each unit by how it may be written."""
    found = {}
    for code, unit in blueprint().units.items():
        if unit.quantity in QUANTITIES and code != "mln_m3":
            words = (code, unit.label.partition(" (")[0], *ALSO.get(code, ()))
            found |= {word.casefold(): code for word in words}
    return found


@cache
def _units(ends: str = PER_YEAR) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(_spellings(), key=lambda word: (-len(word), word)))
    times = "|".join(TIMES)
    return re.compile(rf"\s*(?<![^\W\d])(?<!/)(?:(?P<times>{times})\.?\s+)?(?P<unit>{words}){ends}", re.IGNORECASE)
