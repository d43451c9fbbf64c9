"""The looks of the Excel form, colours, formats, widths and print, and the names by which its parts find each other.

What is written where belongs in `xlsx_sheet` and `xlsx_pages`.
"""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_col_to_name

BLUE, LIGHT_BLUE, GREY, PAPER = "#154273", "#B2D7EE", "#E6E6E6", "#F7F7F7"
INK, SOFT_INK, WHITE, LINE = "#1A1A1A", "#595959", "#FFFFFF", "#BFBFBF"
MISSING, GOOD, GOOD_INK, BAD, BAD_INK = "#FFE9A8", "#E1EDDB", "#275937", "#F9DFDD", "#94261D"
HEADS = {"required": (BLUE, WHITE), "conditional": (LIGHT_BLUE, INK), "optional": (GREY, INK)}
# What may be done in a protected sheet beside filling it in.
ALLOWED = {"format_columns": True, "format_rows": True, "select_locked_cells": True}
A4 = 9
LINE_HEIGHT = 16


class Looks:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple, Any] = {}

    def __call__(self, **properties: Any) -> Any:
        """The format with these properties, on top of the plain one."""
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            plain = {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "top"}
            self.made[key] = self.book.add_format({**plain, **properties})
        return self.made[key]

    def band(self, **properties: Any) -> Any:
        """White on dark blue: titles and the heads of parts."""
        return self(**{"font_color": WHITE, "bg_color": BLUE, "valign": "vcenter", **properties})

    def only(self, **properties: Any) -> Any:
        """A format that changes nothing else, for conditions."""
        key = ("only", *sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(properties)
        return self.made[key]


def finish(target: Any, landscape: bool, repeat: int | None = None, pages: int = 1) -> None:
    """Protect a sheet without a password and set it up for paper, so many pages wide.

    Rows up to `repeat`, and then the first column, stand on every page.
    """
    target.protect("", ALLOWED)
    target.hide_gridlines(2)
    if landscape:
        target.set_landscape()
    target.set_paper(A4)
    target.fit_to_pages(pages, 0)
    target.set_margins(0.4, 0.4, 0.5, 0.6)
    target.set_footer("&L&8&A&C&8Vertrouwelijk&R&8Bladzijde &P van &N")
    if repeat is not None:
        target.repeat_rows(0, repeat)
        target.repeat_columns(0)


def lines(text: str, width: int) -> int:
    """How many lines a text takes in a cell of that width; a letter is narrower than the digits that measure it."""
    return max(1, -(-len(text) * 90 // (width * 100)))


def area(sheet: str, row: int, column: int, height: int = 1, width: int = 1) -> str:
    """A range from its 0-based corner and its size, as it stands in a formula: 'Blad'!$A$5:$A$1004."""
    first, last = xl_col_to_name(column), xl_col_to_name(column + width - 1)
    return f"'{sheet}'!${first}${row + 1}:${last}${row + height}"


def list_name(name: str) -> str:
    return f"lijst_{name}"


def narrowed_name(pair: tuple[str, str], part: str) -> str:
    """The name of a part ('van', 'aantal' or 'keuzes') of the choices of one list that another narrows."""
    return f"{part}_{pair[0]}_{pair[1]}"


def choices_of(choices: str, by: str | None = None, chosen: str = "") -> str:
    """The range of a list; of one that the list `by` narrows, the part that goes with the label in `chosen`."""
    if by is None:
        return list_name(choices)
    labels, numbers, parts = (narrowed_name((by, choices), part) for part in ("van", "aantal", "keuzes"))
    place = f"MATCH({chosen},{labels},0)"
    return f"IF(ISNUMBER({place}),OFFSET({parts},0,{place}-1,INDEX({numbers},1,{place}),1),{list_name(choices)})"


def identifiers_name(table: str) -> str:
    return f"codes_{table}"
