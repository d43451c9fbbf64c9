"""Gathers what each part of a filed address says about the municipality of a site, in the round's geography year.

Which evidence wins is decided in `assets.placing.decide`, what a company is told in the Blueprint's rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from math import hypot
from typing import Any

import pyarrow as pa

from blueprint.geography import places
from blueprint.geography.locate import YEAR as OUTLINE_YEAR
from blueprint.geography.locate import Location, Position, in_degrees, in_metres, locate

ADDRESS = ("municipality_code", "city", "postcode", "latitude", "longitude", "rd_x_m", "rd_y_m")
SCHEMA = pa.schema(
    [
        ("municipality_by_code", pa.string()),
        ("code_reading", pa.string()),
        ("degrees_reading", pa.string()),
        ("metres_reading", pa.string()),
        ("coordinate_where", pa.string()),
        ("latitude", pa.float64()),
        ("longitude", pa.float64()),
        ("rd_x_m", pa.float64()),
        ("rd_y_m", pa.float64()),
        ("border_m", pa.float64()),
        ("pairs_apart_m", pa.float64()),
        ("municipality_by_coordinate", pa.string()),
        ("municipality_by_city", pa.string()),
        ("city_reading", pa.string()),
        ("villages", pa.list_(pa.string())),
        ("municipality_by_postcode", pa.string()),
        ("province_by_postcode", pa.string()),
        ("is_po_box", pa.bool_()),
    ]
)
Row = dict[str, Any]


def site_evidence(addresses: Sequence[Row], year: int) -> list[Row]:
    """Of each address, in their order, what code, coordinate, city and postcode each say in `year`.

    `code_reading` and `city_reading` say how a code or name was understood (code, succession, split, unique, narrowed,
    ambiguous, unknown), `degrees_reading` and `metres_reading` whether a pair was swapped or cannot be one. A name that
    several municipalities carry is narrowed by the coordinate, else by the postcode. `villages` are the municipalities
    in which the old table of postcodes has a place with the name of the city.
    """
    degrees = _filled(addresses, "latitude", "longitude", in_degrees)
    metres = _filled(addresses, "rd_x_m", "rd_y_m", in_metres)
    # Degrees go before RD, since more people can check them on a map.
    positions = [degrees.get(n) or metres.get(n) for n in range(len(addresses))]
    known = [n for n, position in enumerate(positions) if position is not None]
    located = dict(zip(known, locate([p for p in positions if p is not None]), strict=True))
    return [
        {
            "degrees_reading": _reading(degrees, n),
            "metres_reading": _reading(metres, n),
            "pairs_apart_m": _apart(degrees.get(n), metres.get(n)),
            **_shown(positions[n], located.get(n)),
            **_named(row, year, located.get(n)),
        }
        for n, row in enumerate(addresses)
    ]


def _reading(filed: dict[int, Position | None], n: int) -> str | None:
    if n not in filed:
        return None
    position = filed[n]
    return position.reading if position else "unreadable"


def _apart(one: Position | None, other: Position | None) -> float | None:
    return hypot(one.x - other.x, one.y - other.y) if one and other else None


def _filled(rows: Sequence[Row], first: str, second: str, read: Any) -> dict[int, Position | None]:
    filled = [n for n, row in enumerate(rows) if row[first] is not None and row[second] is not None]
    return dict(zip(filled, read([(rows[n][first], rows[n][second]) for n in filled]), strict=True))


def _named(row: Row, year: int, location: Location | None) -> Row:
    """What code, city and postcode say, and the coordinate with their help."""
    postcode = _postcodes().get((row["postcode"] or "")[:4])
    by_postcode = _in_year(postcode["municipality_code"], year) if postcode else None
    in_province = places.province_of(by_postcode, year) if by_postcode else None
    if postcode and in_province is None:
        in_province = postcode["province_code"]
    po_box = bool(postcode) and postcode["kind"] == "po_box"
    drawn = _drawn(location, year)
    hints = [places.province_of(next(iter(drawn)), year) if len(drawn) == 1 else None, None if po_box else in_province]
    by_code, code_reading = _by_code(row["municipality_code"], year, hints)
    by_city, city_reading = _by_name(row["city"], year, hints)
    by_coordinate = _chosen(drawn, by_code, by_city)
    return {
        "municipality_by_code": by_code,
        "code_reading": code_reading,
        "municipality_by_coordinate": by_coordinate,
        "municipality_by_city": by_city,
        "city_reading": city_reading,
        "villages": sorted(_villages(year).get(places.fold(row["city"] or ""), ())),
        "municipality_by_postcode": None if po_box else by_postcode,
        "province_by_postcode": None if po_box else in_province,
        "is_po_box": po_box,
    }


def _shown(position: Position | None, location: Location | None) -> Row:
    if position is None:
        return {}
    return {
        "coordinate_where": location.where if location else None,
        "latitude": position.latitude,
        "longitude": position.longitude,
        "rd_x_m": position.x,
        "rd_y_m": position.y,
        "border_m": location.border_m if location else None,
    }


def _by_code(text: str | None, year: int, hints: Iterable[str | None]) -> tuple[str | None, str | None]:
    """The municipality that a filed code means in `year`; a name that stayed a name is one that several carry."""
    if not text:
        return None, None
    if not text.startswith("GM"):
        return _by_name(text, year, hints)
    current = places.current_code(text, year)
    if current is None:
        return None, "unknown"
    if current == text:
        return current, "code"
    return current, "split" if places.was_split(text) else "succession"


def _by_name(text: str | None, year: int, hints: Iterable[str | None]) -> tuple[str | None, str | None]:
    if not text:
        return None, None
    codes = {code for found in places.find_codes(text) if (code := places.current_code(found, year))}
    if not codes:
        return None, "unknown"
    if len(codes) == 1:
        return codes.pop(), "unique"
    for province in hints:
        here = {code for code in codes if places.province_of(code, year) == province}
        if len(here) == 1:
            return here.pop(), "narrowed"
    return None, "ambiguous"


def _drawn(location: Location | None, year: int) -> frozenset[str]:
    """The municipalities of `year` in which the place can lie: one, or several of which the outlined one was made."""
    if location is None or location.municipality_code is None:
        return frozenset()
    return _codes_in(location.municipality_code, year)


@cache
def _codes_in(code: str, year: int) -> frozenset[str]:
    if year >= OUTLINE_YEAR:
        current = places.current_code(code, year)
        return frozenset({current} if current else ())
    return frozenset(places.parts_of(code, OUTLINE_YEAR, year))


def outlined(code: str, year: int) -> set[str]:
    """The codes of the outlines that together are the municipality of `year`, roughly when it was made of others."""
    if year > OUTLINE_YEAR:
        return places.parts_of(code, year, OUTLINE_YEAR)
    current = places.current_code(code, OUTLINE_YEAR)
    return {current} if current else set()


def _chosen(drawn: frozenset[str], *named: str | None) -> str | None:
    """The one that was drawn, or of several the one that the address names."""
    if len(drawn) == 1:
        return next(iter(drawn))
    return next((code for code in named if code in drawn), None)


def _in_year(code: str, year: int) -> str | None:
    return places.current_code(code, year) if code else None


@cache
def _villages(year: int) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in _postcodes().values():
        if code := _in_year(row["municipality_code"], year):
            found.setdefault(places.fold(row["city"]), set()).add(code)
    return found


@cache
def _postcodes() -> dict[str, dict[str, str]]:
    return {row["postcode4"]: row for row in places.read_rows("postcodes.csv")}
