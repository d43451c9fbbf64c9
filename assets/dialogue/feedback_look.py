"""How a marked workbook looks: its formats, colours and notes, shared by its sheets.

What is marked, and why, does not belong here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assets.dialogue.feedback_cells import clean
from assets.dialogue.feedback_text import ORDER, Finding

LIST = "Bevindingen"
MAX_NOTES, MAX_NOTE = 1_000, 2_000
Colours = tuple[str, str]
COLOURS: dict[str, Colours] = {
    "error": ("#FFC7CE", "#8B0000"),
    "warning": ("#FFE699", "#5C3D00"),
    "info": ("#DDEBF7", "#1F3864"),
}
HEADING: Colours = ("#E7E6E6", "#1A1A1A")
OURS: Colours = ("#E2EFDA", "#1E4D1E")
TEXT, PERCENT, DATE, MOMENT, TIME, SPAN = "@", "0.00%", "dd-mm-yyyy", "dd-mm-yyyy hh:mm:ss", "hh:mm:ss", "[h]:mm:ss"


def worst(findings: Sequence[Finding]) -> str:
    """The severity that decides the colour."""
    return min((finding["severity"] for finding in findings), key=ORDER.__getitem__)


def note(findings: Sequence[Finding]) -> str:
    """The text of a note: every finding begins with how bad it is, so that colour is not needed to know."""
    parts = [f"{f['severity_label'].capitalize()}: {f['title']}\n{f['message']}" for f in findings]
    text = clean("\n\n".join(parts))
    return text if len(text) <= MAX_NOTE else f"{text[:MAX_NOTE]}... (zie het tabblad '{LIST}')"


class Look:
    """The formats of one workbook, made once each, and the notes that may still be added to it."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.formats: dict[tuple, Format] = {}
        self.notes_left = MAX_NOTES

    def format(self, number_format: str = "", colours: Colours | None = None, **more: Any) -> Format | None:
        """The format asked for; None for an ordinary cell."""
        if not (number_format or colours or more):
            return None
        key = (number_format, colours, *more.items())
        if key not in self.formats:
            look: dict[str, Any] = {"num_format": number_format} if number_format else {}
            if colours:
                look |= {"bg_color": colours[0], "font_color": colours[1], "border": 1, "border_color": colours[1]}
            self.formats[key] = self.book.add_format({**look, **more})
        return self.formats[key]

    def note(self, target: Worksheet, row: int, column: int, text: str) -> None:
        """Put a note at a 1-based place, as long as there is room for notes in the workbook."""
        if self.notes_left > 0:
            self.notes_left -= 1
            height = 24 + 17 * sum(1 + len(line) // 46 for line in text.splitlines())
            size = {"width": 340, "height": min(height, 420), "font_size": 9, "author": "pCES"}
            target.write_comment(row - 1, column - 1, text, size)
