"""Reads a file that holds one table, such as an analyst brings: bounded, typed, and judged by its columns.

What a table means, and where it is kept, belongs in `assets.intake.expected` and `assets.intake.reference_files`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.intake import findings
from assets.intake.bounded import read_many
from assets.intake.examine import MEMORY_BYTES, TIMEOUT_SECONDS
from assets.intake.expectations import Failure
from assets.intake.extract import extract_list, unreadable
from assets.intake.extracted import Extract, Problem
from assets.intake.headings import table_of
from assets.intake.judge import judge_list
from assets.intake.sheets import Sheet, UnreadableFile
from assets.rounds import Round
from blueprint.arrow import row_schema
from blueprint.geography import places
from blueprint.load import blueprint
from blueprint.model import Table

# The one file that is judged; findings are kept apart by such a key.
FILE = "list"
PLACE = "municipality_code"
# Where a name is told with the code that it was read as: of a plan in the wrong place companies get a letter.
TELLS_NAMES = ("infrastructure",)


@dataclass(frozen=True)
class ListRead:
    """The rows of a list with `row_schema`, and the breaches in it by itself."""

    table: Table
    file: str
    rows: pa.Table
    failures: list[Failure]
    columns: findings.Columns

    def word(self, settings: Round, more: Iterable[Failure] = ()) -> list[dict[str, Any]]:
        """The findings: these and `more` breaches. Nothing that a round relaxes is relaxed in a list."""
        sheets = self.rows.column("sheet").unique().to_pylist()
        named = {(FILE, self.table.name): sheets[0]} if sheets else {}
        strict = settings.model_copy(update={"relaxed_rules": ()})
        return findings.word([*self.failures, *more], {FILE: self.file}, named, {FILE: self.columns}, strict)


def read_one_table(path: Path, name: str) -> ListRead:
    """Read the table `name` from a workbook (xlsx, ods) or CSV file; whatever is wrong with it is a breach."""
    ((_, result),) = read_many([path], partial(extract_one_table, name), 1, TIMEOUT_SECONDS, MEMORY_BYTES)
    extract = unreadable(result) if isinstance(result, UnreadableFile) else result
    table = blueprint().tables[name]
    wanted = row_schema(table)
    read = extract.tables.get(name, wanted.remove(0).empty_table())
    rows = read.add_column(0, "submission_id", pa.repeat(FILE, read.num_rows)).select(wanted.names)
    return ListRead(table, path.name, rows, judge_list(table, rows, extract.problems, FILE), extract.columns)


def extract_one_table(name: str, path: Path) -> Extract:
    """Read and type one file that holds a list; a CSV file may come without a zip around it."""
    from assets.intake.csv_zip import read_csv_parts
    from assets.intake.read import read_bytes, read_data

    try:
        content = read_bytes(path)
        is_text = path.suffix.lower() == ".csv" and not content.startswith(b"PK")
        sheets = read_csv_parts({path.name: content}) if is_text else read_data(content)
    except UnreadableFile as refusal:
        if refusal.rule == "file_not_recognised":
            # What is said of a filing sends an analyst to a form and a zip, and a list needs neither.
            what = refusal.detail.partition(";")[0]
            return Extract(problems=[Problem("list_not_recognised", value=what)], readable=False)
        return unreadable(refusal)
    if tabs := _tabs_of_a_filing(sheets):
        return Extract(problems=[Problem("list_is_filing", value=", ".join(tabs))], readable=False)
    found = extract_list(sheets, blueprint().tables[name])
    if name in TELLS_NAMES:
        found.problems += names_for_codes(name, sheets, found)
    return found


def _tabs_of_a_filing(sheets: list[Sheet]) -> list[str]:
    """The sheets that are called as those of the form that companies fill in; none when a list may have them."""
    tabs = [sheet.name for sheet in sheets if table_of(sheet.name)]
    return tabs if len(tabs) > 1 else []


def names_for_codes(name: str, sheets: list[Sheet], found: Extract) -> Iterator[Problem]:
    """Every text that was read as the code of a municipality, once, with that code and the rows it is in.

    Of one that is not known, or is no municipality any more, is told by itself.
    """
    rows, column = found.tables.get(name), found.columns.get((name, PLACE, ""))
    if rows is None or column is None:
        return
    sheet = next(sheet for sheet in sheets if sheet.name == rows.column("sheet")[0].as_py())
    told: dict[tuple[str, str], list[int]] = {}
    for row, code in zip(rows.column("row_number").to_pylist(), rows.column(PLACE).to_pylist(), strict=True):
        line = sheet.rows[row - sheet.first_row] if code else []
        text = str(line[column - sheet.first_column]).strip() if line else ""
        year = blueprint().geography_year
        if text.upper() != code and places.find_codes(text) == (code,) and places.current_code(code, year) == code:
            told.setdefault((text, code), []).append(row)
    for (text, code), (first, *more) in told.items():
        also = ", ".join(map(str, more))
        read_as = f"{code} ({places.municipality_name(code)})" + (f", ook in regel {also}" if also else "")
        yield Problem("list_municipality_name", name, sheet.name, first, "", column, PLACE, text, read_as)


def failure(table: str, row: dict[str, Any], field: str, rule: str, value: str, allowed: str) -> Failure:
    """A breach at a cell of the one table that was read."""
    return Failure(FILE, table, row["row_number"], "", field, rule, value, allowed)


def place_row(row: dict[str, Any], table: str, year: int) -> Iterator[Failure]:
    """Fill in the municipality code and the province that follow from what a row says; the breaches in its place."""
    filed, province = row["municipality_code"], row["province_code"]
    if filed is None:
        return
    known = [code for code in places.find_codes(filed) if places.current_code(code, year)]
    if len(known) > 1:
        # A name that several provinces know is told by the province beside it.
        known = [code for code in known if _province(code, year) == province] or known
    if not known:
        yield failure(table, row, "municipality_code", "municipality_unknown", filed, str(year))
    elif len(known) > 1:
        choices = " of ".join(f"{code} ({province_label(_province(code, year))})" for code in known)
        yield failure(table, row, "municipality_code", "municipality_ambiguous", filed, choices)
    else:
        row["municipality_code"], found = known[0], _province(known[0], year)
        if province is None:
            row["province_code"] = found
        elif province != found and province in blueprint().codes["provinces"].names:
            labels = province_label(province), province_label(found)
            yield failure(table, row, "province_code", "list_place_differs", *labels)


def _province(code: str, year: int) -> str:
    return places.province_of(places.current_code(code, year) or code, year) or ""


def province_label(province: str) -> str:
    """The name of a province, for a message."""
    return blueprint().codes["provinces"].label(province)
