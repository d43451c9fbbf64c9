"""Puts a round's accepted rows beside a second source: the previous round, the EU ETS, the areas of grid operators.

What is odd about them is said by rules of the Blueprint; tables are loaded in `assets.intake.reference_files`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from assets.intake.operators import operator_areas
from assets.intake.register import passed_over
from assets.placing.decide import KEY, place
from assets.placing.evidence import ADDRESS
from assets.rounds import Round
from assets.store import PREVIOUS, DataFolder, expose_rows, read_reference, read_table, rows_there
from blueprint.arrow import schema
from blueprint.load import blueprint

if TYPE_CHECKING:
    import duckdb

COMPARED = ("company", "site", "connection", "energy_demand")
# Made in this order from what is compared, each beside a second source; without that it has no rows.
BESIDE = {
    "same_site": "previous_company",
    "base_year_pair": "previous_energy_demand",
    "site_emissions": "ets_emissions",
}
HERE = Path(__file__).parent
Source: TypeAlias = pa.Table | Path


def beside(data: DataFolder, settings: Round, sites: pa.Table, counts: pa.Table) -> dict[str, Source]:
    """The tables that rules over a whole round may ask: its accepted rows, previous_* and what analysts loaded.

    And `placed` (where each site lies), `filed_sites`, and `row_counts` (submission_id, table_name, rows_in,
    rows_accepted, rows_refused).
    A previous round that was never run, and a reference table that was never loaded, is an empty table.
    """
    own: dict[str, Source] = {name: rows_there(data, name, settings.round) for name in COMPARED}
    before: dict[str, Source] = {
        f"{PREVIOUS}{name}": rows_there(data, name, settings.previous_round) for name in (*COMPARED, "filed_sites")
    }
    loaded = {table.name: read_reference(data, table.name) for table in blueprint().reference_tables}
    loaded["operator_areas"] = operator_areas(data)
    placed = place(read_table(data, "site", settings.round, (*KEY, *ADDRESS)), settings.geography_year)
    return {**own, **before, **loaded, "placed": placed, "filed_sites": sites, "row_counts": counts}


def expose(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Source]) -> None:
    """Make the tables that are compared readable under their names."""
    for name, source in tables.items():
        if isinstance(source, pa.Table):
            connection.register(name, source)
        else:
            expose_rows(connection, name, source, schema(name.removeprefix(PREVIOUS)))


def pair(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the relations that several rules share: same_site, base_year_pair, site_emissions."""
    for name, source in BESIDE.items():
        made = connection.sql((HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8"))
        is_there = connection.table(source).limit(1).fetchall()
        connection.register(name, (made if is_there else made.limit(0)).to_arrow_table())


def not_read(data: DataFolder, settings: Round) -> list[str]:
    """What stands in the folder of the round and is no file, in Dutch."""
    found = passed_over(data.round_folder(settings.round))
    said = "Niet gelezen, want het is een verwijzing of geen gewoon bestand: {}. Zet het bestand zelf in de map."
    return [said.format(", ".join(found))] if found else []


def notes(data: DataFolder, settings: Round) -> list[str]:
    """What was not read or not compared in this round, in Dutch; empty when nothing is wanting."""
    found = not_read(data, settings)
    before = settings.previous_round
    if before and not data.table("energy_demand", before).exists():
        found.append(
            f"De vorige ronde '{before}' is niet doorgerekend; er is niet mee vergeleken."
            f" Gebruik: pces run --round {before}, en daarna deze ronde nog eens."
        )
    emissions = read_reference(data, "ets_emissions")
    if emissions.num_rows and settings.base_year not in emissions.column("year").to_pylist():
        found.append(
            f"De geladen ETS-emissies hebben het basisjaar {settings.base_year} niet; er is niet mee vergeleken."
        )
    return found
