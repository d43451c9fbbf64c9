"""Writes made-up verified emissions of the fictional companies, in the form in which an analyst loads real ones.

The companies themselves are made in `companies`; nothing here is data of the EU ETS.
"""

from __future__ import annotations

from pathlib import Path

from assets import records
from assets.sample.companies import generate
from blueprint.load import blueprint

FILE = "voorbeeld-ets-emissies.csv"
COMPANIES = 60
# The company whose verified emissions are far above what it files, and the one that says it is not in the ETS.
FAR_OFF, DENIED = "b002", "b013"


def write_sample_emissions(folder: Path) -> Path:
    """Write one line per permit of the sample round, in the base year; returns the file. Two do not fit the filing."""
    table, year = blueprint().tables["ets_emissions"], str(blueprint().base_year)
    rows: dict[str, dict[str, str]] = {}
    for filing in generate(companies=COMPANIES):
        company = filing.row("company")
        for site in filing.rows("site"):
            permit = "NL-209999999" if filing.name == DENIED else site["nea_permit_number"]
            if not permit:
                continue
            emitted = (site["co2_base_year_t"] or 5_200.0) * (2.0 if filing.name == FAR_OFF else 1.0)
            before = float(rows[permit]["verified_emissions_t"]) if permit in rows else 0.0
            rows[permit] = {
                "nea_permit_number": permit,
                "installation_name": company["company_name"],
                "year": year,
                "verified_emissions_t": f"{before + emitted:.0f}",
                "kvk_number": company["kvk_number"],
                "branch_number": "",
            }
    path = folder / FILE
    records.write(path, table.field_names, [rows[permit] for permit in sorted(rows)])
    return path
