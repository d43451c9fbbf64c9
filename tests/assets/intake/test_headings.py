"""Sheets, header rows and headings: found where people put them, and what was not recognised is said."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assets.intake.headings import Heading, find_header, nearest_heading, table_of, wide_heading
from assets.intake.sheets import Sheet, Value
from blueprint.load import blueprint

SITE, DEMAND = blueprint().tables["site"], blueprint().tables["energy_demand"]
HEADINGS: list[Value] = ["Vestiging", "Postcode", "Valt onder EU ETS"]


def sheet(*rows: Sequence[Value]) -> Sheet:
    return Sheet("Vestigingen", False, 1, 1, [list(row) for row in rows], {}, frozenset(), None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Vestigingen", "site"),
        ("vestigingen ", "site"),
        ("VESTIGINGEN", "site"),
        ("site", "site"),
        ("Energievraag", "energy_demand"),
        ("Energie vraag", "energy_demand"),
        ("energy_demand", "energy_demand"),
        ("Belastingprofiel", "load_profile"),
        ("Toelichting", None),
        ("Vestigingen 2", None),
        ("", None),
    ],
)
def test_table_of_a_sheet(name: str, expected: str | None) -> None:
    table = table_of(name)
    assert (table.name if table else None) == expected


@pytest.mark.parametrize("above", [0, 1, 5, 39])
def test_header_stands_in_any_of_the_first_rows(above: int) -> None:
    header = find_header(sheet(*[["Uitleg"]] * above, HEADINGS, ["V1"]), SITE)
    assert header is not None
    assert header.index == above


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[]],
        [["Vestiging"]],
        [["V1", "8011AB", "ja"]],
        [*[["Uitleg"]] * 40, HEADINGS],
    ],
    ids=["no rows", "an empty row", "one heading", "values only", "row 41"],
)
def test_no_header(rows: list[list[Value]]) -> None:
    assert find_header(sheet(*rows), SITE) is None


def test_header_is_the_row_with_most_headings() -> None:
    header = find_header(sheet(["Vestiging", "Postcode"], ["Uitleg"], HEADINGS, HEADINGS), SITE)
    assert header is not None
    assert header.index == 2


@pytest.mark.parametrize("text", ["Valt onder EU ETS", "valt onder eu ets ", "Valt\nonder EU-ETS", "is_ets", "IS ETS"])
def test_spellings_of_a_heading(text: str) -> None:
    header = find_header(sheet(["Vestiging", text]), SITE)
    assert header is not None
    assert header.columns[("is_ets", "")] == Heading("is_ets", "", 1)


def test_doubles_and_unknown_headings_are_told_with_their_place() -> None:
    header = find_header(sheet(["Vestiging", None, "Kenmerk", "Postcode", " ", "postcode"]), SITE)
    assert header is not None
    assert header.unknown == [(2, "Kenmerk")]
    assert header.doubles == [(5, "postcode", 3)]
    assert sorted(header.columns) == [("postcode", ""), ("site_id", "")]
    assert not header.is_wide


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2030", ("value", "2030")),
        (2030, ("value", "2030")),
        (2030.0, ("value", "2030")),
        (" 2030 ", ("value", "2030")),
        ("2030 piek (MW)", ("peak_mw", "2030")),
        ("2030 Piek(MW)", ("peak_mw", "2030")),
        ("2030\npiek (MW)", ("peak_mw", "2030")),
        ("Jaar", ("year", "")),
        ("Waarde", ("value", "")),
    ],
)
def test_wide_headings(text: Value, key: tuple[str, str]) -> None:
    header = find_header(sheet(["Vestiging", "Eenheid", text]), DEMAND)
    assert header is not None
    assert header.columns[key].index == 2
    assert header.is_wide == bool(key[1])


@pytest.mark.parametrize("text", ["203", "20300", "2030 piek", "piek (MW)", "2030 (MWh)", "x2030", 2030.5])
def test_what_only_looks_like_a_year_is_unknown(text: Value) -> None:
    header = find_header(sheet(["Vestiging", "Eenheid", text]), DEMAND)
    assert header is not None
    assert [position for position, _ in header.unknown] == [2]


def test_year_twice() -> None:
    header = find_header(sheet(["Vestiging", "2030", 2030.0]), DEMAND)
    assert header is not None
    assert header.doubles == [(2, "2030", 1)]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Postkode", "Bedoelt u 'Postcode'?"),
        ("Valt onder ETS", "Bedoelt u 'Valt onder EU ETS'?"),
        ("Gemeente", "Bedoelt u 'Gemeentecode'?"),
        ("Vermogen", ""),
        ("Kosten", ""),
        ("qqq", ""),
    ],
)
def test_nearest_heading(text: str, hint: str) -> None:
    assert nearest_heading(SITE, text) == hint


def test_wide_heading() -> None:
    assert wide_heading(DEMAND, "value", "2030") == "2030"
    assert wide_heading(DEMAND, "peak_mw", "2030") == "2030 piek (MW)"
    with pytest.raises(ValueError, match="site"):
        wide_heading(SITE, "value", "2030")


def test_every_heading_of_every_table_is_recognised() -> None:
    for table in blueprint().sheet_tables:
        titles: list[Value] = [field.title for field in table.fields]
        header = find_header(sheet(titles), table)
        assert header is not None
        assert [key for key, _ in header.columns] == list(table.field_names)
        assert (header.unknown, header.doubles) == ([], [])
