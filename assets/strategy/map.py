"""Draws the municipalities of a province, shaded by an amount, with sites as spots; from the outlines we ship.

Which amount is shown is for the sections. The outlines are generalised: good to look at, not to measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from typing import Any, NamedTuple

from assets.strategy.look import INK, LETTERS, QUIET, Size
from assets.strategy.words import clean
from blueprint.geography.locate import YEAR, outlines
from blueprint.geography.places import current_code, municipality_name, parts_of, province_of
from blueprint.strategy import strategy

# In metres: what no page can show is left out, so that a map stays small.
COARSE_M = 250.0
HEIGHT = {"wide": 420, "narrow": 300}
LETTERS_HIGH = {"wide": 12, "narrow": 10}


class Place(NamedTuple):
    """The outline of a municipality in metres (RD), as rings of points, and where its name may stand."""

    rings: tuple[tuple[tuple[float, float], ...], ...]
    label: tuple[float, float]


@cache
def places(province_code: str, year: int) -> dict[str, Place]:
    """The outlines of the municipalities that a province has in a year; those that merged since are put together."""
    import shapely

    shapes = outlines()
    codes = {current_code(code, year) for code in shapes}
    found = {}
    for code in sorted(code for code in codes if code and province_of(code, year) == province_code):
        whole = shapely.union_all([shapes[part] for part in sorted(parts_of(code, year, YEAR)) if part in shapes])
        coarse = whole.simplify(COARSE_M)
        polygons = getattr(coarse, "geoms", [coarse])
        rings = tuple(tuple(polygon.exterior.coords) for polygon in polygons if not polygon.is_empty)
        inside = shapely.point_on_surface(whole)
        found[code] = Place(rings, (inside.x, inside.y))
    return found


def on_map(province_code: str, year: int, sites: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The sites that lie within the picture; a coordinate can lie in another province than its address."""
    points = [point for place in places(province_code, year).values() for ring in place.rings for point in ring]
    if not points:
        return []
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return [(x, y) for x, y in sites if min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys)]


def drawn(
    province_code: str,
    year: int,
    amounts: Mapping[str, float],
    labels: Mapping[str, str],
    sites: Sequence[tuple[float, float]],
    size: Size,
) -> str:
    """The map as SVG, '' when there are no outlines; a municipality without an amount stays white."""
    known = places(province_code, year)
    points = [point for place in known.values() for ring in place.rings for point in ring]
    if not points:
        return ""
    letters = LETTERS_HIGH[size.name]
    low_x, low_y = min(x for x, _ in points), min(y for _, y in points)
    span_x, span_y = max(x for x, _ in points) - low_x, max(y for _, y in points) - low_y
    scale = min((size.width - 8) / span_x, (HEIGHT[size.name] - 8) / span_y)
    height = round(span_y * scale) + 8
    shift = (size.width - span_x * scale) / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return shift + (x - low_x) * scale, 4 + (low_y + span_y - y) * scale

    parts = [_outline(place, at, shade(amounts.get(code), amounts.values())) for code, place in known.items()]
    parts += [_spot(*at(x, y)) for x, y in sites]
    # The largest first; a name that would cover another stands in the table only.
    named: list[tuple[float, float, float]] = []
    for code in sorted(labels, key=lambda code: -amounts.get(code, 0.0)):
        if code in known:
            x, y = at(*known[code].label)
            text = f"{municipality_name(code) or code} {labels[code]}"
            half = len(text) * letters * 0.27
            x, y = min(max(x, half), size.width - half), min(y + letters * 1.4, height - 4)
            if not any(abs(x - x2) < half + half2 and abs(y - y2) < letters * 1.1 for x2, y2, half2 in named):
                named.append((x, y, half))
                parts.append(_named(x, y, text, letters))
    inner = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size.width} {height}">'
        f'<rect width="{size.width}" height="{height}" fill="white"/><g font-family="{LETTERS}">{inner}</g></svg>'
    )


def shade(value: float | None, among: Any) -> str:
    """White without an amount, else darker with the share of the largest one."""
    shades = strategy().map_shades
    most = max(among, default=0.0)
    if value is None or value <= 0 or most <= 0:
        return shades[0]
    return shades[min(1 + int(value / most * (len(shades) - 1)), len(shades) - 1)]


def _outline(place: Place, at: Any, colour: str) -> str:
    path = "".join(
        "M" + "L".join(f"{x:.0f},{y:.0f}" for x, y in _thinned([at(*point) for point in ring])) + "Z"
        for ring in place.rings
    )
    return f'<path d="{path}" fill="{colour}" stroke="{QUIET}" stroke-width="0.8"/>'


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without points that fall on the same pixel as the one before."""
    kept = points[:1]
    for point in points[1:]:
        if (round(point[0]), round(point[1])) != (round(kept[-1][0]), round(kept[-1][1])):
            kept.append(point)
    return kept


def _spot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="#FFD24D" stroke="{INK}" stroke-width="1.5"/>'


def _named(x: float, y: float, text: str, letters: int) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="{letters}" fill="{INK}" stroke="white"'
        f' stroke-width="3" stroke-linejoin="round" paint-order="stroke">{escape(clean(text))}</text>'
    )
