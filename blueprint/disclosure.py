"""Which figures become public and how finely: the ladder of table designs per product.

The parameters of the rules are secret and stand nowhere here; how a step is chosen is for `assets.release`.
"""

from __future__ import annotations

from functools import cache
from itertools import chain, pairwise
from pathlib import Path

from pydantic import Field as Key

from blueprint.checks import BlueprintError
from blueprint.load import blueprint, build, read_yaml
from blueprint.model import Blueprint, Strict, Table

PATH = Path(__file__).parent / "disclosure.yaml"


class Step(Strict):
    """One design: linked tables, each a set of dimensions that are crossed; all their totals belong to it.

    A dimension may have levels, `region_code > municipality_code`, the coarsest first.
    """

    name: str = Key(min_length=1)
    tables: tuple[tuple[str, ...], ...] = Key(min_length=1)

    @property
    def levels(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Per table the levels of each dimension, the finest first."""
        return tuple(tuple(tuple(reversed(_levels(one))) for one in names) for names in self.tables)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(sorted({level for names in self.tables for one in names for level in _levels(one)}))

    @property
    def finest(self) -> frozenset[frozenset[str]]:
        """The columns of the finest cells of each table."""
        return frozenset(frozenset(levels[0] for levels in table) for table in self.levels)


def _levels(dimension: str) -> tuple[str, ...]:
    return tuple(level.strip() for level in dimension.split(">"))


class Count(Strict):
    """One public table of how many holdings there are, in classes; `made_from` and `facts` as for a product."""

    made_from: tuple[str, ...] = Key(min_length=1)
    facts: str | None = None
    dimensions: tuple[str, ...]


class Explains(Strict):
    """Of which other table a product explains the change since the base year, so that the rest can be worked out.

    `table` and `streams` say which figures change; `alike` which codes of the two tables mean about the same, beside
    all carriers and routes together.
    """

    table: str
    streams: dict[str, str] = Key(default_factory=dict)
    alike: tuple[dict[str, str], ...] = ()


class Product(Strict):
    """One public table: its figure, the unit to which that is rounded, and its ladder, the finest step first.

    `made_from` are the tables that its amounts come from, by the SQL called `facts` (as the table, when not said), of
    which the rows with the codes in `only` belong to it. `streams` are the columns between which figures are not added
    up; `dimensions` are those of its cells. The step is chosen on the streams with the codes in `chosen_on`. Grid
    operators know of their sites the streams with the codes in `operators_know`; without it none. Of the streams with
    the codes in one of `operators_hold` they know the amounts at all their connections, whether or not these agreed.
    `explains`: what its figures leave unexplained of another table is protected as a figure.
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
    operators_hold: tuple[dict[str, tuple[str, ...]], ...] = ()
    explains: Explains | None = None
    ladder: tuple[Step, ...] = Key(min_length=1)

    @property
    def parents(self) -> dict[str, str]:
        """The level above a level, for each that has one."""
        every = (levels for step in self.ladder for table in step.levels for levels in table)
        return {fine: coarse for levels in every for fine, coarse in pairwise(levels)}

    def codes(self, stream: tuple[str | int, ...]) -> dict[str, str | int]:
        """The codes of one of its streams, by column."""
        return dict(zip(self.streams, stream, strict=True))

    def is_chosen_on(self, stream: tuple[str | int, ...]) -> bool:
        """Whether the step is chosen on this stream."""
        return self._holds(self.chosen_on, stream)

    def is_known_to_operators(self, stream: tuple[str | int, ...]) -> bool:
        return self.operators_know is not None and self._holds(self.operators_know, stream)

    def is_held_by_operators(self, stream: tuple[str | int, ...]) -> bool:
        return any(self._holds(one, stream) for one in self.operators_hold)

    def are_beside(self, one: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
        """Whether two streams are the same figures for another year or scenario: the difference is what firms plan."""
        codes, others = self.codes(one), self.codes(other)
        moments = [{codes.pop(name, None) for codes in (codes, others)} for name in ("year", "scenario")]
        return codes == others and any(len(some) > 1 for some in moments)

    def _holds(self, wanted: dict[str, tuple[str, ...]], stream: tuple[str | int, ...]) -> bool:
        codes = self.codes(stream)
        return all(str(codes[name]) in some for name, some in wanted.items())


class Disclosure(Strict):
    """What must remain to be seen on a step of the ladder, in percent, and the products and counts by table."""

    value_percent: float = Key(ge=0, le=100)
    cell_percent: float = Key(ge=0, le=100)
    products: dict[str, Product]
    counts: dict[str, Count] = Key(default_factory=dict)


@cache
def disclosure() -> Disclosure:
    """The ladder of this installation, loaded once."""
    return load(PATH, blueprint())


def load(path: Path, agreed: Blueprint) -> Disclosure:
    """Read and check a ladder against the Blueprint; raises BlueprintError, naming file, key and value."""
    found = build(path, Disclosure, "disclosure", read_yaml(path))
    for name, product in found.products.items():
        _check_product(path, name, product, agreed)
    for name, count in found.counts.items():
        table = _public(path, "counts", name, agreed)
        _check_key(path, name, {*count.dimensions, "round", "release"}, table)
        _check_sources(path, name, count.made_from, agreed)
    _check_explains(path, found)
    public = {table.name for table in agreed.tables.values() if table.protected}
    if missing := sorted(public - set(found.products)):
        raise BlueprintError(path, "products", missing[0], "has protected fields and no ladder")
    return found


def _check_product(path: Path, name: str, product: Product, agreed: Blueprint) -> None:
    table = _public(path, "products", name, agreed)
    if product.value not in table.protected:
        raise BlueprintError(path, f"{name}.value", product.value, "is no protected field of the table")
    _check_key(path, name, {*product.streams, *product.dimensions, "round", "release"}, table)
    _check_sources(path, name, product.made_from, agreed)
    asked = [("chosen_on", product.chosen_on), ("operators_know", product.operators_know or {})]
    for wanted, codes in (*asked, *(("operators_hold", one) for one in product.operators_hold)):
        if stray := sorted(set(codes) - set(product.streams)):
            raise BlueprintError(path, f"{name}.{wanted}", stray[0], "is no stream of this product")
        for field, some in codes.items():
            if unknown := sorted(set(some) - set(_known_codes(field, agreed) or some)):
                raise BlueprintError(path, f"{name}.{wanted}.{field}", unknown[0], "is no code of this field")
    _check_ladder(path, name, product)


def _check_explains(path: Path, found: Disclosure) -> None:
    """What is explained stands before what explains it, since it is protected first."""
    before: dict[str, Product] = {}
    for name, product in found.products.items():
        if explains := product.explains:
            if explains.table not in before:
                raise BlueprintError(path, f"{name}.explains.table", explains.table, "is no product before this one")
            other = before[explains.table]
            if stray := sorted(set(explains.streams) - set(other.streams)):
                raise BlueprintError(path, f"{name}.explains.streams", stray[0], "is no stream of that product")
            if stray := sorted({*chain(*explains.alike)} - {*product.dimensions, *other.dimensions}):
                raise BlueprintError(path, f"{name}.explains.alike", stray[0], "is a dimension of neither")
        before[name] = product


def _known_codes(field: str, agreed: Blueprint) -> tuple[str, ...]:
    """The codes that a field can have; nothing when there is no list of them."""
    name = agreed.fields[field].codes
    return tuple(agreed.codes[name].names) if name else ()


def _public(path: Path, key: str, name: str, agreed: Blueprint) -> Table:
    table = agreed.tables.get(name)
    if table is None or table.kind != "public":
        raise BlueprintError(path, key, name, "is no public table")
    return table


def _check_key(path: Path, name: str, keys: set[str], table: Table) -> None:
    if keys != set(table.primary_key):
        raise BlueprintError(path, name, sorted(keys ^ set(table.primary_key)), "is not as the key of the table")


def _check_sources(path: Path, name: str, sources: tuple[str, ...], agreed: Blueprint) -> None:
    for source in sources:
        if source not in agreed.tables:
            raise BlueprintError(path, f"{name}.made_from", source, "is no table")


def _check_ladder(path: Path, name: str, product: Product) -> None:
    for step in product.ladder:
        for dimension in step.columns:
            if dimension not in product.dimensions:
                raise BlueprintError(path, f"{name}.ladder.{step.name}", dimension, "is no dimension")
        for fine, coarse in ((f, c) for table in step.levels for levels in table for f, c in pairwise(levels)):
            if product.parents[fine] != coarse or fine == coarse:
                raise BlueprintError(path, f"{name}.ladder.{step.name}", coarse, f"is not the only one above {fine}")
