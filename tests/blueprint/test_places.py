"""Checks the municipality tables against published counts, and the look-ups in them.

The source tables themselves are not repeated here.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from blueprint.geography import build, places

FOLDER = Path(places.__file__).parent
MUNICIPALITIES = places.read_rows("municipalities.csv")
SUCCESSIONS = places.read_rows("successions.csv")
CODES = {row["municipality_code"] for row in MUNICIPALITIES}


def codes_valid_in(year: int) -> set[str]:
    return {code for code in CODES if places.is_valid(code, year)}


def table_codes(vintage: int) -> set[str]:
    return {row["GemeentecodeGM"] for row in places.read_rows(f"cbs_gemeenten_provincies_{vintage}.csv")}


@pytest.mark.parametrize(
    ("year", "count"),
    [(2018, 380), (2019, 355), (2020, 355), (2021, 352), (2022, 345), (2023, 342), (2024, 342), (2025, 342)],
)
def test_number_of_municipalities_on_1_january_is_what_cbs_published(year: int, count: int) -> None:
    assert len(codes_valid_in(year)) == count


def test_validity_agrees_with_the_cbs_tables() -> None:
    assert len(table_codes(2022)) == 344
    assert codes_valid_in(2022) - table_codes(2022) == {"GM0457"}
    assert table_codes(2022) <= codes_valid_in(2022)
    assert codes_valid_in(2023) == table_codes(2023)
    assert codes_valid_in(2025) == table_codes(2025)


def test_provinces_of_2025() -> None:
    counts = Counter(places.province_of(code, 2025) for code in codes_valid_in(2025))
    assert counts == {
        "PV20": 10, "PV21": 18, "PV22": 12, "PV23": 25, "PV24": 6, "PV25": 51,
        "PV26": 26, "PV27": 44, "PV28": 50, "PV29": 13, "PV30": 56, "PV31": 31,
    }  # fmt: skip


def test_every_code_has_one_row_and_every_successor_takes_over_at_once() -> None:
    assert len(MUNICIPALITIES) == len(CODES) == 413
    ended = [row for row in MUNICIPALITIES if row["valid_until"]]
    assert len(ended) == len(SUCCESSIONS) == 71
    assert all(
        places.is_valid(row["successor_code"], max(int(row["valid_until"]) + 1, places.FIRST_YEAR)) for row in ended
    )
    assert not any(row["successor_code"] for row in MUNICIPALITIES if not row["valid_until"])


def test_successions_name_the_successor_as_cbs_does() -> None:
    assert all(row["new_name"] == places.municipality_name(row["new_code"]) for row in SUCCESSIONS)


def test_only_leerdam_and_zederik_changed_province() -> None:
    changed = {
        row["old_name"]
        for row in SUCCESSIONS
        if row["old_province_code"] != places.province_of(row["new_code"], places.LAST_YEAR)
    }
    assert changed == {"Leerdam", "Zederik"}


def test_leerdam_moves_from_zuid_holland_to_utrecht() -> None:
    assert places.find_codes("Leerdam") == ("GM0545",)
    assert places.province_of("GM0545", 2018) == "PV28"
    assert places.province_of("GM0620", 2018) == "PV26"
    assert places.province_of("GM0545", 2019) is None
    assert places.province_of("GM1961", 2018) is None
    assert places.province_of("GM1961", 2019) == "PV26"
    assert places.current_code("GM0545", 2018) == "GM0545"
    assert places.current_code("GM0545", 2023) == "GM1961"


def test_a_code_that_ended_before_the_tables_is_followed_but_never_valid() -> None:
    assert places.find_codes("Hoogezand-Sappemeer") == ("GM0018",)
    assert places.current_code("GM0018", 2018) == places.current_code("GM0018", 2025) == "GM1952"
    assert places.current_code("GM0844", 2025) == "GM1948"
    assert not any(places.is_valid(code, year) for code in ("GM0018", "GM0844", "GM1948") for year in range(2014, 2018))


def test_brielle_ends_with_2022() -> None:
    assert places.is_valid("GM0501", 2022)
    assert not places.is_valid("GM0501", 2023)
    assert places.current_code("GM0501", 2023) == "GM1992"
    assert places.municipality_name("GM1992") == "Voorne aan Zee"
    assert not places.is_valid("GM1992", 2022)


def test_weesp_still_exists_on_1_january_2022() -> None:
    assert places.is_valid("GM0457", 2022)
    assert places.current_code("GM0457", 2022) == "GM0457"
    assert places.current_code("GM0457", 2023) == "GM0363"


def test_a_code_that_starts_later_has_no_current_code_before() -> None:
    assert places.current_code("GM1961", 2018) is None
    assert places.current_code("GM1992", 2022) is None


def test_split_codes_are_marked() -> None:
    assert {code for code in CODES if places.was_split(code)} == {"GM0053", "GM0140", "GM0788"}
    assert places.current_code("GM0788", 2021) == "GM0824"
    assert places.current_code("GM0053", 2019) == "GM1966"


def test_a_later_year_counts_as_the_last_table_and_an_earlier_one_is_unknown() -> None:
    assert places.years_known() == range(2018, 2026)
    assert max(build.VINTAGES) == places.LAST_YEAR
    assert places.is_valid("GM0344", 2040)
    assert places.current_code("GM0545", 2040) == "GM1961"
    assert places.province_of("GM0344", 2040) == "PV26"
    assert not places.is_valid("GM0344", 2017)
    assert places.current_code("GM0344", 2017) is None


def test_unknown_codes() -> None:
    assert places.find_codes("GM9999") == ()
    assert not places.is_valid("GM9999", 2025)
    assert places.current_code("GM9999", 2025) is None
    assert places.province_of("GM9999", 2025) is None
    assert places.municipality_name("GM9999") is None


@pytest.mark.parametrize("text", ["GM0344", "gm0344", "0344", "344", "gm 344", " GM-0344 "])
def test_spellings_of_a_code(text: str) -> None:
    assert places.find_codes(text) == ("GM0344",)


@pytest.mark.parametrize("text", ["", " ", "-344", "34.4", "03440", "GM", "gemeente", "Nergenshuizen", "Utrecht 344"])
def test_text_that_is_no_place(text: str) -> None:
    assert places.find_codes(text) == ()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Bergen", ("GM0373", "GM0893")),
        ("Bergen (NH.)", ("GM0373",)),
        ("bergen nh", ("GM0373",)),
        ("Bergen (Limburg)", ("GM0893",)),
        ("Hengelo", ("GM0164",)),
        ("Hengelo (O.)", ("GM0164",)),
        ("den haag", ("GM0518",)),
        ("'s-Gravenhage", ("GM0518",)),
        ("’s Gravenhage", ("GM0518",)),
        ("DEN BOSCH", ("GM0796",)),
        ("s Hertogenbosch", ("GM0796",)),
        ("Sudwest Fryslan", ("GM1900",)),
        ("Su\u0301dwest-Frysla\u0302n", ("GM1900",)),
        ("De Friese Meren", ("GM1940",)),
        ("De Fryske Marren", ("GM1940",)),
        ("Noardeast-Fryslân", ("GM1970",)),
        ("Mook & Middelaar", ("GM0944",)),
        ("Gemeente Utrecht", ("GM0344",)),
        ("Utrecht (gemeente)", ("GM0344",)),
        ("\u0132sselstein", ("GM0353",)),
        ("Haren", ("GM0017",)),
        ("Haaren", ("GM0788",)),
    ],
)
def test_spellings_of_a_name(text: str, codes: tuple[str, ...]) -> None:
    assert places.find_codes(text) == codes


def test_bergen_is_the_only_name_of_several_codes() -> None:
    rows = places.read_rows("municipality_names.csv")
    assert {row["name"] for row in rows if len(places.find_codes(row["name"])) != 1} == {"Bergen"}


def test_every_name_leads_to_its_code_and_every_code_has_a_name() -> None:
    rows = places.read_rows("municipality_names.csv")
    assert all(row["municipality_code"] in places.find_codes(row["name"]) for row in rows)
    assert {row["municipality_code"] for row in rows} == CODES
    assert all(row["municipality_code"] in places.find_codes(row["municipality_name"]) for row in MUNICIPALITIES)


def test_names_are_those_of_the_newest_table() -> None:
    assert places.municipality_name("GM0164") == "Hengelo (O.)"
    assert places.municipality_name("GM0545") == "Leerdam"


@pytest.mark.parametrize("file_name", ["municipalities.csv", "municipality_names.csv"])
def test_committed_file_is_what_build_gives(file_name: str) -> None:
    assert (FOLDER / file_name).read_bytes().decode("utf-8") == build.render(build.build()[file_name])
