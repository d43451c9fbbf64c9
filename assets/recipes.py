"""The tables that SQL makes: from which tables each is made, and how one is made and written.

The SQL itself stands in `assets/<stage>/sql/<table>.sql`; when and in which order tables are made is for `pipelines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from assets.placing.decide import place
from assets.reference import register_reference
from assets.rounds import Round
from assets.store import (
    PREVIOUS,
    DataFolder,
    connect,
    expose_rows,
    parquet_sql,
    read_reference,
    rows_there,
    write_table,
)
from blueprint.arrow import schema
from blueprint.load import blueprint

if TYPE_CHECKING:
    import duckdb

HERE = Path(__file__).parent


class MissingTable(Exception):
    """A table that must be read was never made, or with other fields than today; missing is not empty."""


@dataclass(frozen=True)
class Recipe:
    """One table: the stage it belongs to and the tables it is made from, itself aside.

    An input `previous_<table>` is that table of the previous round: without rows when there is none.
    """

    table: str
    stage: str
    inputs: tuple[str, ...]

    # Of which of its inputs the place of each row is made ready, as the relation `placed`.
    places: str = ""

    @property
    def sql(self) -> str:
        return (HERE / self.stage / "sql" / f"{self.table}.sql").read_text(encoding="utf-8")


DECLARED = (
    Recipe("invitations", "intake", ("expected", "register", "filed_sites")),
    Recipe("site_place", "demand", ("site", "company"), places="site"),
    Recipe("site_demand", "demand", ("energy_demand", "company", "site_place")),
    Recipe("municipality_demand", "demand", ("site_demand",)),
    Recipe("province_demand", "demand", ("site_demand",)),
    Recipe("national_demand", "demand", ("site_demand",)),
    Recipe("estimated_demand", "demand", ("site_demand", "expected", "invitations", "ets_emissions")),
    Recipe("pmiek_energy_demand", "pmiek", ("site_demand", "estimated_demand", "site_place", "company", "project")),
    Recipe(
        "pmiek_power_demand",
        "pmiek",
        ("site_demand", "site_place", "company", "site_connection", "site_project", "flexibility"),
    ),
    Recipe("pmiek_projects", "pmiek", ("site_project",)),
    Recipe(
        "pmiek_coverage",
        "pmiek",
        ("filed_sites", "register", "expected", "findings", "site_demand", "estimated_demand"),
    ),
    Recipe("pmiek_combined_demand", "pmiek", ("site_demand", "estimated_demand", "other_demand")),
    Recipe("site_project", "demand", ("project", "company", "site_place", "site_demand")),
    Recipe("site_path", "demand", ("site_demand", "site_project")),
    Recipe("pmiek_project_path", "pmiek", ("site_path", "site_project")),
    Recipe("pmiek_dependent_demand", "pmiek", ("site_project",)),
    Recipe("site_connection", "demand", ("connection", "company", "site_place")),
    Recipe("pmiek_area_demand", "pmiek", ("site_demand", "site_place", "company", "site_connection", "site_project")),
    Recipe(
        "pmiek_gas_heat_co2",
        "pmiek",
        ("site_demand", "site_place", "company", "site_connection", "site_project", "energy_demand"),
    ),
    Recipe("pmiek_hydrogen_branches", "pmiek", ("site_demand", "site_place", "company", "site_project")),
    Recipe(
        "site_bottleneck",
        "pmiek",
        ("bottleneck", "submission", "company", "site_place", "project", "connection", "flexibility", "consent"),
    ),
    Recipe("pmiek_bottlenecks", "pmiek", ("site_bottleneck",)),
    Recipe("case_candidates", "pmiek", ("site_bottleneck",)),
    Recipe(
        "same_site",
        "intake",
        ("site", "company", "connection", "previous_site", "previous_company", "previous_connection"),
    ),
    Recipe(
        "round_change",
        "pmiek",
        ("site_demand", "site_place", "company", "same_site", "previous_site_demand", "previous_company"),
    ),
    Recipe("pmiek_supply", "pmiek", ("site_demand", "energy_demand")),
    Recipe("pmiek_storage", "pmiek", ("flexibility", "site_place", "company")),
    Recipe("area_opportunities", "pmiek", ("site_demand", "energy_demand", "site_place")),
)


def in_order(recipes: tuple[Recipe, ...]) -> tuple[Recipe, ...]:
    """The recipes so that each comes after those that make its inputs; CycleError when that cannot be."""
    known = {recipe.table: recipe for recipe in recipes}
    needed = {recipe.table: [name for name in recipe.inputs if name in known] for recipe in recipes}
    return tuple(known[name] for name in TopologicalSorter(needed).static_order())


RECIPES = in_order(DECLARED)


def is_reference(table: str) -> bool:
    """Whether an analyst loads a table for all rounds, so that no round makes it; never loaded, it has no rows."""
    return blueprint().tables[table].kind == "reference"


def make(data: DataFolder, settings: Round, recipe: Recipe, threads: int | None = None) -> pa.Table:
    """Make one table of a round from its inputs, write it, and return its rows in order.

    Raises MissingTable when an input was never made.
    """
    with connect(threads) as connection:
        register_reference(connection, settings)
        expose(connection, data, settings, recipe.inputs)
        rows = rows_of(connection, recipe, settings)
    write_table(data, recipe.table, settings.round, rows)
    # Of a large table much stays reserved, and the next one is as large.
    pa.default_memory_pool().release_unused()
    return rows


def rows_of(connection: duckdb.DuckDBPyConnection, recipe: Recipe, settings: Round) -> pa.Table:
    """The rows of a table in order, from inputs and facts that stand in the database under their own names."""
    if recipe.places:
        sites = connection.table(recipe.places).to_arrow_table()
        connection.register("placed", place(sites, settings.geography_year))
    return connection.sql(recipe.sql).to_arrow_table()


def expose(connection, data: DataFolder, settings: Round, tables: tuple[str, ...]) -> None:
    """Make tables of a round readable in DuckDB under their own names, and those of its previous round.

    Raises MissingTable when a table of the round itself was never made with the fields of today.
    """
    for name in tables:
        if name.startswith(PREVIOUS):
            table = name.removeprefix(PREVIOUS)
            expose_rows(connection, name, rows_there(data, table, settings.previous_round), schema(table))
            continue
        if is_reference(name):
            connection.register(name, read_reference(data, name))
            continue
        path = data.table(name, settings.round)
        if not path.exists() or pq.read_schema(path).names != schema(name).names:
            raise MissingTable(f"{blueprint().tables[name].title} ({name})")
        connection.execute(f"create temp view {name} as select * from {parquet_sql(path)}")
