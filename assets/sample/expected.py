"""The list of invited companies of the sample round: nearly all that filed, and some that did not.

How a list is read and kept does not belong here.
"""

from __future__ import annotations

import pyarrow as pa

from assets.sample.companies import generate
from assets.sample.rounds import COMPANIES, UNREADABLE
from assets.workbooks.filing import Filing, Row
from blueprint.arrow import schema
from blueprint.geography import places
from blueprint.load import blueprint

SILENT = 15
# Companies that filed without being invited, and one that is listed under another sector than it files.
UNINVITED = ("b020", "b047")
OTHER_SECTOR = {"b034": "other"}
# The emissions of some installations are in no public list.
UNKNOWN_EMISSIONS_EVERY = 6


def expected_companies(seed: int = 2026) -> pa.Table:
    """The rows of `expected`, one per company and site, from the same seed as the filings."""
    made = generate(seed, COMPANIES + len(UNREADABLE) + SILENT)
    rows = [row for filing in made if filing.name not in UNINVITED for row in _rows(filing)]
    for number, row in enumerate(rows):
        if number % UNKNOWN_EMISSIONS_EVERY == 0:
            row["ets_emissions_t"] = None
    return pa.Table.from_pylist(rows, schema=schema("expected"))


def _rows(filing: Filing) -> list[Row]:
    company, year = filing.row("company"), blueprint().geography_year
    return [
        {
            "kvk_number": company["kvk_number"],
            "company_name": company["company_name"],
            "branch_number": site["branch_number"],
            "site_name": site["site_name"],
            "municipality_code": site["municipality_code"],
            "province_code": places.province_of(site["municipality_code"], year),
            "sector": OTHER_SECTOR.get(filing.name, company["sector"]),
            "is_ets": site["is_ets"],
            "ets_emissions_t": site["co2_base_year_t"],
        }
        for site in filing.rows("site")
    ]
