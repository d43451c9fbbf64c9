"""Builds a copy of what a company filed in which every faulty cell is coloured and has a note, and a list of all.

The copy holds values at the places where they were filed, and nothing that a filed text could make run. Which
findings there are, and where the file is put, is for `feedback`.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import Worksheet

from assets.dialogue.feedback_cells import CellSheet, clean
from assets.dialogue.feedback_choices import add_lists
from assets.dialogue.feedback_look import COLOURS, LIST, Look
from assets.dialogue.feedback_sheet import copy_sheet
from assets.dialogue.feedback_text import Finding
from assets.intake.headings import is_own, table_of
from assets.intake.sheets import Sheet, Value, column_number
from blueprint.load import blueprint
from blueprint.model import Table

# What a workbook cannot show: the mistake is in how the CSV file is made, and its cells stand in the wrong columns.
ONLY_IN_CSV = frozenset({"row_too_long", "part_not_csv"})
MAX_LINKS, MAX_LISTED = 2_000, 20_000
MAX_NAME = 31
CREATED = dt.datetime(2026, 1, 1)
ANSWERED = ("accepted", "accepted_with_remarks", "returned")
HEADINGS = {"Ernst": 14, "Tabblad": 20, "Cel": 9, "Onderwerp": 30, "Wat er is en wat u kunt doen": 100}
LINE_HEIGHT, LINE_LENGTH = 15, 105
EXPLANATION = (
    "Dit is een kopie van wat u hebt ingeleverd. Verbeter de gekleurde cellen en lever deze werkmap opnieuw in, of "
    "verbeter uw eigen bestand.",
    "Rood: fout, moet hersteld. Geel: waarschuwing, controleer de waarde. Blauw: opmerking. Wijs een cel aan om de "
    "notitie te lezen.",
    "Kleuren, notities en dit tabblad mogen blijven staan: wij slaan ze bij het inlezen over. Formules zijn hier "
    "waarden; wat verborgen of samengevoegd was, is nu zichtbaar en los.",
)


@dataclass(frozen=True)
class Copied:
    """A copy was made; `names` maps each sheet as filed to its name in the copy."""

    names: dict[str, str]


@dataclass(frozen=True)
class NoCopy:
    """No copy can be made, and why."""

    reason: Literal["unreadable", "csv", "too_large"]


class _Book(xlsxwriter.Workbook):
    """A workbook that is zipped in a third of the time, and an eighth larger."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.BytesIO(), {"in_memory": True})
        self.path = path

    def _get_packager(self) -> Packager:
        return _Package(self.path)


class _Package(Packager):
    """Writes the file itself and leaves nothing to be written by the workbook, which cannot be told how to zip."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def _create_package(self) -> list:
        with ZipFile(self.path, "w") as file:
            for content, name, _ in super()._create_package():
                file.writestr(ZipInfo(name), content.getvalue(), ZIP_DEFLATED, compresslevel=1)
        return []


def write_copy(
    path: Path, sheets: Sequence[Sheet], findings: Sequence[Finding], submission_id: str, state: str
) -> Copied | NoCopy:
    """Write the marked copy of some sheets to `path`, all sheets at their own places after the list of findings.

    Sheets that we put in a workbook ourselves are left out. What was hidden or merged is not; formulas are values. A
    sheet that is missing and must be there is added, with its headings.
    """
    if any(finding["rule"] in ONLY_IN_CSV for finding in findings):
        return NoCopy("csv")
    filed = [sheet for sheet in sheets if not is_own(sheet.name)]
    filed += [_empty(table) for table in _missing(findings)]
    names = copy_names(filed)
    book = _Book(path)
    book.set_properties({"title": "Terugkoppeling op uw indiening", "created": CREATED, "author": "pCES"})
    look = Look(book)
    _list(book.add_worksheet(LIST, CellSheet), look, findings, names, submission_id)
    marks = _marks(filed, findings)
    has_lists = False
    for sheet in filed:
        target = cast(CellSheet, book.add_worksheet(names[sheet.name], CellSheet))
        replaces = submission_id if state in ANSWERED else ""
        has_lists = copy_sheet(target, look, sheet, marks[sheet.name], replaces) or has_lists
    if has_lists:
        add_lists(book)
    book.close()
    return Copied(names)


def _missing(findings: Sequence[Finding]) -> list[Table]:
    """The tables whose sheet is not there and must be."""
    titles = {finding["allowed"] for finding in findings if finding["rule"] == "sheet_missing"}
    return [table for table in blueprint().sheet_tables if table.title in titles and table.wide is None]


def _empty(table: Table) -> Sheet:
    """A sheet with the headings of a table, for who has no form at hand to take it from."""
    titles: list[Value] = [field.title for field in table.fields]
    return Sheet(table.title, False, 1, 1, [titles], {}, frozenset(), None)


def copy_names(sheets: Sequence[Sheet]) -> dict[str, str]:
    """A name that Excel allows for each sheet: its own where that can be, the title of its table for a CSV file."""
    names: dict[str, str] = {}
    used = {name.casefold() for name in (*blueprint().form.sheets, LIST, "history")}
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


def _marks(sheets: Sequence[Sheet], findings: Sequence[Finding]) -> dict[str, dict[tuple[int, int], list[Finding]]]:
    """The findings by sheet and 1-based place: of a row without a column in its first cell, of a sheet in A1."""
    marks: dict[str, dict[tuple[int, int], list[Finding]]] = defaultdict(lambda: defaultdict(list))
    firsts = {sheet.name: sheet.first_column for sheet in sheets}
    for finding in findings:
        if finding["sheet"] in firsts:
            marks[finding["sheet"]][_place(finding, firsts[finding["sheet"]])].append(finding)
    return marks


def _place(finding: Finding, first_column: int) -> tuple[int, int]:
    if not finding["row_number"]:
        return 1, 1
    letters = finding["column_letter"]
    return finding["row_number"], column_number(letters) if letters else first_column


def _list(
    target: Worksheet, look: Look, findings: Sequence[Finding], names: Mapping[str, str], submission_id: str
) -> None:
    """The sheet that lists all findings, with links to the cells."""
    target.set_tab_color(COLOURS["error"][1])
    target.write_string(0, 0, f"Bevindingen bij uw indiening, kenmerk {submission_id}", look.format(bold=True))
    for row, text in enumerate(EXPLANATION, start=1):
        target.write_string(row, 0, text)
    top = len(EXPLANATION) + 2
    for column, (heading, width) in enumerate(HEADINGS.items()):
        target.set_column(column, column, width)
        target.write_string(top, column, heading, look.format(bold=True, bottom=1))
    shown = findings[:MAX_LISTED]
    for number, finding in enumerate(shown):
        _listed(target, look, top + 1 + number, finding, names, is_linked=number < MAX_LINKS)
    if findings[MAX_LISTED:]:
        rest = f"Er zijn nog {len(findings) - MAX_LISTED} bevindingen; de cellen zijn wel gekleurd."
        target.write_string(top + 1 + MAX_LISTED, len(HEADINGS) - 1, rest)
    target.autofilter(top, 0, top + len(shown), len(HEADINGS) - 1)
    target.freeze_panes(top + 1, 0)
    target.set_landscape()
    target.set_paper(9)
    target.fit_to_pages(1, 0)
    target.repeat_rows(top)


def _listed(
    target: Worksheet, look: Look, row: int, finding: Finding, names: Mapping[str, str], *, is_linked: bool
) -> None:
    """One line of the list; what concerns no sheet of the copy has no link."""
    wrap = look.format(text_wrap=True, valign="top")
    colours = COLOURS[finding["severity"]]
    target.set_row(row, LINE_HEIGHT * (1 + len(finding["message"]) // LINE_LENGTH))
    label = finding["severity_label"].capitalize()
    target.write_string(row, 0, label, look.format("", colours, text_wrap=True, valign="top"))
    name = names.get(finding["sheet"])
    target.write_string(row, 1, name or finding["sheet"] or "het hele bestand", wrap)
    number = finding["row_number"]
    if name is not None:
        cell = finding["cell"] or (f"A{number}" if number else "A1")
        shown = finding["cell"] or (f"regel {number}" if number else "tabblad")
        if is_linked:
            quoted = name.replace("'", "''")
            link = look.format(font_color="#0563C1", underline=1, valign="top")
            target.write_url(row, 2, f"internal:'{quoted}'!{cell}", link, shown)
        else:
            target.write_string(row, 2, shown, wrap)
    target.write_string(row, 3, finding["title"], wrap)
    target.write_string(row, 4, finding["message"], wrap)
