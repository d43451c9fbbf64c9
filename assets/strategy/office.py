"""Writes a document for a word processor (DOCX), so that a province can finish it in its own style.

Everything hangs on named styles, so that a house style takes hold of it at once; how they look to begin with is in
`office_styles`. The bytes are the same for the same document.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from assets.strategy import office_styles as styles
from assets.strategy.document import Bullets, Chart, Document, Grid, OwnPart, OwnText, Paragraph, Run, Runs
from assets.strategy.page import cell, is_number
from assets.strategy.paper import STALE, png
from assets.strategy.words import plain

# A file must not say when it was made: the same figures give the same file.
NO_DATE = dt.datetime(2000, 1, 1)
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
PIXELS = 1360
OWN_STYLES = {"points": "List Bullet", "steps": "List"}
KINDS = {"": None, "note": styles.NOTE, "warning": styles.WARNING}


def docx(document: Document) -> bytes:
    """The whole document, charts as pictures with their message as alternative text."""
    import docx as office

    out = office.Document()
    properties = out.core_properties
    properties.title, properties.author, properties.language = document.title, "pCES", "nl-NL"
    properties.created = properties.modified = NO_DATE
    properties.comments = ""
    styles.prepare(out)
    styles.margins(out, f"{document.title} · {document.edition}", "Vertrouwelijk" if document.is_internal else "")
    out.add_heading(document.title, 0)
    out.add_paragraph(
        f"{'Vertrouwelijk document' if document.is_internal else 'Openbaar document'}. {document.edition}."
    )
    if document.warning:
        out.add_paragraph(document.warning, style=styles.WARNING)
    for section in document.sections:
        out.add_heading(section.title, 1)
        for block in section.blocks:
            _add(out, block)
    made = io.BytesIO()
    out.save(made)
    return _without_dates(made.getvalue())


def _add(out: Any, block: Any) -> None:
    if isinstance(block, Paragraph):
        out.add_paragraph(plain(block.text), style=KINDS[block.kind])
    elif isinstance(block, Bullets):
        for item in block.items:
            out.add_paragraph(plain(item), style="List Bullet")
    elif isinstance(block, Grid):
        _table(out, block)
    elif isinstance(block, Chart):
        out.add_heading(f"Figuur {block.number}. {plain(block.title)}", 2)
        _picture(out, block)
        if block.note:
            out.add_paragraph(plain(block.note), style=styles.SOURCE)
        _table(out, block.grid)
    elif isinstance(block, OwnText):
        _own(out, block)


def _picture(out: Any, block: Chart) -> None:
    from docx.shared import Cm

    shape = out.add_picture(io.BytesIO(png(block.wide, PIXELS)), width=Cm(styles.TEXT_WIDTH))
    shape._inline.docPr.set("descr", block.alt)
    out.paragraphs[-1].paragraph_format.keep_with_next = bool(block.note)


def _table(out: Any, grid: Grid) -> None:
    out.add_paragraph(grid.caption, style="Caption")
    table = out.add_table(rows=1, cols=len(grid.headings), style=styles.TABLE)
    numeric = [bool(grid.rows) and is_number(grid.rows[0][column]) for column in range(len(grid.headings))]
    texts = [[cell(content) for content in row] for row in grid.rows]
    _fill(table.rows[0], grid.headings, numeric)
    for row in texts:
        _fill(table.add_row(), row, numeric)
    styles.finish_table(table, grid.caption, [grid.headings, *texts])
    out.add_paragraph(grid.source.text, style=styles.SOURCE)


def _fill(row: Any, texts: Any, numeric: list[bool]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    for place, text, is_figure in zip(row.cells, texts, numeric, strict=True):
        paragraph = place.paragraphs[0]
        paragraph.text, paragraph.style = text, styles.CELL
        if is_figure:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _own(out: Any, block: OwnText) -> None:
    out.add_paragraph("Tekst van de provincie", style=styles.SOURCE)
    if block.is_stale:
        out.add_paragraph(STALE, style=styles.WARNING)
    for part in block.parts:
        if part.kind == "heading":
            out.add_heading(_text(part.runs), 2)
        elif part.kind == "table":
            _own_table(out, part)
        else:
            for number, (runs,) in enumerate(part.lines, part.first):
                # Word counts on from one list of numbers to the next, so that these are written out.
                given = (Run(f"{number}. "), *runs) if part.kind == "steps" else runs
                _say(out.add_paragraph(style=OWN_STYLES.get(part.kind)), given)


def _own_table(out: Any, part: OwnPart) -> None:
    table = out.add_table(rows=0, cols=len(part.lines[0]), style=styles.TABLE)
    for line in part.lines:
        for place, runs in zip(table.add_row().cells, line, strict=True):
            place.paragraphs[0].style = styles.CELL
            _say(place.paragraphs[0], runs)
    styles.finish_table(
        table, "Tabel in de tekst van de provincie", [[_text(runs) for runs in line] for line in part.lines]
    )
    out.add_paragraph(style=styles.SOURCE)


def _say(paragraph: Any, runs: Runs) -> None:
    for run in runs:
        added = paragraph.add_run(run.text)
        added.bold, added.italic = run.bold or None, run.italic or None


def _text(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def _without_dates(content: bytes) -> bytes:
    """The same parts in the same order, each with one fixed date."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name, ZIP_DATE), before.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
