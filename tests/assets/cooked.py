"""What the recipes make of rows that a test made up: each table only when it is asked for, with those it needs.

The rows themselves are made in `given`; reading and judging files is tested beside the intake, not with these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from assets.check_list import CHECKS, Check
from assets.recipes import RECIPES, rows_of
from assets.reference import register_reference
from assets.rounds import Round
from blueprint.arrow import schema
from tests.assets.given import Row, completed

if TYPE_CHECKING:
    import duckdb

RECIPE_OF = {recipe.table: recipe for recipe in RECIPES}
GIVEN = {name for recipe in RECIPES for name in recipe.inputs} - set(RECIPE_OF)
ERRORS = [check for check in CHECKS if check.severity == "error" and check.table in RECIPE_OF]
CHECKED = {check.table for check in ERRORS}


class Kitchen:
    """The one DuckDB connection in which everything is made, with the tables of whoever made something last."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._owner: Cooked | None = None
        self._there: set[str] = set()
        self._settings: Round | None = None
        self._threads = 0

    def hand_to(self, owner: Cooked) -> None:
        """Clear away what another put there; the facts are dear and mostly the same, so they stay when they are."""
        if owner is self._owner:
            return
        for name in self._there:
            self.connection.unregister(name)
        self._there.clear()
        if self._settings != owner.settings:
            register_reference(self.connection, owner.settings)
            self._settings = owner.settings
        if self._threads != owner.threads:
            self.connection.execute(f"set threads = {owner.threads}")
            self._threads = owner.threads
        self._owner = owner

    def has(self, name: str) -> bool:
        return name in self._there

    def put(self, name: str, table: pa.Table) -> None:
        self.connection.register(name, table)
        self._there.add(name)


class Cooked(Mapping[str, pa.Table]):
    """The tables of one round by name; asking for one makes it and the tables it needs, once.

    `given` maps a filed table to rows, and previous_<table> to those of the previous round; a table left out has
    none. A table that a recipe made for a previous round is taken as it is.
    """

    def __init__(
        self, kitchen: Kitchen, given: Mapping[str, list[Row] | pa.Table], settings: Round, threads: int
    ) -> None:
        assert set(given) <= GIVEN, f"no recipe reads {set(given) - GIVEN}"
        self.settings = settings
        self.threads = threads
        self._kitchen = kitchen
        self._given = given
        self._tables: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name not in RECIPE_OF:
            raise KeyError(name)
        if name not in self._tables:
            self._kitchen.hand_to(self)
            self._put(name)
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(RECIPE_OF)

    def __len__(self) -> int:
        return len(RECIPE_OF)

    def breaches(self, *tables: str) -> list[Row]:
        """The checks of these tables, or of all, that do not hold and by how many rows.

        Checks that only warn are not asked, and a table without any other cannot be asked for.
        """
        assert set(tables) <= CHECKED, f"no check of {tables}"
        self._kitchen.hand_to(self)
        found = {check.name: self._rows(check) for check in ERRORS if not tables or check.table in tables}
        return [{"check": name, "rows": number} for name, number in found.items() if number]

    def _rows(self, check: Check) -> int:
        for name in check.inputs:
            self._put(name)
        return len(self._kitchen.connection.execute(check.sql).fetchall())

    def _put(self, name: str) -> None:
        """Have a table ready in the connection, made or given."""
        if self._kitchen.has(name):
            return
        if name not in self._tables:
            self._tables[name] = self._made(name) if name in RECIPE_OF else self._complete(name)
        self._kitchen.put(name, self._tables[name])

    def _made(self, name: str) -> pa.Table:
        recipe = RECIPE_OF[name]
        for each in recipe.inputs:
            self._put(each)
        wanted = schema(name)
        return rows_of(self._kitchen.connection, recipe, self.settings).select(wanted.names).cast(wanted)

    def _complete(self, name: str) -> pa.Table:
        given = self._given.get(name, [])
        return given if isinstance(given, pa.Table) else completed(name, *given)


Cook = Callable[..., Cooked]
