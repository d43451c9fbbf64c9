"""Writes a public table from nothing but its figures: new arrays, plain types, ordered by key.

Which figures those are is decided in `figures` and `changes`; whether the file holds to it, in `prove`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assets.disclosure.system import Key
from assets.files import beside
from assets.release.facts import Stream, StreamKey
from assets.release.figures import REGION, Figure
from assets.rounds import Round
from assets.store import file_hash
from blueprint.arrow import schema
from blueprint.disclosure import Product, Step, disclosure
from blueprint.load import blueprint

NATION, ALL, UNPLACED = "NL", "all", "unplaced"
TOTALS = {REGION: NATION}
NAMES = {NATION: "Nederland", UNPLACED: "Niet geplaatst"}


def public_rows(
    name: str,
    number: int,
    settings: Round,
    step: Step,
    given: Sequence[Stream],
    figures: Sequence[Mapping[Key, Figure]],
    columns: tuple[str, ...],
) -> pa.Table:
    """The whole table: every stream, every cell of the step, also those for which nobody filed."""
    agreed = disclosure().products[name]
    codes = _codes(agreed, given)
    rows = []
    for stream, found in zip(given, figures, strict=True):
        for key in _grid(step, columns, codes):
            figure = found.get(key, Figure("not_filed"))
            rows.append(_row(name, agreed, number, settings, stream.key, dict(zip(columns, key, strict=True)), figure))
    wanted = schema(name)
    rows.sort(key=lambda row: tuple(row[field] for field in blueprint().tables[name].primary_key))
    arrays = [pa.array([row[field.name] for row in rows], field.type) for field in wanted]
    return pa.Table.from_arrays(arrays, schema=wanted)


def write_public(path: Path, rows: pa.Table) -> str:
    """Write a table that leaves the province; returns the SHA-256 of the file.

    Not compressed and without dictionaries or statistics, so that whoever looks through its bytes sees everything.
    """
    with beside(path) as temporary:
        pq.write_table(
            rows, temporary, compression="none", use_dictionary=False, write_statistics=False, store_schema=True
        )
    return file_hash(path)


def _codes(agreed: Product, given: Sequence[Stream]) -> dict[str, list[str]]:
    lists = blueprint().codes
    everywhere = {
        REGION: list(lists["provinces"].names),
        "sector": [code.code for code in lists["sectors"].filed],
        "energy_carrier": list(lists["carriers"].where("quantity", "energy")),
        "operator_code": [code for code in lists["grid_operators"].names],
    }
    found = {}
    for name in agreed.dimensions:
        filed = {code for stream in given for code in stream.rows[name].to_pylist()}
        found[name] = sorted(filed | set(everywhere[name]))
    return found


def _grid(step: Step, columns: tuple[str, ...], codes: Mapping[str, list[str]]) -> Iterator[Key]:
    seen = set()
    for names in step.tables:
        for size in range(len(names) + 1):
            for some in combinations(sorted(names), size):
                if some not in seen:
                    seen.add(some)
                    yield from product(*(codes[name] if name in some else [None] for name in columns))


def _row(
    name: str,
    agreed: Product,
    number: int,
    settings: Round,
    stream: StreamKey,
    code: Mapping[str, str | None],
    figure: Figure,
) -> dict[str, Any]:
    region = code.get(REGION) or NATION
    return {
        "round": settings.round,
        "release": number,
        "region_name": NAMES.get(region) or blueprint().codes["provinces"].label(region),
        "blueprint_version": settings.blueprint_version,
        "factor_version": settings.factor_version,
        "figure_status": figure.status,
        agreed.value: figure.value,
        "company_band": figure.band,
        **{dimension: code.get(dimension) or TOTALS.get(dimension, ALL) for dimension in agreed.dimensions},
        **agreed.codes(stream),
    }


def figures_of(rows: pa.Table, name: str, columns: tuple[str, ...]) -> dict[StreamKey, dict[Key, Figure]]:
    """The figures that stand in a written table, by stream and key; the reverse of `public_rows`."""
    agreed = disclosure().products[name]
    found: dict[StreamKey, dict[Key, Figure]] = {}
    for row in rows.to_pylist():
        stream = tuple(row[field] for field in agreed.streams)
        key = tuple(None if row[field] == TOTALS.get(field, ALL) else row[field] for field in columns)
        figure = Figure(row["figure_status"], row[agreed.value], row["company_band"])
        found.setdefault(stream, {})[key] = figure
    return found
