"""The nouns of a strategy document: sections of paragraphs, lists, tables and charts, each with its source.

How they look on a page, on paper or in a word processor belongs to the writers; what they say, to the sections.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from assets.strategy.words import Amount, plain

Tier = Literal["public", "internal"]
PUBLIC: Tier = "public"
INTERNAL: Tier = "internal"
# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t")
Cell = str | Amount
UNPROTECTED = (
    "Vertrouwelijk. In dit document is niets beveiligd: het laat zien wat afzonderlijke bedrijven opgaven."
    " Niet verspreiden."
)


@dataclass(frozen=True)
class Source:
    """Which tables figures come from, by title and name, and of which release or round those are."""

    tables: tuple[tuple[str, str], ...]
    edition: str

    @property
    def text(self) -> str:
        named = "; ".join(f"{title} ({name})" for title, name in self.tables)
        return f"Bron: {named}. {self.edition}."


@dataclass(frozen=True)
class Grid:
    """A table of figures: the first cell of each row names it. `name` is that of its CSV file."""

    name: str
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: Source

    @property
    def csv(self) -> str:
        """As a Dutch spreadsheet opens it: semicolons, decimal commas and plain numbers."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow(map(_harmless, self.headings))
        writer.writerows([_csv_cell(cell) for cell in row] for row in self.rows)
        return out.getvalue()


@dataclass(frozen=True)
class Chart:
    """A picture with its message as a title, the same in words, and the table behind it.

    `wide` and `narrow` are SVG for a desk or paper and for a phone; both are empty when there is nothing to draw, and
    then `numbered` makes it a sentence and a table.
    """

    title: str
    alt: str
    wide: str
    narrow: str
    grid: Grid
    note: str = ""
    number: int = 0


@dataclass(frozen=True)
class Paragraph:
    text: str
    kind: Literal["", "note", "warning"] = ""


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """A stretch of a province's own text."""

    text: str
    bold: bool = False
    italic: bool = False


Runs = tuple[Run, ...]
OwnKind = Literal["heading", "paragraph", "points", "steps", "table"]


@dataclass(frozen=True)
class OwnPart:
    """A part of a province's own text, as lines of cells.

    A heading or paragraph is one line of one cell; each line of points, and of steps (numbered from `first`), is one of
    them. A table has its headings in the first line.
    """

    kind: OwnKind
    lines: tuple[tuple[Runs, ...], ...]
    first: int = 1

    @property
    def runs(self) -> Runs:
        """All that stands in it, one after another."""
        return tuple(run for line in self.lines for cell in line for run in cell)


@dataclass(frozen=True)
class OwnText:
    """What the province wrote itself; stale when the figures of its section have changed since."""

    parts: tuple[OwnPart, ...]
    is_stale: bool


@dataclass(frozen=True)
class Links:
    """Other pages and files, by what they are called; only on pages of a site."""

    targets: tuple[tuple[str, str], ...]


Block = Links | Paragraph | Bullets | Grid | Chart | OwnText


@dataclass(frozen=True)
class Section:
    name: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def charts(self) -> Iterator[Chart]:
        return (block for block in self.blocks if isinstance(block, Chart))

    @property
    def own_texts(self) -> Iterator[OwnText]:
        return (block for block in self.blocks if isinstance(block, OwnText))

    @property
    def grids(self) -> Iterator[Grid]:
        """The tables, those behind charts too."""
        for block in self.blocks:
            if isinstance(block, Chart):
                yield block.grid
            elif isinstance(block, Grid):
                yield block

    @property
    def fingerprint(self) -> str:
        """Changes when a figure or a sentence that was made of figures changes."""
        digest = hashlib.sha256()
        for block in self.blocks:
            if isinstance(block, Paragraph):
                digest.update(block.text.encode())
            elif isinstance(block, Bullets):
                digest.update("\n".join(block.items).encode())
        for grid in self.grids:
            digest.update(grid.csv.encode())
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Document:
    """The strategy of one province for one tier."""

    province_code: str
    province: str
    round: str
    round_title: str
    tier: Tier
    edition: str
    sections: tuple[Section, ...]
    # A page that is of no province has its own heading; `home` is where the page of the round is.
    heading: str = ""
    home: str = ""
    # For whom a confidential page is, when that is another than the analyst.
    mark: str = ""

    @property
    def is_internal(self) -> bool:
        return self.tier == INTERNAL

    @property
    def title(self) -> str:
        return self.heading or f"Cluster-energiestrategie {self.province}"

    @property
    def warning(self) -> str:
        """What every form of a confidential document says before anything else; nothing for a public one."""
        return (self.mark or UNPROTECTED) if self.is_internal else ""


def numbered(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The sections with their charts numbered through; one without a picture is a sentence and a table."""
    count, done = 0, []
    for section in sections:
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Chart) and not block.wide:
                blocks += _without_picture(block)
                continue
            if isinstance(block, Chart):
                count += 1
                block = replace(block, number=count)
            blocks.append(block)
        done.append(replace(section, blocks=tuple(blocks)))
    return tuple(done)


def unflagged(document: Document) -> Document:
    """The document as others may read it: that a text is stale is for its writer only."""
    sections = (
        replace(
            section,
            blocks=tuple(
                replace(block, is_stale=False) if isinstance(block, OwnText) else block for block in section.blocks
            ),
        )
        for section in document.sections
    )
    return replace(document, sections=tuple(sections))


def _without_picture(chart: Chart) -> list[Block]:
    told = f"{chart.title.removesuffix('.')}. {chart.note}".strip()
    return [Paragraph(told[:1].upper() + told[1:]), chart.grid]


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, Amount):
        return cell.text if cell.value is None else f"{cell.value:.{cell.decimals}f}".replace(".", ",")
    return _harmless(plain(cell))


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
