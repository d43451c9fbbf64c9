"""Writes municipality_cells.csv: which small rectangles of the country each municipality touches.

Made from the outlines of CBS and Kadaster, which are too large to ship; where a site is placed is not decided here.
Run as `python -m blueprint.geography.outlines gemeenten_2022_pdok_gegeneraliseerd.geojson` (see NOTE.md).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from math import ceil, floor
from pathlib import Path
from typing import Any

from blueprint.geography.build import render

# South-west corner and size of a rectangle in hundredths of a degree: about 2.2 km by 2.0 km.
SOUTH, WEST, HEIGHT, WIDTH = 5070, 330, 2, 3
Ring = list[list[float]]
Cell = tuple[int, int]


def cells_of(rings: Iterable[Ring]) -> set[Cell]:
    """The (row, column) of every rectangle that an area touches; `rings` are its edges as (longitude, latitude)."""
    scaled = [[_scale(point) for point in ring] for ring in rings]
    touched: set[Cell] = set()
    for ring in scaled:
        for start, end in zip(ring, [*ring[1:], ring[0]], strict=True):
            touched.update(_along(start, end))
    return touched | _inside(scaled)


def rows(outlines: dict[str, Any]) -> Iterator[dict[str, str]]:
    """One row per municipality, line of rectangles and unbroken run in it: its bounds in degrees (WGS 84)."""
    for feature in sorted(outlines["features"], key=lambda feature: feature["properties"]["statcode"]):
        rings = [ring for polygon in feature["geometry"]["coordinates"] for ring in polygon]
        for row, first, last in _runs(cells_of(rings)):
            south, west = SOUTH + row * HEIGHT, WEST + first * WIDTH
            yield {
                "municipality_code": feature["properties"]["statcode"],
                "south": _degrees(south),
                "north": _degrees(south + HEIGHT),
                "west": _degrees(west),
                "east": _degrees(WEST + (last + 1) * WIDTH),
            }


def _scale(point: list[float]) -> tuple[float, float]:
    longitude, latitude = point
    return (longitude * 100 - WEST) / WIDTH, (latitude * 100 - SOUTH) / HEIGHT


def _along(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Cell]:
    (x, y), (to_x, to_y) = start, end
    steps = max(1, ceil(max(abs(to_x - x), abs(to_y - y)) * 20))
    for step in range(steps + 1):
        part = step / steps
        yield floor(y + (to_y - y) * part), floor(x + (to_x - x) * part)


def _inside(rings: list[list[tuple[float, float]]]) -> set[Cell]:
    """The rectangles whose middle lies within; an inner ring cuts a hole."""
    found: set[Cell] = set()
    heights = [y for ring in rings for _, y in ring]
    for row in range(floor(min(heights)), ceil(max(heights)) + 1):
        middle = row + 0.5
        crossings = sorted(
            x + (middle - y) / (to_y - y) * (to_x - x)
            for ring in rings
            for (x, y), (to_x, to_y) in zip(ring, [*ring[1:], ring[0]], strict=True)
            if (y <= middle) != (to_y <= middle)
        )
        for enter, leave in zip(crossings[::2], crossings[1::2], strict=True):
            found.update((row, column) for column in range(ceil(enter - 0.5), floor(leave - 0.5) + 1))
    return found


def _runs(cells: set[Cell]) -> Iterator[tuple[int, int, int]]:
    run: tuple[int, int, int] | None = None
    for row, column in sorted(cells):
        if run and run[0] == row and run[2] == column - 1:
            run = (row, run[1], column)
            continue
        if run:
            yield run
        run = (row, column, column)
    if run:
        yield run


def _degrees(hundredths: int) -> str:
    return f"{hundredths / 100:.2f}"


if __name__ == "__main__":
    outlines = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = render(list(rows(outlines)))
    Path(__file__).with_name("municipality_cells.csv").write_text(text, encoding="utf-8")
