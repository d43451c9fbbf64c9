"""Reads workbooks and zips of CSV once more, with other libraries, and says whether accepted rows stand in them so.

It shares nothing with the intake but the Blueprint's names: openpyxl or a strict XML parser for xlsx, the latter for
ods, and the csv module. It judges no rules.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import posixpath
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils import column_index_from_string

from assets.workbooks.filing import Row
from blueprint.load import blueprint
from blueprint.model import Field, Table

Cells = dict[tuple[int, int], Any]
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
EPOCHS = (dt.date(1899, 12, 30), dt.date(1904, 1, 1))
FAR = 20_000


class CannotRead(Exception):
    """No second reader can make anything of the file."""


def read_again(data: bytes) -> list[dict[str, Cells]]:
    """The filled cells per sheet, once by each second reader that can read the file; raises CannotRead."""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except Exception as error:
        raise CannotRead(str(error)) from error
    if "content.xml" in names:
        readers = [_ods]
    elif any(name.lower() == "xl/workbook.xml" for name in names):
        readers = [_openpyxl, _xlsx]
    else:
        readers = [_csv]
    found, errors = [], []
    for reader in readers:
        try:
            found.append(reader(data))
        except Exception as error:  # whatever a second reader stumbles over
            errors.append(f"{reader.__name__}: {type(error).__name__} {error}")
    if not found:
        raise CannotRead("; ".join(errors)[:300])
    return found


def _openpyxl(data: bytes) -> dict[str, Cells]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return {
        sheet.title: {
            (row, column): cell.value
            for (row, column), cell in getattr(sheet, "_cells").items()  # noqa: B009 - far quicker than by rows
            if cell.value not in (None, "")
        }
        for sheet in book.worksheets
    }


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _xlsx(data: bytes) -> dict[str, Cells]:
    parts = _parts(data)
    links = {
        link.get("Id"): link.get("Target", "") for link in ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    }
    strings: list[str] = []
    if "xl/sharedStrings.xml" in parts:
        for item in ElementTree.fromstring(parts["xl/sharedStrings.xml"]):
            if _local(item) == "si":
                strings.append("".join(t.text or "" for t in item.iter() if _local(t) == "t"))
    sheets = {}
    for sheet in ElementTree.fromstring(parts["xl/workbook.xml"]).iter():
        if _local(sheet) == "sheet":
            link = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
            target = links[link].lstrip("/")
            target = target if target.startswith("xl/") else f"xl/{target}"
            sheets[sheet.get("name", "")] = _xlsx_sheet(parts[posixpath.normpath(target)], strings)
    return sheets


def _xlsx_sheet(part: bytes, strings: list[str]) -> Cells:
    cells: Cells = {}
    row = 0
    for line in (e for e in ElementTree.fromstring(part).iter() if _local(e) == "row"):
        row, column = int(line.get("r", row + 1)), 0
        for cell in (e for e in line if _local(e) == "c"):
            place = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r", ""))
            column = column_index_from_string(place[1]) if place else column + 1
            value = _xlsx_value(cell, strings)
            if value not in (None, ""):
                cells[int(place[2]) if place else row, column] = value
    return cells


def _xlsx_value(cell: ElementTree.Element, strings: list[str]) -> Any:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(t.text or "" for t in cell.iter() if _local(t) == "t")
    text = next((v.text for v in cell if _local(v) == "v"), None)
    if text is None:
        return None
    try:
        if kind == "s":
            return strings[int(text)]
        return float(text) if kind == "n" else text.strip() in ("1", "true") if kind == "b" else text
    except (ValueError, IndexError):
        return f"?{text}"


def _ods(data: bytes) -> dict[str, Cells]:
    sheets: dict[str, Cells] = {}
    for table in ElementTree.fromstring(_parts(data)["content.xml"]).iter(f"{TABLE}table"):
        cells = sheets.setdefault(table.get(f"{TABLE}name", ""), {})
        row = 1
        for line in table.iter(f"{TABLE}table-row"):
            repeat, column = int(line.get(f"{TABLE}number-rows-repeated", "1")), 1
            for cell in line:
                if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                    continue
                width, value = int(cell.get(f"{TABLE}number-columns-repeated", "1")), _ods_value(cell)
                if value not in (None, ""):
                    places = [(r, c) for r in range(row, row + repeat) for c in range(column, column + width)]
                    cells.update(dict.fromkeys(places[:FAR], value))
                column += width
            row += repeat
    return sheets


def _ods_value(cell: ElementTree.Element) -> Any:
    kind = cell.get(f"{OFFICE}value-type")
    if kind in ("float", "percentage", "currency"):
        return float(cell.get(f"{OFFICE}value", "nan"))
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value") == "true"
    if kind == "date":
        return cell.get(f"{OFFICE}date-value", "")[:10]
    if kind is None:
        return None
    value = cell.get(f"{OFFICE}string-value")
    return value if value is not None else "\n".join("".join(p.itertext()) for p in cell.iter(f"{TEXT}p"))


def _csv(data: bytes) -> dict[str, Cells]:
    sheets = {}
    for name, part in _parts(data).items():
        if not name.lower().endswith(".csv"):
            continue
        text = part.decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = max(";,\t", key=first.count)
        records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        sheets[posixpath.basename(name)[:-4]] = {
            (row, column): value
            for row, record in enumerate(records, start=1)
            for column, value in enumerate(record, start=1)
            if value
        }
    return sheets


# --- whether what was accepted stands there -------------------------------------------------------------------------


def disagreements(
    accepted: dict[tuple[str, int, str], Row],
    columns: dict[tuple[str, str, str], tuple[str, int]],
    sheets: dict[str, Cells],
) -> Iterator[str]:
    """Every accepted value that does not stand in its cell, in words; `columns` gives sheet and place of a field."""
    for (table_name, number, series), row in accepted.items():
        table = blueprint().tables[table_name]
        for field in table.fields:
            sheet, column = columns.get((table_name, field.name, series)) or columns.get(
                (table_name, field.name, ""), ("", 0)
            )
            is_year = table.wide is not None and field.name == table.wide.key and series
            cells = sheets.get(sheet, {})
            shown = series if is_year else cells.get((number, column)) if column else None
            if not stands_there(field, row[field.name], shown):
                yield f"{table_name}.{field.name} {series} row {number}: {row[field.name]!r}, but there is {shown!r}"
            if column and not _has_heading(table, field, series, cells, number, column):
                yield f"{table_name}.{field.name} {series}: no such heading above column {column}"


def _has_heading(table: Table, field: Field, series: str, cells: Cells, number: int, column: int) -> bool:
    wanted = {field.title, field.name}
    if table.wide and series and field.name in (*table.wide.columns, table.wide.key):
        wanted |= {heading.replace("{year}", series) for heading in table.wide.columns.values()}
    above = {_plain(cells[row, column]) for row in range(1, number) if (row, column) in cells}
    return bool(above & {_plain(text) for text in wanted})


def stands_there(field: Field, accepted: Any, shown: Any) -> bool:
    """Whether an accepted value is what a cell shows, however written."""
    # What steers a terminal is no text: a cell with nothing else is empty.
    if shown is None or (isinstance(shown, str) and not any(c.isprintable() and not c.isspace() for c in shown)):
        return accepted is None
    if accepted is None:
        return False
    if isinstance(accepted, bool):
        return _plain(shown) in (("true", "ja", "j", "yes", "y", "waar", "1", "1.0") if accepted else
                                 ("false", "nee", "n", "no", "onwaar", "0", "0.0"))  # fmt: skip
    if isinstance(accepted, dt.date):
        return accepted in _dates(shown)
    if isinstance(accepted, (int, float)):
        return any(_close(accepted, number) for number in _numbers(field, shown))
    if field.codes:
        parts = str(accepted).split(field.separator) if field.separator else [accepted]
        there = str(shown).split(field.separator) if field.separator else [_text(shown)]
        there = [part for part in there if part.strip()]
        return len(parts) == len(there) and all(
            _plain(text) in _spellings(field.codes, code) for code, text in zip(parts, there, strict=True)
        )
    if field.format == "municipality" and not str(shown).strip().upper().startswith("GM"):
        return True
    return _plain(_text(shown)).lstrip("0") == _plain(accepted).lstrip("0")


def _close(accepted: float, number: float) -> bool:
    return math.isclose(accepted, number, rel_tol=1e-9, abs_tol=1e-300)


def _plain(value: Any) -> str:
    return _plain_text(str(value))


@lru_cache(maxsize=50_000)
def _plain_text(value: str) -> str:
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", value).casefold())
    kept = (c for c in text if c.isprintable() and not unicodedata.combining(c) and not c.isspace())
    return "".join(c for c in kept if c not in "-_'’")


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@cache
def _spellings(list_name: str, code: str) -> frozenset[str]:
    known = blueprint().codes[list_name]
    found = {alias for alias, meant in known.aliases.items() if meant == code} | {code}
    return frozenset(map(_plain, found | {c.label for c in known.codes if c.code == code}))


def _numbers(field: Field, shown: Any) -> Iterator[float]:
    if isinstance(shown, (int, float)):
        yield float(shown)
        if field.unit == "pct":
            yield shown * 100
        return
    bare = re.sub(r"\s", "", str(shown)).removesuffix("%")
    for text in (bare, bare.replace(".", "").replace(",", "."), bare.replace(",", "")):
        try:
            yield float(text)
        except ValueError:
            continue


def _dates(shown: Any) -> Iterator[dt.date]:
    if isinstance(shown, dt.datetime):
        yield shown.date()
    elif isinstance(shown, dt.date):
        yield shown
    elif isinstance(shown, (int, float)):
        for epoch in EPOCHS:
            if 0 <= shown < 2_900_000:
                yield epoch + dt.timedelta(days=int(shown))
    else:
        for pattern in ("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d"):
            try:
                yield dt.datetime.strptime(str(shown).strip(), pattern).date()
            except ValueError:
                continue


def filled_rows(table: Table, cells: Cells, head: int, years: set[str], place_of: dict[str, set[int]]) -> int:
    """How many rows stand below the headings: in a sheet with years side by side one per filled year, at least one.

    `place_of` gives the columns of a year.
    """
    below: dict[int, set[int]] = {}
    for (row, column), value in cells.items():
        if row > head and not (isinstance(value, str) and not value.strip()):
            below.setdefault(row, set()).add(column)
    if not years:
        return len(below)
    return sum(max(1, sum(bool(place_of[year] & filled) for year in years)) for filled in below.values())
