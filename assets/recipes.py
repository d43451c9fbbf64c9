"""The tables that SQL makes: from which tables each is made, and how one is made and written.

The SQL itself stands in `assets/<stage>/sql/<table>.sql`; when and in which order tables are made is for `pipelines`.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from assets.placing.decide import place
from assets.reference import register_reference
from assets.rounds import Round
from assets.store import DataFolder, connect, read_reference, write_table
from blueprint.load import blueprint

if TYPE_CHECKING:
    import duckdb

HERE = Path(__file__).parent


class MissingTable(Exception):
    """A table that must be read was never made: a missing table is not an empty one."""


@dataclass(frozen=True)
class Recipe:
    """One table: the stage it belongs to and the tables it is made from, itself aside."""

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
        ("site_demand", "site_place", "company", "site_connection", "project", "flexibility"),
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
    Recipe("pmiek_area_demand", "pmiek", ("site_demand", "site_place", "company", "site_connection", "project")),
    Recipe(
        "pmiek_gas_heat_co2",
        "pmiek",
        ("site_demand", "site_place", "company", "site_connection", "project", "energy_demand"),
    ),
    Recipe("pmiek_hydrogen_branches", "pmiek", ("site_demand", "site_place", "company", "project")),
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
        expose(connection, data, settings.round, recipe.inputs)
        rows = rows_of(connection, recipe, settings)
    write_table(data, recipe.table, settings.round, rows)
    return rows


def rows_of(connection: duckdb.DuckDBPyConnection, recipe: Recipe, settings: Round) -> pa.Table:
    """The rows of a table in order, from inputs and facts that stand in the database under their own names."""
    if recipe.places:
        sites = connection.table(recipe.places).to_arrow_table()
        connection.register("placed", place(sites, settings.geography_year))
    return connection.sql(recipe.sql).to_arrow_table()


def expose(connection, data: DataFolder, round_name: str, tables: tuple[str, ...]) -> None:
    """Make tables of a round readable in DuckDB under their own names."""
    for name in tables:
        if is_reference(name):
            connection.register(name, read_reference(data, name))
            continue
        path = data.table(name, round_name)
        if not path.exists():
            raise MissingTable(f"{blueprint().tables[name].title} ({name})")
        escaped = str(path).replace("'", "''")
        source = f"read_parquet('{escaped}', hive_partitioning = false)"
        connection.execute(f"create temp view {name} as select * from {source}")
