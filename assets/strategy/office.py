"""Writes a document for a word processor (DOCX), so that a province can finish it in its own style.

Only styles that every word processor knows are used. The bytes are the same for the same document.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from assets.strategy.document import Bullets, Chart, Document, Grid, OwnText, Paragraph
from assets.strategy.page import cell, is_number
from assets.strategy.paper import STALE, WARNING, png
from assets.strategy.words import plain

# A file must not say when it was made: the same figures give the same file.
NO_DATE = dt.datetime(2000, 1, 1)
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
PIXELS, CENTIMETRES = 1360, 16.0


def docx(document: Document) -> bytes:
    """The whole document, charts as pictures with their message as alternative text."""
    import docx as office
    from docx.shared import RGBColor

    out = office.Document()
    properties = out.core_properties
    properties.title, properties.author, properties.language = document.title, "pCES", "nl-NL"
    properties.created = properties.modified = NO_DATE
    properties.comments = ""
    _in_dutch(out)
    if document.is_internal:
        header = out.sections[0].header.paragraphs[0]
        header.text = "Vertrouwelijk"
        header.runs[0].font.color.rgb = RGBColor(0x7A, 0, 0)
    out.add_heading(document.title, 0)
    out.add_paragraph(
        f"{'Vertrouwelijk document' if document.is_internal else 'Openbaar document'}. {document.edition}."
    )
    if document.is_internal:
        out.add_paragraph(WARNING)
    for section in document.sections:
        out.add_heading(section.title, 1)
        for block in section.blocks:
            _add(out, block)
    made = io.BytesIO()
    out.save(made)
    return _without_dates(made.getvalue())


def _add(out: Any, block: Any) -> None:
    if isinstance(block, Paragraph):
        out.add_paragraph(plain(block.text))
    elif isinstance(block, Bullets):
        for item in block.items:
            out.add_paragraph(plain(item), style="List Bullet")
    elif isinstance(block, Grid):
        _table(out, block)
    elif isinstance(block, Chart):
        out.add_heading(f"Figuur {block.number}. {plain(block.title)}", 2)
        if block.wide:
            _picture(out, block)
        if block.note:
            out.add_paragraph(plain(block.note))
        _table(out, block.grid)
    elif isinstance(block, OwnText):
        _own(out, block)


def _picture(out: Any, block: Chart) -> None:
    from docx.shared import Cm

    shape = out.add_picture(io.BytesIO(png(block.wide, PIXELS)), width=Cm(CENTIMETRES))
    shape._inline.docPr.set("descr", block.alt)


def _table(out: Any, grid: Grid) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement

    out.add_paragraph(grid.caption, style="Caption")
    table = out.add_table(rows=1, cols=len(grid.headings), style="Light Grid Accent 1")
    head = table.rows[0]
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for place, heading in zip(head.cells, grid.headings, strict=True):
        place.text = heading
    for row in grid.rows:
        for place, content in zip(table.add_row().cells, row, strict=True):
            place.text = cell(content)
            if is_number(content):
                place.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    out.add_paragraph(grid.source.text)


def _own(out: Any, block: OwnText) -> None:
    if block.is_stale:
        out.add_paragraph(STALE)
    for part in block.parts:
        text = "".join(run.text for run in part.runs)
        if part.kind == "heading":
            out.add_heading(text, 2)
            continue
        paragraph = out.add_paragraph(style="List Bullet" if part.kind == "point" else None)
        for run in part.runs:
            added = paragraph.add_run(run.text)
            added.bold, added.italic = run.bold or None, run.italic or None


def _in_dutch(out: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "nl-NL")
    out.styles["Normal"].element.get_or_add_rPr().append(language)


def _without_dates(content: bytes) -> bytes:
    """The same parts in the same order, each with one fixed date."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name, ZIP_DATE), before.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
