"""Writes the form as an Excel workbook that explains, offers choices, checks while one types, and counts gaps.

What stands in the form is decided in `form`, `guide`, `limits` and `missing`; its parts are written in `xlsx_pages`
and `xlsx_sheet`.
"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from assets.dialogue.form import Form
from assets.dialogue.xlsx_looks import Looks
from assets.dialogue.xlsx_pages import name_identifiers, write_check, write_guide, write_lists
from assets.dialogue.xlsx_sheet import write_sheet
from assets.workbooks.write import CREATED

# Text is text: what a company filed before is never run as a formula or made a link.
OPTIONS = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}


def xlsx_form(form: Form) -> bytes:
    """The xlsx file of a form; the same form gives the same bytes."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, OPTIONS)
    looks, own = Looks(book), form.agreed.form
    names = (own.guide, *(sheet.title for sheet in form.sheets), own.check, own.lists)
    targets: dict[str, Any] = {name: book.add_worksheet(name) for name in names}
    _properties(book, form)
    write_guide(targets[own.guide], form, looks)
    for sheet in form.sheets:
        write_sheet(targets[sheet.title], sheet, form, looks)
    write_check(targets[own.check], form, looks)
    write_lists(targets[own.lists], form, book)
    name_identifiers(form, book)
    targets[own.guide].activate()
    book.close()
    return data.getvalue()


def _properties(book: Any, form: Form) -> None:
    agreed, settings = form.agreed, form.settings
    title = f"Opgave energievraag industrie (pCES) {settings.round}".strip()
    book.set_properties({"title": title, "subject": agreed.status, "created": CREATED})
    inside = {
        "Blueprint-versie": agreed.version,
        "Formulierversie": agreed.form.version,
        "Ronde": settings.round,
        "Basisjaar": str(settings.base_year),
    }
    for name, value in inside.items():
        book.set_custom_property(name, value, "text")
