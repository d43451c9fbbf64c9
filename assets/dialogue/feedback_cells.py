"""A worksheet whose cells are written as plain XML: values only, never a formula, and every text safe.

xlsxwriter takes four times as long per cell, keeps 16 of the 17 digits of a number, and takes a text that begins with
`<r>` for markup. What is in the cells is decided in `feedback_workbook`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assets.intake.sheets import Value, column_letters

MAX_TEXT = 32_767
EPOCH = dt.datetime(1899, 12, 30)
# Excel counts a day too many before March 1900.
FIRST_DAY = dt.datetime(1900, 3, 1)
# What XML 1.0 cannot hold.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads this as a character by its number; the underscore itself is then written by its number.
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
Cell = tuple[int, Value, Format | None]


class Refused(str):
    """An error value such as #N/A, which is written as the error that it is."""

    __slots__ = ()


class CellSheet(Worksheet):
    """A worksheet of xlsxwriter that gets its cells in one go, and all else (notes, widths) in the usual way."""

    def fill(self, rows: Iterable[tuple[int, Sequence[Cell]]]) -> None:
        """Give the cells: 1-based row and, per cell, the 1-based column, the value and the format."""
        self.filled = list(rows)
        for row, cells in self.filled:
            if cells:
                self._check_dimensions(row - 1, cells[-1][0] - 1)

    def _write_sheet_data(self) -> None:
        styles: dict[Format | None, str] = {None: ""}
        letters: dict[int, str] = {}
        texts: dict[str, str] = {}  # most texts of a form stand in it many times
        out: list[str] = ["<sheetData>"]
        for row, cells in self.filled:
            out.append(f'<row r="{row}">')
            for column, value, form in cells:
                if type(value) is str:
                    end = texts.get(value) or texts.setdefault(value, _end(value))
                elif type(value) is float:
                    end = f"><v>{value!r}</v></c>"
                else:
                    end = _end(value)
                if form not in styles:
                    styles[form] = f' s="{form._get_xf_index()}"' if form is not None else ""
                letter = letters.get(column) or letters.setdefault(column, column_letters(column))
                out.append(f'<c r="{letter}{row}"{styles[form]}{end}')
            out.append("</row>")
        out.append("</sheetData>")
        self.fh.write("".join(out))


def _end(value: Value) -> str:
    """The XML of a cell from its type on."""
    if isinstance(value, Refused):
        return f' t="e"><v>{escape(value)}</v></c>'
    if isinstance(value, str):
        return f' t="inlineStr"><is><t xml:space="preserve">{escape(_coded(clean(value)))}</t></is></c>'
    if value is None:
        return "/>"
    return f' t="b"><v>{int(value)}</v></c>' if isinstance(value, bool) else f"><v>{value!r}</v></c>"


def _coded(text: str) -> str:
    return ESCAPED.sub("_x005F_", text) if "_x" in text else text


def clean(text: str) -> str:
    """The text as a workbook can hold it: no characters that XML forbids, no longer than a cell may be."""
    text = ILLEGAL.sub(" ", text)
    if len(text) <= MAX_TEXT // 2:  # characters outside the first plane count twice
        return text
    return text.encode("utf-16-le")[: 2 * MAX_TEXT].decode("utf-16-le", "ignore")


def plain(text: str) -> str:
    """A text that xlsxwriter itself may write: it takes what stands between <r> and </r> for markup."""
    text = clean(text)
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def serial(value: Any) -> float | int | None:
    """The number by which Excel knows a moment; None when it has none."""
    if isinstance(value, dt.timedelta):
        return value / dt.timedelta(days=1) if value >= dt.timedelta() else None
    if isinstance(value, dt.time):
        return dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second) / dt.timedelta(days=1)
    moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    if moment.tzinfo is not None or moment < FIRST_DAY:
        return None
    days = (moment - EPOCH) / dt.timedelta(days=1)
    return int(days) if days.is_integer() else days
