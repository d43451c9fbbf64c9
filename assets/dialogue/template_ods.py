"""Writes the form as an OpenDocument workbook: explanation, headings with help, lists to choose from, checked cells.

Less than the Excel form can: it does not count what is missing and is not protected. What stands in it is decided in
`form`, `guide` and `limits`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from assets.dialogue.form import Column, Form, FormSheet, facts
from assets.dialogue.guide import guide
from assets.dialogue.limits import Limit, limit_of, message_of, title_of
from assets.dialogue.xlsx_looks import BLUE, HEADS, PAPER, SOFT_INK, WHITE
from assets.workbooks.ods import cell, ods_file, styles

# Days are counted from here in a spreadsheet.
DAY_ZERO = dt.date(1899, 12, 30)
FORMULA_NAMES = 'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
WIDEST, NARROWEST = 42, 12
GUIDE_WIDTHS = (25, 63)
BORDER = 'fo:border="0.5pt solid #bfbfbf"'
LOOKS = {
    "titel": (f'fo:background-color="{BLUE}"', f'fo:font-size="16pt" fo:font-weight="bold" fo:color="{WHITE}"'),
    "ondertitel": (f'fo:background-color="{BLUE}"', f'fo:color="{WHITE}"'),
    "tussenkop": ("", f'fo:font-size="14pt" fo:font-weight="bold" fo:color="{BLUE}"'),
    "vet": ("", 'fo:font-weight="bold"'),
    "uitleg": ('fo:wrap-option="wrap"', ""),
    "zacht": (f'fo:wrap-option="wrap" fo:background-color="{PAPER}"', f'fo:font-size="9pt" fo:color="{SOFT_INK}"'),
    **{
        f"kop-{need}": (
            f'fo:wrap-option="wrap" fo:background-color="{back}" {BORDER}',
            f'fo:font-weight="bold" fo:color="{ink}"',
        )
        for need, (back, ink) in HEADS.items()
    },
}


def ods_form(form: Form) -> bytes:
    """The ods file of a form; the same form gives the same bytes."""
    own = form.agreed.form
    parts = [_guide(form), *(_sheet(sheet, form) for sheet in form.sheets), _lists(form)]
    rules = "".join(_validation(sheet, at, form) for sheet in form.sheets for at in range(len(sheet.columns)))
    frozen = {own.guide: 0, **{sheet.title: form.header_row for sheet in form.sheets}}
    content = f"<table:content-validations {FORMULA_NAMES}>{rules}</table:content-validations>{''.join(parts)}"
    return ods_file(styles() + _styles(), content, frozen)


def _styles() -> str:
    looks = "".join(
        f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties {cells}/>'
        f"<style:text-properties {text}/></style:style>"
        for name, (cells, text) in LOOKS.items()
    )
    widths = "".join(
        f'<style:style style:name="g{place}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * 0.19:.2f}cm"/></style:style>'
        for place, width in enumerate(GUIDE_WIDTHS)
    )
    as_text = '<number:text-style style:name="alstekst"><number:text-content/></number:text-style>'
    text = '<style:style style:name="tekst" style:family="table-cell" style:data-style-name="alstekst"/>'
    table = '<style:style style:name="verborgen" style:family="table"><style:table-properties table:display="false"/>'
    return f"{as_text}{looks}{widths}{text}{table}</style:style>"


def _guide(form: Form) -> str:
    """The first sheet: names in the first column, text beside them, where it wraps and its row grows with it."""
    rows = []
    for line in guide(form, "ods"):
        if line.kind in ("title", "subtitle"):
            look = "titel" if line.kind == "title" else "ondertitel"
            rows.append(_row([cell(line.text, look), cell(None, look)]))
        elif line.kind == "heading":
            rows += [_row([cell(None)]), _row([cell(line.text, "tussenkop")])]
        else:
            look = f"kop-{line.mark}" if line.kind == "colour" else "vet"
            rows.append(_row([cell(line.label or None, look if line.label else ""), cell(line.text, "uitleg")]))
    columns = "".join(f'<table:table-column table:style-name="g{place}"/>' for place in range(len(GUIDE_WIDTHS)))
    return f"<table:table table:name={quoteattr(form.agreed.form.guide)}>{columns}{''.join(rows)}</table:table>"


def _sheet(sheet: FormSheet, form: Form) -> str:
    columns = "".join(
        f'<table:table-column table:style-name="w{_width(at, sheet)}"/>' for at in range(len(sheet.columns))
    )
    empty = [cell(None, "titel")] * (len(sheet.columns) - 1)
    head = [
        _row([cell(sheet.title, "titel"), *empty]),
        _row([cell(f"{sheet.table.description} Klik op een cel voor uitleg.")]),
        _row([cell(facts(column), "zacht") for column in sheet.columns]),
        _row([cell(column.heading, f"kop-{column.need}") for column in sheet.columns]),
    ]
    rows = [_row([_data(sheet, at, value) for at, value in enumerate(row)]) for row in sheet.rows]
    left = sheet.capacity - len(rows)
    if left > 0:
        blank = [_data(sheet, at, None) for at in range(len(sheet.columns))]
        rows.append(_row(blank, f' table:number-rows-repeated="{left}"'))
    return f"<table:table table:name={quoteattr(sheet.title)}>{columns}{''.join([*head, *rows])}</table:table>"


def _data(sheet: FormSheet, at: int, value: Any) -> str:
    kind = sheet.columns[at].field.type
    style = "dag" if kind == "date" else "" if kind in ("number", "integer", "year") else "tekst"
    return cell(value, style, f'table:content-validation-name="{_rule_name(sheet, at)}"')


def _row(cells: list[str], more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


def _width(at: int, sheet: FormSheet) -> int:
    held = max((len(row[at]) for row in sheet.rows if isinstance(row[at], str)), default=0)
    word = max(map(len, sheet.columns[at].heading.split()))
    return max(NARROWEST, min(max(word + 3, held + 2), WIDEST))


def _lists(form: Form) -> str:
    """The hidden sheet with every list in a column."""
    name, lists = form.agreed.form.lists, list(form.lists.values())
    rows = [_row([cell(title) for title in form.lists])]
    for place in range(max(map(len, lists))):
        rows.append(_row([cell(choices[place] if place < len(choices) else None) for choices in lists]))
    return f'<table:table table:name={quoteattr(name)} table:style-name="verborgen">{"".join(rows)}</table:table>'


def _rule_name(sheet: FormSheet, at: int) -> str:
    return f"{sheet.table.name}-{at}"


def _validation(sheet: FormSheet, at: int, form: Form) -> str:
    column = sheet.columns[at]
    limit = limit_of(column, form)
    condition = _condition(column, limit, form)
    asked = f" table:condition={quoteattr('of:' + condition)}" if condition else ""
    base = quoteattr(f"${sheet.title}.{_letters(at)}{form.header_row + 1}")
    kind = "stop" if limit.strict else "information"
    shown = "true" if limit.strict and condition else "false"
    return (
        f'<table:content-validation table:name="{_rule_name(sheet, at)}"{asked} table:allow-empty-cell="true"'
        f' table:display-list="unsorted" table:base-cell-address={base}>'
        f'<table:help-message table:title={quoteattr(title_of(column))} table:display="true">'
        f"<text:p>{escape(message_of(column, form))}</text:p></table:help-message>"
        f'<table:error-message table:message-type="{kind}" table:title="Dit past hier niet" table:display="{shown}">'
        f"<text:p>{escape(limit.error)}</text:p></table:error-message></table:content-validation>"
    )


def _condition(column: Column, limit: Limit, form: Form) -> str:
    low, high = (int(bound) if float(bound).is_integer() else bound for bound in (limit.low, limit.high))
    if limit.kind == "list":
        place = list(form.lists).index(column.choices or "")
        return (
            f"cell-content-is-in-list({_area(form.agreed.form.lists, place, 2, len(form.lists[column.choices or '']))})"
        )
    if limit.kind == "reference":
        sheet = form.sheet(column.refers_to or "")
        place = sheet.place(sheet.table.primary_key[0]) or 0
        return f"cell-content-is-in-list({_area(sheet.title, place, form.header_row + 1, sheet.capacity)})"
    if limit.kind == "date":
        low, high = ((dt.date(year, 1, 1) - DAY_ZERO).days for year in (int(limit.low), int(limit.high) + 1))
    kinds = {"decimal": "decimal-number", "whole": "whole-number", "date": "date"}
    if limit.kind in kinds:
        return f"cell-content-is-{kinds[limit.kind]}() and cell-content-is-between({low},{high})"
    return f"cell-content-text-length-is-between({low},{high})" if limit.kind in ("length", "digits") else ""


def _area(sheet: str, column: int, row: int, height: int) -> str:
    """A range of one column from a 1-based row, as OpenDocument writes it: [$Lijsten.$A$2:.$A$5]."""
    letters = _letters(column)
    return f"[${sheet}.${letters}${row}:.${letters}${row + height - 1}]"


def _letters(column: int) -> str:
    from assets.intake.sheets import column_letters

    return column_letters(column + 1)
