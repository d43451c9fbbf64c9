"""Looks through a province's own text for who filed and for figures that were filed or are withheld.

Sterner than `leaks`, since people write a name without its legal form and a figure in another unit, and round it. An
amount tells only together with what it is of, so that one which may as well be a coincidence is let be. Where the
figures come from is for `own_figures`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from assets.reference import LEGAL_FORM
from assets.release.scan import SHORTEST, Secrets
from assets.rounds import Round
from assets.store import DataFolder, read_table
from assets.strategy.amounts import Written, amounts_in
from assets.strategy.document import OwnText
from assets.strategy.own_figures import Amounts, Fits, amounts_of, confidential, released
from assets.strategy.words import plain
from blueprint.geography import places
from blueprint.load import blueprint

WORD = re.compile(r"\w+")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# So many digits of a figure of the own province are no coincidence, of any year; and so many of a figure of elsewhere
# in a text that does not say where it is from.
NEAR, SURE, FAR = 3, 4, 5
# With such a word a text is about the whole country.
NATION = frozenset({"nederland", "nederlandse", "landelijk", "landelijke", "nationaal", "nationale", "land", "rijk",
                    "cluster 6", "provincies"})  # fmt: skip
# Of a sentence so much is shown around what was found in it.
AROUND = 40


@dataclass(frozen=True)
class Found:
    """What a text must not hold: as it is written there, the words around it, and whether it is an amount."""

    text: str
    around: str
    is_amount: bool


@dataclass(frozen=True)
class OwnSecrets:
    """Names as folded words; amounts by province (None: the country), with what each is called, and the public ones."""

    names: frozenset[str]
    amounts: Mapping[str | None, Amounts]
    called: Mapping[str | None, frozenset[str]]
    public: Amounts
    years: tuple[int, ...]

    def found(self, text: OwnText, province_code: str) -> tuple[Found, ...]:
        """The names and amounts of the text that tell too much."""
        lines = list(_lines(text))
        hits = [hit for line, _ in lines for hit in self._names(line)]
        about = self._about(" ".join(f"{line} {heading}" for line, heading in lines))
        for line, heading in lines:
            fits = self._fits(f"{line} {heading}")
            hits += [
                Found(written.whole, _around(line, written.whole), is_amount=True)
                for written in amounts_in(line, heading)
                if self.tells(written, province_code, about, fits)
            ]
        return tuple(dict.fromkeys(hits))

    def tells(
        self,
        written: Written,
        province_code: str,
        about: frozenset[str | None] = frozenset(),
        fits: Fits = lambda year: True,
    ) -> bool:
        """Whether an amount is one that was filed or withheld, and can hardly be there by chance.

        `about` are the other provinces that the text names, and None where it is about the country; `fits` says
        whether a figure of a year can be meant where the amount stands.
        """
        if written.digits < NEAR or self.public.hold(written, fits):
            return False
        any_year: Fits = lambda year: True  # noqa: E731
        for code, known in self.amounts.items():
            is_own, is_named = code == province_code, code in about
            if written.digits < SURE and not (is_own or is_named):
                continue
            if written.digits < FAR and not (is_own or is_named or code is None):
                continue
            if known.hold(written, any_year if written.digits >= SURE else fits):
                return True
        return False

    def _names(self, line: str) -> Iterator[Found]:
        line = _composed(line)
        # Of one written word folding may make several, as of a half.
        words = [(word, match.span()) for match in WORD.finditer(line) for word in folded(match[0]).split()]
        whole = " ".join(word for word, _ in words)
        for name in sorted(name for name in self.names if name in whole):
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", whole):
                first = whole[: match.start()].count(" ")
                last = first + name.count(" ")
                text = line[words[first][1][0] : words[last][1][1]]
                yield Found(text, _around(line, text), is_amount=False)

    def _about(self, text: str) -> frozenset[str | None]:
        whole = f" {folded(text)} "
        return frozenset(code for code, names in self.called.items() if any(f" {name} " in whole for name in names))

    def _fits(self, text: str) -> Fits:
        """Figures of a year that is named, of one between two that are, of the base year, and those of no year."""
        named = sorted({int(year) for year in YEAR.findall(text)} & set(self.years))
        if not named:
            return lambda year: True
        return lambda year: year is None or year == self.years[0] or named[0] <= year <= named[-1]


def folded(text: str) -> str:
    """Words in small letters without accents, and nothing between them but one space."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(WORD.findall("".join(one for one in letters if not unicodedata.combining(one))))


def _composed(text: str) -> str:
    """A letter and its accent as one, and nothing that is not seen: else neither belongs to a word."""
    return "".join(one for one in unicodedata.normalize("NFC", text) if unicodedata.category(one) != "Cf")


def own_secrets(data: DataFolder, settings: Round, known: Secrets) -> OwnSecrets:
    """What an own text must not hold beside what `known` says; raises MissingTable when the round was never run."""
    companies, sites = (read_table(data, name, settings.round) for name in ("company", "site"))
    bare = (bare_name(name) for name in companies["company_name"].to_pylist() if name)
    # What our own lists and places are called gives nobody away.
    common = {folded(code.label) for codes in blueprint().codes.values() for code in codes.codes}
    common |= {folded(city) for city in sites["city"].to_pylist() if city}
    names = {folded(text) for text in chain(known.texts, bare)} - common
    by_place: dict[str | None, list[tuple[str, float, int | None]]] = {}
    for province, quantity, value, year in confidential(data, settings):
        by_place.setdefault(province, []).append((quantity, value, year))
    return OwnSecrets(
        frozenset(name for name in names if len(name) >= SHORTEST),
        {province: amounts_of(each) for province, each in by_place.items()},
        _called(data, settings),
        amounts_of(released(data, settings)),
        settings.years,
    )


def _called(data: DataFolder, settings: Round) -> dict[str | None, frozenset[str]]:
    """What makes a text one about a province: its name, its municipalities, and the towns that its sites lie in."""
    provinces, year = blueprint().codes["provinces"], settings.geography_year
    found: dict[str | None, set[str]] = {code.code: {folded(code.label)} for code in provinces.codes}
    for alias, code in provinces.aliases.items():
        found.setdefault(code, set()).add(folded(alias))
    for code in places.valid_codes(year):
        name, province = places.municipality_name(code), places.province_of(code, year)
        if name and province:
            found.setdefault(province, set()).add(folded(name.partition(" (")[0]))
    sites, placed = (read_table(data, name, settings.round).to_pylist() for name in ("site", "site_place"))
    where = {(row["submission_id"], row["site_id"]): row["province_code"] for row in placed}
    for row in sites:
        if row["city"] and (province := where.get((row["submission_id"], row["site_id"]))):
            found.setdefault(province, set()).add(folded(row["city"]))
    return {None: NATION} | {code: frozenset(names - {""}) for code, names in found.items()}


def bare_name(name: str) -> str:
    """The name of a company without its legal form and what stands in brackets."""
    return re.sub(LEGAL_FORM, "", name.strip(), flags=re.IGNORECASE)


def _lines(text: OwnText) -> Iterator[tuple[str, str]]:
    """What is read as one: a paragraph, a point, or a cell of a table with what stands above and before it."""
    for part in text.parts:
        lines = [["".join(run.text for run in runs) for runs in line] for line in part.lines]
        for line in lines:
            for at, each in enumerate(line):
                head = lines[0][at] if part.kind == "table" and at < len(lines[0]) else ""
                yield plain(each), plain(f"{head} {line[0] if part.kind == 'table' else ''}")


def _around(line: str, text: str) -> str:
    """The words in which something stands, cut where they are many."""
    at = line.index(text)
    start, end = max(at - AROUND, 0), min(at + len(text) + AROUND, len(line))
    start = line.find(" ", start) + 1 if start else 0
    end = line.rfind(" ", at + len(text), end) if end < len(line) and " " in line[at + len(text) : end] else end
    return f"{'... ' if start else ''}{line[start:end].strip()}{' ...' if end < len(line) else ''}"
