"""Gives the cells of the marked copy the lists to choose from that the form has.

What is in a list is decided in `form`; how a filed sheet is copied stands in `feedback_sheet`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

from assets.dialogue.feedback_cells import CellSheet
from assets.dialogue.form import Form, make_form
from assets.dialogue.limits import limit_of
from assets.dialogue.xlsx_looks import choices_of
from assets.dialogue.xlsx_pages import write_lists
from assets.rounds import Round
from blueprint.model import Field, Table


def offer(target: Any, table: Table, fields: Mapping[int, Field], head: int, last: int) -> bool:
    """Put the lists at the 1-based columns of their fields, below the headings; whether there were any.

    The rows up to `last` get them, and as many as the form checks. What is not in a list may stay, after a warning.
    """
    form = _form()
    sheet = form.sheet(table.name)
    places = {field.name: column - 1 for column, field in fields.items()}
    listed = [column for column in sheet.columns if column.choices and column.field.name in places]
    for column in listed:
        above = sheet.columns[column.depends_on] if column.depends_on is not None else None
        by = places.get(above.field.name) if above else None
        if above is None or by is None:
            source = choices_of(column.choices or "")
        else:
            source = choices_of(column.choices or "", above.choices, f"${xl_col_to_name(by)}{head + 1}")
        limit = limit_of(column, form)
        rule = {
            "validate": "list",
            "source": f"={source}",
            "error_type": "warning",
            "error_title": "Dit staat niet in de lijst",
            "error_message": limit.error,
            "show_error": limit.strict,
        }
        place = places[column.field.name]
        target.data_validation(head, place, max(last, head + sheet.capacity) - 1, place, rule)
    return bool(listed)


def add_lists(book: Workbook) -> None:
    """Add the hidden sheet that holds the lists, as the form has it."""
    form = _form()
    write_lists(book.add_worksheet(form.agreed.form.lists, CellSheet), form, book)


@cache
def _form() -> Form:
    return make_form(Round(round=""))
