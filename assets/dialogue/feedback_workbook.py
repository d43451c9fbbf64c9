"""Builds a copy of what a company filed in which every faulty cell is coloured and has a note, and a list of all.

The copy holds values at the places where they were filed, and nothing that a filed text could make run. Which
findings there are, and where the file is put, is for `feedback`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assets.dialogue.feedback_cells import Cell, CellSheet, Refused, clean, plain, serial
from assets.dialogue.feedback_text import ORDER, Finding
from assets.intake.cells import Unfit, as_text, is_filled
from assets.intake.headings import Header, find_header, is_own, table_of
from assets.intake.rows import typed
from assets.intake.sheets import Sheet, Value
from blueprint.load import blueprint
from blueprint.model import Field, Table

LIST = "Bevindingen"
# What a workbook cannot show: the mistake is in how the CSV file is made, and its cells stand in the wrong columns.
ONLY_IN_CSV = frozenset({"row_too_long", "part_not_csv"})
MAX_NOTES, MAX_LINKS, MAX_LISTED = 1_000, 2_000, 20_000
MAX_NOTE = 2_000
MAX_NAME = 31
COLOURS = {"error": ("#FFC7CE", "#8B0000"), "warning": ("#FFE699", "#5C3D00"), "info": ("#DDEBF7", "#1F3864")}
OURS = ("#E2EFDA", "#1E4D1E")
ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
TEXT, PERCENT, DATE, MOMENT, TIME, SPAN = "@", "0.00%", "dd-mm-yyyy", "dd-mm-yyyy hh:mm:ss", "hh:mm:ss", "[h]:mm:ss"
# Typed over in a cell of any other format, these begin a formula.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
NARROWEST, WIDEST, MEASURED_ROWS = 9, 45, 200
CREATED = dt.datetime(2026, 1, 1)
ANSWERED = ("accepted", "accepted_with_remarks", "returned")
REPLACES = (
    "Door ons ingevuld: zo weten wij dat de verbeterde werkmap deze indiening vervangt. Laat dit kenmerk staan, en "
    "vul bij 'Datum van indiening' de dag in waarop u opnieuw indient."
)
EXPLANATION = (
    "Dit is een kopie van wat u hebt ingeleverd. Verbeter de gekleurde cellen en lever deze werkmap opnieuw in, of "
    "verbeter uw eigen bestand.",
    "Rood: fout, moet hersteld. Geel: waarschuwing, controleer de waarde. Blauw: opmerking. Wijs een cel aan om de "
    "notitie te lezen.",
    "Kleuren, notities en dit tabblad mogen blijven staan: wij slaan ze bij het inlezen over. Formules zijn hier "
    "waarden; wat verborgen of samengevoegd was, is nu zichtbaar en los.",
)
Mark = dict[tuple[int, int], list[Finding]]


@dataclass(frozen=True)
class Copied:
    """A copy was made; `names` maps each sheet as filed to its name in the copy."""

    names: dict[str, str]


@dataclass(frozen=True)
class NoCopy:
    """No copy can be made, and why."""

    reason: Literal["unreadable", "csv", "too_large"]


def write_copy(
    path: Path, sheets: Sequence[Sheet], findings: Sequence[Finding], submission_id: str, state: str
) -> Copied | NoCopy:
    """Write the marked copy of some sheets to `path`, all sheets at their own places after the list of findings.

    Sheets that we put in a workbook ourselves are left out. What was hidden or merged is not; formulas are values.
    """
    if any(finding["rule"] in ONLY_IN_CSV for finding in findings):
        return NoCopy("csv")
    filed = [sheet for sheet in sheets if not is_own(sheet.name)]
    names = copy_names(filed)
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    book.set_properties({"title": "Terugkoppeling op uw indiening", "created": CREATED, "author": "pCES"})
    writer = _Writer(book)
    writer.list(findings, names, submission_id)
    marks = _marks(filed, findings)
    for sheet in filed:
        writer.sheet(sheet, names[sheet.name], marks[sheet.name], submission_id if state in ANSWERED else "")
    book.close()
    return Copied(names)


def copy_names(sheets: Sequence[Sheet]) -> dict[str, str]:
    """A name that Excel allows for each sheet: its own where that can be, the title of its table for a CSV file."""
    names: dict[str, str] = {}
    used = {name.casefold() for name in (*blueprint().own_sheets, LIST, "history")}
    for sheet in sheets:
        table = table_of(sheet.name) if sheet.is_csv else None
        wanted = table.title if table and table.title.casefold() not in used else sheet.name
        base = re.sub(r"[\[\]:*?/\\]", "_", clean(wanted)).strip("'").strip() or "Blad"
        name, number = _short(base, ""), 2
        while name.casefold() in used:
            name, number = _short(base, f" ({number})"), number + 1
        used.add(name.casefold())
        names[sheet.name] = name
    return names


def _short(base: str, end: str) -> str:
    room = MAX_NAME - len(end)
    return base.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore").rstrip("' ") + end


def _marks(sheets: Sequence[Sheet], findings: Sequence[Finding]) -> dict[str, Mark]:
    """The findings by sheet and 1-based place: of a row without a column in its first cell, of a sheet in A1."""
    marks: dict[str, Mark] = defaultdict(lambda: defaultdict(list))
    firsts = {sheet.name: sheet.first_column for sheet in sheets}
    for finding in findings:
        if finding["sheet"] in firsts:
            marks[finding["sheet"]][_place(finding, firsts[finding["sheet"]])].append(finding)
    return marks


def _place(finding: Finding, first_column: int) -> tuple[int, int]:
    from assets.intake.sheets import column_number

    if not finding["row_number"]:
        return 1, 1
    letters = finding["column_letter"]
    return finding["row_number"], column_number(letters) if letters else first_column


def note(findings: Sequence[Finding]) -> str:
    """The text of a note: every finding begins with how bad it is, so that colour is not needed to know."""
    parts = [f"{f['severity_label'].capitalize()}: {f['title']}\n{f['message']}" for f in findings]
    text = clean("\n\n".join(parts))
    return text if len(text) <= MAX_NOTE else f"{text[:MAX_NOTE]}... (zie het tabblad '{LIST}')"


class _Writer:
    """One workbook being written, with the formats that its sheets share and the notes still to be had."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.formats: dict[tuple, Format] = {}
        self.notes_left = MAX_NOTES

    def format(self, number_format: str = "", colours: tuple[str, str] | None = None, **more: Any) -> Format | None:
        """The format asked for; None for an ordinary cell."""
        if not (number_format or colours or more):
            return None
        key = (number_format, colours, *more.items())
        if key not in self.formats:
            look: dict[str, Any] = {"num_format": number_format} if number_format else {}
            if colours:
                look |= {"bg_color": colours[0], "font_color": colours[1], "border": 1, "border_color": colours[1]}
            self.formats[key] = self.book.add_format({**look, **more})
        return self.formats[key]

    def note(self, target: Worksheet, row: int, column: int, text: str) -> None:
        """Put a note at a 1-based place, as long as there is room for notes in the workbook."""
        if self.notes_left > 0:
            self.notes_left -= 1
            height = 24 + 17 * sum(1 + len(line) // 46 for line in text.splitlines())
            size = {"width": 340, "height": min(height, 420), "font_size": 9, "author": "pCES"}
            target.write_comment(row - 1, column - 1, text, size)

    def list(self, findings: Sequence[Finding], names: Mapping[str, str], submission_id: str) -> None:
        """The sheet that lists all findings, with links to the cells."""
        target = self.book.add_worksheet(LIST)
        target.set_tab_color(COLOURS["error"][1])
        wrap = {"text_wrap": True, "valign": "top"}
        target.write_string(0, 0, f"Bevindingen bij uw indiening, kenmerk {submission_id}", self.format(bold=True))
        for row, text in enumerate(EXPLANATION, start=1):
            target.write_string(row, 0, text)
        top = len(EXPLANATION) + 2
        headings = ("Ernst", "Tabblad", "Cel", "Onderwerp", "Wat er is en wat u kunt doen")
        for column, (heading, width) in enumerate(zip(headings, (14, 20, 9, 30, 100), strict=True)):
            target.set_column(column, column, width)
            target.write_string(top, column, heading, self.format(bold=True, bottom=1))
        shown = findings[:MAX_LISTED]
        for number, finding in enumerate(shown):
            target.set_row(top + 1 + number, 15 * (1 + len(finding["message"]) // 105))
        for number, finding in enumerate(shown):
            row = top + 1 + number
            look = self.format("", COLOURS[finding["severity"]], **wrap)
            target.write_string(row, 0, finding["severity_label"].capitalize(), look)
            sheet = names.get(finding["sheet"], finding["sheet"] or "")
            target.write_string(row, 1, plain(sheet or "het hele bestand"), self.format(**wrap))
            self._link(target, row, finding, names, is_linked=number < MAX_LINKS)
            target.write_string(row, 3, plain(finding["title"]), self.format(**wrap))
            target.write_string(row, 4, plain(finding["message"]), self.format(**wrap))
        if findings[MAX_LISTED:]:
            rest = f"Er zijn nog {len(findings) - MAX_LISTED} bevindingen; de cellen zijn wel gekleurd."
            target.write_string(top + 1 + MAX_LISTED, 4, rest)
        target.autofilter(top, 0, top + len(shown), len(headings) - 1)
        target.freeze_panes(top + 1, 0)
        target.set_landscape()
        target.set_paper(9)
        target.fit_to_pages(1, 0)
        target.repeat_rows(top)

    def _link(
        self, target: Worksheet, row: int, finding: Finding, names: Mapping[str, str], *, is_linked: bool
    ) -> None:
        cell = finding["cell"] or (f"A{finding['row_number']}" if finding["row_number"] else "A1")
        shown = finding["cell"] or (f"regel {finding['row_number']}" if finding["row_number"] else "tabblad")
        name = names.get(finding["sheet"])
        look = {"valign": "top"}
        if name is None:
            return
        if is_linked:
            link = f"internal:'{name.replace(chr(39), 2 * chr(39))}'!{cell}"
            target.write_url(row, 2, link, self.format(font_color="#0563C1", underline=1, **look), shown)
        else:
            target.write_string(row, 2, shown, self.format(**look))

    def sheet(self, sheet: Sheet, name: str, marks: Mark, replaces: str) -> None:
        """One sheet of the copy; `replaces` is filled in where the form asks which submission is replaced."""
        target = self.book.add_worksheet(name, worksheet_class=CellSheet)
        table = table_of(sheet.name)
        table = table if table and table.sheet else None
        header = find_header(sheet, table) if table else None
        fields = _fields(sheet, table, header)
        ours = _place_of_replaces(sheet, table, header) if replaces else None
        target.fill(self._rows(sheet, header, fields, marks, (ours, replaces)))
        for column, width in _widths(sheet).items():
            text = self.format(TEXT) if _is_text(fields.get(column)) else None
            target.set_column(column - 1, column - 1, width, text)
        if header is not None:
            target.freeze_panes(sheet.first_row + header.index, 0)
        target.set_landscape()
        target.set_paper(9)
        target.fit_to_pages(1, 0)
        target.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        for (row, column), found in sorted(marks.items()):
            self.note(target, row, column, note(found))
        if ours is not None and ours not in marks:
            self.note(target, *ours, REPLACES)
        if marks:
            worst = min((f["severity"] for found in marks.values() for f in found), key=ORDER.__getitem__)
            target.set_tab_color(COLOURS[worst][1 if worst == "error" else 0])

    def _rows(
        self,
        sheet: Sheet,
        header: Header | None,
        fields: Mapping[int, Field],
        marks: Mark,
        ours: tuple[tuple[int, int] | None, str],
    ) -> Iterator[tuple[int, Sequence[Cell]]]:
        """The cells per row: in an ordinary row by their column alone, in a row with a mark one by one."""
        place, kenmerk = ours
        special: dict[int, set[int]] = defaultdict(set)
        for row, column in (*marks, *sheet.marks, *([place] if place else [])):
            special[row].add(column)
        head = sheet.first_row + header.index if header is not None else 0
        first, text = sheet.first_column, self.format(TEXT)
        by_column = {column: text if _is_text(field) else None for column, field in fields.items()}
        numbers = {c: f for c, f in fields.items() if f.is_number} if sheet.notation else {}
        last = max(sheet.first_row + len(sheet.rows) - 1, *special, 0)
        for row in range(1, last + 1):
            index = row - sheet.first_row
            values = sheet.rows[index] if 0 <= index < len(sheet.rows) else []
            cells: list[Cell] = []
            if row != head and row not in special and not numbers:
                for column, value in enumerate(values, start=first):
                    kind = type(value)
                    if kind is float or kind is int:
                        cells.append((column, value, by_column.get(column)))
                    elif kind is str:
                        safe = text if value[:1] in BEGINS_FORMULA else by_column.get(column, text)
                        cells.append((column, value, safe))
                    elif value is not None:
                        cells.append((column, *self._written(value, "", fields.get(column), None, is_heading=False)))
            else:
                filled = {column for column, value in enumerate(values, start=first) if value is not None}
                for column in sorted(filled | special.get(row, set())):
                    value = values[column - first] if 0 <= column - first < len(values) else None
                    value = kenmerk if (row, column) == place else _as_number(value, numbers.get(column), sheet, row > head)
                    colours = _colours(marks.get((row, column), ())) or (OURS if (row, column) == place else None)
                    mark, field = sheet.marks.get((row, column), ""), fields.get(column) if row > head else None
                    cells.append((column, *self._written(value, mark, field, colours, is_heading=row == head)))
            if cells:
                yield row, cells

    def _written(
        self, value: Value, mark: str, field: Field | None, colours: tuple[str, str] | None, *, is_heading: bool
    ) -> tuple[Value, Format | None]:
        """A value as it is written, and its format."""
        if mark.startswith("error:"):
            error = mark.removeprefix("error:")
            return Refused(error if error in ERRORS else "#VALUE!"), self.format("", colours)
        if mark == "formula_without_value" and value in (None, ""):
            return Refused("#N/A"), self.format("", colours)
        if is_heading:
            return as_text(value), self.format("", colours, bold=True, text_wrap=True, valign="top")
        if isinstance(value, (dt.date, dt.time, dt.timedelta)):
            days = serial(value)
            kind = {dt.time: TIME, dt.timedelta: SPAN, dt.date: DATE}.get(type(value), _moment_format(value))
            return (as_text(value) if days is None else days), self.format(TEXT if days is None else kind, colours)
        if isinstance(value, str):
            is_text = field is None or _is_text(field) or value.startswith(BEGINS_FORMULA)
            return value, self.format(TEXT if is_text else "", colours)
        if mark == "percent" and isinstance(value, (int, float)) and not isinstance(value, bool):
            return value, self.format(PERCENT, colours)
        return value, self.format(TEXT if _is_text(field) else "", colours)


def _as_number(value: Value, field: Field | None, sheet: Sheet, is_below: bool) -> Value:
    """A text as the number it is by the notation that came with its CSV file, which a workbook cannot declare."""
    if field is None or not is_below or not isinstance(value, str):
        return value
    read = typed(field, value, sheet.notation)
    return value if isinstance(read, Unfit) else read


def _moment_format(value: Any) -> str:
    return DATE if isinstance(value, dt.datetime) and value.time() == dt.time() else MOMENT


def _colours(findings: Sequence[Finding]) -> tuple[str, str] | None:
    return COLOURS[min((f["severity"] for f in findings), key=ORDER.__getitem__)] if findings else None


def _is_text(field: Field | None) -> bool:
    return field is not None and field.type in ("string", "list")


def _fields(sheet: Sheet, table: Table | None, header: Header | None) -> dict[int, Field]:
    """The field of every 1-based column that has one."""
    if table is None or header is None:
        return {}
    return {sheet.first_column + h.index: table.field(h.field) for h in header.columns.values()}


def _place_of_replaces(sheet: Sheet, table: Table | None, header: Header | None) -> tuple[int, int] | None:
    """Where the form asks which submission is replaced: the cell in the first filled row below the headings."""
    heading = header.columns.get(("replaces_submission", "")) if header else None
    if header is None or heading is None or table is None or table.name != "submission":
        return None
    for index in range(header.index + 1, len(sheet.rows)):
        if any(is_filled(value) for value in sheet.rows[index]):
            return sheet.first_row + index, sheet.first_column + heading.index
    return None


def _widths(sheet: Sheet) -> dict[int, int]:
    """A readable width per 1-based column, by its longest text among the first rows."""
    found: dict[int, int] = {}
    for row in sheet.rows[:MEASURED_ROWS]:
        for at, value in enumerate(row):
            length = len(value) + 2 if isinstance(value, str) else 12 if value is not None else 0
            if length > found.get(at, 0):
                found[at] = length
    return {sheet.first_column + at: min(max(length, NARROWEST), WIDEST) for at, length in found.items()}
