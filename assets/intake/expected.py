"""The list of invited companies of a round: reads and judges an analyst's file, keeps it, and gives it as a table.

Who of them answered is worked out in `sql/invitations.sql`; what companies file does not belong here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets import records
from assets.intake.cells import Unfit, as_text, fold
from assets.intake.expectations import Failure
from assets.intake.judge import judge_list
from assets.intake.lists import FILE, failure, place_row, province_label, read_one_table
from assets.intake.rows import typed
from assets.rounds import Round, RoundError
from assets.store import DataFolder, write_table
from blueprint.arrow import row_schema, schema
from blueprint.load import blueprint

NAME = "expected"
Row = dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """A list that was read: its rows in the schema of `expected`, and the findings; with an error no row is left."""

    rows: pa.Table
    findings: list[dict[str, Any]]

    @property
    def is_good(self) -> bool:
        return not any(finding["severity"] == "error" for finding in self.findings)


@dataclass(frozen=True)
class Change:
    """How many rows a new list adds, takes away, changes and leaves as they were."""

    added: int
    gone: int
    changed: int
    same: int


def read_list(path: Path, settings: Round) -> Checked:
    """Read and judge the list in a workbook (xlsx, ods) or CSV file; whatever is wrong with it is a finding."""
    read = read_one_table(path, NAME)
    lines = read.rows.to_pylist()
    found = read.word(settings, list(_judge(lines, settings)))
    good = not any(finding["severity"] == "error" for finding in found)
    return Checked(_as_table(lines) if good else schema(NAME).empty_table(), found)


def keep_list(data: DataFolder, settings: Round, rows: pa.Table) -> Change:
    """Keep a list in the place of the one before; the same list again changes nothing."""
    try:
        before = _by_key(_kept_texts(data, settings.round))
    except records.DamagedRecord:
        before = {}
    after = _by_key([_as_texts(row) for row in rows.to_pylist()])
    records.write(list_path(data, settings.round), _columns(), after.values())
    both = before.keys() & after.keys()
    same = sum(before[key] == after[key] for key in both)
    return Change(len(after) - len(both), len(before) - len(both), len(both) - same, same)


def kept_list(data: DataFolder, settings: Round) -> pa.Table:
    """The list of a round in the schema of `expected`; no rows when none was loaded.

    Raises RoundError when somebody changed the kept file into something that cannot be read.
    """
    try:
        lines = [_from_texts(row) for row in _kept_texts(data, settings.round)]
    except records.DamagedRecord as error:
        again = f"pces expected load BESTAND --round {settings.round}"
        raise RoundError(f"{error} Of laad de lijst opnieuw: {again}") from None
    if not lines:
        # Most rounds have no list, and loading what judges or makes one takes longer than all else here.
        return schema(NAME).empty_table()
    placed = [{"submission_id": FILE, "sheet": FILE, "series": "", **row} for row in lines]
    placed = [{**row, "row_number": number} for number, row in enumerate(placed, start=2)]
    table = blueprint().tables[NAME]
    broken = judge_list(table, pa.Table.from_pylist(placed, schema=row_schema(table)), [], FILE)
    broken += _judge(placed, settings)
    wrong = [failure for failure in broken if blueprint().rules[failure.rule].severity == "error"]
    if wrong:
        raise RoundError(
            f"De geladen lijst van uitgenodigde bedrijven klopt niet meer ({records.EXPECTED}, regel"
            f" {wrong[0].row_number},"
            f" {table.field(wrong[0].field).title}). Laad de lijst opnieuw: pces expected load BESTAND"
            f" --round {settings.round}"
        )
    return _as_table(placed)


def write_expected(data: DataFolder, settings: Round) -> int:
    """Write the table `expected` of a round from the list that was loaded; returns its number of rows."""
    rows = kept_list(data, settings)
    write_table(data, NAME, settings.round, rows)
    return rows.num_rows


def list_path(data: DataFolder, round_name: str) -> Path:
    """Where the list of a round is kept."""
    return data.records(round_name) / records.EXPECTED


def _judge(lines: list[Row], settings: Round) -> Iterator[Failure]:
    """The breaches between cells and rows; fills in the municipality and province that follow."""
    for row in lines:
        yield from place_row(row, NAME, settings.geography_year)
        if row["is_ets"] is False and row["ets_emissions_t"]:
            title = blueprint().tables[NAME].field("is_ets").title
            yield failure(NAME, row, "ets_emissions_t", "list_ets_differs", as_text(row["ets_emissions_t"]), title)
    yield from _doubles(lines)
    yield from _other_names(lines)


def _doubles(lines: list[Row]) -> Iterator[Failure]:
    table = blueprint().tables[NAME]
    seen: set[tuple] = set()
    for row in lines:
        if row["kvk_number"] is None:
            continue
        key = _identity(row)
        if key in seen:
            site = [name for name in ("branch_number", "site_name", "province_code") if row[name]][:1]
            names = ["kvk_number", *site]
            titles = " + ".join(table.field(name).title for name in names)
            shown = ", ".join(province_label(row[name]) if name == "province_code" else row[name] for name in names)
            yield failure(NAME, row, "kvk_number", "key_duplicate", shown, titles)
        seen.add(key)


def _identity(row: Row) -> tuple:
    """What makes two rows the same invitation: company and branch number, or company, site and place."""
    if row["branch_number"]:
        return row["kvk_number"], row["branch_number"]
    return row["kvk_number"], fold(row["site_name"] or ""), row["municipality_code"], row["province_code"]


def _other_names(lines: list[Row]) -> Iterator[Failure]:
    first: dict[str, str] = {}
    for row in lines:
        name = row["company_name"]
        if row["kvk_number"] and name and fold(first.setdefault(row["kvk_number"], name)) != fold(name):
            yield failure(NAME, row, "company_name", "list_name_differs", name, first[row["kvk_number"]])


def _columns() -> tuple[str, ...]:
    return blueprint().tables[NAME].field_names


def _as_table(lines: list[Row]) -> pa.Table:
    """The rows in the order of their key, whatever the order of the file was."""
    key = blueprint().tables[NAME].primary_key
    ordered = sorted(lines, key=lambda row: tuple(row[name] or "" for name in key))
    return pa.Table.from_pylist([{name: row[name] for name in _columns()} for row in ordered], schema=schema(NAME))


def _as_texts(row: Row) -> dict[str, str]:
    return {name: _as_text(row[name]) for name in _columns()}


def _as_text(value: Any) -> str:
    """A value as Dutch Excel shows it, with all its decimals."""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f").removesuffix(".0").replace(".", ",")
    return as_text(value)


def _kept_texts(data: DataFolder, round_name: str) -> list[dict[str, str]]:
    return records.read(list_path(data, round_name), _columns())


def _by_key(rows: list[dict[str, str]]) -> dict[tuple[str, ...], dict[str, str]]:
    return {tuple(row[name] for name in blueprint().tables[NAME].primary_key): row for row in rows}


def _from_texts(row: dict[str, str]) -> Row:
    table = blueprint().tables[NAME]
    read = {name: typed(table.field(name), text, "nl") if text else None for name, text in row.items()}
    if any(isinstance(value, Unfit) for value in read.values()):
        raise records.DamagedRecord(f"Het bestand {records.EXPECTED} heeft een waarde die niet is te lezen.")
    return read


def companies(rows: pa.Table) -> int:
    """How many companies a list invites."""
    return len(set(rows.column("kvk_number").to_pylist()))
