"""Checks every number of a rendered page against the tables: read from the page, computed again in SQL."""

from __future__ import annotations

import re
from collections import Counter
from decimal import ROUND_HALF_EVEN, Decimal
from html.parser import HTMLParser

import pytest

from assets.store import DataFolder, connect
from assets.strategy.document import Tier
from assets.strategy.page import page
from assets.strategy.tables import Tables
from assets.strategy.words import digits_for
from blueprint.load import blueprint
from tests.assets.strategy.conftest import Documents
from tests.assets.strategy.expected_public import CARRIED, FRESH, PUBLIC_BANDS, PUBLIC_NUMBERS, UNASKED
from tests.assets.strategy.expected_tables import NUMBERS, SAID
from tests.assets.strategy.made import ALONE, AS_FILED, HOSTILE, INTERNAL, PLENTY, SETTINGS, SINGLE, THOUSAND
from tests.assets.strategy.released import released_rows

# Tables that a document has only when somebody filed such a thing.
SELDOM = ("waterstof-per-gemeente", "levering", "flexibiliteit", "infrastructuur")
EARLIER = " (eerder cijfer)"
YEARS = ("Jaar", "Voor het eerst in", "Meer vanaf", "In gebruik in")
DUTCH = re.compile(r"^[−\d.]+(,\d+)?$")
# What is a number and no figure: years, numbers of figures, and names in which a digit stands.
NAMES = re.compile(r"(figuur|vrijgave) \d+|co2|cc by 4\.0|cluster 6 \(2023\)|\d+ tot \d+ °c")


class Page(HTMLParser):
    """The tables of a page by the name of their CSV, and per section the figures and the rest of what it says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.figures: dict[str, list[str]] = {}
        self.rest: dict[str, str] = {}
        self._section, self._rows, self._cell, self._in_data, self._in_table, self._skip = "", [], None, False, False, 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "section":
            self._section = given["aria-labelledby"]
        elif tag == "table":
            self._rows, self._in_table = [], True
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._cell = ""
        elif tag == "data":
            self.figures.setdefault(self._section, []).append(given["value"])
            self._in_data = True
        elif tag == "a" and given.get("download", "").endswith(".csv"):
            self.tables[given["download"].removesuffix(".csv")] = self._rows
        self._skip += tag in ("svg", "style", "a", "summary")

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self._cell is not None:
            self._rows[-1].append(self._cell.strip())
            self._cell = None
        self._in_data &= tag != "data"
        self._in_table &= tag != "table"
        self._skip -= tag in ("svg", "style", "a", "summary")

    def handle_data(self, data):
        if self._cell is not None:
            self._cell += data
        elif not self._in_data and not self._in_table and not self._skip and self._section:
            self.rest[self._section] = self.rest.get(self._section, "") + data

    def numbers(self, name: str, mark: str = "") -> Counter[Decimal]:
        """The figures in a table with these words after them, without headings and columns that hold a year."""
        cells = [cell.removesuffix(mark) for cell in self.cells(name) if cell.endswith(mark)]
        return Counter(number(cell) for cell in cells if DUTCH.match(cell))

    def cells(self, name: str) -> list[str]:
        head, *rows = self.tables[name]
        years = [n for n, heading in enumerate(head) if heading in YEARS]
        return [cell for row in rows for n, cell in enumerate(row) if n and n not in years]


def number(text: str) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", ".").replace("−", "-")).normalize()


def band_text(band: str, status: str) -> str:
    """A class of firms as it is read, by way of its code."""
    (label,) = (code.label for code in blueprint().codes["company_bands"].codes if code.code == band)
    return label.lower() + (EARLIER if status == "carried_forward" else "")


def shown_as(value: object) -> str:
    exact = Decimal(str(value))
    return f"{exact.quantize(Decimal(1).scaleb(-digits_for(exact)), rounding=ROUND_HALF_EVEN):f}"


class Asked:
    """The tables of the round in DuckDB, asked with the codes and years of a document."""

    def __init__(self, data: DataFolder, connection, tier: Tier = "internal") -> None:
        tables = Tables(data, SETTINGS, tier)
        for name in (*INTERNAL, *AS_FILED) if tier == "internal" else released_rows():
            connection.register(name, tables._table(name))
        self._connection = connection

    def __call__(self, sql: str, code: str, statuses: str = FRESH) -> list[Decimal]:
        return [Decimal(str(row[-1])) for row in self.rows(sql, code, statuses) if row[-1] is not None]

    def rows(self, sql: str, code: str, statuses: str = FRESH) -> list[tuple]:
        years = {"base": SETTINGS.base_year, "mid": 2030, "last": SETTINGS.years[-1]}
        for name, value in {"code": f"'{code}'", "statuses": statuses, **years}.items():
            sql = sql.replace(f"${name}", str(value))
        return self._connection.sql(sql).fetchall()


@pytest.fixture(scope="module")
def asked(data: DataFolder):
    with connect() as connection:
        yield Asked(data, connection)


@pytest.mark.parametrize("code", [PLENTY, HOSTILE, THOUSAND])
def test_tables_of_the_page_are_those_of_the_pmiek(documents: Documents, asked: Asked, code: str) -> None:
    read = Page(page(documents("internal", code)))
    for name, sql in NUMBERS.items():
        expected = Counter(value.normalize() for value in asked(sql, code))
        found = read.numbers(name) if name in read.tables or name not in SELDOM else Counter()
        assert found == expected, name
    assert code != PLENTY or set(NUMBERS) <= set(read.tables)


@pytest.mark.parametrize("code", [PLENTY, HOSTILE])
def test_figures_in_sentences_come_from_the_tables_of_their_section(
    documents: Documents, asked: Asked, code: str
) -> None:
    document = documents("internal", code)
    read = Page(page(document))
    every: set[str] = set()
    for section in document.sections[1:]:
        cells = {cell.value for grid in section.grids for row in grid.rows for cell in row if not isinstance(cell, str)}
        known = {value for value in cells if value is not None}
        known |= set(asked(SAID[section.name], code)) if section.name in SAID else set()
        forms = (
            {shown_as(value) for value in known}
            | {f"{value:.1f}" for value in known}
            | {f"{value:.0f}" for value in known}
        )
        forms |= {str(len(grid.rows)) for grid in section.grids}
        found = set(read.figures.get(section.name, []))
        assert found <= forms, (section.name, found - forms)
        every |= found
    assert set(read.figures[document.sections[0].name]) <= every


@pytest.mark.parametrize("tier", ["public", "internal"])
def test_no_number_stands_in_a_sentence_without_saying_it_is_a_figure(documents: Documents, tier) -> None:
    codes = blueprint().codes
    years = {str(year) for year in SETTINGS.years} | {
        code.attributes["hydrogen_from"] for code in codes["provinces"].codes
    }
    bands = [code.label.lower() for code in codes["company_bands"].codes]
    for code in (PLENTY, HOSTILE, "PV21"):
        for name, text in Page(page(documents(tier, code))).rest.items():
            for label in bands:
                text = text.lower().replace(label, "")
            stray = set(re.findall(r"\d[\d.,]*", NAMES.sub("", text)))
            if name != "verantwoording":  # which holds versions and years, and no figure
                assert {each.rstrip(".,") for each in stray} <= years, (tier, name, stray)


@pytest.mark.parametrize("code", ["PV21", ALONE, HOSTILE, THOUSAND, SINGLE])
def test_public_tables_of_the_page_are_those_of_the_release(documents: Documents, data: DataFolder, code: str) -> None:
    read = Page(page(documents("public", code)))
    with connect() as connection:
        asked = Asked(data, connection, "public")
        for name in set(read.tables) - UNASKED:
            for statuses, mark in ((FRESH, ""), (CARRIED, EARLIER)):
                expected = Counter(value.normalize() for value in asked(PUBLIC_NUMBERS[name], code, statuses))
                assert read.numbers(name, mark) == expected, (name, mark)
        for name in set(read.tables) & set(PUBLIC_BANDS):
            bands = Counter(band_text(*row) for row in asked.rows(PUBLIC_BANDS[name], code))
            assert Counter(read.cells(name)) - Counter(["–"]) == bands, name
    told = {section.name: section for section in documents("public", code).sections}
    for name, section in told.items():
        cells = {cell.value for grid in section.grids for row in grid.rows for cell in row if not isinstance(cell, str)}
        known = {abs(value) for each in (cells if name != "kern" else _all_values(told)) if (value := each) is not None}
        forms = {shown_as(value) for value in known} | {f"{value:.1f}" for value in known}
        assert set(read.figures.get(name, [])) <= forms, name


def test_every_public_table_is_told_of_somewhere(documents: Documents) -> None:
    read = Page(page(documents("public", "PV21")))
    assert set(PUBLIC_NUMBERS) <= set(read.tables)
    # What would else be equal because both are empty: hydrogen of the province itself, and classes of both areas.
    assert ["Waterstof", "Fryslân", "PJ", "0", "0,100", "0,200", "niet getoond"] in read.tables["waterstof"]
    assert {"3 tot en met 5 (eerder cijfer)", "meer dan 10"} <= set(read.cells("knelpunten"))
    carried = Page(page(documents("public", HOSTILE))).numbers("energievraag-per-drager", EARLIER)
    assert len(carried) == len(SETTINGS.years)


def _all_values(told) -> set[Decimal | None]:
    return {
        cell.value
        for section in told.values()
        for grid in section.grids
        for row in grid.rows
        for cell in row
        if not isinstance(cell, str)
    }


def test_the_same_tables_give_the_same_bytes(data: DataFolder) -> None:
    from assets.strategy.compose import compose
    from assets.strategy.office import docx
    from assets.strategy.paper import pdf

    once, again = (compose(Tables(data, SETTINGS, "internal"), PLENTY, lambda section: None) for _ in range(2))
    assert page(once) == page(again)
    assert pdf(once) == pdf(again)
    assert docx(once) == docx(again)
