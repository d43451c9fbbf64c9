"""Makes a large round of workbooks (5 sheets of 200 rows each) for the benchmarks, from one seed.

It is made to be large and quick to write; filings that look like those of companies are made in `assets.sample`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import random
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assets.rounds import Round, write_round
from assets.sample.figures import ean
from assets.sample.profiles import places
from assets.workbooks.draft import draft
from assets.workbooks.filing import Filing, Row
from assets.workbooks.write import xlsx_bytes
from blueprint.load import blueprint

ROWS = 200
SHEETS = ("site", "connection", "energy_demand", "project", "flexibility")
TARGET_YEARS = (2030, 2040, 2050)
# So many workbooks differ in all their figures; the others repeat them under another company.
TEMPLATES = 20
FILES_PER_FOLDER = 250
ZIP_TIME = (2026, 1, 1, 0, 0, 0)
STRINGS = "xl/sharedStrings.xml"
TOKEN = re.compile(rb"@(kvk|name|edition|ean)(\d*)@")
# Of every hundred rows one has an error and three have a warning.
ERROR_EVERY, WARNING_EVERY = 100, 33


@dataclass(frozen=True)
class Template:
    """A workbook without its texts (still a zip), and those texts, in which a company is still to be named."""

    packed: bytes
    texts: bytes


def make_round(raw: Path, name: str, files: int, seed: int = 2026) -> Path:
    """Write round `name` of so many workbooks below `raw` and return its folder; RoundError when it exists."""
    folder = raw / name
    settings = Round(round=name, title=f"Meting met {files} werkmappen", target_years=TARGET_YEARS)
    write_round(folder, settings)
    _write(folder, settings, range(files), files, seed, edition=0)
    return folder


def change_files(folder: Path, settings: Round, numbers: Iterable[int], files: int, seed: int = 2026) -> None:
    """Write some of the workbooks of a round again, each with another content than before."""
    _write(folder, settings, numbers, files, seed, edition=1)


def workbook_path(folder: Path, number: int) -> Path:
    """Where workbook `number` of a round stands."""
    return folder / f"map{number // FILES_PER_FOLDER:03d}" / f"m{number:05d}.xlsx"


def _write(folder: Path, settings: Round, numbers: Iterable[int], files: int, seed: int, edition: int) -> None:
    templates: dict[int, Template] = {}
    for number in numbers:
        which = number % min(TEMPLATES, files)
        if which not in templates:
            templates[which] = _template(_filing(seed, which, settings), settings.years)
        path = workbook_path(folder, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_workbook(templates[which], number, edition))


def _template(filing: Filing, years: tuple[int, ...]) -> Template:
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(draft(filing, years)))) as whole:
        parts = {part: whole.read(part) for part in whole.namelist()}
    texts = parts.pop(STRINGS)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part, content in parts.items():
            archive.writestr(zipfile.ZipInfo(part, ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return Template(packed.getvalue(), texts)


def _workbook(template: Template, number: int, edition: int) -> bytes:
    def named(found: re.Match[bytes]) -> bytes:
        kind = found[1].decode()
        if kind == "ean":
            return ean(number, 0, int(found[2])).encode()
        return {"kvk": f"97{number:06d}", "name": f"Meting {number} (fictief) B.V.", "edition": f"{edition}"}[
            kind
        ].encode()

    data = io.BytesIO(template.packed)
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr(zipfile.ZipInfo(STRINGS, ZIP_TIME), TOKEN.sub(named, template.texts), zipfile.ZIP_DEFLATED)
    return data.getvalue()


def _filing(seed: int, which: int, settings: Round) -> Filing:
    rng = random.Random(f"{seed}/{which}")  # noqa: S311 - fictional figures, no secrets
    filing = Filing(f"m{which}", {table.name: [] for table in blueprint().sheet_tables})
    filing.rows("submission").append(_submission(settings))
    filing.rows("company").append(
        {"kvk_number": "@kvk@", "company_name": "@name@", "sector": "food", "sbi_code": "1051", "sbi_version": "2008"}
    )
    towns = [place for known in places().values() for place in known]
    for number in range(1, ROWS + 1):
        peak = round(rng.uniform(2.0, 20.0), 3)
        town = rng.choice(towns)
        filing.rows("site").append(_site(number, town.municipality_code, town.city))
        filing.rows("connection").append(_connection(rng, number, peak, town.grid_operator))
        if number <= ROWS // 2:
            filing.rows("energy_demand").extend(_demand(rng, number, peak))
        filing.rows("project").append(_project(rng, number))
        filing.rows("flexibility").append(_flexibility(rng, number, peak))
    _spoil(filing)
    return filing


def _submission(settings: Round) -> Row:
    return {
        "blueprint_version": settings.blueprint_version,
        "round": settings.round,
        "base_year": settings.base_year,
        "submitted_on": dt.date(2026, 3, 2),
        "contact_email": "energie@edition@@meting.example",
    }


def _site(number: int, municipality: str, city: str) -> Row:
    return {
        "site_id": f"V{number}",
        "site_name": f"Vestiging {number} {city}",
        "city": city,
        "municipality_code": municipality,
        "is_ets": False,
        "industrial_cluster": "cluster6",
    }


def _connection(rng: random.Random, number: int, peak: float, operator: str) -> Row:
    contracted = round(peak * 3, 2)
    return {
        "connection_id": f"V{number}-E1",
        "site_id": f"V{number}",
        "carrier": "electricity",
        "ean_code": f"@ean{number:03d}@",
        "grid_operator": operator,
        "voltage_level_kv": rng.choice((10.0, 20.0, 50.0)),
        "connection_capacity_mva": round(contracted * 1.2, 2),
        "contracted_offtake_mw": contracted,
        "request_pending": False,
        "congestion_status": rng.choice("0123"),
        "has_quarter_hour_data": True,
    }


def _demand(rng: random.Random, number: int, peak: float) -> list[Row]:
    """The base year, and a row with the three target years: two rows of the sheet."""
    shared = {
        "site_id": f"V{number}",
        "carrier": "electricity",
        "use": "energetic",
        "direction": "offtake",
        "unit": "MWh",
        "origin": "metered",
    }
    hours = rng.randrange(4000, 7000)
    base = {
        **shared,
        "year": blueprint().base_year,
        "scenario": "base",
        "value": round(peak * hours, 1),
        "peak_mw": peak,
    }
    plans = []
    for step, year in enumerate(TARGET_YEARS, start=1):
        later = round(peak * (1 + step * rng.uniform(0.1, 0.4)), 3)
        plans.append({**shared, "year": year, "scenario": "plan", "value": round(later * hours, 1), "peak_mw": later})
    return [base, *plans]


def _project(rng: random.Random, number: int) -> Row:
    return {
        "project_id": f"P{number}",
        "site_id": f"V{number}",
        "project_name": f"Project {number}",
        "route": "electrification",
        "carrier_from": "natural_gas",
        "carrier_to": "electricity",
        "delta_peak_mw": round(rng.uniform(0.2, 5.0), 2),
        "commissioning_date": dt.date(rng.randrange(2027, 2040), rng.randrange(1, 13), 1),
        "certainty": rng.choice(("idea", "feasibility", "design", "fid")),
        "probability_pct": float(rng.randrange(10, 100)),
    }


def _flexibility(rng: random.Random, number: int, peak: float) -> Row:
    return {
        "site_id": f"V{number}",
        "flexible_mw": round(peak * rng.uniform(0.05, 0.3), 3),
        "flex_direction": "less_offtake",
        "duration_h": rng.choice((0.5, 1.0, 2.0, 4.0)),
        "events_per_year": rng.choice((20, 50, 100)),
    }


def _spoil(filing: Filing) -> None:
    """Make mistakes at fixed places: an error in one row of a hundred, a warning in three."""
    errors = {
        "site": {"municipality_code": "GM9999"},
        "connection": {"ean_code": "871699000000000000"},
        "energy_demand": {"value": -1.0},
        "project": {"certainty": "misschien"},
        "flexibility": {"duration_h": -1.0},
    }
    for table, wrong in errors.items():
        for row in filing.rows(table)[ERROR_EVERY // 2 :: ERROR_EVERY]:
            row.update(wrong)
    for row in filing.rows("site")[7::WARNING_EVERY]:
        row["industrial_cluster"] = "chemelot"
    for row in filing.rows("connection")[7::WARNING_EVERY]:
        row["connection_capacity_mva"] = round(row["contracted_offtake_mw"] / 2, 2)
    for row in filing.rows("energy_demand")[7 :: WARNING_EVERY // 2]:
        row["peak_mw"] = row["peak_mw"] * 10


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a large round of workbooks.")
    parser.add_argument("raw", type=Path, help="the folder data/raw")
    parser.add_argument("--round", default="meting")
    parser.add_argument("--files", type=int, default=2000)
    given = parser.parse_args()
    make_round(given.raw, given.round, given.files)


if __name__ == "__main__":
    main()
