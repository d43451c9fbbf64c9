"""The nouns of reading: a raw sheet, and the reason why a file cannot be read.

How a file is read, and what its cells mean, does not belong here.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

Moment = datetime.date | datetime.datetime | datetime.time | datetime.timedelta
Value = str | int | float | bool | Moment | None
Marks = dict[tuple[int, int], str]

FileRule = Literal[
    "file_empty",
    "file_not_recognised",
    "file_password",
    "file_old_xls",
    "file_damaged",
    "file_too_large",
    "file_macros",
    "file_far_cell",
    "file_expands_too_much",
    "file_entities",
    "file_unsafe_names",
    "file_nested_zip",
    "file_no_sheets",
    "file_changed",
    "csv_encoding",
    "reader_timeout",
    "reader_memory",
    "reader_crashed",
]

MERGED = "merged:"
MAX_ROW = 20_000
MAX_COLUMN = 100


class UnreadableFile(Exception):
    """A file that is refused as a whole; `detail` is Dutch and never holds the text of a cell or a path."""

    def __init__(self, rule: FileRule, detail: str = "") -> None:
        super().__init__(rule, detail)
        self.rule: FileRule = rule
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as it was sent; rows may differ in length and end at their last filled cell.

    An empty cell is None, never ''. `first_row` and `first_column` are the 1-based place of `rows[0][0]`.
    `marks` uses the same 1-based (row, column) and may lie outside `rows`: a formula without a value does.
    A cell has one mark, the first that applies: `error:#N/A`, `formula_without_value`, `percent`, `merged:3` (the
    top-left cell of a merged range of so many columns), `linked` (a formula that takes its value from another file).
    `notation` is what a CSV declares for decimals: `nl` or `en`.
    """

    name: str
    hidden: bool
    first_row: int
    first_column: int
    rows: list[list[Value]]
    marks: Marks
    hidden_rows: frozenset[int]
    notation: str | None
    is_csv: bool = False


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What the guard saw of one sheet and the reader does not tell: marks and hidden rows, 1-based."""

    name: str
    marks: Marks
    hidden_rows: frozenset[int]


def column_letters(column: int) -> str:
    """Return the letters of a 1-based column: 1 is A, 16384 is XFD."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the 1-based column of its letters: A is 1, XFD is 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def merged_mark(first: str, last: str) -> str:
    """Return the mark of a merged range from the letters of its first and last column."""
    return f"{MERGED}{max(1, column_number(last) - column_number(first) + 1)}"


def far_cell(sheet: str, row: int, column: int) -> UnreadableFile:
    """Return the refusal of a filled cell beyond MAX_ROW or MAX_COLUMN."""
    place = f"{column_letters(column)}{row}" if row else f"kolom {column_letters(column)}"
    limit = f"{column_letters(MAX_COLUMN)}{MAX_ROW}"
    return UnreadableFile("file_far_cell", f"blad '{sheet}', cel {place}; uiterste cel is {limit}")
