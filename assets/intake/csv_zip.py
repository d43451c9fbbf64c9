"""Reads the CSV files of a zip into raw sheets: every cell stays the text that was sent.

Workbooks, and what a text means (number, date, unit), do not belong here.
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import PurePosixPath
from typing import Any

from .sheets import MAX_COLUMN, MAX_ROW, Sheet, UnreadableFile, Value, far_cell

_NOTATIONS = {",": "nl", ".": "en"}
# Text that begins like a formula, behind one apostrophe or more: the writer of the form puts the first one there.
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_BOM = b"\xef\xbb\xbf"


def read_csv_parts(parts: dict[str, bytes]) -> list[Sheet]:
    """Return one sheet per CSV, named after its file; a row is a record, also if a cell holds several lines.

    Raises UnreadableFile: csv_encoding, file_damaged, file_far_cell.
    """
    notations = _declared_notations(parts)
    sheets: dict[str, Sheet] = {}
    for path, part in parts.items():
        place = PurePosixPath(path)
        if place.suffix.lower() != ".csv":
            if place.name != "datapackage.json":
                sheets[place.name] = Sheet(place.name, False, 1, 1, [[place.name]], {}, frozenset(), None, is_csv=True)
            continue
        if place.stem in sheets:
            raise UnreadableFile("file_damaged", f"twee CSV-bestanden met de naam '{place.stem}'")
        first_row, rows = _rows(place.stem, _text(place.stem, part))
        notation = notations.get(place.name, notations.get(""))
        sheets[place.stem] = Sheet(place.stem, False, first_row, 1, rows, {}, frozenset(), notation, is_csv=True)
    return list(sheets.values())


def _text(name: str, part: bytes) -> str:
    try:
        text = part.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        offset = error.start + (len(_BOM) if part.startswith(_BOM) else 0)
        raise UnreadableFile("csv_encoding", _no_utf8(name, part, offset)) from error
    if "\x00" in text:
        raise UnreadableFile("csv_encoding", _no_utf8(name, part, part.index(0)))
    return text


def _no_utf8(name: str, part: bytes, offset: int) -> str:
    line = part.count(b"\n", 0, offset) + 1
    return f"'{name}' is geen UTF-8, vanaf regel {line} (byte {offset})"


def _rows(name: str, text: str) -> tuple[int, list[list[Value]]]:
    first_row = 1
    if text[:4].lower() == "sep=" and text[5:6] in ("\r", "\n"):  # what Excel itself writes and hides
        delimiter, first_row = text[4], 2
        text = text[5:].removeprefix("\r").removeprefix("\n")
    else:
        delimiter = _delimiter(text)
    rows: list[list[Value]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for record in reader:
            row: list[Value] = [_unguarded(cell) or None for cell in record]
            while row and row[-1] is None:
                row.pop()
            if row and (len(row) > MAX_COLUMN or len(rows) + first_row > MAX_ROW):
                raise far_cell(name, len(rows) + first_row, len(row))
            rows.append(row)
    except csv.Error as error:
        raise UnreadableFile("file_damaged", f"'{name}' is geen CSV bij regel {reader.line_num}") from error
    while rows and not rows[-1]:
        rows.pop()
    return first_row, rows


def _unguarded(cell: str) -> str:
    """Return the text without the apostrophe that keeps a spreadsheet from reading it as a formula."""
    return cell[1:] if _GUARDED.match(cell) else cell


def _delimiter(text: str) -> str:
    """Return the delimiter that splits the first filled line in most cells; `;` if none does."""
    counts = {}
    for candidate in ";\t,":
        records = csv.reader(io.StringIO(text, newline=""), delimiter=candidate)
        try:
            counts[candidate] = next((len(record) for record in records if any(record)), 0)
        except csv.Error:
            counts[candidate] = 0
    return max(counts, key=lambda candidate: counts[candidate])


def _declared_notations(parts: dict[str, bytes]) -> dict[str, str]:
    """Return file name to notation as declared by datapackage.json; the name '' holds for every file."""
    described = next((part for path, part in parts.items() if path.endswith("datapackage.json")), None)
    if described is None:
        return {}
    try:
        package = json.loads(described.removeprefix(_BOM))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile("file_damaged", "datapackage.json is niet te lezen") from error
    notations = {"": _notation(package)}
    for resource in _list(package, "resources"):
        for path in _list(resource, "path") or [_get(resource, "path")]:
            if isinstance(path, str):
                notations[PurePosixPath(path).name] = _notation(resource)
    return {name: notation for name, notation in notations.items() if notation}


def _notation(described: Any) -> str | None:
    """Return the notation of a resource: of its dialect, or of its numbers if those agree.

    A number of which the standard's words say nothing has a point.
    """
    fields = _list(_get(described, "schema"), "fields")
    declared = _get(_get(described, "dialect"), "decimalChar") or _get(described, "decimalChar")
    if not isinstance(declared, str):
        numbers = (field for field in fields if _get(field, "type") == "number" or _get(field, "decimalChar"))
        found = {str(_get(field, "decimalChar") or ".") for field in numbers}
        declared = found.pop() if len(found) == 1 else ""
    return _NOTATIONS.get(declared)


def _get(described: Any, key: str) -> Any:
    return described.get(key) if isinstance(described, dict) else None


def _list(described: Any, key: str) -> list[Any]:
    found = _get(described, key)
    return found if isinstance(found, list) else []
