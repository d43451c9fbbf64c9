"""The Dutch words with which the parts of the Blueprint are shown: types, conditions, examples, limits, numbers.

What is agreed does not stand here, nor how a page or a screen is laid out.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from blueprint.column_rules import describe_condition
from blueprint.model import Blueprint, CodeList, Field, Table

TYPES = {
    "string": "tekst",
    "integer": "geheel getal",
    "number": "getal",
    "boolean": "ja/nee",
    "date": "datum",
    "datetime": "tijdstip",
    "year": "jaar",
    "list": "keuzes",
}
QUANTITIES = {
    "energy": "energie",
    "volume": "volume",
    "mass": "massa",
    "power": "vermogen",
    "apparent_power": "schijnbaar vermogen",
    "voltage": "spanning",
    "pressure": "druk",
    "volume_flow": "volumestroom",
    "duration": "duur",
    "temperature": "temperatuur",
    "share": "aandeel",
}
CHECKS = {
    "reader": "Bij het lezen van een bestand",
    "column": "Per veld",
    "structure": "Over de regels en tabellen van één opgave",
    "sql": "Over de inhoud van één opgave",
    "round": "Over alle opgaven van een ronde",
    "previous": "Naast de vorige ronde",
    "register": "Bij het registreren van opgaven",
    "list": "In de lijst van uitgenodigde bedrijven",
}
ROWS = {"exactly_one": "precies één rij", "at_least_one": "ten minste één rij", "any": "geen, één of meer rijen"}
PLACEHOLDERS = {"label": "‹kop›", "value": "‹ingevuld›", "allowed": "‹toegestaan›"}


def type_of(field: Field) -> str:
    """The type in one Dutch word; a field with a code list is a choice."""
    return "keuze" if field.codes and field.type != "list" else TYPES[field.type]


def required(table: Table, field: Field, agreed: Blueprint) -> str:
    """Whether the field must be filled: "ja", "nee" or the condition."""
    if field.required_if:
        return f"als: {describe_condition(table, agreed.condition(field), agreed)}"
    return "ja" if field.required else "nee"


def number(value: Decimal | float | int) -> str:
    """A number as the Dutch write it, in full and without thousands separators."""
    exact = Decimal(str(value))
    text = f"{exact:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def limits(field: Field) -> str:
    """What the constraints allow, as a sentence; a pattern is told by the description and the example."""
    low, high = field.constraints.minimum, field.constraints.maximum
    longest = field.constraints.max_length
    if low is not None and high is not None:
        return f"Van {number(low)} tot en met {number(high)}."
    if low is not None:
        return f"Ten minste {number(low)}."
    if high is not None:
        return f"Ten hoogste {number(high)}."
    return f"Ten hoogste {longest} tekens." if longest is not None else ""


def example(field: Field, agreed: Blueprint) -> str:
    """The example as a person would fill it in: labels for codes, a comma, the day first. Empty without one."""
    given = field.example
    if given is None:
        return ""
    if field.codes:
        parts = given.split(field.separator) if field.separator else [given]
        return f"{field.separator or ''} ".join(agreed.codes[field.codes].label(part) for part in parts)
    if field.type == "date":
        return dt.date.fromisoformat(given).strftime("%d-%m-%Y")
    return given.replace(".", ",") if field.type == "number" else given


def about(field: Field, agreed: Blueprint) -> str:
    """Description, limits and, where no code list says it, the example."""
    shown = "" if field.codes or not field.example else f"Voorbeeld: {example(field, agreed).rstrip('.')}."
    return " ".join(filter(None, (field.description, limits(field), shown)))


def wide_columns(table: Table, agreed: Blueprint) -> str:
    """How the workbook lays a key out side by side; empty when it does not."""
    if table.wide is None:
        return ""
    first, *others = (agreed.base_year, *agreed.target_years)
    headings = (f"'{heading.format(year=first)}'" for heading in table.wide.columns.values())
    years = ", ".join(map(str, others[:-1])) + f" en {others[-1]}"
    return (
        f"In het werkboek is '{table.field(table.wide.key).title}' geen kolom, maar staan de jaren naast elkaar: "
        f"de kolommen {' en '.join(headings)}, en zo ook voor {years}."
    )


def keys(table: Table, agreed: Blueprint) -> list[str]:
    """The keys as sentences: what may stand only once, and which table a field refers to."""
    sentences = []
    if table.primary_key:
        titles = ", ".join(table.field(name).title for name in table.primary_key)
        sentences.append(
            f"Sleutel (samen uniek): {titles}." if table.primary_key[1:] else f"Sleutel (uniek): {titles}."
        )
    for key in table.foreign_keys:
        titles = ", ".join(table.field(name).title for name in key.fields)
        sentences.append(f"{titles} verwijst naar {agreed.tables[key.reference.resource].title}.")
    return sentences


def users(codes: CodeList, agreed: Blueprint) -> list[str]:
    """The titles of the fields that are filled from this list."""
    return [field.title for field in agreed.fields.values() if field.codes == codes.name]


def message(text: str) -> str:
    """A rule's message with Dutch marks where each finding fills in its own words."""
    return text.format(**PLACEHOLDERS)
