"""Writes a document as one HTML page: no script, no network, every text escaped. The layout is in the template."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from markupsafe import Markup, escape

from assets.dialogue.html_template import template
from assets.strategy.document import Block, Bullets, Cell, Chart, Document, Grid, Links, OwnText, Paragraph
from assets.strategy.words import MARKED, Amount, plain
from blueprint.strategy import strategy

TEMPLATE = "page.html.j2"
HERE = Path(__file__).parent
KINDS: dict[type, str] = {
    Paragraph: "paragraph",
    Bullets: "bullets",
    Grid: "grid",
    Chart: "chart",
    OwnText: "own",
    Links: "links",
}


def page(document: Document) -> str:
    """The whole page."""
    return template(
        TEMPLATE, folder=HERE, marked=marked, kind=kind, cell=cell, is_number=is_number, link=link, picture=Markup
    ).render(document=document, chapters=strategy().sections, title=document.title)


def kind(block: Block) -> str:
    return KINDS[type(block)]


def marked(text: str) -> Markup:
    """A sentence in which every figure says what it is to a machine."""
    return Markup(MARKED.sub(r'<data value="\1">\2</data>', str(escape(text))))  # noqa: S704 - escaped


def cell(content: Cell) -> str:
    return content.text if isinstance(content, Amount) else plain(content)


def is_number(content: Cell) -> bool:
    return isinstance(content, Amount)


def link(grid: Grid) -> str:
    """The table as CSV in the link itself, so that it can be saved without a server."""
    return "data:text/csv;charset=utf-8;base64," + base64.b64encode(b"\xef\xbb\xbf" + grid.csv.encode()).decode()


def file_name(province: str) -> str:
    """A province in lower case and plain letters: fryslan, noord-holland."""
    import unicodedata

    plain_letters = unicodedata.normalize("NFKD", province).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain_letters).strip("-")
