"""Places real industrial sites and many made-up ones, and writes what was placed how in placing.md.

Run as `python -m benchmarks.placing`. How long the other commands take is measured in `run`.
"""

from __future__ import annotations

import csv
import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.placing.decide import place
from blueprint.arrow import row_schema
from blueprint.load import blueprint

SITES = Path(__file__).parent / "data" / "hotmaps_sites_nl.csv"
RESULTS = Path(__file__).parent / "placing.md"
YEAR = 2025
MANY, WITHIN_S = 10_000, 5.0
Row = dict[str, Any]


def real_sites() -> list[Row]:
    """The 138 Dutch sites of Hotmaps: postcode, city and point as they stand there."""
    with SITES.open(encoding="utf-8", newline="") as stream:
        return [
            {
                "site_id": row["site_id"],
                "postcode": row["postcode"].replace(" ", "").upper() or None,
                "city": row["city"] or None,
                "latitude": float(row["latitude"]) if row["latitude"] else None,
                "longitude": float(row["longitude"]) if row["longitude"] else None,
            }
            for row in csv.DictReader(stream)
        ]


def rows(sites: list[Row]) -> pa.Table:
    """The sites as filed rows."""
    schema = row_schema(blueprint().tables["site"])
    complete = [
        {**dict.fromkeys(schema.names), "submission_id": "meting", "row_number": number, "series": "", **site}
        for number, site in enumerate(sites, start=2)
    ]
    return pa.Table.from_pylist(complete, schema=schema)


def many(number: int) -> list[Row]:
    """Made-up sites with code, city, postcode and a point near one of the real ones."""
    rng = random.Random(2026)  # noqa: S311 - no secret
    real = [site for site in real_sites() if site["latitude"]]
    return [
        {
            **near,
            "site_id": f"V{count}",
            "latitude": near["latitude"] + rng.uniform(-0.2, 0.2),
            "longitude": near["longitude"] + rng.uniform(-0.2, 0.2),
            "municipality_code": rng.choice((None, "GM0344", "GM0003")),
        }
        for count, near in ((count, rng.choice(real)) for count in range(number))
    ]


def _table(headings: tuple[str, ...], lines: list[tuple[Any, ...]]) -> str:
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in (headings, ("---",) * len(headings), *lines))


def main() -> int:
    labels = blueprint().codes
    without = [{**site, "latitude": None, "longitude": None} for site in real_sites()]
    parts = ["# Plaatsing van vestigingen", "Geschreven door `python -m benchmarks.placing`."]
    for title, sites in (("met coördinaat, plaats en postcode", real_sites()), ("zonder hun coördinaat", without)):
        found = place(rows(sites), YEAR).to_pylist()
        assert len(found) == len(sites)
        counted = Counter((row["placed_by"], row["placement_sureness"], row["placement_conflicts"]) for row in found)
        lines = [
            (labels["placements"].label(way), labels["placement_sureness"].label(sure), conflicts or "", number)
            for (way, sure, conflicts), number in sorted(counted.items(), key=lambda item: (-item[1], str(item)))
        ]
        headings = ("Geplaatst met", "Zekerheid", "Tegengesproken door", "Vestigingen")
        parts += [
            f"## De {len(sites)} Nederlandse vestigingen van Hotmaps, {title}, indeling {YEAR}",
            _table(headings, lines),
        ]
    filed = rows(many(MANY))
    begin = time.perf_counter()
    place(filed, YEAR)
    took = time.perf_counter() - begin
    reached = "ja" if took < WITHIN_S else "NEE"
    parts += [
        "## Tijd",
        _table(
            ("Meting", "Uitkomst", "Doel", "Gehaald"),
            [(f"{MANY} vestigingen plaatsen, alles geladen inbegrepen", f"{took:.1f} s", f"{WITHIN_S:g} s", reached)],
        ),
        "Bron: Hotmaps industrial sites (Fraunhofer ISI, CC BY 4.0), zie `benchmarks/data/NOTE.md`.",
    ]
    text = "\n\n".join(parts) + "\n"
    print(text)  # noqa: T201 - a command
    RESULTS.write_text(text, encoding="utf-8")
    return 0 if took < WITHIN_S else 1


if __name__ == "__main__":
    sys.exit(main())
