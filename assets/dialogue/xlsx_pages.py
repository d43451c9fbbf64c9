"""Writes the sheets of the Excel form that hold no data: the explanation, the count of what is missing, the lists.

The sheets that a company fills in are written in `xlsx_sheet`.
"""

from __future__ import annotations

from typing import Any

from assets.dialogue.form import Form, FormSheet
from assets.dialogue.guide import Line, guide
from assets.dialogue.missing import Gap, filled_rows, gaps
from assets.dialogue.xlsx_looks import (
    ALLOWED,
    BAD,
    BAD_INK,
    BLUE,
    GOOD,
    GOOD_INK,
    GREY,
    HEADS,
    INK,
    LINE,
    LINE_HEIGHT,
    MISSING,
    PAPER,
    SOFT_INK,
    Looks,
    area,
    finish,
    identifiers_name,
    lines,
    list_name,
    narrowed_name,
)

LABEL_WIDTH, TEXT_WIDTH = 26, 96
CHECK_WIDTHS = (2, 42, 62, 18)
FIRST_CHOICE = 2
TOTAL_ROW, FIRST_PART = 3, 5
FILLED_ROWS = "Ingevulde regels"
COMPLETE, INCOMPLETE = "Alles wat verplicht is, is ingevuld.", "Vul de gele cellen in op de tabbladen hieronder."


def write_guide(target: Any, form: Form, looks: Looks) -> None:
    """The first sheet: what the form is for and how it is filled in."""
    for column, width in enumerate((2, LABEL_WIDTH, TEXT_WIDTH)):
        target.set_column(column, column, width, looks())
    row = 0
    for line in guide(form):
        row += line.kind == "heading"
        _guide_line(target, row, line, looks)
        row += 1
    finish(target, landscape=False)


def _guide_line(target: Any, row: int, line: Line, looks: Looks) -> None:
    both = LABEL_WIDTH + TEXT_WIDTH
    wide = {
        "title": (0, looks.band(bold=True, font_size=22, indent=1), 42),
        "subtitle": (0, looks.band(font_size=12, indent=1), 24),
        "heading": (1, looks(bold=True, font_size=14, font_color=BLUE), 22),
        "answer": (1, looks(border=1, border_color=LINE, text_wrap=True, locked=False), LINE_HEIGHT * 2),
        "text": (1, looks(text_wrap=True), LINE_HEIGHT * lines(line.text, both) + 2),
        "point": (1, looks(text_wrap=True, indent=1), LINE_HEIGHT * lines(line.text, both) + 2),
    }
    if line.kind in wide and not line.label:
        first, look, height = wide[line.kind]
        target.merge_range(row, first, row, 2, f"•  {line.text}" if line.kind == "point" else line.text, look)
        target.set_row(row, height)
        return
    if line.kind == "step":
        target.write_url(
            row, 1, f"internal:'{line.mark}'!A1", looks(bold=True, underline=1, font_color=BLUE), line.label
        )
    else:
        target.write_string(row, 1, line.label, _label(line, looks))
    target.write_string(row, 2, line.text, looks(text_wrap=True, indent=1))
    target.set_row(row, LINE_HEIGHT * lines(line.text, TEXT_WIDTH) + 2)


def _label(line: Line, looks: Looks) -> Any:
    if line.kind == "fact":
        return looks(bold=True)
    back, ink = {**HEADS, "missing": (MISSING, INK), "fixed": (PAPER, SOFT_INK)}[line.mark]
    return looks(bg_color=back, font_color=ink, border=1, border_color=LINE, bold=line.mark in HEADS)


def write_check(target: Any, form: Form, looks: Looks) -> None:
    """The sheet that counts, with formulas, what must still be filled in."""
    for column, width in enumerate(CHECK_WIDTHS):
        target.set_column(column, column, width, looks())
    target.set_row(0, 34)
    target.merge_range(0, 0, 0, 3, "Controle: wat moet er nog in?", looks.band(bold=True, font_size=18, indent=1))
    note = "Dit blad telt mee terwijl u invult. Of de waarden kloppen, leest u na het insturen in de terugmelding."
    target.merge_range(1, 1, 1, 3, note, looks(text_wrap=True, font_color=SOFT_INK))
    target.set_row(1, 20)
    row, cells, count = FIRST_PART, [], 0
    for sheet in form.sheets:
        row, own, missing = _part(target, row, sheet, form, looks)
        cells += own
        count += missing
    _total(target, cells, count, looks)
    _judge(target, cells, looks)
    target.freeze_panes(TOTAL_ROW + 1, 0)
    finish(target, landscape=False)


def _total(target: Any, cells: list[str], count: int, looks: Looks) -> None:
    big = {"bold": True, "font_size": 14, "border": 1, "border_color": LINE, "valign": "vcenter"}
    total = f"$D${TOTAL_ROW + 1}"
    target.set_row(TOTAL_ROW, 26)
    target.write_string(TOTAL_ROW, 1, "Nog in te vullen", looks(**big))
    said = INCOMPLETE if count else COMPLETE
    target.write_formula(TOTAL_ROW, 2, f'=IF({total}=0,"{COMPLETE}","{INCOMPLETE}")', looks(**big), said)
    target.write_formula(TOTAL_ROW, 3, f"={'+'.join(cells)}", looks(**big, align="right"), count)


def _part(target: Any, row: int, sheet: FormSheet, form: Form, looks: Looks) -> tuple[int, list[str], int]:
    """Write what is counted of one sheet; returns the next free row, the cells that count, and their sum."""

    def ref(column: int) -> str:
        return area(sheet.title, form.header_row, column, sheet.capacity)

    formula, number = filled_rows(sheet, ref)
    head = looks(bold=True, bg_color=GREY, valign="vcenter", align="right")
    link = looks(bold=True, bg_color=GREY, valign="vcenter", underline=1, font_color=BLUE)
    target.set_row(row, 20)
    target.write_url(row, 1, f"internal:'{sheet.title}'!A1", link, sheet.title)
    target.write_string(row, 2, FILLED_ROWS, head)
    target.write_formula(row, 3, f"={formula}", head, number)
    found = gaps(sheet, form, ref)
    for place, gap in enumerate(found, start=row + 1):
        _gap(target, place, gap, looks)
    cells = [f"D{place + 1}" for place in range(row + 1, row + 1 + len(found))]
    return row + len(found) + 2, cells, sum(gap.count for gap in found)


def _gap(target: Any, row: int, gap: Gap, looks: Looks) -> None:
    line = {"bottom": 1, "bottom_color": LINE, "text_wrap": True}
    target.write_string(row, 1, gap.label, looks(**line))
    target.write_string(row, 2, gap.when, looks(**line, font_color=SOFT_INK))
    counted = looks(**line, num_format='0;-0;"in orde"', align="right")
    target.write_formula(row, 3, f"={gap.formula}", counted, gap.count)
    target.set_row(row, LINE_HEIGHT * max(lines(gap.when, CHECK_WIDTHS[2]), lines(gap.label, CHECK_WIDTHS[1])))


def _judge(target: Any, cells: list[str], looks: Looks) -> None:
    """Green where nothing is missing, red where something is."""
    good, bad = looks.only(bg_color=GOOD, font_color=GOOD_INK), looks.only(bg_color=BAD, font_color=BAD_INK)
    total = f"$D${TOTAL_ROW + 1}"
    for sign, look in (("=", good), (">", bad)):
        rule = {"type": "formula", "criteria": f"={total}{sign}0", "format": look}
        target.conditional_format(TOTAL_ROW, 1, TOTAL_ROW, 3, rule)
        for cell in cells:
            target.conditional_format(
                cell, {"type": "cell", "criteria": sign * (1 + (sign == "=")), "value": 0, "format": look}
            )


def write_lists(target: Any, form: Form, book: Any) -> None:
    """The hidden sheet with every list in a column and a name; lists that are narrowed follow, a column per choice."""
    name, column = form.agreed.form.lists, 0
    for list_, choices in form.lists.items():
        target.write_string(0, column, list_)
        target.write_column(FIRST_CHOICE, column, choices)
        book.define_name(list_name(list_), "=" + area(name, FIRST_CHOICE, column, len(choices)))
        column += 1
    for pair, by_label in form.narrowed.items():
        for place, (label, choices) in enumerate(by_label.items(), start=column):
            target.write_string(0, place, label)
            target.write_number(1, place, len(choices))
            target.write_column(FIRST_CHOICE, place, choices)
        for row, part, width in ((0, "van", len(by_label)), (1, "aantal", len(by_label)), (2, "keuzes", 1)):
            book.define_name(narrowed_name(pair, part), "=" + area(name, row, column, 1, width))
        column += len(by_label)
    target.protect("", ALLOWED)
    target.hide()


def name_identifiers(form: Form, book: Any) -> None:
    """Give the identifiers that other sheets choose from a name."""
    for table in dict.fromkeys(c.refers_to for sheet in form.sheets for c in sheet.columns if c.refers_to):
        book.define_name(identifiers_name(table), "=" + _identifiers(form.sheet(table), form))


def _identifiers(sheet: FormSheet, form: Form) -> str:
    """The identifiers that stand in a sheet now: as many cells as are filled, and at least one."""
    at = sheet.place(sheet.table.primary_key[0]) or 0
    whole = area(sheet.title, form.header_row, at, sheet.capacity)
    return f"OFFSET({area(sheet.title, form.header_row, at)},0,0,MAX(1,COUNTA({whole})),1)"
