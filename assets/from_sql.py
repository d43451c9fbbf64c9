"""Makes the Dagster asset of each table that SQL makes; which tables those are stands in `assets.recipes`."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import dagster as dg
import pyarrow.parquet as pq

from assets.ahead import Ahead
from assets.check_list import CHECKS
from assets.declare import (
    ROUNDS,
    Data,
    Outcome,
    Turns,
    check_results,
    check_specs,
    explained,
    hold,
    result,
    shown,
    spec,
)
from assets.files import file_hash
from assets.one_at_a_time import working_on
from assets.recipes import RECIPES, Recipe, is_reference, make
from assets.rounds import Round
from assets.store import PREVIOUS, DataFolder, put_in_place, set_aside
from assets.summary import counts_of
from blueprint.load import blueprint


def sql_assets(stage: str) -> list[dg.AssetsDefinition]:
    """The assets of one stage, in the order in which they are made."""
    return [_asset(recipe) for recipe in RECIPES if recipe.stage == stage]


def _asset(recipe: Recipe) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=recipe.table,
        specs=[spec(recipe.table, recipe.stage, _needed(recipe))],
        check_specs=check_specs(recipe.table),
        partitions_def=ROUNDS,
    )
    def table(context: dg.AssetExecutionContext, data: Data, turns: Turns) -> Iterator[Any]:
        with explained(blueprint().tables[recipe.table].title):
            yield from shown(recipe.table, ahead_of(context, data, turns).take(recipe.table))

    return table


def ahead_of(context: dg.AssetExecutionContext, data: Data, turns: Turns) -> Ahead[Outcome]:
    """What is made ahead of its turn in the run of a step; the same for all its steps."""
    return turns.of_run(partial(_begin, context, data))


@contextmanager
def _begin(context: dg.AssetExecutionContext, data: Data) -> Iterator[Ahead[Outcome]]:
    recipes = {recipe.table: recipe for recipe in RECIPES}
    tables = [key.to_user_string() for key in context.job_def.asset_layer.selected_asset_keys]
    needed = {name: _needed(recipe) for name, recipe in recipes.items()}
    name = context.partition_key

    def waiting() -> None:
        context.log.info("wachten tot een andere run van deze ronde klaar is")

    with working_on(data.folder, name, waiting), set_aside(data.folder, name) as folder:
        settings = data.settings(name)

        def make(table: str) -> Outcome:
            return _outcome(folder, settings, recipes[table])

        ahead = Ahead(make, partial(put_in_place, folder, round_name=settings.round), hold, needed, tables)
        try:
            yield ahead
        finally:
            ahead.stop()


def _outcome(data: DataFolder, settings: Round, recipe: Recipe) -> Outcome:
    """A table made and checked."""
    file = make(data, settings, recipe)
    return [
        result(recipe.table, pq.read_metadata(file).num_rows, file_hash(file), counts_of(file)),
        *check_results(data, settings, recipe.table),
    ]


def _needed(recipe: Recipe) -> tuple[str, ...]:
    """The tables that must be there before: what the SQL reads, and what its checks compare with.

    Not those of the previous round, which belong to another partition, nor those that an analyst loads.
    """
    compared = {name for check in CHECKS if check.table == recipe.table for name in check.inputs}
    needed = {*recipe.inputs, *compared} - {recipe.table}
    return tuple(sorted(name for name in needed if not name.startswith(PREVIOUS) and not is_reference(name)))
