"""A worksheet whose cells are written as plain XML: values only, never a formula, and every text safe.

xlsxwriter takes four times as long per cell, keeps 16 of the 17 digits of a number, and takes a text that begins with
`<r>` for markup. What is in the cells is decided in `feedback_workbook`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from assets.intake.sheets import Value, column_letters

MAX_TEXT = 32_767
EPOCH = dt.datetime(1899, 12, 30)
# Excel counts a day too many before March 1900.
FIRST_DAY = dt.datetime(1900, 3, 1)
# Typed over in a cell of any other format, these begin a formula.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# What XML 1.0 cannot hold.
FORBIDDEN = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
ILLEGAL = re.compile(f"[{FORBIDDEN}]")
# A text without these is written as it is.
UNUSUAL = re.compile(f"[&<>_{FORBIDDEN}]")
# Excel reads this as a character by its number; the underscore itself is then written by its number.
ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Refused(str):
    """An error value such as #N/A, which is written as the error that it is."""

    __slots__ = ()


class Column(NamedTuple):
    """A column as it is written: its 1-based number, the begin of its cells, and the format of each kind of value."""

    number: int
    begin: str
    text: str
    like_formula: str
    value: str


class CellSheet(Worksheet):
    """A worksheet of xlsxwriter that writes its own cells, and all else (notes, widths) in the usual way.

    The cells of a row are given from left to right; a method of xlsxwriter that gives a cell ends here too.
    """

    def __init__(self) -> None:
        super().__init__()
        self.cells: dict[int, list[str]] = defaultdict(list)
        self.styles: dict[Format | None, str] = {None: ""}
        self.texts: dict[str, str] = {}  # most texts of a form stand in it many times

    def put(self, row: int, column: int, value: Value, form: Format | None) -> None:
        """Give one cell by its 1-based place."""
        self.cells[row].append(f'<c r="{column_letters(column)}{row}"{self._style(form)}{_end(value)}')
        self._check_dimensions(row - 1, column - 1)

    def column(self, number: int, text: Format | None, like_formula: Format | None, value: Format | None) -> Column:
        """A 1-based column for `put_row`."""
        styles = (self._style(form) for form in (text, like_formula, value))
        return Column(number, f'<c r="{column_letters(number)}', *styles)

    def put_row(
        self, row: int, values: Sequence[Value], columns: Sequence[Column], put: Callable[[int, int, Value], None]
    ) -> None:
        """Give the texts and numbers of a 1-based row; any other value is left to `put`, by its row and column.

        Most cells of a workbook pass here, so all is done in one place.
        """
        cells, texts = self.cells[row], self.texts
        for value, (number, begin, text, like_formula, other) in zip(values, columns, strict=False):
            if value is None:
                continue
            if type(value) is str:
                end = texts.get(value) or texts.setdefault(value, _end(value))
                cells.append(f'{begin}{row}"{like_formula if value[:1] in BEGINS_FORMULA else text}{end}')
            elif type(value) is float or type(value) is int:
                cells.append(f'{begin}{row}"{other}><v>{value!r}</v></c>')
            else:
                put(row, number, value)
        self._check_dimensions(row - 1, columns[0].number - 2 + len(values))

    def _style(self, form: Format | None) -> str:
        if form not in self.styles:
            self.styles[form] = f' s="{form._get_xf_index()}"' if form is not None else ""
        return self.styles[form]

    def _write(self, row: int, col: int, *args: Any) -> Any:
        self.put(row + 1, col + 1, args[0], args[1] if args[1:] else None)

    def _write_string(self, row: int, col: int, string: Any, cell_format: Any = None) -> Any:
        self._write(row, col, string, cell_format)

    def _write_number(self, row: int, col: int, number: Any, cell_format: Any = None) -> Any:
        self._write(row, col, number, cell_format)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")  # ours hold no function that needs a prefix, for which it searches 140 times

    def _write_sheet_data(self) -> None:
        self.fh.write("<sheetData>")
        for row, cells in sorted(self.cells.items()):
            if cells:
                self.fh.write(f'<row r="{row}"{self._height(row)}>{"".join(cells)}</row>')
        self.fh.write("</sheetData>")

    def _height(self, row: int) -> str:
        """The height that a 1-based row was given, from pixels to points."""
        given = self.row_info.get(row - 1)
        if given is None or given.height in (None, self.default_row_height):
            return ""
        return f' ht="{given.height * 0.75:g}" customHeight="1"'


def _end(value: Value) -> str:
    """The XML of a cell from its type on."""
    if isinstance(value, Refused):
        return f' t="e"><v>{escape(value)}</v></c>'
    if isinstance(value, str):
        safe = escape(_coded(clean(value))) if UNUSUAL.search(value) or len(value) > MAX_TEXT // 2 else value
        return f' t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'
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
