"""One cell: what is read, what is refused, and that no text is ever read as another number than it says."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.intake import cells
from assets.intake.cells import Unfit
from blueprint.load import blueprint

NBSP, NARROW, MINUS = "\u00a0", "\u202f", "\u2212"
few = settings(max_examples=100, deadline=None)


def rule_of(found: Any) -> str | None:
    return found.rule if isinstance(found, Unfit) else None


# --- numbers --------------------------------------------------------------------------------------------------------

# What stands in the cell, and what it is when nothing is declared, when Dutch is, and when English is.
NUMBERS: list[tuple[Any, float | str, float | str, float | str]] = [
    ("0", 0.0, 0.0, 0.0),
    ("7", 7.0, 7.0, 7.0),
    ("-7", -7.0, -7.0, -7.0),
    ("+7", 7.0, 7.0, 7.0),
    (f"{MINUS}7,5", -7.5, -7.5, "number"),
    ("007", 7.0, 7.0, 7.0),
    ("1234", 1234.0, 1234.0, 1234.0),
    ("1234567", 1234567.0, 1234567.0, 1234567.0),
    ("1,5", 1.5, 1.5, "number"),
    ("1.5", 1.5, "number", 1.5),
    ("0,001", 0.001, 0.001, "number"),
    ("0.001", 0.001, "number", 0.001),
    ("000.001", 0.001, "number", 0.001),
    ("9" * 400, "number", "number", "number"),
    ("1.234", "number_ambiguous", 1234.0, 1.234),
    ("1,234", "number_ambiguous", 1.234, 1234.0),
    ("-1.234", "number_ambiguous", -1234.0, -1.234),
    ("12.345", "number_ambiguous", 12345.0, 12.345),
    ("123,456", "number_ambiguous", 123.456, 123456.0),
    ("1234,567", 1234.567, 1234.567, "number"),
    ("1234.567", 1234.567, "number", 1234.567),
    ("1.234,5", 1234.5, 1234.5, "number"),
    ("1,234.5", 1234.5, "number", 1234.5),
    ("1.234.567", 1234567.0, 1234567.0, "number"),
    ("1,234,567", 1234567.0, "number", 1234567.0),
    ("1.234.567,89", 1234567.89, 1234567.89, "number"),
    ("1,234,567.89", 1234567.89, "number", 1234567.89),
    (f"1{NBSP}234,5", 1234.5, 1234.5, "number"),
    (f"1{NBSP}234.5", 1234.5, "number", 1234.5),
    (f"1{NARROW}234{NARROW}567", 1234567.0, 1234567.0, 1234567.0),
    ("1 234", 1234.0, 1234.0, 1234.0),
    ("12 345 678,9", 12345678.9, 12345678.9, "number"),
    (f" {NBSP}12,5{NBSP} ", 12.5, 12.5, "number"),
    ("\t12\r\n", 12.0, 12.0, 12.0),
    ("1e3", 1000.0, 1000.0, 1000.0),
    ("1.5E-3", 0.0015, 0.0015, 0.0015),
    ("-2E+06", -2e6, -2e6, -2e6),
    ("1.5", 1.5, "number", 1.5),
    ("1,", "number", "number", "number"),
    (",5", "number", "number", "number"),
    ("1.23.4", "number", "number", "number"),
    ("1.2345,6", "number", "number", "number"),
    ("12.34,5", "number", "number", "number"),
    ("1,23,456", "number", "number", "number"),
    ("1 2", "number", "number", "number"),
    ("12 34", "number", "number", "number"),
    ("1 234 5", "number", "number", "number"),
    ("12 MW", "number", "number", "number"),
    ("12MW", "number", "number", "number"),
    ("ca. 12", "number", "number", "number"),
    ("12-15", "number", "number", "number"),
    ("<5", "number", "number", "number"),
    ("€ 12", "number", "number", "number"),
    ("12,50 euro", "number", "number", "number"),
    ("12.500,-", "number", "number", "number"),
    ("(12)", "number", "number", "number"),
    ("12-", "number", "number", "number"),
    ("12%", "number", "number", "number"),
    ("1/2", "number", "number", "number"),
    ("½", "number", "number", "number"),
    ("n.v.t.", "number", "number", "number"),
    ("-", "number", "number", "number"),
    ("", "number", "number", "number"),
    ("nan", "number", "number", "number"),
    ("inf", "number", "number", "number"),
    ("1e999", "number", "number", "number"),
    ("0x10", "number", "number", "number"),
    ("1_000", "number", "number", "number"),
    (12, 12.0, 12.0, 12.0),
    (12.345, 12.345, 12.345, 12.345),
    (-0.0, 0.0, 0.0, 0.0),
    (math.nan, "number", "number", "number"),
    (math.inf, "number", "number", "number"),
    (True, "number", "number", "number"),
    (False, "number", "number", "number"),
    (dt.date(2030, 1, 1), "number", "number", "number"),
    (dt.datetime(2030, 1, 1), "number", "number", "number"),
    (dt.time(12), "number", "number", "number"),
    (dt.timedelta(hours=12), "number", "number", "number"),
]


@pytest.mark.parametrize(("value", "bare", "dutch", "english"), NUMBERS, ids=lambda value: repr(value)[:20])
def test_number(value: Any, bare: float | str, dutch: float | str, english: float | str) -> None:
    for notation, expected in ((None, bare), ("nl", dutch), ("en", english)):
        found = cells.number(value, notation)
        assert (found.rule if isinstance(found, Unfit) else found) == expected, notation


@pytest.mark.parametrize(("value", "first", "second"), [("1.234", "1234", "1,234"), ("1,234", "1,234", "1234")])
def test_ambiguous_number_names_both_readings(value: str, first: str, second: str) -> None:
    found = cells.number(value, None)
    assert isinstance(found, Unfit)
    assert f"Bedoelt u {first} of {second}" in found.allowed


@pytest.mark.parametrize(
    ("value", "notation", "expected"),
    [
        ("60%", None, 60.0),
        ("60 %", None, 60.0),
        ("12,5%", "nl", 12.5),
        ("12.5 %", "en", 12.5),
        ("60%%", None, "number"),
    ],
)
def test_percentage_where_one_is_asked(value: str, notation: str | None, expected: float | str) -> None:
    found = cells.number(value, notation, percent=True)
    assert (found.rule if isinstance(found, Unfit) else found) == expected


def spelled(number: Decimal, notation: str) -> str:
    text = format(number, ",f")
    return text.translate({ord(","): ".", ord("."): ","}) if notation == "nl" else text


numbers = st.floats(-cells.LARGEST, cells.LARGEST, allow_nan=False, width=64)


@few
@given(numbers, st.sampled_from(["nl", "en"]))
def test_declared_notation_reads_back_what_was_written(number: float, notation: str) -> None:
    assert cells.number(spelled(Decimal(repr(number)), notation), notation) == number


@few
@given(numbers, st.sampled_from(["nl", "en"]))
def test_without_a_declaration_a_number_is_read_right_or_refused(number: float, notation: str) -> None:
    found = cells.number(spelled(Decimal(repr(number)), notation), None)
    assert found == number or rule_of(found) == "number_ambiguous"


@few
@given(st.integers(-(10**15), 10**15), st.integers(0, 4), st.sampled_from(["nl", "en"]))
def test_other_notation_than_declared_is_never_read_as_a_decimal(whole: int, digits: int, notation: str) -> None:
    """Of a text in the other notation, what is read is what the declared one says, or nothing."""
    number = Decimal(whole).scaleb(-digits)
    other = {"nl": "en", "en": "nl"}[notation]
    text = spelled(number, other)
    found = cells.number(text, notation)
    if not isinstance(found, Unfit):
        point, thousands = (",", ".") if notation == "nl" else (".", ",")
        assert found == float(text.replace(thousands, "").replace(point, "."))


@few
@given(st.text(max_size=12), st.sampled_from([None, "nl", "en"]))
def test_any_text_gives_a_finite_number_or_a_rule(text: str, notation: str | None) -> None:
    found = cells.number(text, notation)
    assert isinstance(found, Unfit) or math.isfinite(found)
    if not isinstance(found, Unfit):
        assert set(text.casefold()) & set("0123456789")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2030, 2030),
        (2030.0, 2030),
        ("2030", 2030),
        (" 2030 ", 2030),
        ("2030,0", 2030),
        (2030.5, "integer"),
        ("2030,5", "integer"),
        ("sinds 2019", "integer"),
        ("2.030", "number_ambiguous"),
        (True, "integer"),
        (dt.date(2030, 1, 1), "integer"),
        ("", "integer"),
    ],
)
def test_integer(value: Any, expected: int | str) -> None:
    found = cells.integer(value, None)
    assert (found.rule if isinstance(found, Unfit) else found) == expected
    assert type(found) in (int, Unfit)


# --- dates, yes and no ----------------------------------------------------------------------------------------------

DAY = dt.date(2027, 12, 31)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (DAY, DAY),
        (dt.datetime(2027, 12, 31, 0, 0), DAY),
        (dt.datetime(2027, 12, 31, 23, 59), DAY),
        ("31-12-2027", DAY),
        (f" 31-12-2027{NBSP}", DAY),
        ("31/12/2027", DAY),
        ("31.12.2027", DAY),
        ("2027-12-31", DAY),
        ("1-2-2027", dt.date(2027, 2, 1)),
        ("29-02-2028", dt.date(2028, 2, 29)),
        ("29-02-2027", None),
        ("12-31-2027", None),
        ("31-12-27", None),
        ("2027", None),
        ("20271231", None),
        ("2027-W01-1", None),
        ("2027-12-31T00:00", None),
        ("medio 2027", None),
        ("", None),
        (46752, None),
        (46752.0, None),
        (True, None),
        (dt.time(12), None),
    ],
)
def test_date(value: Any, expected: dt.date | None) -> None:
    found = cells.date(value)
    assert found == expected if expected else rule_of(found) == "date"
    assert type(found) in (dt.date, Unfit)


@few
@given(st.dates())
def test_date_reads_back(day: dt.date) -> None:
    assert cells.date(f"{day.day}-{day.month}-{day.year:04d}") == day
    assert cells.date(day.isoformat()) == day


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((word, True) for word in (True, "ja", "Ja", " JA ", "j", "yes", "WAAR", "true", 1, 1.0, "1")),
        *((word, False) for word in (False, "nee", "Nee", f"nee{NBSP}", "n", "no", "ONWAAR", "false", 0, 0.0, "0")),
        *((word, None) for word in ("-1", "misschien", "ja, deels", "x", "", 2, -1, 0.5, DAY, "jaja")),
    ],
)
def test_boolean(value: Any, expected: bool | None) -> None:
    found = cells.boolean(value)
    assert rule_of(found) == ("boolean" if expected is None else None)
    if expected is not None:
        assert found is expected


# --- identifiers, codes and names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("kvk_number", "01234567", "01234567"),
        ("kvk_number", f" 0123{NBSP}4567 ", "01234567"),
        ("kvk_number", 12345678, "12345678"),
        ("kvk_number", 12345678.0, "12345678"),
        ("kvk_number", "KvK 12345678", "KvK 12345678"),
        ("kvk_number", "123", "123"),
        ("ean_code", "871687100000000013", "871687100000000013"),
        ("ean_code", "8716 8710 0000 0000 13", "871687100000000013"),
        ("postcode", "8011 ab", "8011AB"),
        ("postcode", "8011AB", "8011AB"),
        ("postcode", "0011 ab", "0011 ab"),
        ("sbi_code", 1071.0, "1071"),
        ("sbi_code", "10.71", "10.71"),
        ("site_id", 12, "12"),
        ("site_id", "V 1", "V1"),
        ("company_name", f"  Bakkerij{NBSP} De  Bakker ", "Bakkerij De Bakker"),
        ("house_number", 12.0, "12"),
        ("round", "2026-1", "2026-1"),
        ("round", dt.date(2026, 1, 1), "01-01-2026"),
    ],
)
def test_identifier(name: str, value: Any, expected: str) -> None:
    assert cells.text(value, blueprint().fields[name]) == expected


@pytest.mark.parametrize("value", [871687100000000013.0, 1e17, 8.71687e17])
def test_identifier_that_lost_its_end(value: float) -> None:
    assert rule_of(cells.text(value, blueprint().fields["ean_code"])) == "lost_digits"


@pytest.mark.parametrize("name", ["company_name", "house_number"])
def test_text_without_a_pattern_loses_nothing(name: str) -> None:
    assert isinstance(cells.text(1e17, blueprint().fields[name]), str)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("kvk_number", 1234567, "01234567"),
        ("kvk_number", 1234567.0, "01234567"),
        ("kvk_number", 123456, "00123456"),
        ("kvk_number", 12345, None),
        ("kvk_number", 12345678, None),
        ("kvk_number", "1234567", None),
        ("kvk_number", True, None),
        ("kvk_number", -1234567, None),
        ("kvk_number", 1234567.5, None),
        ("branch_number", 1234567890.0, "001234567890"),
        ("site_id", 1, None),
        ("sbi_code", 111, None),
        ("postcode", 8011, None),
    ],
)
def test_leading_zeros(name: str, value: Any, expected: str | None) -> None:
    assert cells.leading_zeros(value, blueprint().fields[name]) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("carrier", "electricity", "electricity"),
        ("carrier", "Elektriciteit", "electricity"),
        ("carrier", f"{NBSP}ELEKTRICITEIT ", "electricity"),
        ("carrier", "stroom", "electricity"),
        ("carrier", "natural_gas", "natural_gas"),
        ("carrier", "natural gas", "natural_gas"),
        ("carrier", "Aardgas (G-gas)", "natural_gas"),
        ("carrier", "H₂", "hydrogen"),
        ("carrier", "H2", "hydrogen"),
        ("carrier", "Kernenergie", "Kernenergie"),
        ("unit", "gwh", "GWh"),
        ("unit", "megawattuur (MWh)", "MWh"),
        ("unit", "vaten", "vaten"),
        ("sbi_version", 2008, "2008"),
        ("congestion_status", 3.0, "3"),
        ("scenario", "Plan hoog", "plan_high"),
        ("depends_on", "Netaansluiting; vergunning", "grid_connection;permit"),
        ("depends_on", "permit;", "permit"),
        ("depends_on", "permit; het weer", "permit;het weer"),
        ("certainty", "Alle zekerheden", "Alle zekerheden"),
        ("certainty", "all", "all"),
    ],
)
def test_code(name: str, value: Any, expected: str) -> None:
    assert cells.text(value, blueprint().fields[name]) == expected


SPELLINGS = [
    (field.name, spelling, code)
    for field in blueprint().fields.values()
    if field.codes and any(field.name in table.field_names for table in blueprint().filed_tables)
    for known in [blueprint().codes[field.codes]]
    for spelling, code in (
        *((c.label, c.code) for c in known.filed),
        *((c.code, c.code) for c in known.filed),
        *known.aliases.items(),
    )
    if field.separator is None or field.separator not in spelling
]


@pytest.mark.parametrize("change", [str, str.upper, str.lower, lambda text: f" {NBSP}{text}{NBSP} "])
def test_every_spelling_of_every_code(change: Any) -> None:
    fields = blueprint().fields
    wrong = [
        (name, spelling) for name, spelling, code in SPELLINGS if cells.text(change(spelling), fields[name]) != code
    ]
    assert wrong == []
    assert len(SPELLINGS) > 1000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("GM0344", "GM0344"),
        ("gm 344", "GM0344"),
        ("0344", "GM0344"),
        (344, "GM0344"),
        (344.0, "GM0344"),
        ("Utrecht", "GM0344"),
        ("gemeente Utrecht", "GM0344"),
        (f" utrecht{NBSP}", "GM0344"),
        ("Den Haag", "GM0518"),
        ("'s-Gravenhage", "GM0518"),
        ("Súdwest-Fryslân", "GM1900"),
        ("Sudwest Fryslan", "GM1900"),
        ("Bergen (L.)", "GM0893"),
        ("Bergen (NH.)", "GM0373"),
        ("Bergen", "Bergen"),
        ("Appingedam", "GM0003"),
        ("Atlantis", "Atlantis"),
        ("GM9999", "GM9999"),
    ],
)
def test_municipality(value: Any, expected: str) -> None:
    assert cells.text(value, blueprint().fields["municipality_code"]) == expected


# --- back to what people see ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "ja"),
        (False, "nee"),
        (12, "12"),
        (12.0, "12"),
        (12.5, "12,5"),
        (-0.25, "-0,25"),
        (871687100000000000.0, "871687100000000000"),
        (DAY, "31-12-2027"),
        (dt.datetime(2027, 12, 31), "31-12-2027"),
        (" x ", " x "),
    ],
)
def test_as_text(value: Any, expected: str) -> None:
    assert cells.as_text(value) == expected


@few
@given(st.text(max_size=20))
def test_fold_says_nothing_about_case_and_spaces(text: str) -> None:
    assert cells.fold(f" {text} ") == cells.fold(text)
    assert cells.fold(cells.fold(text)) == cells.fold(text)
