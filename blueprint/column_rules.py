"""Derives, for each filed table, the expectations of its columns from the fields' types, codes and constraints.

Expectations are plain data here; Great Expectations itself is met only in `assets.intake.expectations`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from blueprint.load import blueprint
from blueprint.model import Blueprint, Field, Table, Test

NOT_NULL = "expect_column_values_to_not_be_null"
IN_SET = "expect_column_values_to_be_in_set"
BETWEEN = "expect_column_values_to_be_between"
REGEX = "expect_column_values_to_match_regex"
LENGTHS = "expect_column_value_lengths_to_be_between"


@dataclass(frozen=True)
class ColumnRule:
    """One expectation of one column: its type and arguments, when it holds, and the rule it stands for."""

    field: str
    rule: str
    expectation: str
    arguments: dict[str, Any]
    condition: tuple[Test, ...] = ()
    allowed: str = ""


def column_rules(table: Table, agreed: Blueprint | None = None) -> tuple[ColumnRule, ...]:
    """The rules of every column of a filed table, required ones first: the others pass what is empty."""
    known = agreed or blueprint()
    rules = [rule for field in table.fields for rule in _field_rules(field, table, known)]
    return tuple(sorted(rules, key=lambda rule: rule.expectation != NOT_NULL))


def describe_condition(table: Table, tests: tuple[Test, ...], agreed: Blueprint | None = None) -> str:
    """The condition in Dutch, for example "Energiedrager is Elektriciteit"."""
    known = agreed or blueprint()
    return " en ".join(_say(table.field(test.field), test, known) for test in tests)


def _say(field: Field, test: Test, agreed: Blueprint) -> str:
    if test.op == "empty":
        return f"'{field.title}' is leeg"
    if test.op == "filled":
        return f"'{field.title}' is ingevuld"
    words = [_word(field, value, agreed) for value in test.values]
    return f"'{field.title}' is {', '.join(words[:-1])}{' of ' if words[1:] else ''}{words[-1]}"


def _word(field: Field, value: Any, agreed: Blueprint) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return agreed.codes[field.codes].label(str(value)) if field.codes else str(value)


def _field_rules(field: Field, table: Table, agreed: Blueprint) -> list[ColumnRule]:
    limits = field.constraints
    rules = []
    if field.required:
        rules.append(ColumnRule(field.name, "required", NOT_NULL, {}, allowed=field.description))
    if field.required_if:
        tests = agreed.condition(field)
        allowed = describe_condition(table, tests, agreed)
        rules.append(ColumnRule(field.name, "required_if", NOT_NULL, {}, tests, allowed))
    if field.codes and field.type != "list":
        codes = [code.code for code in agreed.codes[field.codes].filed]
        rules.append(ColumnRule(field.name, "code", IN_SET, {"value_set": codes}))
    if field.codes and field.type == "list":
        one = "|".join(code.code for code in agreed.codes[field.codes].filed)
        regex = rf"^(?:{one})(?:{field.separator}(?:{one}))*\Z"
        rules.append(ColumnRule(field.name, "code", REGEX, {"regex": regex}))
    if limits.pattern:
        allowed = f"Voorbeeld: {field.example}. {field.description}"
        rules.append(ColumnRule(field.name, "pattern", REGEX, {"regex": rf"^(?:{limits.pattern})\Z"}, allowed=allowed))
    if limits.minimum is not None:
        rules.append(_bound(field, "minimum", "min_value", limits.minimum))
    if limits.maximum is not None:
        rules.append(_bound(field, "maximum", "max_value", limits.maximum))
    if limits.min_length is not None or limits.max_length is not None:
        rules.append(_length(field))
    return rules


def _bound(field: Field, rule: str, argument: str, limit: float) -> ColumnRule:
    shown = f"{limit:g}".replace(".", ",") + (f" {blueprint().units[field.unit].label}" if field.unit else "")
    return ColumnRule(field.name, rule, BETWEEN, {argument: limit}, allowed=shown)


def _length(field: Field) -> ColumnRule:
    low, high = field.constraints.min_length, field.constraints.max_length
    given = {"min_value": low, "max_value": high}
    arguments = {name: value for name, value in given.items() if value is not None}
    return ColumnRule(field.name, "length", LENGTHS, arguments, allowed=_span(low, high))


def _span(low: int | None, high: int | None) -> str:
    """How long a text may be, in Dutch."""
    if high is None:
        return f"ten minste {low} tekens"
    return f"{low} tot en met {high} tekens" if low else f"ten hoogste {high} tekens"
