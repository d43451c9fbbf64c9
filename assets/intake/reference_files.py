"""Loads tables of public facts that an analyst brings (EU ETS, grid operators): reads, checks and keeps them.

What companies file is taken in elsewhere; the Blueprint's own facts are put into DuckDB in `assets.reference`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets import records
from assets.intake.expectations import Failure
from assets.intake.lists import FILE, ListRead, read_one_table
from assets.intake.operators import NAME as OPERATOR_AREAS
from assets.intake.operators import replaced
from assets.rounds import Round, RoundError
from assets.store import DataFolder, file_hash, read_reference, write_parquet
from blueprint.arrow import schema
from blueprint.geography import places
from blueprint.load import blueprint
from blueprint.model import Table

# What a letter with an accent becomes when UTF-8 is read as something else, or the other way round.
DAMAGED = re.compile("[\u00c2\u00c3][\u0080-\u00bf\u0152-\u017e\u02c6\u02dc\u2013-\u2122]|\u00e2\u20ac|\ufffd")
LOADS = ("loaded_at", "table", "file", "sha256", "rows", "source")


@dataclass(frozen=True)
class Loaded:
    """What came of loading a file: rows kept, where, and findings; with an error nothing is kept."""

    table: Table
    rows: int
    path: Path
    findings: list[dict[str, Any]]

    @property
    def kept(self) -> bool:
        return not any(finding["severity"] == "error" for finding in self.findings)


def load_reference(data: DataFolder, name: str, path: Path, source: str) -> Loaded:
    """Check the table `name` in the file at `path` and keep it, with its source and the moment of loading.

    Its rows replace those that were there of the same years, or municipalities and carriers: what the table
    `replaces`. The file is a CSV (UTF-8) or a workbook whose first filled sheet, or the one called after the table,
    is read. Raises RoundError (Dutch) for a table that cannot be loaded or a file that is not there.
    """
    table = _table(name)
    if not path.is_file():
        raise RoundError(f"Bestand niet gevonden: {path}")
    read = read_one_table(path, table.name)
    kept, wanted = data.reference / f"{table.name}.parquet", schema(table.name)
    odd = _odd_areas(read) if table.name == OPERATOR_AREAS else ()
    found = read.word(Round(round=""), [*_no_row(read), *_doubles(read), *_damaged(read), *odd])
    loaded = Loaded(table, read.rows.num_rows, kept, found)
    if loaded.kept:
        _keep(data, table, read.rows.select(wanted.names).cast(wanted), kept)
        line = (_now(), table.name, path.name, file_hash(path), str(loaded.rows), source)
        records.append(data.reference / "loads.csv", LOADS, [dict(zip(LOADS, line, strict=True))])
    return loaded


def _table(name: str) -> Table:
    known = {table.name: table for table in blueprint().reference_tables}
    name = name.replace("-", "_")
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


def _damaged(read: ListRead) -> Iterable[Failure]:
    """The cells whose letters were lost when the file was saved in another encoding."""
    for row in read.rows.to_pylist():
        for name in read.table.field_names:
            if isinstance(row[name], str) and DAMAGED.search(row[name]):
                yield Failure(FILE, read.table.name, row["row_number"], row["series"], name, "list_encoding", row[name])


def _odd_areas(read: ListRead) -> Iterable[Failure]:
    """The rows of a file whose municipality is not known, or whose operator has no net for the carrier."""
    operators = {code.code: code for code in blueprint().codes["grid_operators"].codes}
    carriers = blueprint().codes["carriers"]
    for row in read.rows.to_pylist():
        place, carrier, operator = row["municipality_code"], row["carrier"], operators.get(row["grid_operator"] or "")
        if place and places.find_codes(place) != (place,):
            yield _failure(row, "municipality_code", "list_municipality_unknown", place, _choices(place))
        if operator and carrier in carriers.names and carrier not in operator.attributes["carriers"].split(";"):
            yield _failure(row, "grid_operator", "list_operator_carrier", operator.label, carriers.label(carrier))


def _choices(place: str) -> str:
    codes = " of ".join(places.find_codes(place))
    return f"Kies uit {codes}." if codes else "Die is niet bekend."


def _failure(row: dict, field: str, rule: str, value: str, allowed: str) -> Failure:
    return Failure(FILE, OPERATOR_AREAS, row["row_number"], row["series"], field, rule, value, allowed)


def _keep(data: DataFolder, table: Table, rows: pa.Table, path: Path) -> None:
    before = read_reference(data, table.name)
    together = replaced(before, rows, table.replaces)
    write_parquet(path, together.sort_by([(name, "ascending") for name in table.primary_key]))


def _now() -> str:
    return dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
