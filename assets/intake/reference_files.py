"""Loads tables that an analyst brings (EU ETS, grid operators, other sectors): reads, checks and keeps them.

What companies file is taken in elsewhere; the Blueprint's own facts are put into DuckDB in `assets.reference`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from assets import records
from assets.files import file_hash
from assets.intake import infrastructure, other_demand
from assets.intake.expectations import Failure
from assets.intake.lists import FILE, ListRead, failure, read_one_table
from assets.intake.operators import NAME as OPERATOR_AREAS
from assets.intake.operators import replaced
from assets.parquet import write_parquet
from assets.rounds import Round, RoundError, today
from assets.store import DataFolder, read_reference
from blueprint.arrow import schema
from blueprint.geography import places
from blueprint.load import blueprint
from blueprint.model import Field, Table

# What a letter with an accent becomes when UTF-8 is read as something else, or the other way round.
DAMAGED = re.compile("[\u00c2\u00c3][\u0080-\u00bf\u0152-\u017e\u02c6\u02dc\u2013-\u2122]|\u00e2\u20ac|\ufffd")
LOADS = ("loaded_at", "table", "file", "sha256", "rows", "source")
Rows: TypeAlias = list[dict[str, Any]]


@dataclass(frozen=True)
class Loaded:
    """What came of loading a file: rows kept, where, and findings; with an error nothing is kept.

    `replaced` is how many rows of before they took the place of.
    """

    table: Table
    rows: int
    path: Path
    findings: list[dict[str, Any]]
    replaced: int = 0

    @property
    def kept(self) -> bool:
        return not any(finding["severity"] == "error" for finding in self.findings)


def load_reference(data: DataFolder, name: str, path: Path, source: str) -> Loaded:
    """Check the table `name` in the file at `path` and keep it, with its source and the moment of loading.

    The rows in the file replace those with the same values in what the table `replaces`, such as the same years;
    others stay. The file is a CSV (UTF-8) or a workbook whose first filled sheet, or the one called after the table,
    is read. Raises RoundError (Dutch) for a table that cannot be loaded or a file that is not there.
    """
    table = _table(name)
    if not path.is_file():
        raise RoundError(f"Bestand niet gevonden: {path}")
    read = read_one_table(path, table.name)
    lines, stays = read.rows.to_pylist(), read_reference(data, table.name)
    found = [*_no_row(read), *_damaged(table, lines)]
    if table.name == other_demand.NAME:
        found += other_demand.judge(lines, blueprint().geography_year, stays.to_pylist(), source)
    elif table.name == infrastructure.NAME:
        found += infrastructure.judge(lines, blueprint().geography_year, today().year, source)
    elif table.name == OPERATOR_AREAS:
        found += _odd_areas(lines)
    found += _doubles(table, lines)
    kept = data.reference / f"{table.name}.parquet"
    loaded = Loaded(table, len(lines), kept, read.word(Round(round=""), found))
    if loaded.kept:
        rows = [{field: row[field] for field in table.field_names} for row in lines]
        together = replaced(stays, pa.Table.from_pylist(rows, schema=schema(table.name)), table.replaces)
        write_parquet(kept, together.sort_by([(field, "ascending") for field in table.primary_key]))
        loaded = replace(loaded, replaced=stays.num_rows + len(rows) - together.num_rows)
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


def _damaged(table: Table, lines: Rows) -> Iterable[Failure]:
    """The texts that were once read in another encoding than they were written in."""
    for field in (field for field in table.fields if field.type == "string"):
        for row in lines:
            text = row[field.name]
            if text and not text.isascii() and (_mended(text) or DAMAGED.search(text)):
                meant = f" Bedoeld is misschien '{_mended(text)}'." if _mended(text) else ""
                yield failure(table.name, row, field.name, "list_encoding", text, meant)


def _mended(text: str) -> str:
    """What a damaged text says when its UTF-8 was read as Windows-1252; empty when that does not mend it."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""


def _doubles(table: Table, lines: Rows) -> Iterable[Failure]:
    """The rows whose key stands above them already."""
    needed = [name for name in table.primary_key if table.field(name).required]
    seen: dict[tuple, int] = {}
    for row in lines:
        key = tuple(row[name] for name in table.primary_key)
        if any(row[name] is None for name in needed):
            continue
        if (above := seen.setdefault(key, row["row_number"])) != row["row_number"]:
            filled = [name for name in table.primary_key if row[name] is not None]
            shown = ", ".join(_shown(table.field(name), row[name]) for name in filled)
            yield failure(table.name, row, table.primary_key[0], "key_duplicate", shown, f"regel {above}")


def _shown(field: Field, value: Any) -> str:
    return blueprint().codes[field.codes].label(value) if field.codes else str(value)


def _odd_areas(lines: Rows) -> Iterable[Failure]:
    """The rows of a file whose municipality is not known, or whose operator has no net for the carrier."""
    operators = {code.code: code for code in blueprint().codes["grid_operators"].codes}
    carriers = blueprint().codes["carriers"]
    for row in lines:
        place, carrier, operator = row["municipality_code"], row["carrier"], operators.get(row["grid_operator"] or "")
        if place and places.find_codes(place) != (place,):
            yield failure(OPERATOR_AREAS, row, "municipality_code", "list_municipality_unknown", place, _choices(place))
        if operator and carrier in carriers.names and carrier not in operator.attributes["carriers"].split(";"):
            yield failure(
                OPERATOR_AREAS, row, "grid_operator", "list_operator_carrier", operator.label, carriers.label(carrier)
            )


def _choices(place: str) -> str:
    codes = " of ".join(places.find_codes(place))
    return f"Kies uit {codes}." if codes else "Die is niet bekend."


def _now() -> str:
    return dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
