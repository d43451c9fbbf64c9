"""Writes a filing as a workbook (xlsx, ods) or as a zip of CSV files; the same filing gives the same bytes.

What a filing says, and which mistakes are made in it, does not belong here.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

from assets.sample.draft import Draft, Formatted, Formula, SheetDraft, draft, long_rows
from assets.sample.filing import Filing
from blueprint.load import blueprint

Notation = Literal["nl", "en"]
Edit = Callable[[Draft], None]

# The same moment in every file, so that a file depends on its content alone.
CREATED = dt.datetime(2026, 1, 1)
ZIP_TIME = (2026, 1, 1, 0, 0, 0)
DATE_FORMAT = "dd-mm-yyyy"
NARROWEST, WIDEST = 10, 42
DELIMITERS = {"nl": ";", "en": ","}

ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)
ODS_NAMES += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
ODS_NAMES += ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"'


def write_xlsx(filing: Filing, path: Path, years: tuple[int, ...], edit: Edit | None = None) -> None:
    """Write the workbook of a filing; `edit` may change the draft first."""
    path.write_bytes(xlsx_bytes(_drafted(filing, years, edit)))


def write_ods(filing: Filing, path: Path, years: tuple[int, ...], edit: Edit | None = None) -> None:
    """Write the same workbook as ods; formats, formulas and merged cells of the draft are left out."""
    path.write_bytes(ods_bytes(_drafted(filing, years, edit)))


def write_csv_zip(filing: Filing, path: Path, years: tuple[int, ...], notation: Notation = "nl") -> None:
    """Write a zip of UTF-8 CSV files in long form: Dutch headings and `;` for nl, field names and `,` for en.

    Rows of years that are not in `years` are left out, as a workbook would.
    """
    path.write_bytes(pack({name: text.encode() for name, text in csv_texts(filing, years, notation).items()}))


def xlsx_bytes(drafted: Draft) -> bytes:
    """The xlsx file of a draft."""
    data = io.BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(data, {**options, "date_1904": drafted.date_1904})
    book.set_properties({"title": "pCES-formulier (voorbeeld)", "created": CREATED})
    writer = _XlsxWriter(book)
    for sheet in drafted.sheets:
        writer.sheet(sheet)
    book.close()
    return data.getvalue()


def ods_bytes(drafted: Draft) -> bytes:
    """The ods file of a draft."""
    tables = "".join(_ods_table(sheet) for sheet in drafted.sheets)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMES} office:version="1.2">'
        f"<office:automatic-styles>{_ods_styles()}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        'manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    parts = {"mimetype": ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": manifest}
    return pack({name: part.encode() for name, part in parts.items()}, stored=("mimetype",))


def csv_texts(filing: Filing, years: tuple[int, ...], notation: Notation) -> dict[str, str]:
    """File name to text of every CSV file of a filing; the submission table declares the notation."""
    declared = filing.copy()
    for row in declared.rows("submission"):
        row["number_notation"] = notation
    texts = {}
    for table in blueprint().sheet_tables:
        heading = [f.title if notation == "nl" else f.name for f in table.fields]
        rows = [row for row in long_rows(table, declared) if table.wide is None or row["year"] in years]
        stream = io.StringIO(newline="")
        writer = csv.writer(stream, delimiter=DELIMITERS[notation], lineterminator="\r\n")
        writer.writerow(heading)
        writer.writerows([[csv_text(value, notation) for value in row.values()] for row in rows])
        texts[f"{table.name}.csv"] = stream.getvalue()
    return texts


def csv_text(value: Any, notation: Notation) -> str:
    """A value as text: numbers with thousands and decimals in the notation, dates and yes or no likewise."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("ja" if value else "nee") if notation == "nl" else ("true" if value else "false")
    if isinstance(value, float):
        text = format(Decimal(repr(value)), ",f").removesuffix(".0")
        return text.translate({44: ".", 46: ","}) if notation == "nl" else text
    if isinstance(value, dt.date):
        return value.strftime("%d-%m-%Y") if notation == "nl" else value.isoformat()
    return str(value)


def pack(parts: Mapping[str, bytes], stored: tuple[str, ...] = ()) -> bytes:
    """A zip of the parts in their order, with one fixed time; `stored` are not compressed."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, part in parts.items():
            method = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), part, method)
    return data.getvalue()


def _drafted(filing: Filing, years: tuple[int, ...], edit: Edit | None) -> Draft:
    drafted = draft(filing, years)
    if edit is not None:
        edit(drafted)
    return drafted


class _XlsxWriter:
    """One workbook being written, with the formats that its sheets share."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"num_format": "@"})
        self.formats: dict[str, Any] = {}

    def sheet(self, sheet: SheetDraft) -> None:
        target = self.book.add_worksheet(sheet.name)
        for row, cells in enumerate(sheet.rows):
            for column, value in enumerate(cells):
                if value is not None:
                    self._cell(target, row, column, value, row == 0)
        for row, column, value in sheet.loose:
            self._cell(target, row, column, value, False)
        for column, width in enumerate(_widths(sheet)):
            target.set_column(column, column, width)
        target.freeze_panes(1, 0)
        for row in sorted(sheet.hidden_rows):
            target.set_row(row, None, None, {"hidden": True})
        for row, column, last_row, last_column in sheet.merged:
            target.merge_range(row, column, last_row, last_column, sheet.rows[row][column])
        if sheet.hidden:
            target.hide()

    def _cell(self, target: Any, row: int, column: int, value: Any, is_heading: bool) -> None:
        if isinstance(value, Formula):
            target.write_formula(row, column, value.text, None, value.result)
        elif isinstance(value, Formatted):
            target.write_number(row, column, value.value, self._format(value.number_format))
        elif isinstance(value, dt.date):
            target.write_datetime(row, column, value, self._format(DATE_FORMAT))
        elif isinstance(value, str):
            target.write_string(row, column, value, self.heading if is_heading else self.text)
        else:
            target.write_number(row, column, value)

    def _format(self, number_format: str) -> Any:
        if number_format not in self.formats:
            self.formats[number_format] = self.book.add_format({"num_format": number_format})
        return self.formats[number_format]


def _widths(sheet: SheetDraft) -> list[int]:
    """A readable width per column: that of the longest text in it, within bounds."""
    widths: list[int] = []
    for cells in sheet.rows:
        widths += [NARROWEST] * (len(cells) - len(widths))
        for column, value in enumerate(cells):
            if isinstance(value, str) and len(value) + 2 > widths[column]:
                widths[column] = min(len(value) + 2, WIDEST)
    return widths


def _ods_styles() -> str:
    bold = '<style:style style:name="kop" style:family="table-cell"><style:text-properties fo:font-weight="bold"/>'
    parts = '<number:day number:style="long"/><number:text>-</number:text><number:month number:style="long"/>'
    parts += '<number:text>-</number:text><number:year number:style="long"/>'
    date = f'<number:date-style style:name="datum">{parts}</number:date-style>'
    cell = '<style:style style:name="dag" style:family="table-cell" style:data-style-name="datum"/>'
    widths = "".join(
        f'<style:style style:name="w{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * 0.21:.2f}cm"/></style:style>'
        for width in range(NARROWEST, WIDEST + 1)
    )
    return f"{date}{bold}</style:style>{cell}{widths}"


def _ods_table(sheet: SheetDraft) -> str:
    columns = "".join(f'<table:table-column table:style-name="w{width}"/>' for width in _widths(sheet))
    rows = "".join(_ods_row(cells, place == 0) for place, cells in enumerate(sheet.rows))
    return f"<table:table table:name={quoteattr(sheet.name)}>{columns}{rows}</table:table>"


def _ods_row(cells: list[Any], is_heading: bool) -> str:
    return f"<table:table-row>{''.join(_ods_cell(value, is_heading) for value in cells)}</table:table-row>"


def _ods_cell(value: Any, is_heading: bool) -> str:
    if isinstance(value, (Formatted, Formula)):
        value = value[0]
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, dt.date):
        kind = f'table:style-name="dag" office:value-type="date" office:date-value="{value.isoformat()}"'
        return f"<table:table-cell {kind}><text:p>{value.strftime('%d-%m-%Y')}</text:p></table:table-cell>"
    if isinstance(value, str):
        kind = 'table:style-name="kop" ' if is_heading else ""
        return f'<table:table-cell {kind}office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
    kind = f'office:value-type="float" office:value="{value!r}"'
    return f"<table:table-cell {kind}><text:p>{str(value).replace('.', ',')}</text:p></table:table-cell>"
