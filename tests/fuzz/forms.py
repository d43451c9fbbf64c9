"""A filing as it stands in a file: sheets of cells that can be changed one by one, and the rows that they are.

One form is written as xlsx, as ods or as a zip of CSV files. What a change must lead to is told in `expected`.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any, Literal
from xml.sax.saxutils import escape

from assets.intake.sheets import column_letters
from assets.workbooks.draft import Draft, SheetDraft, draft, headings
from assets.workbooks.filing import Filing, Row, complete
from assets.workbooks.ods import ods_bytes
from assets.workbooks.pack import pack
from assets.workbooks.write import DELIMITERS, Notation, csv_texts, xlsx_bytes
from blueprint.load import blueprint
from blueprint.model import Table
from tests.fuzz.filings import YEARS

Format = Literal["xlsx", "ods", "nl", "en"]
FORMATS: tuple[Format, ...] = ("xlsx", "ods", "nl", "en")
MARKER = "§hier§"


@dataclass(frozen=True)
class Special:
    """A cell that no plain value can be: its XML in each kind of workbook, with `{ref}` for its place."""

    xlsx: str
    ods: str


@dataclass
class Came:
    """One row as it comes in: its place, and what must be read in each field. `fallen` says that it is refused."""

    table: str
    row: int
    series: str
    values: Row
    fallen: bool = False


@dataclass(frozen=True)
class Place:
    """One cell of a form: 1-based row and column; a `year` when the column is of one year."""

    table: str
    field: str
    row: int
    column: int
    year: int | None

    @property
    def cell(self) -> str:
        return f"{column_letters(self.column)}{self.row}"


@dataclass
class Form:
    """A filing in one format: `sheets` of cells by table, and the rows that must be read from them."""

    format: Format
    sheets: dict[str, list[list[Any]]]
    rows: list[Came]
    specials: dict[tuple[str, str], Special] = field(default_factory=dict)

    @property
    def is_csv(self) -> bool:
        return self.format in ("nl", "en")

    def name(self, table: str) -> str:
        """What the sheet of a table is called in this format."""
        return table if self.is_csv else blueprint().tables[table].title

    def columns(self, table: str) -> list[tuple[str, int | None]]:
        """Field and year of every column, in order."""
        known = blueprint().tables[table]
        if self.is_csv:
            return [(f.name, None) for f in known.fields]
        return [(known_field.name, year) for known_field, year, _ in headings(known, YEARS)]

    def places(self) -> list[Place]:
        """Every cell below the headings."""
        return [
            Place(table, name, row, column, year)
            for table, cells in self.sheets.items()
            for row in range(2, len(cells) + 1)
            for column, (name, year) in enumerate(self.columns(table), start=1)
        ]

    def place(self, table: str, name: str, row: int, year: int | None = None) -> Place:
        return Place(table, name, row, self.columns(table).index((name, year)) + 1, year)

    def at(self, place: Place) -> list[Came]:
        """The rows to which a cell belongs: one, or those of all years."""
        return [
            came
            for came in self.rows
            if (came.table, came.row) == (place.table, place.row) and place.year in (None, _year(came))
        ]

    def put(self, place: Place, value: Any) -> None:
        """Write in a cell; a Special takes the place of the cell in the finished workbook."""
        if isinstance(value, Special):
            self.specials[place.table, place.cell] = value
            value = MARKER
        self.sheets[place.table][place.row - 1][place.column - 1] = value

    def data(self) -> bytes:
        """The file."""
        if self.is_csv:
            return pack({f"{table}.csv": self._csv(cells) for table, cells in self.sheets.items()})
        drafted = Draft([SheetDraft(self.name(table), cells) for table, cells in self.sheets.items()])
        data = xlsx_bytes(drafted) if self.format == "xlsx" else ods_bytes(drafted)
        return self._with_specials(data) if self.specials else data

    def _csv(self, cells: list[list[Any]]) -> bytes:
        stream = io.StringIO(newline="")
        delimiter = DELIMITERS["nl" if self.format == "nl" else "en"]
        csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(cells)
        return stream.getvalue().encode()

    def _with_specials(self, data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()}
        tables = list(self.sheets)
        for (table, cell), special in self.specials.items():
            if self.format == "xlsx":
                name = f"xl/worksheets/sheet{tables.index(table) + 1}.xml"
                pattern, text = rf'<c r="{cell}"[^>]*?(?:/>|>.*?</c>)', special.xlsx.replace("{ref}", cell)
            else:
                name = "content.xml"
                pattern, text = rf"<table:table-cell[^>]*><text:p>{MARKER}</text:p></table:table-cell>", special.ods
            parts[name], number = re.subn(pattern, text.replace("\\", r"\\"), parts[name])
            if number != 1:
                raise ValueError(f"{number} cells for {table} {cell}")
        return pack({name: part.encode() for name, part in parts.items()})


def make_form(filing: Filing, kind: Format) -> Form:
    """The form of a filing, with nothing changed yet."""
    tables = blueprint().sheet_tables
    if kind in ("nl", "en"):
        return _csv_form(filing, kind)
    drafted = draft(filing, YEARS)
    sheets = {table.name: sheet.rows for table, sheet in zip(tables, drafted.sheets, strict=True)}
    rows = [came for table in tables for came in _rows(table, filing)]
    return Form(kind, sheets, rows)


def _csv_form(filing: Filing, notation: Notation) -> Form:
    texts = csv_texts(filing, YEARS, notation)
    sheets = {
        name.removesuffix(".csv"): [list(row) for row in csv.reader(io.StringIO(text), delimiter=DELIMITERS[notation])]
        for name, text in texts.items()
    }
    rows = []
    for table in blueprint().sheet_tables:
        for number, row in enumerate(filing.tables[table.name], start=2):
            values = complete(table, row)
            if table.name == "submission":
                values["number_notation"] = notation
            rows.append(Came(table.name, number, "", values))
    return Form(notation, sheets, rows)


def _rows(table: Table, filing: Filing) -> list[Came]:
    """The rows in the order of the form: those that differ only in year and amount share a line."""
    wide, lines, found = table.wide, [], []
    for row in filing.tables[table.name]:
        values = complete(table, row)
        if wide is None:
            lines.append(object())
            found.append(Came(table.name, len(lines) + 1, "", values))
            continue
        key = [value for name, value in values.items() if name != wide.key and name not in wide.columns]
        if key not in lines:
            lines.append(key)
        found.append(Came(table.name, lines.index(key) + 2, str(values[wide.key]), values))
    return found


def _year(came: Came) -> int | None:
    return int(came.series) if came.series else None


def text_cell(text: str) -> Special:
    """A text that is written without the help of a library."""
    shown = escape(text)
    return Special(
        f'<c r="{{ref}}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>',
        f'<table:table-cell office:value-type="string"><text:p>{shown}</text:p></table:table-cell>',
    )


def number_cell(value: float | str) -> Special:
    return Special(
        f'<c r="{{ref}}"><v>{value}</v></c>',
        f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
        "</table:table-cell>",
    )


def percent_cell(value: float) -> Special:
    """A number that is shown as a percentage, in ods; in xlsx a format of its own is needed."""
    return Special(
        "",
        f'<table:table-cell office:value-type="percentage" office:value="{value}"><text:p>{value:%}</text:p>'
        "</table:table-cell>",
    )


def boolean_cell(value: bool) -> Special:
    word = "true" if value else "false"
    return Special(
        f'<c r="{{ref}}" t="b"><v>{int(value)}</v></c>',
        f'<table:table-cell office:value-type="boolean" office:boolean-value="{word}"><text:p>{word}</text:p>'
        "</table:table-cell>",
    )


def error_cell(error: str) -> Special:
    return Special(
        f'<c r="{{ref}}" t="e"><f>NA()</f><v>{error}</v></c>',
        f'<table:table-cell table:formula="of:=NA()" office:value-type="float" office:value="0"><text:p>{error}'
        "</text:p></table:table-cell>",
    )


def formula_without_value() -> Special:
    return Special('<c r="{ref}"><f>1+1</f></c>', '<table:table-cell table:formula="of:=1+1"/>')
