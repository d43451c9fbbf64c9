"""Looks through the XML of an xlsx: far cells, marks and hidden rows per sheet.

The values themselves are left to the reader; what is safe to unpack is decided before.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from .sheets import MERGED, Marks, SheetFacts, UnreadableFile, column_number, merged_mark
from .xml_walk import LINK, check_well_formed, error_mark, sheet_facts_slowly, starts

# The rows of a sheet as Excel, LibreOffice and the libraries write them. Whatever differs goes to a true parser.
_TEXT = rb"(?:[^<>&\x00-\x08\x0b\x0c\x0e-\x1f]++|&(?:amp|lt|gt|quot|apos);)*+"
_NAMED = rb'(?: (?:%s)="[^"<>&\x00-\x1f]*+")*+'
_CALCULATED = rb"<f" + _NAMED % b"t|ref|si|ca|aca" + rb"(?:/>|>" + _TEXT + rb"</f>)"
_RESULT = rb"(?:<v>" + _TEXT + rb"</v>|<v/>)?+"
_INLINE = rb'<is><t(?: xml:space="preserve")?>' + _TEXT + rb"</t></is>"
# Within CV20000 (MAX_COLUMN, MAX_ROW); what has only a format may stand anywhere. Of a shared text or a yes/no the
# value is looked at: a text without its number is the first one to the reader, and what is not 0 is true.
_NEAR = rb'r="(?:[A-Z]|[AB][A-Z]|C[A-V])(?:1?\d{1,4}|20000)"'
_CELL = (
    rb"<c (?:" + _NEAR + rb'(?: s="\d{1,5}")?+(?: t="s"><v>\d{1,9}</v>|(?: t="(?:n|str|e)")?+>(?:<v>[\d.]++</v>|(?:'
    rb"" + _CALCULATED + rb")?+" + _RESULT + rb')| t="b">(?:' + _CALCULATED + rb")?+<v>[01]</v>"
    rb'| t="inlineStr">' + _INLINE + rb')</c>|r="[A-Z]{1,3}\d{1,7}"(?: s="\d{1,5}")?+/>)'
)
_ROW_FACTS = rb"spans|s|ht|hidden|customFormat|customHeight|outlineLevel|collapsed|thickTop|thickBot|ph|x14ac:dyDescent"
_ROW = rb'<row r="\d{1,7}"' + _NAMED % _ROW_FACTS + rb"(?:/>|>(?:" + _CELL + rb")*+</row>)"
_USUAL_ROWS = re.compile(rb"(?:" + _ROW + rb")*+")
_BEGIN, _END = b"<sheetData>", b"</sheetData>"
_FORMULA = rb"<f[^>]*?(?:/>|>[^<]*</f>)\s*"
_ERROR = re.compile(rb'<c r="([A-Z]+)(\d+)"(?=[^>]* t="e")[^>]*>\s*(?:' + _FORMULA + rb")?<v>([^<]*)</v>")
_NO_VALUE = re.compile(rb'<c r="([A-Z]+)(\d+)"([^>]*)>\s*' + _FORMULA + rb"(<v\s*/>\s*|<v>\s*</v>\s*)?</c>")
_FORMULA_TEXT = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*>\s*<f[^>]*>([^<]*\[\d+\][^<]*)</f>')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})')
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
    if not _is_usual(part):
        check_well_formed(part)
        return sheet_facts_slowly(name, part, percent)
    marks: Marks = {
        _place(first, row): merged_mark(first.decode(), last.decode())
        for first, row, last in _MERGED.findall(part, part.rfind(_END))
    }
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
    for place in _linked(part):
        if marks.get(place, MERGED).startswith(MERGED):
            marks[place] = "linked"
    hidden = frozenset(map(int, _HIDDEN_ROW.findall(part))) if b' hidden="' in part else frozenset()
    return SheetFacts(name, marks, hidden)


def _linked(part: bytes) -> list[tuple[int, int]]:
    """The places of formulas that take their value from another workbook."""
    if b"[" not in part:
        return []
    found = _FORMULA_TEXT.findall(part)
    return [_place(*place) for *place, text in found if LINK.search(text.decode().replace("&apos;", "'"))]


def _is_usual(part: bytes) -> bool:
    """Whether all rows are written as usual, what is around them is well-formed, and the whole is UTF-8.

    That says of nine sheets in ten what `check_well_formed` would, in a third of the time.
    """
    begin, end = part.find(_BEGIN) + len(_BEGIN), part.rfind(_END)
    if not len(_BEGIN) <= begin <= end or not _USUAL_ROWS.fullmatch(part, begin, end):
        return False
    around = part[:begin] + part[end:]
    if around.count(b"sheetData") != 2 or b"<!" in around or (b" x14ac:" in part and b" xmlns:x14ac=" not in around):
        return False
    check_well_formed(around)
    try:
        part.decode()
    except UnicodeDecodeError:
        return False
    return True


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
