"""Checks which part of an address wins, and what is said of the rest."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assets.placing import decide
from assets.placing.decide import place
from blueprint.arrow import row_schema
from blueprint.load import blueprint

Row = dict[str, Any]
SITE = row_schema(blueprint().tables["site"])
# In the middle of Goes, Zwolle, Alkmaar, Bergen in Noord-Holland and Leerdam; on the Noordzee and in Antwerp.
GOES: Row = {"latitude": 51.504, "longitude": 3.889}
ZWOLLE: Row = {"latitude": 52.512, "longitude": 6.094}
ALKMAAR: Row = {"latitude": 52.63, "longitude": 4.75}
BERGEN: Row = {"latitude": 52.67, "longitude": 4.70}
LEERDAM: Row = {"latitude": 51.893, "longitude": 5.091}
SEA: Row = {"latitude": 53.3, "longitude": 3.6}
ANTWERP: Row = {"latitude": 51.22, "longitude": 4.4}


def placed(*rows: Row, year: int = 2025) -> list[Row]:
    complete = [
        {**dict.fromkeys(SITE.names), "submission_id": "s", "row_number": n, "series": "", "site_id": f"V{n}", **row}
        for n, row in enumerate(rows)
    ]
    return place(pa.Table.from_pylist(complete, schema=SITE), year).to_pylist()


@pytest.mark.parametrize(
    ("site", "code", "province", "placed_by", "sureness", "conflicts"),
    [
        ({"municipality_code": "GM0664"}, "GM0664", "PV29", "municipality_code", "sure", None),
        ({"municipality_code": "GM0664", **GOES}, "GM0664", "PV29", "municipality_code", "sure", None),
        # The code wins, but a coordinate in another province makes it unsure.
        ({"municipality_code": "GM0664", **ZWOLLE}, "GM0664", "PV29", "municipality_code", "unsure", "coordinate"),
        ({"municipality_code": "GM0664", **SEA}, "GM0664", "PV29", "municipality_code", "unsure", "coordinate"),
        ({"municipality_code": "GM0664", **ANTWERP}, "GM0664", "PV29", "municipality_code", "unsure", "coordinate"),
        # Another municipality of the same province only makes it less sure.
        ({"municipality_code": "GM0373", **ALKMAAR}, "GM0373", "PV27", "municipality_code", "probable", "coordinate"),
        ({"municipality_code": "GM0664", "postcode": "3511AA"}, "GM0664", "PV29", "municipality_code", "unsure",
         "postcode"),
        ({"municipality_code": "GM0664", "city": "Zwolle"}, "GM0664", "PV29", "municipality_code", "unsure", "city"),
        # So does a city, or a postcode that is not near, of another one; two of them weigh as much as the code.
        ({"municipality_code": "GM0193", "city": "Enschede"}, "GM0193", "PV23", "municipality_code", "probable",
         "city"),
        ({"municipality_code": "GM0193", "postcode": "7511AB"}, "GM0193", "PV23", "municipality_code", "probable",
         "postcode"),
        ({"municipality_code": "GM0193", "city": "Enschede", "postcode": "7511AB"}, "GM0193", "PV23",
         "municipality_code", "unsure", "city;postcode"),
        # No conflict: a village with the name of another municipality, and a postcode of a neighbour.
        ({"municipality_code": "GM0743", "city": "Heusden"}, "GM0743", "PV30", "municipality_code", "sure", None),
        ({"municipality_code": "GM0164", "postcode": "7621AA"}, "GM0164", "PV23", "municipality_code", "sure", None),
        ({"municipality_code": "GM0003"}, "GM1979", "PV20", "succession", "sure", None),
        ({"municipality_code": "GM0018"}, "GM1952", "PV20", "succession", "sure", None),
        # Of Littenseradiel half went to Súdwest-Fryslân, and this point (Mantgum) to Leeuwarden.
        ({"municipality_code": "GM0140"}, "GM1900", "PV21", "split", "probable", None),
        ({"municipality_code": "GM0140", "latitude": 53.13, "longitude": 5.72}, "GM0080", "PV21",
         "split_by_coordinate", "sure", None),
        # Haaren was split over four; most of it went to Oisterwijk, and Helvoirt to Vught.
        ({"municipality_code": "GM0788"}, "GM0824", "PV30", "split", "probable", None),
        ({"municipality_code": "GM0788", "latitude": 51.632, "longitude": 5.23}, "GM0865", "PV30",
         "split_by_coordinate", "sure", None),
        (GOES, "GM0664", "PV29", "coordinate", "sure", None),
        ({"rd_x_m": 50_984.0, "rd_y_m": 391_622.0}, "GM0664", "PV29", "coordinate", "sure", None),
        ({"latitude": 3.889, "longitude": 51.504}, "GM0664", "PV29", "coordinate", "sure", None),
        ({"latitude": 51.38, "longitude": 3.8}, "GM0654", "PV29", "coast", "probable", None),
        (SEA, None, "PVNZ", "offshore", "probable", None),
        # The office on land does not move the platform.
        ({**SEA, "city": "Zwolle"}, None, "PVNZ", "offshore", "unsure", "city"),
        ({"city": "Zwolle"}, "GM0193", "PV23", "city", "probable", None),
        ({"city": "'s-Gravenhage"}, "GM0518", "PV28", "city", "probable", None),
        ({"city": "Den Haag"}, "GM0518", "PV28", "city", "probable", None),
        ({"city": "Hengelo (O.)"}, "GM0164", "PV23", "city", "probable", None),
        ({"city": "Bergen (NH.)"}, "GM0373", "PV27", "city", "probable", None),
        # A typed digit goes wrong sooner than the name of a city.
        ({"city": "Rotterdam", "postcode": "3011AA", **ALKMAAR}, "GM0599", "PV28", "city", "unsure", "coordinate"),
        # Bergen exists twice, and needs more evidence.
        ({"city": "Bergen"}, None, "PV00", "not_placed", "none", None),
        ({"municipality_code": "Bergen"}, None, "PV00", "not_placed", "none", None),
        ({"city": "Bergen", "postcode": "5854AA"}, "GM0893", "PV31", "city_narrowed", "unsure", None),
        ({"municipality_code": "Bergen", "postcode": "1861AA"}, "GM0373", "PV27", "name_narrowed", "unsure", None),
        ({"municipality_code": "Bergen", **BERGEN}, "GM0373", "PV27", "name_narrowed", "unsure", None),
        # An old table of postcodes may warn, it may not decide; that of a box says nothing.
        ({"postcode": "4461AA"}, None, "PV00", "not_placed", "none", None),
        ({"city": "Bergen", "postcode": "4460AA"}, None, "PV00", "not_placed", "none", None),
        ({"municipality_code": "GM0193", "postcode": "4460AA"}, "GM0193", "PV23", "municipality_code", "sure", None),
        ({"city": "Kerkdorp"}, None, "PV00", "not_placed", "none", None),
        ({"municipality_code": "GM9999"}, None, "PV00", "not_placed", "none", None),
        (ANTWERP, None, "PV00", "not_placed", "none", None),
        ({"latitude": 52.1}, None, "PV00", "not_placed", "none", None),
        ({}, None, "PV00", "not_placed", "none", None),
    ],
)  # fmt: skip
def test_what_wins_and_how_sure_it_is(
    site: Row, code: str | None, province: str, placed_by: str, sureness: str, conflicts: str | None
) -> None:
    (row,) = placed(site)
    assert (row["municipality_code"], row["province_code"], row["placed_by"]) == (code, province, placed_by)
    assert (row["placement_sureness"], row["placement_conflicts"]) == (sureness, conflicts)


@pytest.mark.parametrize(
    ("year", "code", "province"), [(2018, "GM0545", "PV28"), (2019, "GM1961", "PV26"), (2025, "GM1961", "PV26")]
)
@pytest.mark.parametrize("site", [{"municipality_code": "GM0545"}, {"city": "Leerdam"}, {**LEERDAM, "city": "Leerdam"}])
def test_leerdam_lies_in_zuid_holland_until_2019(site: Row, year: int, code: str, province: str) -> None:
    (row,) = placed(site, year=year)
    assert (row["municipality_code"], row["province_code"]) == (code, province)


def test_an_outline_of_later_does_not_say_in_which_of_its_parts_a_site_lay() -> None:
    """Vijfheerenlanden was made of three municipalities in two provinces."""
    (row,) = placed(LEERDAM, year=2018)
    assert (row["municipality_code"], row["placed_by"]) == (None, "not_placed")


def test_border_of_the_outlines_is_too_rough_to_be_sure() -> None:
    near, far = placed({"latitude": 51.504, "longitude": 3.74}, GOES)
    assert near["border_m"] < 500 < far["border_m"]
    assert (near["placement_sureness"], far["placement_sureness"]) == ("probable", "sure")


ADDRESSES = st.fixed_dictionaries(
    {},
    optional={
        "municipality_code": st.sampled_from(["GM0664", "GM0003", "GM9999", "Bergen"]),
        "city": st.sampled_from(["Zwolle", "Bergen", "Kerkdorp", "Den Haag"]),
        "postcode": st.sampled_from(["4461AA", "1000AA", "9999ZZ"]),
        "latitude": st.sampled_from([51.504, 53.3, 3.9, 0.0]),
        "longitude": st.sampled_from([3.889, 3.6, 51.5, 0.0]),
    },
)


@hypothesis_settings(deadline=None)  # the first call loads the outlines
@given(st.lists(ADDRESSES, max_size=6))
def test_every_site_is_placed_by_itself_and_gets_a_province(sites: list[Row]) -> None:
    together = placed(*sites)
    alone = [row for n, site in enumerate(sites) for row in placed({**site, "row_number": n, "site_id": f"V{n}"})]
    assert together == alone
    known = {code.code for code in blueprint().codes["provinces"].codes}
    assert {row["province_code"] for row in together} <= known
    assert all((row["placement_sureness"] == "none") == (row["province_code"] == "PV00") for row in together)


@pytest.mark.parametrize("most", [1, 10, decide.MOST_NUMBERS])
def test_of_equal_addresses_each_row_gets_its_own_place(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Empty cells and numbers that outgrow their bound too: one of each, and every row knows which it is."""
    monkeypatch.setattr(decide, "MOST_NUMBERS", most)
    rng = random.Random(most)
    lines = [
        {
            "city": rng.choice(["Urk", "urk", "", None]),
            "latitude": rng.choice([1.5, -2.0, None]),
            "rd": rng.choice([1, 2]),
        }
        for _ in range(60)
    ]
    rows = pa.Table.from_pylist(lines)
    one_of_each, which = decide._different(rows)
    assert one_of_each.take(pa.array(which)).to_pylist() == lines
    assert one_of_each.num_rows == len({tuple(line.values()) for line in lines})
    assert [part.num_rows for part in decide._different(rows.slice(0, 0))[:1]] == [0]
