"""Writes operator_areas.csv, the grid operators of every municipality, from what is known per province or municipality.

Whether an operator that was filed fits does not belong here. Run as `python -m blueprint.geography.operators` after
operator_regions.csv or the municipalities have changed.
"""

from __future__ import annotations

from pathlib import Path

from blueprint.geography import places
from blueprint.geography.build import Rows, render

FILE = "operator_areas.csv"


def operator_areas() -> Rows:
    """One row per municipality of the last year, carrier and operator, ordered; what is said of one goes first."""
    known: dict[tuple[str, str, str], dict[str, str]] = {}
    regions = places.read_rows("operator_regions.csv")
    for region in sorted(regions, key=lambda row: bool(row["municipality_codes"])):
        for code in _municipalities(region):
            key = (code, region["carrier"], region["grid_operator"])
            known[key] = {
                "municipality_code": code,
                "carrier": region["carrier"],
                "grid_operator": region["grid_operator"],
                "below_kv": region["below_kv"],
                "year": str(places.LAST_YEAR),
                "fact_source": region["fact_source"],
                "fact_standing": region["fact_standing"],
            }
    return [known[key] for key in sorted(known)]


def _municipalities(region: dict[str, str]) -> list[str]:
    """The municipalities that a region names, or all of its province."""
    named = [code for code in region["municipality_codes"].split(";") if code]
    codes = {row["municipality_code"] for row in places.read_rows("municipalities.csv")}
    here = [code for code in sorted(codes) if places.province_of(code, places.LAST_YEAR) == region["province_code"]]
    if odd := set(named) - set(here):
        raise ValueError(f"{region['province_code']} has no {', '.join(sorted(odd))}")
    return named or here


if __name__ == "__main__":
    (Path(__file__).parent / FILE).write_text(render(operator_areas()), encoding="utf-8")
