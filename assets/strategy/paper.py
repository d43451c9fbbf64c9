"""Writes a document as PDF with Typst: offline, with its own letters, the same bytes for the same document.

The layout is in `paper.typ`, to which all text goes as data.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assets.strategy.document import Block, Bullets, Chart, Document, Grid, Links, Paragraph
from assets.strategy.look import LETTERS
from assets.strategy.page import cell, is_number
from assets.strategy.words import plain

LAYOUT = Path(__file__).with_name("paper.typ")
# The letters that Typst brings along, so that a page is the same on every machine.
PAPER_LETTERS = "Libertinus Serif"
STALE = "Let op: de cijfers van dit hoofdstuk zijn veranderd sinds deze tekst is geschreven. Kijk de tekst na."


def pdf(document: Document) -> bytes:
    """The whole document on A4."""
    import typst

    return typst.compile(LAYOUT, ignore_system_fonts=True, sys_inputs={"doc": json.dumps(content(document))})


def png(svg: str, width: int) -> bytes:
    """A chart as a picture of points, for a program that knows no SVG."""
    import typst

    source = (
        '#set page(width: 17cm, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
    )
    ppi = width / (17 / 2.54)
    return typst.compile(
        source.encode(), format="png", ppi=ppi, ignore_system_fonts=True, sys_inputs={"svg": for_paper(svg)}
    )


def for_paper(svg: str) -> str:
    return svg.replace(LETTERS, PAPER_LETTERS)


def content(document: Document) -> dict[str, Any]:
    """What the layout is given: plain texts."""
    return {
        "title": document.title,
        "subtitle": f"ronde {document.round}" + (f" · {document.round_title}" if document.round_title else ""),
        "edition": f"{'Vertrouwelijk document' if document.is_internal else 'Openbaar document'}. {document.edition}.",
        "mark": "Vertrouwelijk" if document.is_internal else "",
        "warning": document.warning,
        "footer": f"{document.title} · {document.edition}",
        "sections": [
            {"title": section.title, "blocks": [_block(block) for block in section.blocks]}
            for section in document.sections
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": block.kind or "paragraph", "text": plain(block.text)}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": [plain(item) for item in block.items]}
    if isinstance(block, Grid):
        return {"kind": "grid", "grid": _grid(block)}
    if isinstance(block, Chart):
        return {
            "kind": "chart",
            "number": block.number,
            "title": plain(block.title),
            "alt": block.alt,
            "note": plain(block.note),
            "svg": for_paper(block.wide),
            "grid": _grid(block.grid),
        }
    if isinstance(block, Links):
        return {"kind": "bullets", "items": [text for text, _ in block.targets]}
    parts = [asdict(part) for part in block.parts]
    return {"kind": "own", "stale": STALE if block.is_stale else "", "parts": parts}


def _grid(grid: Grid) -> dict[str, Any]:
    numeric = [bool(grid.rows) and is_number(grid.rows[0][column]) for column in range(len(grid.headings))]
    return {
        "caption": grid.caption,
        "headings": list(grid.headings),
        "rows": [[cell(content) for content in row] for row in grid.rows],
        "numeric": numeric,
        "source": grid.source.text,
    }
