"""Writes a draft as an OpenDocument workbook, byte for byte the same each time.

Formats of single cells, formulas, merged and hidden parts of the draft are left out: mistakes are made in xlsx.
"""

from __future__ import annotations

import datetime as dt
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
# A frozen first row, as LibreOffice keeps it: split mode 2, below row 1.
FROZEN = (("VerticalSplitMode", "short", 2), ("VerticalSplitPosition", "int", 1), ("PositionBottom", "int", 1))
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def ods_bytes(drafted: Draft) -> bytes:
    """The ods file of a draft."""
    tables = "".join(_table(sheet) for sheet in drafted.sheets)
    content = (
        f'{HEAD}<office:document-content {NAMES} office:version="1.2">'
        f"<office:automatic-styles>{_styles()}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    parts = {
        "mimetype": MEDIA_TYPE,
        "content.xml": content,
        "settings.xml": _settings(drafted),
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


def _settings(drafted: Draft) -> str:
    items = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, kind, value in FROZEN
    )
    sheets = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(sheet.name)}>{items}</config:config-item-map-entry>"
        for sheet in drafted.sheets
    )
    return (
        f'{HEAD}<office:document-settings {NAMES} office:version="1.2"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        f'<config:config-item-map-entry><config:config-item-map-named config:name="Tables">{sheets}'
        "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )


def _styles() -> str:
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
    return f"<table:table-row>{''.join(_cell(value, is_heading) for value in cells)}</table:table-row>"


def _cell(value: Any, is_heading: bool) -> str:
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
