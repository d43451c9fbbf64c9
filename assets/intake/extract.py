"""Turns the sheets of one file into typed rows with their place, and problems for what could not be typed.

Cells are typed in `assets.intake.rows`; whether values are allowed is judged later, in `assets.intake.judge`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from assets.intake.cells import Unfit, fold, is_filled_row
from assets.intake.extracted import Extract, Problem
from assets.intake.headings import Header, find_header, is_own, repeated_headers, table_of
from assets.intake.layout import report_layout
from assets.intake.rows import SheetRows, typed
from assets.intake.sheets import Sheet, UnreadableFile
from blueprint.load import blueprint
from blueprint.model import Table

LOST_VALUE = ("error:", "formula_without_value")
# A form of 20,000 lines has 140,000 rows; of one file no more may come to the process that judges the whole round.
MAX_ROWS, MAX_PROBLEMS = 200_000, 100_000


def extract_file(path: Path) -> Extract:
    """Read and type one file; an unreadable one gives an Extract with that one problem."""
    from assets.intake.read import read_bytes, read_data

    try:
        content = read_bytes(path)
    except UnreadableFile as refusal:
        return unreadable(refusal)
    try:
        found = extract(read_data(content))
    except UnreadableFile as refusal:
        found = unreadable(refusal)
    found.sha256 = hashlib.sha256(content).hexdigest()
    return found


def unreadable(refusal: UnreadableFile) -> Extract:
    return Extract(problems=[Problem(refusal.rule, value=refusal.detail)], readable=False)


def extract(sheets: list[Sheet]) -> Extract:
    """Type the sheets of one file; the order of sheets and columns does not matter.

    Raises UnreadableFile: file_expands_too_much.
    """
    out = Extract()
    chosen = _choose(sheets, out)
    notation = _declared(chosen, "number_notation")
    notation = notation if notation in blueprint().codes["notations"].names else None
    base_year = _declared(chosen, "base_year") or blueprint().base_year
    version = _declared(chosen, "blueprint_version")
    for table in blueprint().sheet_tables:
        if table.name in chosen:
            sheet = chosen[table.name]
            _read_sheet(table, sheet, sheet.notation or notation, str(base_year), out, version)
            if len(out.problems) > MAX_PROBLEMS:
                raise UnreadableFile("file_expands_too_much", f"meer dan {MAX_PROBLEMS} fouten")
        elif table.expected:
            out.problems.append(Problem("sheet_absent", allowed=table.title))
        elif table.rows != "any":
            out.problems.append(Problem("sheet_missing", table.name, allowed=table.title))
    return out


def extract_list(sheets: list[Sheet], table: Table) -> Extract:
    """Type a file that holds one table: on the sheet of its name, else on the first with its headings.

    Other filled sheets are named and not read, but for one with our own explanation.
    """
    out = Extract()
    filled = [sheet for sheet in sheets if any(map(is_filled_row, sheet.rows)) and not is_own(sheet.name)]
    named = [sheet for sheet in filled if fold(sheet.name) in (fold(table.name), fold(table.title))]
    chosen = next((sheet for sheet in (*named, *filled) if find_header(sheet, table)), None)
    if chosen is None:
        shown = ", ".join(field.title for field in table.fields[:5])
        sheet_name = filled[0].name if filled else ""
        out.problems.append(Problem("header_missing", table.name, sheet_name, allowed=shown))
        return out
    _read_sheet(table, chosen, chosen.notation, str(blueprint().base_year), out, None)
    for sheet in filled:
        if sheet is not chosen:
            out.problems.append(Problem("sheet_unknown", sheet=sheet.name, value=sheet.name, allowed=table.title))
    return out


def _choose(sheets: list[Sheet], out: Extract) -> dict[str, Sheet]:
    chosen: dict[str, Sheet] = {}
    titles = ", ".join(table.title for table in blueprint().sheet_tables)
    for sheet in sheets:
        if is_own(sheet.name):
            continue
        table = table_of(sheet.name)
        filled = any(map(is_filled_row, sheet.rows))
        meant = None if table else table_of(sheet.name.rpartition(".")[0])
        if meant is not None:
            out.problems.append(Problem("part_not_csv", meant.name, sheet.name, value=sheet.name))
        elif table is None:
            if filled:
                out.problems.append(Problem("sheet_unknown", sheet=sheet.name, value=sheet.name, allowed=titles))
        elif not table.sheet:
            out.problems.append(Problem("sheet_not_used", sheet=sheet.name, value=table.title))
        elif table.name in chosen:
            names = f"{chosen[table.name].name} en {sheet.name}"
            out.problems.append(Problem("sheet_double", table.name, sheet.name, value=names, allowed=table.title))
        else:
            chosen[table.name] = sheet
            if sheet.hidden and filled:
                out.problems.append(Problem("sheet_hidden", table.name, sheet.name))
    return chosen


def _declared(chosen: dict[str, Sheet], name: str) -> Any:
    """What the filing declares of itself in its submission table, typed; None when it does not or cannot be read."""
    sheet = chosen.get("submission")
    table = blueprint().tables["submission"]
    header = find_header(sheet, table) if sheet else None
    heading = header.columns.get((name, "")) if header else None
    if sheet is None or header is None or heading is None:
        return None
    for row in sheet.rows[header.index + 1 :]:
        value = row[heading.index] if heading.index < len(row) else None
        if value is not None:
            found = typed(table.field(name), value, None)
            return None if isinstance(found, Unfit) else found
    return None


def _read_sheet(
    table: Table, sheet: Sheet, notation: str | None, base_year: str, out: Extract, version: str | None
) -> None:
    header = find_header(sheet, table)
    if header is None:
        if table.expected and not any(map(is_filled_row, sheet.rows)):
            out.problems.append(Problem("sheet_unfilled", table.name, sheet.name, value=table.title))
        elif any(map(is_filled_row, sheet.rows)) or table.rows != "any":
            shown = ", ".join(f.title for f in table.fields[:5])
            out.problems.append(Problem("header_missing", table.name, sheet.name, allowed=shown))
        return
    again = repeated_headers(sheet, header)
    numbers = [index for index in _filled_rows(sheet, header) if index not in again]
    report_layout(table, sheet, header, numbers, again, out, version)
    if not numbers and table.rows != "any":
        out.problems.append(Problem("no_row", table.name, sheet.name, value=table.title))
    elif not numbers and table.expected:
        out.problems.append(Problem("sheet_unfilled", table.name, sheet.name, value=table.title))
    years = {heading.series for heading in header.columns.values() if heading.series}
    if len(numbers) * len(years) > MAX_ROWS:
        raise UnreadableFile("file_expands_too_much", f"meer dan {MAX_ROWS} regels")
    if numbers:
        out.filled_rows[table.name] = len(numbers)
        out.tables[table.name] = SheetRows(table, sheet, header, notation, base_year, numbers, out).rows()


def _filled_rows(sheet: Sheet, header: Header) -> list[int]:
    """The rows below the header with a value in any cell, or with a cell that lost its value."""
    columns = {sheet.first_column + heading.index for heading in header.columns.values()}
    lost = {
        row - sheet.first_row
        for (row, column), mark in sheet.marks.items()
        if column in columns and mark.startswith(LOST_VALUE)
    }
    while len(sheet.rows) <= max(lost, default=-1):
        sheet.rows.append([])
    return [
        index for index in range(header.index + 1, len(sheet.rows)) if index in lost or is_filled_row(sheet.rows[index])
    ]
