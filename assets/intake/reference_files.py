"""Loads tables of public facts that an analyst brings (EU ETS emissions): reads, checks and keeps them.

What companies file is taken in elsewhere; the Blueprint's own facts are put into DuckDB in `assets.reference`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets import records
from assets.intake.expectations import Failure
from assets.intake.lists import FILE, ListRead, read_one_table
from assets.rounds import Round, RoundError
from assets.store import DataFolder, file_hash, read_reference, write_parquet
from blueprint.arrow import schema
from blueprint.load import blueprint
from blueprint.model import Table

LOADS = ("loaded_at", "table", "file", "sha256", "rows", "source")


@dataclass(frozen=True)
class Loaded:
    """What came of loading a file: rows kept, where, and findings; with an error nothing is kept."""

    rows: int
    path: Path
    findings: list[dict[str, Any]]

    @property
    def kept(self) -> bool:
        return not any(finding["severity"] == "error" for finding in self.findings)


def load_reference(data: DataFolder, name: str, path: Path, source: str) -> Loaded:
    """Check the table `name` in the file at `path` and keep it, with its source and the moment of loading.

    The rows of the years in the file replace those that were there; other years stay. The file is a CSV (UTF-8) or
    a workbook whose first filled sheet, or the one called after the table, is read. Raises RoundError (Dutch) for a
    table that cannot be loaded or a file that is not there.
    """
    table = _table(name)
    if not path.is_file():
        raise RoundError(f"Bestand niet gevonden: {path}")
    read = read_one_table(path, name)
    kept = data.reference / f"{name}.parquet"
    loaded = Loaded(read.rows.num_rows, kept, read.word(Round(round=""), [*_no_row(read), *_doubles(read)]))
    if loaded.kept:
        _keep(data, table, read.rows.select(schema(name).names).cast(schema(name)), kept)
        line = (_now(), name, path.name, file_hash(path), str(loaded.rows), source)
        records.append(data.reference / "loads.csv", LOADS, [dict(zip(LOADS, line, strict=True))])
    return loaded


def _table(name: str) -> Table:
    known = {table.name: table for table in blueprint().reference_tables}
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.3)
        hint = f" Bedoelt u '{near[0]}'?" if near else ""
        raise RoundError(f"'{name}' is geen tabel die u kunt laden.{hint} Kies uit: {', '.join(known)}.")
    return known[name]


def _no_row(read: ListRead) -> Iterable[Failure]:
    if not read.rows.num_rows and not read.failures:
        yield Failure(FILE, read.table.name, None, "", "", "no_row", read.table.title)


def _doubles(read: ListRead) -> Iterable[Failure]:
    """The rows whose key stands above them already."""
    table = read.table
    titles = " + ".join(table.field(name).title for name in table.primary_key)
    seen: set[tuple] = set()
    for row in read.rows.select(["row_number", *table.primary_key]).to_pylist():
        key = tuple(row[name] for name in table.primary_key)
        if key in seen and None not in key:
            shown = ", ".join(map(str, key))
            yield Failure(FILE, table.name, row["row_number"], "", table.primary_key[0], "key_duplicate", shown, titles)
        seen.add(key)


def _keep(data: DataFolder, table: Table, rows: pa.Table, path: Path) -> None:
    before = read_reference(data, table.name)
    renewed = pc.call_function("is_in", [before.column("year")], pc.SetLookupOptions(rows.column("year").unique()))
    together = pa.concat_tables([before.filter(pc.call_function("invert", [renewed])), rows])
    write_parquet(path, together.sort_by([(name, "ascending") for name in table.primary_key]))


def _now() -> str:
    return dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
