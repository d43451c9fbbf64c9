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
import pyarrow.parquet as pq

from assets import records
from assets.intake import findings as wording
from assets.intake.cells import is_filled_row
from assets.intake.expectations import KEY, Failure, failing_rows
from assets.intake.extracted import Extract, Problem
from assets.intake.headings import find_header
from assets.intake.layout import report_layout
from assets.intake.rows import SheetRows
from assets.intake.sheets import Sheet, UnreadableFile
from assets.rounds import Round, RoundError
from assets.store import DataFolder, file_hash, write_parquet
from blueprint.arrow import row_schema, schema
from blueprint.load import blueprint
from blueprint.model import Table

LOADS = ("loaded_at", "table", "file", "sha256", "rows", "source")
THIS = "bestand"


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
    rows, found = _read(table, path)
    kept = data.reference / f"{name}.parquet"
    loaded = Loaded(rows.num_rows, kept, found)
    if loaded.kept:
        _keep(data, table, rows.select(schema(name).names).cast(schema(name)), kept)
        line = (_now(), name, path.name, file_hash(path), str(rows.num_rows), source)
        records.append(data.reference / "loads.csv", LOADS, [dict(zip(LOADS, line, strict=True))])
    return loaded


def read_reference(data: DataFolder, name: str) -> pa.Table:
    """A reference table in the Blueprint's schema; without rows when it was never loaded."""
    path = data.reference / f"{name}.parquet"
    return pq.ParquetFile(path).read().cast(schema(name)) if path.exists() else schema(name).empty_table()


def _table(name: str) -> Table:
    known = {table.name: table for table in blueprint().reference_tables}
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.3)
        hint = f" Bedoelt u '{near[0]}'?" if near else ""
        raise RoundError(f"'{name}' is geen tabel die u kunt laden.{hint} Kies uit: {', '.join(known)}.")
    return known[name]


def _read(table: Table, path: Path) -> tuple[pa.Table, list[dict[str, Any]]]:
    out = Extract()
    sheet = None
    try:
        sheet = _sheet(table, path)
    except UnreadableFile as refusal:
        out.problems.append(Problem(refusal.rule, value=refusal.detail))
    if sheet is not None:
        _type(table, sheet, out)
    wanted = row_schema(table)
    rows = out.tables.get(table.name, wanted.remove(0).empty_table())
    rows = rows.add_column(0, "submission_id", pa.repeat(THIS, rows.num_rows)).select(wanted.names)
    failures = [
        Failure(THIS, p.table, p.row or None, p.series, p.field, p.rule, p.value, p.allowed, p.sheet, p.column)
        for p in out.problems
    ]
    unread = {(f.row_number, f.field) for f in failures if f.row_number}
    judged = failing_rows(table, rows.select([*KEY, *table.field_names])) if rows.num_rows else []
    failures += [f for f in judged if (f.row_number, f.field) not in unread]
    failures += _doubles(table, rows)
    names = {(THIS, table.name): sheet.name} if sheet else {}
    return rows, wording.word(failures, {THIS: path.name}, names, {THIS: out.columns}, Round(round=""))


def _sheet(table: Table, path: Path) -> Sheet | None:
    from assets.intake.csv_zip import read_csv_parts
    from assets.intake.read import read_bytes, read_data

    content = read_bytes(path)
    sheets = read_csv_parts({path.name: content}) if path.suffix.lower() == ".csv" else read_data(content)
    filled = [sheet for sheet in sheets if any(map(is_filled_row, sheet.rows))]
    named = [sheet for sheet in filled if sheet.name.casefold() in (table.name, table.title.casefold())]
    return next(iter((*named, *filled)), None)


def _type(table: Table, sheet: Sheet, out: Extract) -> None:
    header = find_header(sheet, table)
    if header is None:
        shown = ", ".join(field.title for field in table.fields)
        out.problems.append(Problem("header_missing", table.name, sheet.name, allowed=shown))
        return
    indices = [i for i in range(header.index + 1, len(sheet.rows)) if is_filled_row(sheet.rows[i])]
    report_layout(table, sheet, header, indices, [], out)
    if indices:
        out.tables[table.name] = SheetRows(table, sheet, header, sheet.notation, "", indices, out).rows()
    else:
        out.problems.append(Problem("no_row", table.name, sheet.name, value=table.title))


def _doubles(table: Table, rows: pa.Table) -> Iterable[Failure]:
    """The rows whose key stands above them already."""
    titles = " + ".join(table.field(name).title for name in table.primary_key)
    seen: set[tuple] = set()
    for row in rows.select([*KEY, *table.primary_key]).to_pylist():
        key = tuple(row[name] for name in table.primary_key)
        if key in seen and None not in key:
            shown = ", ".join(map(str, key))
            place = (THIS, table.name, row["row_number"], "", table.primary_key[0])
            yield Failure(*place, "key_duplicate", shown, titles)
        seen.add(key)


def _keep(data: DataFolder, table: Table, rows: pa.Table, path: Path) -> None:
    before = read_reference(data, table.name)
    renewed = pc.call_function("is_in", [before.column("year")], pc.SetLookupOptions(rows.column("year").unique()))
    together = pa.concat_tables([before.filter(pc.call_function("invert", [renewed])), rows])
    write_parquet(path, together.sort_by([(name, "ascending") for name in table.primary_key]))


def _now() -> str:
    return dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat()
