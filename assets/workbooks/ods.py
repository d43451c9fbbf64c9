"""Writes a draft as an OpenDocument workbook, byte for byte the same each time.

Formats of single cells, formulas, merged and hidden parts of the draft are left out: mistakes are made in xlsx.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from assets.workbooks.draft import NARROWEST, WIDEST, Draft, Formatted, Formula, SheetDraft, widths
from assets.workbooks.pack import pack

MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("config", "config"),
        ("fo", "xsl-fo-compatible"),
    )
)
# How LibreOffice keeps frozen rows: split mode 2, below the row of that number.
SPLIT = (("VerticalSplitMode", "short"), ("VerticalSplitPosition", "int"), ("PositionBottom", "int"))
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def ods_bytes(drafted: Draft) -> bytes:
    """The ods file of a draft."""
    tables = "".join(_table(sheet) for sheet in drafted.sheets)
    return ods_file(styles(), tables, {sheet.name: 1 for sheet in drafted.sheets})


def ods_file(automatic_styles: str, spreadsheet: str, frozen: Mapping[str, int]) -> bytes:
    """An ods file of these styles and this content, as XML; `frozen` maps a sheet to the rows that stay in sight."""
    content = (
        f'{HEAD}<office:document-content {NAMES} office:version="1.2">'
        f"<office:automatic-styles>{automatic_styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{spreadsheet}</office:spreadsheet></office:body></office:document-content>"
    )
    parts = {
        "mimetype": MEDIA_TYPE,
        "content.xml": content,
        "settings.xml": _settings(frozen),
        "META-INF/manifest.xml": _manifest(),
    }
    return pack({name: part.encode() for name, part in parts.items()}, stored=("mimetype",))


def _manifest() -> str:
    files = (("/", MEDIA_TYPE), ("content.xml", "text/xml"), ("settings.xml", "text/xml"))
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>' for path, kind in files
    )
    names = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"'
    return f"{HEAD}<manifest:manifest {names}>{entries}</manifest:manifest>"


def _settings(frozen: Mapping[str, int]) -> str:
    sheets = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(name)}>{_split(rows)}</config:config-item-map-entry>"
        for name, rows in frozen.items()
    )
    return (
        f'{HEAD}<office:document-settings {NAMES} office:version="1.2"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        f'<config:config-item-map-entry><config:config-item-map-named config:name="Tables">{sheets}'
        "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )


def _split(rows: int) -> str:
    values = (2 if rows else 0, rows, rows)
    return "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for (name, kind), value in zip(SPLIT, values, strict=True)
    )


def styles() -> str:
    """The styles that every workbook here has: kop (a heading), dag (a date), and w10 to w42 (column widths)."""
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


def _table(sheet: SheetDraft) -> str:
    columns = "".join(f'<table:table-column table:style-name="w{width}"/>' for width in widths(sheet))
    rows = "".join(_row(cells, place == 0) for place, cells in enumerate(sheet.rows))
    return f"<table:table table:name={quoteattr(sheet.name)}>{columns}{rows}</table:table>"


def _row(cells: list[Any], is_heading: bool) -> str:
    return f"<table:table-row>{''.join(_draft_cell(value, is_heading) for value in cells)}</table:table-row>"


def _draft_cell(value: Any, is_heading: bool) -> str:
    if isinstance(value, (Formatted, Formula)):
        value = value[0]
    style = "dag" if isinstance(value, dt.date) else "kop" if is_heading and isinstance(value, str) else ""
    return cell(value, style)


def cell(value: Any, style: str = "", more: str = "") -> str:
    """A cell as XML, with the name of its style and more attributes; nothing, text, a number or a date."""
    named = (f'table:style-name="{style}" ' if style else "") + (f"{more} " if more else "")
    if value is None:
        return f"<table:table-cell {named.rstrip()}/>" if named else "<table:table-cell/>"
    if isinstance(value, dt.date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        text = value.strftime("%d-%m-%Y")
    elif isinstance(value, str):
        kind, text = 'office:value-type="string"', escape(value)
    else:
        kind, text = f'office:value-type="float" office:value="{value!r}"', str(value).replace(".", ",")
    paragraphs = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n"))
    return f"<table:table-cell {named}{kind}>{paragraphs}</table:table-cell>"
