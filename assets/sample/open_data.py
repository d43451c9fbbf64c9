"""Turns open data of Quintel into filings: industry of the Utrecht gemeenten in 2023, and the published answer.

These are regionalised national figures, not company data; nothing here says anything about a real company.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from typing import NamedTuple

from assets.sample.profiles import DATA
from assets.workbooks.filing import Filing, Row
from blueprint.conversions import conversions
from blueprint.load import blueprint

YEAR = 2023
PER_GEMEENTE = DATA / "etlocal_2023_utrecht_gemeenten_industrie.csv"
PUBLISHED = DATA / "etlocal_2023_utrecht_provincie_gepubliceerd.csv"
SUBMITTED_ON = dt.date(2026, 1, 15)
KVK_PREFIX = "99"


class Mapped(NamedTuple):
    """What a carrier of the source is here; `temperature_c` is an assumption of ours, the source has none."""

    carrier: str
    use: str = "energetic"
    heating_value_basis: str | None = None
    temperature_c: float | None = None


# Two sectors of the source are chemicals here; each keeps a site of its own, so that nothing is added up early.
SECTORS = {
    "chemical_other": ("chemicals", "S1"),
    "chemical_refineries": ("chemicals", "S2"),
    "food": ("food", "S1"),
    "ict": ("ict", "S1"),
    "metal_aluminium": ("metals", "S1"),
    "other": ("other", "S1"),
    "paper": ("paper", "S1"),
}
SBI = {"chemicals": "20", "food": "10", "ict": "6311", "metals": "2442", "other": "32", "paper": "17"}
CARRIERS = {
    "crude_oil": Mapped("oil"),
    "crude_oil_non_energetic": Mapped("oil", "feedstock"),
    "electricity": Mapped("electricity"),
    "network_gas": Mapped("natural_gas", heating_value_basis="LHV"),
    "network_gas_non_energetic": Mapped("natural_gas", "feedstock", "LHV"),
    "steam_hot_water": Mapped("steam", temperature_c=150.0),
    "wood_pellets": Mapped("biomass"),
    "coal": Mapped("coal"),
    "coal_non_energetic": Mapped("coal", "feedstock"),
    "cokes": Mapped("coke"),
    "cokes_non_energetic": Mapped("coke", "feedstock"),
}
# Mixed on purpose; the source has TJ.
UNITS = ("TJ", "GWh", "MWh", "PJ")


class Published(NamedTuple):
    """One published cell in our codes, in TJ: what the province total must be."""

    sector: str
    carrier: str
    use: str
    tj: float


def published() -> list[Published]:
    """The province figures of Quintel for 2023 in our codes; cells that are one code here are added up."""
    totals: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in _read(PUBLISHED):
        mapped = CARRIERS[row["carrier"]]
        totals[(SECTORS[row["sector"]][0], mapped.carrier, mapped.use)] += float(row["tj_2023"])
    return [Published(*key, tj) for key, tj in sorted(totals.items())]


def open_data_filings(round_name: str) -> list[Filing]:
    """One filing per gemeente and sector, because a filing is of one company with one sector."""
    filings: dict[tuple[str, str], Filing] = {}
    for position, row in enumerate(_read(PER_GEMEENTE)):
        sector, site_id = SECTORS[row["sector"]]
        key = (row["gemeentecode"], sector)
        if key not in filings:
            filings[key] = _empty(row["gemeentecode"], row["gemeentenaam"], sector, round_name)
        filing = filings[key]
        if all(site["site_id"] != site_id for site in filing.rows("site")):
            filing.rows("site").append(_site(site_id, row))
        filing.rows("energy_demand").append(_demand(site_id, row, UNITS[position % len(UNITS)]))
    return list(filings.values())


def _empty(code: str, name: str, sector: str, round_name: str) -> Filing:
    agreed = blueprint()
    place = agreed.codes["sectors"].names.index(sector)
    submission = {
        "blueprint_version": agreed.version,
        "round": round_name,
        "base_year": YEAR,
        "submitted_on": SUBMITTED_ON,
    }
    company = {
        "kvk_number": f"{KVK_PREFIX}{code[2:]}{place:02d}",
        "company_name": f"Regionale raming {name}, {agreed.codes['sectors'].label(sector)} (open data, geen bedrijf)",
        "sector": sector,
        "sbi_code": SBI[sector],
        "sbi_version": "2008",
    }
    tables: dict[str, list[Row]] = {table.name: [] for table in agreed.sheet_tables}
    return Filing(f"{code.lower()}-{sector}", {**tables, "submission": [submission], "company": [company]})


def _site(site_id: str, row: dict[str, str]) -> Row:
    return {
        "site_id": site_id,
        "site_name": f"Raming {row['gemeentenaam']}, {row['sector']}",
        "municipality_code": row["gemeentecode"],
        "is_ets": False,
        "industrial_cluster": "cluster6",
    }


def _demand(site_id: str, row: dict[str, str], unit: str) -> Row:
    mapped = CARRIERS[row["carrier"]]
    return {
        "site_id": site_id,
        "year": YEAR,
        "scenario": "base",
        "carrier": mapped.carrier,
        "use": mapped.use,
        "direction": "offtake",
        "value": float(row["tj_2023"]) * _factor("TJ") / _factor(unit),
        "unit": unit,
        "heating_value_basis": mapped.heating_value_basis,
        "temperature_c": mapped.temperature_c,
        "origin": "estimate",
    }


def _factor(unit: str) -> float:
    """PJ per unit of electricity, the same for every carrier filed in energy on LHV."""
    return next(float(c.factor) for c in conversions() if c.carrier == "electricity" and c.unit == unit)


def _read(path: object) -> list[dict[str, str]]:
    with open(str(path), encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
