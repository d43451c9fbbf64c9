"""The tables that SQL makes: from which tables each is made, and how one is made and written.

The SQL itself stands in `assets/<stage>/sql/<table>.sql`; when and in which order tables are made is for `pipelines`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from assets import carried
from assets.made_by import made_by
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
# Rows that DuckDB hands over at a time.
BATCH = 20_000
# The packages that decide what the rows of a filing become.
SHARED_BY_FILINGS = ("demand", "placing")


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

    # Whether the rows of a filing are made of its own rows only, and stand in the order of companies: then those of
    # filings of which nothing changed are carried over.
    by_filing: bool = False

    @property
    def sql(self) -> str:
        return (HERE / self.stage / "sql" / f"{self.table}.sql").read_text(encoding="utf-8")


# What takes longest comes first, with what it needs: it is begun first of what can be made at a time.
DECLARED = (
    Recipe("pmiek_power_demand", "pmiek", ("site_demand", "site_connection", "site_project", "site_flexibility")),
    Recipe("pmiek_area_demand", "pmiek", ("site_demand", "site_connection", "site_project_step", "site_flexibility")),
    Recipe("invitations", "intake", ("expected", "register", "filed_sites")),
    Recipe("site_place", "demand", ("site", "company"), places="site", by_filing=True),
    Recipe("site_demand", "demand", ("energy_demand", "company", "site_place", "site_connection"), by_filing=True),
    Recipe("municipality_demand", "demand", ("site_demand",)),
    Recipe("province_demand", "demand", ("site_demand",)),
    Recipe("national_demand", "demand", ("site_demand",)),
    Recipe("estimated_demand", "demand", ("site_demand", "expected", "invitations", "ets_emissions")),
    Recipe("pmiek_energy_demand", "pmiek", ("site_demand", "estimated_demand", "site_project_step")),
    Recipe("pmiek_projects", "pmiek", ("site_project",)),
    Recipe(
        "pmiek_coverage",
        "pmiek",
        ("filed_sites", "register", "expected", "findings", "site_demand", "estimated_demand"),
    ),
    Recipe("pmiek_combined_demand", "pmiek", ("site_demand", "estimated_demand", "other_demand")),
    Recipe("site_project", "demand", ("project", "company", "site_place", "site_demand"), by_filing=True),
    Recipe("site_project_step", "demand", ("site_project", "site_connection"), by_filing=True),
    Recipe("site_path", "demand", ("site_demand", "site_project", "site_project_step"), by_filing=True),
    Recipe("pmiek_project_path", "pmiek", ("site_path", "site_project_step")),
    Recipe("pmiek_dependent_demand", "pmiek", ("site_project_step",)),
    Recipe("site_connection", "demand", ("connection", "company", "site_place"), by_filing=True),
    Recipe("site_flexibility", "demand", ("flexibility", "company", "site_place", "site_connection"), by_filing=True),
    Recipe(
        "pmiek_gas_heat_co2",
        "pmiek",
        ("site_demand", "site_place", "company", "site_connection", "site_project_step", "energy_demand"),
    ),
    Recipe("pmiek_hydrogen_branches", "pmiek", ("site_demand", "site_place", "company", "site_project_step")),
    Recipe(
        "site_bottleneck",
        "pmiek",
        ("bottleneck", "submission", "company", "site_place", "site_project", "connection", "flexibility", "consent"),
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
    Recipe("pmiek_conversion", "pmiek", ("site_project",)),
    Recipe("pmiek_supply", "pmiek", ("site_demand", "energy_demand")),
    Recipe("pmiek_storage", "pmiek", ("flexibility", "site_flexibility")),
    Recipe("area_opportunities", "pmiek", ("site_demand", "energy_demand", "site_place")),
)


def in_order(recipes: tuple[Recipe, ...]) -> tuple[Recipe, ...]:
    """The recipes as they are given, but each after those that make its inputs; CycleError when that cannot be."""
    known = {recipe.table: recipe for recipe in recipes}
    needed = {recipe.table: [name for name in recipe.inputs if name in known] for recipe in recipes}
    TopologicalSorter(needed).prepare()
    ordered: dict[str, Recipe] = {}

    def add(name: str) -> None:
        for before in needed[name]:
            add(before)
        ordered.setdefault(name, known[name])

    for name in known:
        add(name)
    return tuple(ordered.values())


RECIPES = in_order(DECLARED)


def is_reference(table: str) -> bool:
    """Whether an analyst loads a table for all rounds, so that no round makes it; never loaded, it has no rows."""
    return blueprint().tables[table].kind == "reference"


def make(data: DataFolder, settings: Round, recipe: Recipe, threads: int | None = None) -> Path:
    """Make one table of a round from its inputs, and write its rows in order; returns the file.

    Raises MissingTable when an input was never made.
    """
    by = made_by(settings, *SHARED_BY_FILINGS) if recipe.by_filing else ""
    keys = carried.keys_from(data, recipe.inputs, settings.round, f"{by} {recipe.table}") if by else None
    rows = _of_changed(data, settings, recipe, keys, threads) if keys else None
    if rows is not None:
        written = write_table(data, recipe.table, settings.round, rows)
    else:
        with _kitchen(data, settings, recipe, None, threads) as connection:
            # A large table does not stand in memory as a whole beside what DuckDB needs to order it.
            bit_by_bit = relation_of(connection, recipe, settings).to_arrow_reader(BATCH)
            written = write_table(data, recipe.table, settings.round, bit_by_bit)
        if recipe.by_filing:
            # Of a large table much stays reserved, and the next one is as large.
            pa.default_memory_pool().release_unused()
    if keys is not None:
        carried.note(data, recipe.table, settings.round, written, keys)
    return data.table(recipe.table, settings.round)


def _of_changed(
    data: DataFolder, settings: Round, recipe: Recipe, keys: carried.Keys, threads: int | None
) -> pa.Table | None:
    """The rows of a table of which only those of changed filings are made; None when all must be."""
    stands = carried.standing(data, recipe.table, settings.round, keys)
    if not stands.kept or len(stands.kept) * 2 < len(keys):
        return None
    with _kitchen(data, settings, recipe, sorted(keys.keys() - stands.kept), threads) as connection:
        made = rows_of(connection, recipe, settings)
    return carried.woven(stands, made)


@contextmanager
def _kitchen(
    data: DataFolder, settings: Round, recipe: Recipe, filings: list[str] | None, threads: int | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(threads) as connection:
        register_reference(connection, settings)
        expose(connection, data, settings, recipe.inputs, filings)
        yield connection


def rows_of(connection: duckdb.DuckDBPyConnection, recipe: Recipe, settings: Round) -> pa.Table:
    """The rows of a table in order, from inputs and facts that stand in the database under their own names."""
    return relation_of(connection, recipe, settings).to_arrow_table()


def relation_of(connection: duckdb.DuckDBPyConnection, recipe: Recipe, settings: Round) -> duckdb.DuckDBPyRelation:
    """The same, before anything is computed."""
    if recipe.places:
        sites = connection.table(recipe.places).to_arrow_table()
        connection.register("placed", place(sites, settings.geography_year))
    return connection.sql(recipe.sql)


def expose(
    connection, data: DataFolder, settings: Round, tables: tuple[str, ...], filings: list[str] | None = None
) -> None:
    """Make tables of a round readable in DuckDB under their own names, and those of its previous round.

    With `filings`, of a round's own tables the rows of those only.

    Raises MissingTable when a table of the round itself was never made with the fields of today.
    """
    if filings is not None:
        connection.register("wanted_filings", pa.table({"submission_id": pa.array(filings, pa.string())}))
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
        only = "where submission_id in (from wanted_filings)" if filings is not None else ""
        connection.execute(f"create temp view {name} as select * from {parquet_sql(path)} {only}")
