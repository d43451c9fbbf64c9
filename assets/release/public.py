"""Writes a public table from nothing but its figures: new arrays, plain types, ordered by key.

Which figures those are is decided in `figures` and `changes`; whether the file holds to it, in `prove`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assets.disclosure.system import Key
from assets.files import beside, file_hash
from assets.release.codes import NATION, REGION, codes_of, region_name, total_of
from assets.release.facts import Stream, StreamKey
from assets.release.figures import NUMBERED, Figure, tables_of
from assets.rounds import Round
from blueprint.arrow import schema
from blueprint.disclosure import Product, Step, disclosure
from blueprint.load import blueprint


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
    codes = codes_of(agreed.dimensions, (stream.rows for stream in given), settings)
    rows, above = [], _above(agreed, given)
    for stream, found in zip(given, figures, strict=True):
        for key in _grid(step, columns, codes):
            figure, code = found.get(key, Figure("not_filed")), dict(zip(columns, key, strict=True))
            _with_parents(code, above)
            rows.append(_row(agreed, number, settings, stream.key, code, figure))
    return table_of(name, rows)


def table_of(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The table of these rows: new arrays, in the order of its key."""
    wanted = schema(name)
    rows = sorted(rows, key=lambda row: tuple(row[field] for field in blueprint().tables[name].primary_key))
    return pa.Table.from_arrays([pa.array([row[f.name] for row in rows], f.type) for f in wanted], schema=wanted)


def write_public(path: Path, rows: pa.Table) -> str:
    """Write a table that leaves the province; returns the SHA-256 of the file.

    Not compressed and without dictionaries or statistics, so that whoever looks through its bytes sees everything.
    """
    with beside(path) as temporary:
        pq.write_table(
            rows, temporary, compression="none", use_dictionary=False, write_statistics=False, store_schema=True
        )
    return file_hash(path)


def _grid(step: Step, columns: tuple[str, ...], codes: Mapping[str, list[str]]) -> Iterator[Key]:
    for names in sorted({grouping for table in tables_of(step) for grouping in table.groupings()}, key=sorted):
        yield from product(*(codes[name] if name in names else [None] for name in columns))


def _with_parents(code: dict[str, str | None], above: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
    """Add what a code lies in: a municipality lies in one province."""
    for name in code:
        while name in above and code[name] is not None:
            over, of = above[name]
            code[over] = of[code[name] or ""]
            name = over


def _above(agreed: Product, given: Sequence[Stream]) -> dict[str, tuple[str, dict[str, str]]]:
    """By level the one above it, and of each code that was filed the code there."""
    return {
        fine: (
            coarse,
            {
                code: over
                for stream in given
                for code, over in zip(stream.rows[fine].to_pylist(), stream.rows[coarse].to_pylist(), strict=True)
            },
        )
        for fine, coarse in agreed.parents.items()
    }


def _row(
    agreed: Product,
    number: int,
    settings: Round,
    stream: StreamKey,
    code: Mapping[str, str | None],
    figure: Figure,
) -> dict[str, Any]:
    return {
        "round": settings.round,
        "release": number,
        "region_name": region_name(code.get(REGION) or NATION),
        "blueprint_version": settings.blueprint_version,
        "factor_version": settings.factor_version,
        "figure_status": figure.status,
        "figure_release": number if figure.status in NUMBERED else figure.release,
        agreed.value: figure.value,
        "company_band": figure.band,
        **{dimension: code.get(dimension) or total_of(dimension) for dimension in agreed.dimensions},
        **agreed.codes(stream),
    }


def figures_of(rows: pa.Table, name: str, columns: tuple[str, ...]) -> dict[StreamKey, dict[Key, Figure]]:
    """The figures that stand in a written table, by stream and key; the reverse of `public_rows`."""
    agreed = disclosure().products[name]
    parents, found = agreed.parents, dict[StreamKey, dict[Key, Figure]]()
    for row in rows.to_pylist():
        stream = tuple(row[field] for field in agreed.streams)
        code = {field: None if row[field] == total_of(field) else row[field] for field in agreed.dimensions}
        known = {coarse for fine, coarse in parents.items() if code[fine] is not None}
        key = tuple(None if field in known else code[field] for field in columns)
        release = row["release"] if row["figure_status"] in NUMBERED else row.get("figure_release")
        figure = Figure(row["figure_status"], row[agreed.value], row["company_band"], release)
        found.setdefault(stream, {})[key] = figure
    return found
