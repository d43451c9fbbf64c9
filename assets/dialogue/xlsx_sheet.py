"""Writes one sheet that a company fills in: title, headings with help, what each cell may hold, and prefilled rows.

Sheets without data are written in `xlsx_pages`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from assets.dialogue.form import Column, Form, FormSheet, facts, help_text
from assets.dialogue.limits import LONGEST_MESSAGE, Limit, cut, limit_of, message_of, title_of
from assets.dialogue.missing import lacks, unasked
from assets.dialogue.xlsx_looks import (
    BLUE,
    GREY,
    HEADS,
    LIGHT_BLUE,
    LINE,
    MISSING,
    PAPER,
    SOFT_INK,
    Looks,
    choices_of,
    finish,
    identifiers_name,
)
from assets.workbooks.write import DATE_FORMAT

NARROW, WIDE = 12, 34
# Rows that are drawn also when they are empty, so that a printed form has lines to write on.
SHOWN_ROWS = 20
# More columns than this are printed on two pages side by side.
ONE_PAGE = 12
# Texts as long as this are wrapped in their cell.
LONG_TEXT = 100
COMMENT = {"x_scale": 2.2, "y_scale": 1.3, "font_size": 9, "author": "pCES", "color": "#FFFFE1"}
NUMBER_FORMATS = {"date": DATE_FORMAT, "number": "General", "integer": "0", "year": "0"}
TEXT_FORMAT = "@"


def write_sheet(target: Any, sheet: FormSheet, form: Form, looks: Looks) -> None:
    """Write the sheet; many-row sheets are open for any number of rows, the first `capacity` are checked."""
    _SheetWriter(target, sheet, form, looks).write()


class _SheetWriter:
    """The sheet being written; `first` and `last` are the 0-based rows that are checked while one types."""

    def __init__(self, target: Any, sheet: FormSheet, form: Form, looks: Looks) -> None:
        self.target, self.sheet, self.form, self.looks = target, sheet, form, looks
        self.head = form.header_row - 1
        self.first, self.last = self.head + 1, self.head + sheet.capacity
        self.is_long = sheet.capacity > 1

    def write(self) -> None:
        self._title()
        for at, column in enumerate(self.sheet.columns):
            self._column(at, column)
        empty = (None,) * len(self.sheet.columns)
        shown = min(max(SHOWN_ROWS, len(self.sheet.rows)), self.sheet.capacity)
        for number, row in enumerate((*self.sheet.rows, *[empty] * (shown - len(self.sheet.rows)))):
            for at, value in enumerate(row):
                self._cell(self.first + number, at, value)
        self.target.freeze_panes(self.first, 1 if self.is_long else 0)
        self.target.set_selection(self.first, 0, self.first, 0)
        self.target.set_tab_color(BLUE if self.sheet.table.rows != "any" else LIGHT_BLUE)
        self.target.set_zoom(90)
        finish(self.target, landscape=True, repeat=self.head, pages=1 + (len(self.sheet.columns) > ONE_PAGE))

    def _title(self) -> None:
        for row, height in enumerate((34, 24, 28)):
            self.target.set_row(row, height)
        self.target.set_row(self.head, 50)
        # Text of the first cell runs on over the empty ones beside it; a merged cell would not fit in frozen panes.
        for at in range(len(self.sheet.columns)):
            self.target.write_blank(0, at, None, self.looks.band())
            self.target.write_blank(1, at, None, self.looks(bg_color=PAPER))
        self.target.write_string(0, 0, self.sheet.title, self.looks.band(bold=True, font_size=18, indent=1))
        about = f"{self.sheet.table.description} Klik op een cel voor uitleg; meer staat op tabblad '{self._guide}'."
        self.target.write_string(1, 0, about, self.looks(bg_color=PAPER, valign="vcenter", indent=1))

    @property
    def _guide(self) -> str:
        return self.form.agreed.form.guide

    def _column(self, at: int, column: Column) -> None:
        back, ink = HEADS[column.need]
        small = self.looks(font_size=9, font_color=SOFT_INK, bg_color=PAPER, text_wrap=True, valign="bottom", indent=1)
        border = {"border": 1, "border_color": LINE}
        shown = {"font_color": ink, "bg_color": back, "text_wrap": True, "valign": "vcenter", "indent": 1}
        heading = self.looks(bold=True, **shown, **border)
        self.target.set_column(at, at, _width(at, self.sheet), self._look(column) if self.is_long else None)
        self.target.write_string(self.head - 1, at, facts(column), small)
        self.target.write_string(self.head, at, column.heading, heading)
        self.target.write_comment(self.head, at, help_text(column.field, self.form.agreed), COMMENT)
        if not column.fixed:
            self._limit(at, column)
        self._mark_missing(at)
        self._mark_unasked(at)

    def _look(self, column: Column) -> Any:
        kind = NUMBER_FORMATS.get(column.field.type, TEXT_FORMAT)
        look = {"num_format": kind, "border": 1, "border_color": LINE}
        if column.fixed:
            return self.looks(**look, bg_color=PAPER, font_color=SOFT_INK)
        return self.looks(**look, locked=False, text_wrap=(column.field.constraints.max_length or 0) > LONG_TEXT)

    def _cell(self, row: int, at: int, value: Any) -> None:
        look = self._look(self.sheet.columns[at])
        if value is None:
            self.target.write_blank(row, at, None, look)
        elif isinstance(value, dt.date):
            self.target.write_datetime(row, at, value, look)
        elif isinstance(value, str):
            self.target.write_string(row, at, value, look)
        else:
            self.target.write_number(row, at, value, look)

    def _mark_missing(self, at: int) -> None:
        condition = lacks(self.sheet, self.form, at, lambda column: f"${xl_col_to_name(column)}{self.first + 1}")
        if condition:
            rule = {"type": "formula", "criteria": f"={condition}>0", "format": self.looks.only(bg_color=MISSING)}
            self.target.conditional_format(self.first, at, self.last, at, rule)

    def _mark_unasked(self, at: int) -> None:
        """Grey where a year does not go with the row: a plan in the base year, the base year's row in a later one."""
        condition = unasked(self.sheet, self.form, at, lambda column: f"${xl_col_to_name(column)}{self.first + 1}")
        if condition:
            rule = {"type": "formula", "criteria": f"={condition}", "format": self.looks.only(bg_color=GREY)}
            self.target.conditional_format(self.first, at, self.last, at, rule)

    def _limit(self, at: int, column: Column) -> None:
        limit = limit_of(column, self.form)
        rule = {
            **self._rule(at, column, limit),
            "input_title": title_of(column),
            "input_message": message_of(column, self.form),
            "error_title": "Dit past hier niet",
            "error_message": cut(limit.error, LONGEST_MESSAGE),
            "show_error": limit.strict,
        }
        self.target.data_validation(self.first, at, self.last, at, rule)

    def _rule(self, at: int, column: Column, limit: Limit) -> dict[str, Any]:
        cell = f"{xl_col_to_name(at)}{self.first + 1}"
        between = {"criteria": "between", "minimum": limit.low, "maximum": limit.high}
        rules: dict[str, dict[str, Any]] = {
            "list": {"validate": "list", "source": f"={self._choices(column)}"},
            "reference": {"validate": "list", "source": f"={identifiers_name(column.refers_to or '')}"},
            "decimal": {"validate": "decimal", **between},
            "whole": {"validate": "integer", **between},
            "length": {"validate": "length", **between},
            "digits": {"validate": "custom", "value": f"=AND(LEN({cell})={limit.low:g},ISNUMBER(-{cell}))"},
            "any": {"validate": "any"},
        }
        if limit.kind == "date":
            days = {"minimum": dt.date(int(limit.low), 1, 1), "maximum": dt.date(int(limit.high), 12, 31)}
            return {"validate": "date", "criteria": "between", **days}
        return rules[limit.kind]

    def _choices(self, column: Column) -> str:
        """The range of a list; of one that another column narrows, the part that goes with what is chosen there."""
        if column.depends_on is None:
            return choices_of(column.choices or "")
        chosen = f"${xl_col_to_name(column.depends_on)}{self.first + 1}"
        return choices_of(column.choices or "", self.sheet.columns[column.depends_on].choices, chosen)


def _width(at: int, sheet: FormSheet) -> int:
    """A readable width: for the heading in about two lines, and for the longest text that is filled in already."""
    column = sheet.columns[at]
    held = max((len(row[at]) for row in sheet.rows if isinstance(row[at], str)), default=0)
    longest_word = max(len(word) for word in column.heading.split())
    wanted = max(longest_word + 3, len(column.heading) // 2 + 3, held + 3, len(column.field.example or "") + 3)
    return max(NARROW, min(wanted, WIDE))
