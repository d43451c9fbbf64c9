"""Puts a round's accepted rows beside a second source: the previous round, the EU ETS, the areas of grid operators.

What is odd about them is said by rules of the Blueprint; tables are loaded in `assets.intake.reference_files`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from assets.intake.operators import operator_areas
from assets.placing.decide import place
from assets.rounds import Round
from assets.store import DataFolder, read_reference, read_table
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
    own: dict[str, Source] = {name: _source(data, name, settings.round) for name in COMPARED}
    before = {f"previous_{name}": _source(data, name, settings.previous_round) for name in COMPARED}
    loaded = {table.name: read_reference(data, table.name) for table in blueprint().reference_tables}
    loaded["operator_areas"] = operator_areas(data)
    placed = place(read_table(data, "site", settings.round), settings.geography_year)
    return {**own, **before, **loaded, "placed": placed, "filed_sites": sites, "row_counts": counts}


def expose(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Source]) -> None:
    """Make the tables that are compared readable under their names."""
    for name, source in tables.items():
        if isinstance(source, pa.Table):
            connection.register(name, source)
            continue
        # Under an earlier Blueprint a table may have lacked a column; it is empty then.
        wanted = schema(name.removeprefix("previous_")).empty_table()
        connection.register(f"{name}_wanted", wanted)
        escaped = str(source).replace("'", "''")
        connection.execute(
            f"""
            create temp view {name} as select {", ".join(wanted.column_names)} from (
                select * from {name}_wanted
                union all by name
                select * from read_parquet('{escaped}', hive_partitioning = false)
            )
            """
        )


def pair(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the relations that several rules share: same_site, base_year_pair, site_emissions."""
    for name, source in BESIDE.items():
        made = connection.sql((HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8"))
        is_there = connection.table(source).limit(1).fetchall()
        connection.register(name, (made if is_there else made.limit(0)).to_arrow_table())


def notes(data: DataFolder, settings: Round) -> list[str]:
    """What was not compared in this round for want of a second source, in Dutch; empty when nothing is wanting."""
    found = []
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


def _source(data: DataFolder, name: str, round_name: str | None) -> Source:
    path = data.table(name, round_name) if round_name else None
    return path if path is not None and path.exists() else schema(name).empty_table()
