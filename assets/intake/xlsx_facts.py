"""Looks through the XML of an xlsx: far cells, marks and hidden rows per sheet.

The values themselves are left to the reader; what is safe to unpack is decided before.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from .sheets import Marks, SheetFacts, UnreadableFile, column_number
from .xml_walk import check_well_formed, error_mark, sheet_facts_slowly, starts

# A cell within CV20000 (MAX_COLUMN, MAX_ROW), or a blank one with only a format, written as Excel does.
_NEAR = rb'(?:[A-Z]|[AB][A-Z]|C[A-V])(?:1?\d{1,4}|20000)"'
_MORE = rb'(?: [a-zA-Z0-9:]++="[^"<>]*+")*+/?+>'
_USUAL = rb' r="(?:[A-Z]\d{1,4}"' + _MORE + rb"|" + _NEAR + _MORE + rb'|[A-Z]{1,3}\d{1,7}"(?: s="\d+")?/>)'
_UNUSUAL = re.compile(rb"<c(?!" + _USUAL + rb")[\s/>]|<row(?!" + _MORE + rb")[\s/>]")
_PREFIXED = (b":c ", b":c>", b":c\n", b":row")
_FORMULA = rb"<f[^>]*?(?:/>|>[^<]*</f>)\s*"
_ERROR = re.compile(rb'<c r="([A-Z]+)(\d+)"(?=[^>]* t="e")[^>]*>\s*(?:' + _FORMULA + rb")?<v>([^<]*)</v>")
_NO_VALUE = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)>\s*' + _FORMULA + rb"(<v\s*/>\s*|<v>\s*</v>\s*)?</c>")
# A text without its number is the first one to the reader, and what is not 0 is true: to be looked at closely.
_ODD_VALUE = re.compile(rb' t="(?:s"(?!><v>\d{1,9}</v>|/>)|b"(?!><v>[01]</v>|/>))')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):')
_HIDDEN_ROW = re.compile(rb'<row(?=[^>]* hidden="(?:1|true)")[^>]* r="(\d{1,7})"')
# calamine refuses the whole workbook for any other error, also for those that Excel itself writes
_READER_KNOWS = (b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!")
_MAX_ALTERNATIVES = 200


def xlsx_facts(xml: dict[str, bytes]) -> tuple[dict[str, bytes], list[SheetFacts]]:
    """Return the parts to read, without sheets that nothing points at, and the facts in workbook order.

    `xml` holds the XML parts of the workbook by name. Raises UnreadableFile: file_far_cell, file_damaged.
    """
    by_name = {name.lower(): name for name in xml}
    percent = percent_styles(xml.get(by_name.get("xl/styles.xml", ""), b""))
    readable = {name: part for name, part in xml.items() if b"sheetData" not in part}
    check_well_formed(xml.get(by_name.get("xl/sharedstrings.xml", ""), b"<sst/>"))
    facts = []
    for name, target in _sheets(xml, by_name):
        part_name = by_name.get(target.lower())
        if part_name is None:
            raise UnreadableFile("file_damaged", f"blad '{name}' ontbreekt in de werkmap")
        part = xml[part_name]
        facts.append(sheet_facts(name, part, percent))
        readable[part_name] = _with_known_errors(part)
    return readable, facts


def sheet_facts(name: str, part: bytes, percent: frozenset[int]) -> SheetFacts:
    """Return the facts of one sheet; raises UnreadableFile: file_far_cell, file_damaged."""
    check_well_formed(part)
    # one byte is found much faster than two: look for what is rare first
    plain = b"<sheetData" in part and not (b"!" in part and b"<!" in part)
    plain = plain and not any(mark in part for mark in _PREFIXED)
    if not plain or _UNUSUAL.search(part) or _ODD_VALUE.search(part):
        return sheet_facts_slowly(name, part, percent)
    end = max(part.rfind(b"</sheetData>"), 0)
    marks: Marks = {_place(*found): "merged" for found in _MERGED.findall(part, end)}
    if percent:
        cells = _percent_cell(percent).findall(part)
        marks.update((_place(*cell[:2]), "percent") for cell in cells if int(cell[2]) in percent)
    if b"<f" in part:
        for letters, row, attributes, value in _NO_VALUE.findall(part):
            if not (value and b' t="str"' in attributes):  # then the result is an empty text
                marks[_place(letters, row)] = "formula_without_value"
    if b"#" in part and b' t="e"' in part:
        for letters, row, value in _ERROR.findall(part):
            marks[_place(letters, row)] = error_mark(value.decode("utf-8", "replace"))
    hidden = frozenset(map(int, _HIDDEN_ROW.findall(part))) if b' hidden="' in part else frozenset()
    return SheetFacts(name, marks, hidden)


def percent_styles(styles: bytes) -> frozenset[int]:
    """Return the cell styles (places in cellXfs of styles.xml) that show a number as a percentage."""
    if not styles:
        return frozenset()
    formats = {"9", "10"}
    found: set[int] = set()
    place, inside = 0, False
    for tag, attributes in starts(styles, {"numFmt", "cellStyleXfs", "cellXfs", "xf", "cellStyles", "dxfs"}):
        if tag == "numFmt":
            # a percent sign between quotes or after a backslash is only text
            if "%" in re.sub(r'"[^"]*"|\\.', "", attributes.get("formatCode", "")):
                formats.add(attributes.get("numFmtId", ""))
        elif tag != "xf":
            inside = tag == "cellXfs"
        elif inside:
            if attributes.get("numFmtId") in formats:
                found.add(place)
            place += 1
    return frozenset(found)


def _sheets(xml: dict[str, bytes], by_name: dict[str, str]) -> list[tuple[str, str]]:
    """Return name and part of every sheet, in workbook order."""
    try:
        workbook, links = xml[by_name["xl/workbook.xml"]], xml[by_name["xl/_rels/workbook.xml.rels"]]
    except KeyError as error:
        raise UnreadableFile("file_damaged", "de inhoudsopgave van de werkmap ontbreekt") from error
    targets = {link.get("Id", ""): link.get("Target", "") for _, link in starts(links, {"Relationship"})}
    sheets = []
    for _, sheet in starts(workbook, {"sheet"}):
        link = next((value for key, value in sheet.items() if key.endswith(":id")), "")
        target = targets.get(link, "").replace("\\", "/")
        if not target.startswith(("/xl/", "xl/")):
            target = f"xl/{target}"
        sheets.append((sheet.get("name", ""), posixpath.normpath(target.lstrip("/"))))
    return sheets


def _with_known_errors(part: bytes) -> bytes:
    if b"#" not in part or b' t="e"' not in part:
        return part
    pieces, begin = [], 0
    for found in _ERROR.finditer(part):
        if found[3] not in _READER_KNOWS:
            pieces += [part[begin : found.start(3)], b"#VALUE!"]
            begin = found.end(3)
    return b"".join([*pieces, part[begin:]])


@lru_cache(maxsize=32)
def _percent_cell(percent: frozenset[int]) -> re.Pattern[bytes]:
    few = len(percent) <= _MAX_ALTERNATIVES
    styles = "|".join(map(str, sorted(percent))) if few else r"\d{1,6}"
    number = rb'(?=[^>]* s="(%s)")(?![^>]* t="(?!n"))[^>]*(?<!/)>' % styles.encode()
    return re.compile(rb'<c r="([A-Z]+)(\d+)"' + number)


def _place(letters: bytes, row: bytes) -> tuple[int, int]:
    return int(row), column_number(letters.decode())
