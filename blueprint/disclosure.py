"""Which figures become public and how finely: the ladder of table designs per product.

The parameters of the rules are secret and stand nowhere here; how a step is chosen is for `assets.release`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import Field as Key

from blueprint.checks import BlueprintError
from blueprint.load import blueprint, build, read_yaml
from blueprint.model import Blueprint, Strict

PATH = Path(__file__).parent / "disclosure.yaml"


class Step(Strict):
    """One design: linked tables, each a set of dimensions that are crossed; all their totals belong to it."""

    name: str = Key(min_length=1)
    tables: tuple[tuple[str, ...], ...] = Key(min_length=1)


class Product(Strict):
    """One public table: its figure, the unit to which that is rounded, and its ladder, the finest step first.

    `made_from` are the tables that its amounts come from, by the SQL called `facts` (as the table, when not said), of
    which the rows with the codes in `only` belong to it. `streams` are the columns between which figures are not added
    up; `dimensions` are those of its cells. The step is chosen on the streams with the codes in `chosen_on`. Grid
    operators know of their sites the streams with the codes in `operators_know`; without it none.
    """

    value: str
    rounding: float = Key(gt=0)
    made_from: tuple[str, ...] = Key(min_length=1)
    facts: str | None = None
    only: dict[str, str] = Key(default_factory=dict)
    streams: tuple[str, ...] = ()
    dimensions: tuple[str, ...]
    chosen_on: dict[str, tuple[str, ...]] = Key(default_factory=dict)
    operators_know: dict[str, tuple[str, ...]] | None = None
    ladder: tuple[Step, ...] = Key(min_length=1)

    def codes(self, stream: tuple[str | int, ...]) -> dict[str, str | int]:
        """The codes of one of its streams, by column."""
        return dict(zip(self.streams, stream, strict=True))

    def counts(self, stream: tuple[str | int, ...]) -> bool:
        """Whether the step is chosen on this stream."""
        return self._holds(self.chosen_on, stream)

    def is_known_to_operators(self, stream: tuple[str | int, ...]) -> bool:
        return self.operators_know is not None and self._holds(self.operators_know, stream)

    def _holds(self, wanted: dict[str, tuple[str, ...]], stream: tuple[str | int, ...]) -> bool:
        codes = self.codes(stream)
        return all(str(codes[name]) in some for name, some in wanted.items())


class Disclosure(Strict):
    """What must remain to be seen on a step of the ladder, in percent, and the products by table."""

    value_percent: float = Key(ge=0, le=100)
    cell_percent: float = Key(ge=0, le=100)
    products: dict[str, Product]


@cache
def disclosure() -> Disclosure:
    """The ladder of this installation, loaded once."""
    return load(PATH, blueprint())


def load(path: Path, agreed: Blueprint) -> Disclosure:
    """Read and check a ladder against the Blueprint; raises BlueprintError, naming file, key and value."""
    found = build(path, Disclosure, "disclosure", read_yaml(path))
    for name, product in found.products.items():
        _check_product(path, name, product, agreed)
    public = {table.name for table in agreed.tables.values() if table.protected}
    if missing := sorted(public - set(found.products)):
        raise BlueprintError(path, "products", missing[0], "has protected fields and no ladder")
    return found


def _check_product(path: Path, name: str, product: Product, agreed: Blueprint) -> None:
    table = agreed.tables.get(name)
    if table is None or table.kind != "public":
        raise BlueprintError(path, "products", name, "is no public table")
    if product.value not in table.protected:
        raise BlueprintError(path, f"{name}.value", product.value, "is no protected field of the table")
    keys = {*product.streams, *product.dimensions, "round", "release"}
    if keys != set(table.primary_key):
        raise BlueprintError(path, name, sorted(keys ^ set(table.primary_key)), "is not as the key of the table")
    for source in product.made_from:
        if source not in agreed.tables:
            raise BlueprintError(path, f"{name}.made_from", source, "is no table")
    for wanted in ("chosen_on", "operators_know"):
        if stray := sorted(set(getattr(product, wanted) or {}) - set(product.streams)):
            raise BlueprintError(path, f"{name}.{wanted}", stray[0], "is no stream of this product")
    _check_ladder(path, name, product)


def _check_ladder(path: Path, name: str, product: Product) -> None:
    for step in product.ladder:
        for dimension in (name for names in step.tables for name in names):
            if dimension not in product.dimensions:
                raise BlueprintError(path, f"{name}.ladder.{step.name}", dimension, "is no dimension")
