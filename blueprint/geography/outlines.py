"""Writes municipality_outlines.geojson: the outlines of CBS and Kadaster, with only what is needed to place a point.

What lies where is answered in `locate`; newer outlines are not fetched here.
Run as `python -m blueprint.geography.outlines gemeenten_2022_pdok_gegeneraliseerd.geojson` (see NOTE.md).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

FILE = "municipality_outlines.geojson"
# Of a degree: about one metre, far below what the generalised outlines are good for.
DECIMALS = 5


def reduced(outlines: dict[str, Any]) -> str:
    """GeoJSON (WGS 84) with one feature a line, ordered by code; a point that equals the one before is left out."""
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"municipality_code": feature["properties"]["statcode"]},
                "geometry": {"type": "MultiPolygon", "coordinates": _rounded(feature["geometry"]["coordinates"])},
            },
            separators=(",", ":"),
        )
        for feature in sorted(outlines["features"], key=lambda feature: feature["properties"]["statcode"])
    ]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def _rounded(polygons: list[Any]) -> list[Any]:
    return [[_ring(ring) for ring in polygon] for polygon in polygons]


def _ring(ring: list[list[float]]) -> list[list[float]]:
    points: list[list[float]] = []
    for longitude, latitude in ring:
        point = [round(longitude, DECIMALS), round(latitude, DECIMALS)]
        if not points or point != points[-1]:
            points.append(point)
    return points


if __name__ == "__main__":
    source = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(__file__).with_name(FILE).write_text(reduced(source), encoding="utf-8")
