"""Reads a received file (xlsx, ods, zip of CSV) into raw sheets, after the guard has looked at it.

What the values mean does not belong here; nor do the bounds in time and memory, see `bounded`.
"""

from __future__ import annotations

import io
import os
from math import isfinite
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from .csv_zip import read_csv_parts
from .guard import MAX_FILE, guard
from .parts import pack
from .sheets import Sheet, SheetFacts, UnreadableFile, Value


def read_file(path: Path) -> list[Sheet]:
    """Return the sheets of the file at `path`, in its own order; raises UnreadableFile."""
    return read_data(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Return the whole file, to be hashed and read; raises UnreadableFile: file_too_large, file_changed."""
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            if before.st_size > MAX_FILE:
                raise UnreadableFile("file_too_large", f"groter dan {MAX_FILE // 1_000_000} MB")
            data = file.read(MAX_FILE + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise UnreadableFile("file_changed", "het bestand is verdwenen of niet te openen") from error
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not same or len(data) != after.st_size:
        raise UnreadableFile("file_changed", "het bestand veranderde tijdens het lezen")
    return data


def read_data(data: bytes) -> list[Sheet]:
    """Return the sheets of the file whose content is `data`; raises UnreadableFile."""
    guarded = guard(data)
    if guarded.kind == "csv":
        return read_csv_parts(guarded.parts)
    try:
        return _read_workbook(pack(guarded.parts), guarded.sheets)
    except PasswordError as error:
        raise UnreadableFile("file_password", "de werkmap heeft een wachtwoord") from error
    except CalamineError as error:  # its text may hold the text of a cell
        raise UnreadableFile("file_damaged", "de werkmap is niet te lezen") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of the Rust bindings; not an Exception, not importable
            raise
        raise UnreadableFile("reader_crashed", "de lezer is gestopt") from error


def _read_workbook(packed: bytes, facts: list[SheetFacts]) -> list[Sheet]:
    sheets = []
    with CalamineWorkbook.from_filelike(io.BytesIO(packed)) as workbook:
        found = workbook.sheets_metadata
        if [sheet.name for sheet in found] != [fact.name for fact in facts]:
            raise UnreadableFile("file_damaged", "de inhoudsopgave van de werkmap klopt niet")
        for place, (sheet, fact) in enumerate(zip(found, facts, strict=True)):
            if sheet.typ is SheetTypeEnum.WorkSheet:
                hidden = sheet.visible is not SheetVisibleEnum.Visible
                sheets.append(_read_sheet(workbook, place, fact, hidden))
    if not sheets:
        raise UnreadableFile("file_no_sheets", "de werkmap heeft geen werkbladen")
    return sheets


def _read_sheet(workbook: CalamineWorkbook, place: int, fact: SheetFacts, hidden: bool) -> Sheet:
    cells = workbook.get_sheet_by_index(place)
    row, column = cells.start or (0, 0)
    rows = [_clean(values) for values in cells.to_python()]
    if not isfinite(sum([value for values in rows for value in values if type(value) is float])):
        rows = [_without_infinity(values) for values in rows]
    while rows and not rows[-1]:
        rows.pop()
    for (marked_row, marked_column), mark in fact.marks.items():
        if mark.startswith("error:"):  # an older ods keeps an error as the number 0
            _empty(rows, marked_row - row - 1, marked_column - column - 1)
    hidden_rows = frozenset(r for r in fact.hidden_rows if row < r <= row + len(rows))
    return Sheet(fact.name, hidden, row + 1, column + 1, rows, fact.marks, hidden_rows, None)


def _without_infinity(values: list[Value]) -> list[Value]:
    """Return a row in which a number that is not finite is text, never to be summed."""
    return [str(value) if isinstance(value, float) and not isfinite(value) else value for value in values]


def _clean(values: list) -> list[Value]:
    """Return a row with None for what is empty, and without its empty end."""
    while values and values[-1] == "":
        values.pop()
    return [None if value == "" else value for value in values] if "" in values else values


def _empty(rows: list[list[Value]], row: int, column: int) -> None:
    if 0 <= row < len(rows) and 0 <= column < len(rows[row]):
        rows[row][column] = None
