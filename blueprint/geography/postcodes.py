"""Writes postcodes.csv: of each postcode-4 its place, municipality and province as an old table has them.

What a postcode says of a site is decided elsewhere: this table is of 2014 and has known errors, so it may warn.
Run as `python -m blueprint.geography.postcodes pc4_plaats_gemeente_provincie_2014.csv` (see NOTE.md).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from blueprint.geography import places
from blueprint.geography.build import render

FILE = "postcodes.csv"
YEAR = "2014"
KINDS = {"Adres": "address", "Postbus": "po_box", "Adres + Postbus": "both", "Onbekend": "unknown"}
# As the source spells them.
PROVINCES = {
    "Groningen": "PV20",
    "Friesland": "PV21",
    "Drenthe": "PV22",
    "Overijssel": "PV23",
    "Flevoland": "PV24",
    "Gelderland": "PV25",
    "Utrecht": "PV26",
    "Noord-Holland": "PV27",
    "Zuid-Holland": "PV28",
    "Zeeland": "PV29",
    "Noord-Brabant": "PV30",
    "Limburg": "PV31",
}


def rows(source: list[dict[str, str]]) -> list[dict[str, str]]:
    """One row per postcode-4; the code of the municipality is empty when it ended before the tables begin."""
    return [
        {
            "postcode4": row["postcode"],
            "city": row["woonplaats"],
            "municipality_code": _code(row["gemeente"], PROVINCES[row["provincie"]]),
            "province_code": PROVINCES[row["provincie"]],
            "kind": KINDS[row["soort"]],
            "source_year": YEAR,
        }
        for row in sorted(source, key=lambda row: row["postcode"])
    ]


def _code(name: str, province_code: str) -> str:
    """The one code that carried the name in that province in the first year of the tables."""
    codes = [code for code in places.find_codes(name) if places.province_of(code, places.FIRST_YEAR) == province_code]
    return codes[0] if len(codes) == 1 else ""


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as stream:
        text = render(rows(list(csv.DictReader(stream))))
    Path(__file__).with_name(FILE).write_text(text, encoding="utf-8")
