"""Says where coordinates lie: as what they are read, in which municipality of 2022, how far from its border.

Which evidence of a site's place wins, and how municipalities follow one another, do not belong here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The year of the outlines.
YEAR = 2022
# Roughly the Netherlands with its part of the North Sea. In no case does a swapped pair lie within it too.
DEGREES = {"latitude": (50.5, 56.0), "longitude": (2.3, 7.4)}
METRES = {"x": (-50_000.0, 289_000.0), "y": (300_000.0, 860_000.0)}
# The outlines leave out large waters: a quay or a polder mill stands nearer to land than this.
COAST_M = 5_000.0
# The outlines are generalised, so that a site at the border can lie just outside.
BORDER_M = 250.0

_FOLDER = Path(__file__).parent

Reading = Literal["as_filed", "swapped", "unreadable"]
Where = Literal["land", "coast", "sea", "abroad"]


class Position(NamedTuple):
    """A coordinate in both systems and how it was read: degrees (WGS 84) and metres (RD, EPSG:28992)."""

    latitude: float
    longitude: float
    x: float
    y: float
    reading: Reading


class Location(NamedTuple):
    """Where a position lies; the code is that of 2022, None at sea and abroad.

    `border_m` is the distance in metres to the border of that municipality, from inside or outside.
    """

    municipality_code: str | None
    where: Where
    border_m: float | None


def in_degrees(pairs: Sequence[tuple[float, float]]) -> list[Position | None]:
    """Read pairs of latitude and longitude (WGS 84); a swapped pair is put right and says so, another is None."""
    return _read(pairs, _fits_degrees, _from_degrees)


def in_metres(pairs: Sequence[tuple[float, float]]) -> list[Position | None]:
    """Read pairs of RD x and y in metres; a swapped pair is put right and says so, another is None."""
    return _read(pairs, _fits_metres, _from_metres)


def locate(positions: Sequence[Position]) -> list[Location]:
    """Where each position lies, in their order."""
    if not positions:
        return []
    import numpy as np
    import shapely

    outlines, tree, codes, sea = _map()
    points = shapely.points([p.x for p in positions], [p.y for p in positions])
    inside: dict[int, int] = {}
    for point, outline in zip(*tree.query(points, predicate="intersects"), strict=True):
        inside.setdefault(int(point), int(outline))
    outside = np.array([n for n in range(len(positions)) if n not in inside], dtype=int)
    nearest = tree.nearest(points[outside]) if len(outside) else []
    of = inside | {int(point): int(outline) for point, outline in zip(outside, nearest, strict=True)}
    borders = shapely.boundary(outlines[[of[n] for n in range(len(positions))]])
    distances = shapely.distance(points, borders)
    at_sea = shapely.covers(sea, points)
    return [_location(codes[of[n]], n in inside, bool(at_sea[n]), float(distances[n])) for n in range(len(positions))]


def outlines() -> dict[str, Any]:
    """The outlines by the code of 2022, in metres (RD)."""
    shapes, _, codes, _ = _map()
    return dict(zip(codes, shapes, strict=True))


def _location(code: str, is_inside: bool, at_sea: bool, distance: float) -> Location:
    if is_inside or (not at_sea and distance <= BORDER_M):
        return Location(code, "land", distance)
    if not at_sea:
        return Location(None, "abroad", None)
    return Location(code, "coast", distance) if distance <= COAST_M else Location(None, "sea", None)


def _read(pairs: Sequence[tuple[float, float]], fits: Any, convert: Any) -> list[Position | None]:
    readings: list[Reading] = [
        "as_filed" if fits(first, second) else "swapped" if fits(second, first) else "unreadable"
        for first, second in pairs
    ]
    known = [n for n, reading in enumerate(readings) if reading != "unreadable"]
    straight = [pairs[n] if readings[n] == "as_filed" else pairs[n][::-1] for n in known]
    positions: list[Position | None] = [None] * len(pairs)
    for n, (latitude, longitude, x, y) in zip(known, convert(straight), strict=True):
        positions[n] = Position(latitude, longitude, x, y, readings[n])
    return positions


def _fits_degrees(latitude: float, longitude: float) -> bool:
    return _within(latitude, DEGREES["latitude"]) and _within(longitude, DEGREES["longitude"])


def _fits_metres(x: float, y: float) -> bool:
    return _within(x, METRES["x"]) and _within(y, METRES["y"])


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _from_degrees(pairs: Sequence[tuple[float, float]]) -> list[tuple[float, float, float, float]]:
    xs, ys = _to_metres([longitude for _, longitude in pairs], [latitude for latitude, _ in pairs])
    return [(latitude, longitude, x, y) for (latitude, longitude), x, y in zip(pairs, xs, ys, strict=True)]


def _from_metres(pairs: Sequence[tuple[float, float]]) -> list[tuple[float, float, float, float]]:
    if not pairs:
        return []
    longitudes, latitudes = _transformer().transform(*zip(*pairs, strict=True), direction="INVERSE")
    return [(lat, lon, x, y) for (x, y), lat, lon in zip(pairs, latitudes, longitudes, strict=True)]


def _to_metres(longitudes: Sequence[float], latitudes: Sequence[float]) -> tuple[Sequence[float], Sequence[float]]:
    return _transformer().transform(longitudes, latitudes) if longitudes else ((), ())


@cache
def _transformer() -> Any:
    from pyproj import Transformer
    from pyproj.network import set_network_enabled  # pyright: ignore[reportPrivateImportUsage]

    set_network_enabled(active=False)
    return Transformer.from_crs("EPSG:4326", "EPSG:28992", always_xy=True)


@cache
def _map() -> tuple[NDArray[Any], Any, list[str], Any]:
    """The outlines in metres, an index on them, their codes in the same order, and the Dutch part of the sea."""
    import json

    import numpy as np
    import shapely

    def metres(degrees: np.ndarray) -> np.ndarray:
        return np.column_stack(_transformer().transform(degrees[:, 0], degrees[:, 1]))

    text = (_FOLDER / "municipality_outlines.geojson").read_text(encoding="utf-8")
    features = json.loads(text)["features"]
    codes = [feature["properties"]["municipality_code"] for feature in features]
    shapes = np.array([shapely.geometry.shape(feature["geometry"]) for feature in features])
    outlines = shapely.transform(shapes, metres)
    sea = shapely.transform(shapely.Polygon(_sea()), metres)
    shapely.prepare(sea)
    return outlines, shapely.STRtree(outlines), codes, sea


def _sea() -> list[tuple[float, float]]:
    from blueprint.geography.places import read_rows

    return [(float(row["longitude"]), float(row["latitude"])) for row in read_rows("sea.csv")]
