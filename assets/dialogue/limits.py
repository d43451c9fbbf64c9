"""Says what a cell of the form may hold while one types: a list, a number, a date, a text, and the Dutch words for it.

How Excel or LibreOffice is told so belongs in `template_xlsx` and `template_ods`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assets.dialogue.form import MUNICIPALITIES, Column, Form, help_text
from assets.intake.cells import FIXED_DIGITS, LARGEST
from blueprint import words

# What a spreadsheet keeps of a message and its title; a longer one makes Excel repair the file.
LONGEST_TITLE, LONGEST_MESSAGE = 32, 255
FIRST_YEAR, LAST_YEAR = 1950, 2100
UP_TO = re.compile(r"\[[^\]]*\]\{(\d+),(\d+)\}")


@dataclass(frozen=True)
class Limit:
    """What a cell may hold. `kind` tells what `low` and `high` are: bounds of a number, of a year, or of a length.

    A limit that is not `strict` only offers: another spelling may be typed.
    """

    kind: Literal["list", "reference", "decimal", "whole", "date", "digits", "length", "any"]
    low: float = 0
    high: float = 0
    strict: bool = True
    error: str = ""


def limit_of(column: Column, form: Form) -> Limit:
    """What the cells of a column may hold; of kind "any" when only the intake can judge it."""
    field, bounds = column.field, column.field.constraints
    if column.refers_to:
        title = form.agreed.tables[column.refers_to].title
        return Limit(
            "reference", error=f"Kies een code uit de lijst. Staat die er niet bij? Vul eerst tabblad '{title}' in."
        )
    if column.choices:
        free = field.type == "list" or column.choices == MUNICIPALITIES
        return Limit("list", strict=not free, error="Kies een antwoord uit de lijst (het pijltje naast de cel).")
    low = -LARGEST if bounds.minimum is None else bounds.minimum
    high = LARGEST if bounds.maximum is None else bounds.maximum
    if field.type == "number":
        return Limit(
            "decimal", low, high, error=f"Vul alleen een getal in, zonder eenheid of tekst. {words.limits(field)}"
        )
    if field.type in ("integer", "year"):
        return Limit("whole", low, high, error=f"Vul een geheel getal in. {words.limits(field)}")
    if field.type == "date":
        return Limit("date", FIRST_YEAR, LAST_YEAR, error="Vul een datum in als dd-mm-jjjj, bijvoorbeeld 31-12-2027.")
    return _of_text(column, form)


def _of_text(column: Column, form: Form) -> Limit:
    bounds, shown = column.field.constraints, words.example(column.field, form.agreed)
    if digits := FIXED_DIGITS.fullmatch(bounds.pattern or ""):
        count = int(digits[1])
        return Limit("digits", count, count, error=f"Vul precies {count} cijfers in, bijvoorbeeld {shown}.")
    if parts := UP_TO.fullmatch(bounds.pattern or ""):
        error = f"Vul ten hoogste {parts[2]} letters, cijfers, punten of streepjes in, bijvoorbeeld {shown}."
        return Limit("length", int(parts[1]), int(parts[2]), error=error)
    if bounds.max_length:
        error = f"Deze tekst is te lang: er passen ten hoogste {bounds.max_length} tekens."
        return Limit("length", bounds.min_length or 0, bounds.max_length, error=error)
    return Limit("any")


def title_of(column: Column) -> str:
    """The title of the message beside a cell, cut where a spreadsheet would cut it."""
    return cut(column.heading if column.year is None else f"{column.field.title} {column.year}", LONGEST_TITLE)


def message_of(column: Column, form: Form) -> str:
    """The help beside a cell, as long as a spreadsheet shows it."""
    return cut(help_text(column.field, form.agreed), LONGEST_MESSAGE)


def cut(text: str, longest: int) -> str:
    """The text in at most `longest` characters, ended with an ellipsis when something is left out."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
