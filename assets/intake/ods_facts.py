"""Looks through the content of an ods: far cells, marks and hidden rows per sheet.

The values themselves are left to the reader; what is safe to unpack is decided before.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from .sheets import MAX_COLUMN, MAX_ROW, MERGED, Marks, SheetFacts, UnreadableFile, far_cell
from .xml_walk import check_well_formed

_MEANINGS = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text")}
_CELLS = ("table:table-cell", "table:covered-table-cell")
# older LibreOffice keeps an error as the number 0 with the error as its text
# 'file:///map/ander.ods'#$Blad1.A1
_LINK = re.compile(r"'[^']+'#")
_ERROR_TEXT = re.compile(r"#[A-Z0-9/]{1,10}[!?]?$|Err:\d{3}$")
_HIDDEN = ("collapse", "filter")
# Where the value of each kind of cell stands; a text stands in the cell itself.
_VALUE_OF = {kind: "office:value" for kind in ("float", "percentage", "currency")} | {
    kind: f"office:{kind}-value" for kind in ("date", "time", "boolean")
}
_NO_VALUE = ("string", "void")
_ALL_VALUES = {*_VALUE_OF.values(), "office:string-value"}


def ods_facts(content: bytes) -> list[SheetFacts]:
    """Return the facts of every sheet of content.xml; raises UnreadableFile: file_far_cell, file_damaged."""
    check_well_formed(content, _MEANINGS)
    walk = _Walk()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError) as error:
        raise UnreadableFile("file_damaged", "de inhoud van de werkmap is niet te lezen") from error
    return [SheetFacts(name, marks, frozenset(hidden)) for name, marks, hidden in walk.sheets]


class _Walk:
    """The place in the document while it goes by."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, Marks, set[int]]] = []
        self.row = self.column = 1
        self.row_repeat = 1
        self.row_filled = 0
        self.row_hidden = False
        self.row_marks: list[tuple[int, int, str]] = []
        self.cell: dict[str, str] | None = None
        self.cell_text = ""
        self.depth = 0
        self.paragraph = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.cell is not None:
            self.depth += 1
            if tag == "text:p" and self.depth == 1:
                self.paragraph += 1
        elif tag in _CELLS:
            self.cell, self.cell_text, self.depth, self.paragraph = attributes, "", 0, 0
        elif tag == "table:table-row":
            self.row_repeat = _repeat(attributes, "rows")
            self.row_hidden = attributes.get("table:visibility") in _HIDDEN
            self.column, self.row_filled, self.row_marks = 1, 0, []
        elif tag == "table:table":
            self.sheets.append((attributes.get("table:name", ""), {}, set()))
            self.row = 1

    def text(self, data: str) -> None:
        if self.cell is not None and self.paragraph == 1 and len(self.cell_text) < 20:
            self.cell_text += data[:20]

    def end(self, tag: str) -> None:
        if self.cell is not None and self.depth:
            self.depth -= 1
        elif self.cell is not None:
            self._cell(self.cell)
            self.cell = None
        elif tag == "table:table-row":
            self._row()

    def _cell(self, attributes: dict[str, str]) -> None:
        last = self.column + _repeat(attributes, "columns") - 1
        mark = _mark(attributes, self.cell_text)
        if "table:formula" in attributes or any(name.startswith("office:") for name in attributes):
            self.row_filled = last
            if last > MAX_COLUMN:
                raise far_cell(self._sheet(), self.row, last)
        if mark != "formula_without_value" and not _says_its_value(attributes):
            raise ValueError(attributes)  # the reader would guess, or take it for an empty cell
        if mark:
            self.row_marks.append((self.column, min(last, MAX_COLUMN), mark))
        self.column = last + 1

    def _row(self) -> None:
        last = self.row + self.row_repeat - 1
        if self.row_filled:
            if last > MAX_ROW:
                raise far_cell(self._sheet(), last, self.row_filled)
            if not self.sheets:
                raise UnreadableFile("file_damaged", "de inhoud van de werkmap is niet te lezen")
            _, marks, hidden = self.sheets[-1]
            for row in range(self.row, last + 1):
                if self.row_hidden:
                    hidden.add(row)
                for begin, end, mark in self.row_marks:
                    marks.update(dict.fromkeys(((row, column) for column in range(begin, end + 1)), mark))
        self.row = last + 1

    def _sheet(self) -> str:
        return self.sheets[-1][0] if self.sheets else ""


def _says_its_value(attributes: dict[str, str]) -> bool:
    """Whether the kind of a cell is known and its value is there; a cell without either is empty."""
    kind = attributes.get("office:value-type")
    if kind is None:
        return _ALL_VALUES.isdisjoint(attributes)
    return kind in _NO_VALUE or _VALUE_OF.get(kind, "") in attributes


def _repeat(attributes: dict[str, str], what: str) -> int:
    repeat = int(attributes.get(f"table:number-{what}-repeated", "1"))
    if repeat < 1:
        raise ValueError(repeat)
    return repeat


def _mark(attributes: dict[str, str], text: str) -> str | None:
    formula = "table:formula" in attributes
    shown = _ERROR_TEXT.match(text)
    if attributes.get("calcext:value-type") == "error" or (formula and shown):
        return f"error:{text}" if shown else "error:#VALUE!"
    kind = attributes.get("office:value-type")
    if formula and (kind is None or (kind in ("float", "percentage") and "office:value" not in attributes)):
        return "formula_without_value"
    if kind == "percentage":
        return "percent"
    columns, rows = (attributes.get(f"table:number-{side}-spanned", "1") for side in ("columns", "rows"))
    if (columns, rows) != ("1", "1"):
        return f"{MERGED}{int(columns)}"
    if _LINK.search(attributes.get("table:formula", "")):
        return "linked"
    return None
