"""Checks where coordinates are said to lie, at places that anyone can find on a map."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from blueprint.geography import places
from blueprint.geography.locate import Location, in_degrees, in_metres, locate

FOLDER = Path(places.__file__).parent


def at(latitude: float, longitude: float) -> Location:
    (position,) = in_degrees([(latitude, longitude)])
    assert position is not None
    return locate([position])[0]


@pytest.mark.parametrize(
    ("place", "coordinate", "code", "where"),
    [
        ("the Dom tower in Utrecht", (52.0907, 5.1214), "GM0344", "land"),
        ("Maastricht", (50.85, 5.69), "GM0935", "land"),
        ("the second Maasvlakte, built in the sea", (51.95, 4.0), "GM0599", "land"),
        ("the Westerschelde off Borssele", (51.38, 3.8), "GM0654", "coast"),
        ("a gas platform in the North Sea", (53.27, 3.63), None, "sea"),
        ("the middle of the IJsselmeer", (52.75, 5.4), None, "sea"),
        ("Antwerp", (51.22, 4.4), None, "abroad"),
        ("Doel, across the border by the Westerschelde", (51.32, 4.26), None, "abroad"),
        ("Ghent", (51.05, 3.73), None, "abroad"),
        ("Aachen", (50.77, 6.08), None, "abroad"),
        ("Emden, across the Eems", (53.36, 7.2), None, "abroad"),
    ],
)
def test_a_place_lies_where_it_is_on_the_map(
    place: str, coordinate: tuple[float, float], code: str | None, where: str
) -> None:
    found = at(*coordinate)
    assert (found.municipality_code, found.where) == (code, where), place


def test_distance_to_the_border_is_in_metres() -> None:
    tower = at(52.0907, 5.1214).border_m
    assert tower is not None
    assert 2_000 < tower < 4_000


def test_degrees_and_metres_are_the_same_place() -> None:
    """The origin of RD is the tower of Amersfoort; its degrees are published by Kadaster."""
    (degrees,), (metres,) = in_degrees([(52.155172, 5.387206)]), in_metres([(155_000.0, 463_000.0)])
    assert degrees is not None
    assert metres is not None
    assert (degrees.x, degrees.y) == (pytest.approx(155_000, abs=1), pytest.approx(463_000, abs=1))
    assert (metres.latitude, metres.longitude) == (
        pytest.approx(52.155172, abs=1e-5),
        pytest.approx(5.387206, abs=1e-5),
    )
    assert locate([degrees])[0].municipality_code == locate([metres])[0].municipality_code == "GM0307"


def test_swapped_pairs_are_put_right_and_say_so() -> None:
    straight, swapped, nowhere = in_degrees([(52.09, 5.12), (5.12, 52.09), (5.12, 5.12)])
    assert straight is not None
    assert swapped is not None
    assert straight[:4] == swapped[:4]
    assert (straight.reading, swapped.reading, nowhere) == ("as_filed", "swapped", None)
    straight, swapped, nowhere = in_metres([(136_000.0, 456_000.0), (456_000.0, 136_000.0), (52.09, 5.12)])
    assert straight is not None
    assert swapped is not None
    assert straight[:4] == swapped[:4]
    assert (swapped.reading, nowhere) == ("swapped", None)


def test_nothing_lies_nowhere() -> None:
    assert locate([]) == []
    assert in_degrees([]) == in_metres([]) == []


def test_outlines_are_those_of_all_municipalities_of_their_year() -> None:
    features = json.loads((FOLDER / "municipality_outlines.geojson").read_text(encoding="utf-8"))["features"]
    drawn = {feature["properties"]["municipality_code"] for feature in features}
    codes = {row["municipality_code"] for row in places.read_rows("municipalities.csv")}
    assert len(features) == 345
    assert drawn == {code for code in codes if places.is_valid(code, 2022)}


def test_postcodes_name_known_municipalities_and_provinces() -> None:
    rows = places.read_rows("postcodes.csv")
    assert len(rows) == len({row["postcode4"] for row in rows}) == 4699
    codes = {row["municipality_code"] for row in places.read_rows("municipalities.csv")}
    assert {row["municipality_code"] for row in rows} - {""} <= codes
    assert {row["province_code"] for row in rows} == {f"PV{number}" for number in range(20, 32)}
    assert next(row for row in rows if row["postcode4"] == "4141")["municipality_code"] == "GM0545"  # Leerdam
