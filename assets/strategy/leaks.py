"""Looks through what a public document says for names, numbers and amounts of companies, own texts included.

Every file of a document is written from the same texts, so those are looked at and not the packed files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assets.release.scan import Secrets, secrets_of
from assets.rounds import Round
from assets.store import DataFolder
from assets.strategy.document import Block, Bullets, Chart, Document, Grid, OwnText, Paragraph
from assets.strategy.page import cell
from assets.strategy.words import plain
from blueprint.load import blueprint
from blueprint.strategy import strategy

NUMBER = re.compile(r"\d[\d.,]*\d|\d")
IN_SVG = re.compile(r">([^<]+)<")


def secrets(data: DataFolder, settings: Round) -> Secrets:
    """What a public document must not hold; a word that our own lists and titles use gives nobody away."""
    ours = " ".join(
        [
            *(code.label for codes in blueprint().codes.values() for code in codes.codes),
            *(f"{section.title} {section.public_none}" for section in strategy().sections),
            settings.round,
            settings.title,
        ]
    ).casefold()
    found = secrets_of(data, settings)
    return Secrets(frozenset(text for text in found.texts if text.casefold() not in ours), found.amounts)


def leaks(document: Document, known: Secrets) -> int:
    """How many different secrets stand in the texts of a document."""
    whole = "\n".join(_texts(document))
    folded = whole.casefold()
    amounts = {f"{amount:.15g}" for amount in known.amounts}
    numbers = {form for text in NUMBER.findall(whole) for form in _readings(text)}
    return sum(_stands(text, folded) for text in {text.casefold() for text in known.texts}) + len(amounts & numbers)


def _stands(text: str, folded: str) -> bool:
    """Whether a text stands there; digits only as a number of their own."""
    if not text.isdigit():
        return text in folded
    return re.search(rf"(?<!\d){text}(?!\d)", folded) is not None


def _readings(text: str) -> tuple[str, ...]:
    """A number as it may be meant: in Dutch, in English and without any marks."""
    return (
        text.replace(".", "").replace(",", "."),
        text.replace(",", ""),
        text,
    )


def _texts(document: Document) -> Iterator[str]:
    yield from (document.title, document.round, document.round_title, document.edition)
    for section in document.sections:
        yield section.title
        for block in section.blocks:
            yield from _of(block)


def _of(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield plain(block.text)
    elif isinstance(block, Bullets):
        yield from map(plain, block.items)
    elif isinstance(block, Grid):
        yield from (block.caption, block.source.text, *block.headings)
        yield from (cell(content) for row in block.rows for content in row)
        yield block.csv
    elif isinstance(block, Chart):
        yield from (plain(block.title), block.alt, plain(block.note))
        yield from (text for svg in (block.wide, block.narrow) for text in IN_SVG.findall(svg))
        yield from _of(block.grid)
    elif isinstance(block, OwnText):
        cells = (runs for part in block.parts for line in part.lines for runs in line)
        yield from ("".join(run.text for run in runs) for runs in cells)
