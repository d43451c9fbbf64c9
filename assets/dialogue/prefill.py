"""Finds what a company filed before, among the accepted rows of all rounds, to fill in its next form with.

Only the rows of that one company are read out. How they are laid out belongs in `form`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from assets.rounds import Round
from assets.store import DataFolder, read_table
from assets.workbooks.filing import Row
from blueprint.load import blueprint
from blueprint.model import REMARKS, Blueprint, Table

# What belongs to the filing itself and not to the company: each filing says it anew.
ANEW = ("submitted_on", "replaces_submission", "number_notation")
# Consent is given for one filing and never carried on.
NEVER = ("consent",)
# What is of the base year itself, besides what stands under a year.
OF_BASE_YEAR = {"site": ("co2_base_year_t",)}


class NothingFiled(Exception):
    """No accepted filing of that company in any round; the message is Dutch and says what to do."""


@dataclass(frozen=True)
class Earlier:
    """The accepted rows of a company in one round, in long form, as the form of another round can hold them.

    `left_out` counts per year the rows that the other round does not ask: of another year, or a plan for what is its
    base year. `refused` counts the rows that were filed but not accepted.
    """

    round: str
    tables: dict[str, list[Row]]
    left_out: dict[int, int]
    refused: int

    @property
    def rows(self) -> int:
        return sum(len(rows) for rows in self.tables.values())


def earlier_filing(data: DataFolder, kvk_number: str, settings: Round) -> Earlier:
    """What the company filed in this round, or else in the round in which its filing is the newest.

    Raises NothingFiled when there is none, OSError or ArrowInvalid for tables that cannot be read.
    """
    found = {name: ids for name in _rounds(data) if (ids := _submissions(data, name, kvk_number))}
    if not found:
        raise NothingFiled(
            f"Van KvK-nummer '{kvk_number}' is in geen enkele ronde een aanvaarde opgave gevonden. Controleer het "
            "nummer, reken de ronde door (pces run), of maak een leeg formulier zonder --company."
        )
    same = settings.round if settings.round in found else ""
    chosen = same or max(found, key=lambda name: (_submitted(data, name, found[name]), name))
    tables = {table.name: _rows(data, table, chosen, found[chosen]) for table in blueprint().sheet_tables}
    for row in (row for rows in tables.values() for row in rows):
        row.pop(REMARKS, None)  # an old explanation would settle a new warning
    for row in tables["submission"]:
        row.update(dict.fromkeys(ANEW), replaces_submission=found[chosen][0] if same else None)
    tables.update({name: [] for name in NEVER})
    _drop_other_base_year(tables, settings)
    left_out = _drop_other_years(tables, settings)
    return Earlier(chosen, tables, left_out, _refused(data, chosen, found[chosen]))


def _rounds(data: DataFolder) -> list[str]:
    return sorted(path.name.partition("=")[2] for path in (data.curated / "company").glob("round=*"))


def _submissions(data: DataFolder, round_name: str, kvk_number: str) -> list[str]:
    """The filings of a company that count in a round: one at most, unless its files name several companies."""
    company = read_table(data, "company", round_name)
    mine = _only(company, "kvk_number", {kvk_number})
    return sorted(set(mine.column("submission_id").to_pylist()))


def _submitted(data: DataFolder, round_name: str, submissions: list[str]) -> dt.date:
    rows = _rows(data, blueprint().tables["submission"], round_name, submissions)
    return max((row["submitted_on"] for row in rows if row["submitted_on"]), default=dt.date.min)


def _rows(data: DataFolder, table: Table, round_name: str, submissions: list[str]) -> list[Row]:
    rows = read_table(data, table.name, round_name)
    mine = _only(rows, "submission_id", set(submissions))
    known = [name for name in table.field_names if name in mine.column_names]  # older tables may lack a field
    agreed = blueprint()
    return [
        {name: _present(agreed, table, name, value) for name, value in row.items()}
        for row in mine.select(known).to_pylist()
    ]


def _only(rows: pa.Table, name: str, wanted: set[str]) -> pa.Table:
    return rows.filter(pa.array([value in wanted for value in rows.column(name).to_pylist()], pa.bool_()))


def _present(agreed: Blueprint, table: Table, name: str, value: Any) -> Any:
    """The value in the codes of today: a code that ended since is its successor."""
    codes = table.field(name).codes
    former = {code.code: code.successor for code in agreed.codes[codes].ended} if codes else {}
    return former.get(value, value) if isinstance(value, str) else value


def _refused(data: DataFolder, round_name: str, submissions: list[str]) -> int:
    """How many rows of those filings were refused."""
    counts = _only(read_table(data, "submission_status", round_name), "submission_id", set(submissions)).to_pylist()
    return sum(row["rows_refused"] or 0 for row in counts if row["table_name"] == "*")


def _drop_other_base_year(tables: dict[str, list[Row]], settings: Round) -> None:
    """Empty what is of the base year of the earlier filing, when that of the round is another."""
    if any(row["base_year"] != settings.base_year for row in tables["submission"]):
        for name, fields in OF_BASE_YEAR.items():
            for row in tables[name]:
                row.update(dict.fromkeys(fields))


def _drop_other_years(tables: dict[str, list[Row]], settings: Round) -> dict[int, int]:
    """Keep of the wide tables what can stand under the years of the round; returns how many rows cannot, per year.

    An actual of another base year stays as a row of the new one that is still to be filled in.
    """
    left_out: Counter[int] = Counter()
    for table in blueprint().sheet_tables:
        if table.wide is None:
            continue
        key, kept = table.wide.key, []
        for row in tables[table.name]:
            is_base = bool(table.wide.base) and table.wide.base.items() <= row.items()
            fits = not table.wide.base or is_base == (row[key] == settings.base_year)
            if fits and row[key] in settings.years:
                kept.append(row)
                continue
            left_out[row[key]] += 1
            if is_base:
                empty = [*table.wide.columns, *([table.wide.reason] if table.wide.reason else [])]
                kept.append({**row, **dict.fromkeys(empty), key: settings.base_year})
        tables[table.name] = kept
    return dict(sorted(left_out.items()))
