"""Checks numbers and words: right for none, one and many, and the laws of what is marked, cut and spread."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.strategy.look import WIDE, apart, carrier_colour, cut
from assets.strategy.page import marked
from assets.strategy.words import amount, clean, counted, enumerated, number, plain, said
from blueprint.load import blueprint
from blueprint.strategy import strategy

TEXTS = st.text(max_size=60)
NUMBERS = st.decimals(-(10**9), 10**9, places=6)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(0, 0, "0"), (1234567.891, 2, "1.234.567,89"), (-0.0001, 2, "0,00"), (-1.5, 1, "−1,5"), (0.125, 2, "0,12")],
)
def test_numbers_are_as_the_dutch_write_them(value, decimals: int, shown: str) -> None:
    assert number(value, decimals) == shown


@pytest.mark.parametrize(
    ("status", "value", "shown"),
    [
        ("shown", Decimal("1.5"), "1,500"),
        ("zero", Decimal(0), "0"),
        ("shown", None, "niet opgegeven"),
        ("not_filed", None, "niet opgegeven"),
        ("withheld", Decimal("1.5"), "niet getoond"),
        ("suppressed_primary", Decimal("1.5"), "niet getoond"),
        ("suppressed_secondary", None, "niet getoond"),
        ("too_much_estimated", Decimal("1.5"), "te veel geschat"),
        ("carried_forward", Decimal("1.5"), "1,500 (eerder cijfer)"),
        ("not_applicable", None, "–"),
    ],
)
def test_every_status_is_said(status: str, value: Decimal | None, shown: str) -> None:
    assert amount(value, 3, status).text == shown


def test_none_one_and_many() -> None:
    assert [plain(counted(n, "bedrijf", "bedrijven")) for n in (0, 1, 2, 1000)] == [
        "geen bedrijven",
        "1 bedrijf",
        "2 bedrijven",
        "1.000 bedrijven",
    ]
    assert [enumerated(list("abc")[:n]) for n in range(4)] == ["", "a", "a en b", "a, b en c"]


@given(NUMBERS)
@settings(max_examples=50)
def test_a_marked_number_reads_back(value: Decimal) -> None:
    html = str(marked(f"<b> {said(value)}"))
    exact = html.split('value="')[1].split('"')[0]
    assert html == f'&lt;b&gt; <data value="{exact}">{plain(said(value))}</data>'
    assert abs(Decimal(exact) - value) <= Decimal("0.5")


@given(TEXTS)
@settings(max_examples=50)
def test_what_people_type_holds_no_marks_and_stays_short(text: str) -> None:
    cleaned = clean(text * 20)
    assert len(cleaned) <= 300
    assert plain(cleaned) == cleaned
    assert all(
        character.isprintable() or character in "\xa0\u2028\u2029" or ord(character) > 127 for character in cleaned
    )


@given(st.lists(st.floats(0, 300), max_size=14), st.floats(1, 40))
@settings(max_examples=100)
def test_labels_do_not_cover_one_another(wanted: list[float], gap: float) -> None:
    wanted = sorted(wanted)
    places = apart(wanted, gap, 0, 300)
    room = min(gap, 300 / max(len(wanted) - 1, 1))
    assert len(places) == len(wanted)
    assert all(later - earlier >= room - 1e-6 for earlier, later in pairwise(places))
    assert all(-1e-6 <= place <= 300 + 1e-6 for place in places)


@given(TEXTS, st.floats(0, 400))
@settings(max_examples=30)
def test_a_cut_label_is_as_long_as_there_is_room(text: str, width: float) -> None:
    assert len(cut(text, width)) <= max(math.ceil(width / 6), 4)
    assert cut(text, WIDE.width * 10) == text


def _light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_are_seen_on_white_and_differ() -> None:
    colours = {code: carrier_colour(code) for code in blueprint().codes["carriers"].names}
    assert len(set(colours.values())) == len(colours)
    for code, colour in colours.items():
        assert 1.05 / (_light(colour) + 0.05) >= 3, code
    shades = [_light(shade) for shade in strategy().map_shades]
    assert shades == sorted(shades, reverse=True)
