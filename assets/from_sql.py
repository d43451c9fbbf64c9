"""Makes the Dagster asset of each table that SQL makes; which tables those are stands in `assets.recipes`."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg

from assets.check_list import CHECKS
from assets.declare import ROUNDS, Data, check_results, check_specs, explained, result, spec
from assets.recipes import RECIPES, Recipe, is_reference, make
from assets.store import PREVIOUS, file_hash
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
    def table(context: dg.AssetExecutionContext, data: Data) -> Iterator[Any]:
        with explained(blueprint().tables[recipe.table].title):
            settings = data.settings(context.partition_key)
            rows = make(data.folder, settings, recipe)
            hash_ = file_hash(data.folder.table(recipe.table, settings.round))
            yield result(recipe.table, rows.num_rows, hash_, _statuses(rows))
            yield from check_results(data.folder, settings, recipe.table)

    return table


def _needed(recipe: Recipe) -> tuple[str, ...]:
    """The tables that must be there before: what the SQL reads, and what its checks compare with.

    Not those of the previous round, which belong to another partition, nor those that an analyst loads.
    """
    compared = {name for check in CHECKS if check.table == recipe.table for name in check.inputs}
    needed = {*recipe.inputs, *compared} - {recipe.table}
    return tuple(sorted(name for name in needed if not name.startswith(PREVIOUS) and not is_reference(name)))


def _statuses(rows: Any) -> dict[str, int]:
    if "cell_status" not in rows.column_names:
        return {}
    labels = blueprint().codes["cell_statuses"]
    return {labels.label(code): number for code, number in Counter(rows.column("cell_status").to_pylist()).items()}
