"""Writes municipalities.csv and municipality_names.csv from the CBS tables, the successions and the name variants.

Looking up a place (places.py) and fetching newer tables do not belong here. Run as
`python -m blueprint.geography.build` after one of the sources has changed.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path

from blueprint.geography.places import FIRST_YEAR, read_rows

VINTAGES = (2022, 2023, 2025)
_SUFFIX = re.compile(r"(.+?) \([^)]*\.\)")

Rows = list[dict[str, str]]


def build() -> dict[str, Rows]:
    """Return the rows of every generated file by file name, in the order in which they are written."""
    successions = read_rows("successions.csv")
    tables = [read_rows(f"cbs_gemeenten_provincies_{year}.csv") for year in VINTAGES]
    return {
        "municipalities.csv": _municipalities(tables[-1], successions),
        "municipality_names.csv": _names(tables, successions, read_rows("name_variants.csv")),
    }


def render(rows: Rows) -> str:
    """Return `rows` (at least one, all with the same columns) as CSV text with one line end, '\\n', per row."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _municipalities(newest: Rows, successions: Rows) -> Rows:
    first_years = {row["new_code"]: _first_year(row) for row in successions if row["new_code_starts"] == "true"}
    current = [
        _validity(row["GemeentecodeGM"], row["Gemeentenaam"], row["ProvinciecodePV"], first_years) for row in newest
    ]
    ended = []
    for row in successions:
        last = date.fromisoformat(row["valid_until"]).year
        validity = _validity(row["old_code"], row["old_name"], row["old_province_code"], first_years)
        # From when one that ended before the tables begin was valid is not known.
        validity["valid_from"] = str(min(int(validity["valid_from"]), last))
        ended.append(validity | {"valid_until": str(last), "successor_code": row["new_code"]})
    return sorted(current + ended, key=lambda row: row["municipality_code"])


def _validity(code: str, name: str, province_code: str, first_years: dict[str, int]) -> dict[str, str]:
    return {
        "municipality_code": code,
        "municipality_name": name,
        "province_code": province_code,
        "valid_from": str(first_years.get(code, FIRST_YEAR)),
        "valid_until": "",
        "successor_code": "",
    }


def _first_year(succession: dict[str, str]) -> int:
    start = date.fromisoformat(succession["valid_until"]) + timedelta(days=1)
    return start.year if (start.month, start.day) == (1, 1) else start.year + 1


def _names(tables: list[Rows], successions: Rows, variants: Rows) -> Rows:
    names = {(row["name"], row["municipality_code"]) for row in variants}
    for row in successions:
        names |= {(row["old_name"], row["old_code"]), (row["new_name"], row["new_code"])}
    for table in tables:
        for row in table:
            name, code = row["Gemeentenaam"], row["GemeentecodeGM"]
            names.add((name, code))
            if match := _SUFFIX.fullmatch(name):
                names |= {(match[1], code), (f"{match[1]} ({row['Provincienaam']})", code)}
    return [{"name": name, "municipality_code": code} for name, code in sorted(names)]


def _write() -> None:
    for file_name, rows in build().items():
        (Path(__file__).parent / file_name).write_text(render(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    _write()
