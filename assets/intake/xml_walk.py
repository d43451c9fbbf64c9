"""Walks through the XML of an xlsx with a true parser: small parts, and sheets not written as Excel does.

The quick look at the usual sheet does not belong here; both must say the same of a sheet.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat

from .sheets import (
    MAX_COLUMN,
    MAX_ROW,
    Marks,
    SheetFacts,
    UnreadableFile,
    column_number,
    far_cell,
    merged_mark,
)

# What another workbook gives: [1]Blad1!A1, '[1]Blad 1'!A1 or [1]!Naam; a column of a table is Tabel1[1].
LINK = re.compile(r"""(?<![\w\]])\[\d+\][^\[\]!'()+*/,;:<>=&^ -]*!|'[^'\[\]]*\[\d+\][^'\[\]]*'!""")
# The longest that Excel writes.
_LONGEST_FORMULA = 8192
_CELL = re.compile(r"([A-Za-z]{1,6})(\d{1,10})")
_RANGE = re.compile(r"([A-Za-z]{1,6})(\d{1,10}):([A-Za-z]{1,6})")
_ERROR_NAME = re.compile(r"#[A-Z0-9_/]{1,20}[!?]?|Err:\d{3}")
_PLAIN = {"s": re.compile(r"\d{1,9}", re.ASCII), "b": re.compile("[01]")}
_TRUE = ("1", "true")
MAX_FOUND = 200_000  # Excel keeps 65,490 cell styles


def starts(part: bytes, wanted: set[str]) -> list[tuple[str, dict[str, str]]]:
    """Return the `wanted` start tags, without prefix, in order.

    Raises UnreadableFile: file_damaged, or file_expands_too_much when there are more than Excel itself can hold.
    """
    found: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local in wanted:
            found.append((local, attributes))
            if len(found) > MAX_FOUND:
                raise UnreadableFile("file_expands_too_much", f"meer dan {MAX_FOUND} stijlen of bladen")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    _parse(parser, part)
    return found


def check_well_formed(part: bytes, meanings: Mapping[str, str] | None = None) -> None:
    """Raise UnreadableFile, file_damaged, for what is no XML: the reader does not mind, and reads another value.

    Neither does it mind what a prefix of a name stands for: those of `meanings` must stand for that.
    """

    def declared(prefix: str | None, uri: str | None) -> None:
        if (meanings or {}).get(prefix or "", uri) != uri:
            raise UnreadableFile("file_damaged", "de inhoud van de werkmap is niet te lezen")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartNamespaceDeclHandler = declared
    _parse(parser, part)


def sheet_facts_slowly(name: str, part: bytes, percent: frozenset[int]) -> SheetFacts:
    """Return the facts of one sheet; raises UnreadableFile: file_far_cell, file_damaged."""
    walk = _SheetWalk(name, percent)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.character_data
    _parse(parser, part)
    return SheetFacts(name, {**walk.merged, **walk.marks}, frozenset(walk.hidden))


def error_mark(value: str) -> str:
    """Return the mark of an error value; what is not the name of an error is not repeated."""
    return f"error:{value}" if _ERROR_NAME.fullmatch(value) else "error:#VALUE!"


def _parse(parser: expat.XMLParserType, part: bytes) -> None:
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError) as error:
        raise UnreadableFile("file_damaged", "een onderdeel van de werkmap is niet te lezen") from error


class _SheetWalk:
    """The place in a sheet while it goes by; a cell without `r` follows the one before, as for the reader."""

    def __init__(self, name: str, percent: frozenset[int]) -> None:
        self.name, self.percent = name, percent
        self.marks: Marks = {}
        self.merged: Marks = {}
        self.hidden: set[int] = set()
        self.row = self.column = 0
        self.cell: dict[str, str] | None = None
        self.place = (0, 0)
        self.children: set[str] = set()
        self.value = self.formula = ""
        self.in_value = self.in_formula = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if self.cell is not None:
            self.children.add(tag)
            self.in_value, self.in_formula = tag == "v", tag == "f"
        elif tag == "c":
            self.column += 1
            self.place = (self.row, self.column)
            if found := _CELL.fullmatch(attributes.get("r", "")):
                self.place = (int(found[2]), column_number(found[1].upper()))
                self.column = self.place[1]
            self.cell, self.children, self.value, self.formula = attributes, set(), "", ""
        elif tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
            if attributes.get("hidden") in _TRUE:
                self.hidden.add(self.row)
        elif tag == "mergeCell" and (found := _RANGE.match(attributes.get("ref", "").upper())):
            self.merged[int(found[2]), column_number(found[1])] = merged_mark(found[1], found[3])

    def character_data(self, text: str) -> None:
        if self.in_value and len(self.value) < 40:
            self.value += text
        elif self.in_formula and len(self.formula) < _LONGEST_FORMULA:
            self.formula += text

    def end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c" and self.cell is not None:
            self._cell(self.cell)
            self.cell = None
        elif tag in ("v", "f"):
            self.in_value = self.in_formula = False

    def _cell(self, attributes: dict[str, str]) -> None:
        if not self.children:
            return
        row, column = self.place
        if row > MAX_ROW or column > MAX_COLUMN:
            raise far_cell(self.name, row, column)
        kind = attributes.get("t", "n")
        value = self.value.strip()
        if "v" in self.children and kind in _PLAIN and not _PLAIN[kind].fullmatch(self.value):
            raise UnreadableFile("file_damaged", "een cel verwijst naar een tekst die er niet is")
        if kind == "e" and value:
            self.marks[self.place] = error_mark(value)
        elif "f" in self.children and not value and not (kind == "str" and "v" in self.children):
            self.marks[self.place] = "formula_without_value"
        elif kind == "n" and int(attributes.get("s", "0")) in self.percent:
            self.marks[self.place] = "percent"
        elif "[" in self.formula and LINK.search(self.formula):
            self.marks[self.place] = "linked"
