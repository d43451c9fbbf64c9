"""A number with its unit is refused, with what to fill in; nothing is said that is not certain."""

from __future__ import annotations

import pytest

from assets.intake.amounts import advice
from assets.intake.cells import Unfit
from assets.intake.rows import typed
from blueprint.load import blueprint
from blueprint.model import Field


def column(unit: str | None) -> Field:
    """A column of numbers in a unit."""
    return next(
        field
        for table in blueprint().sheet_tables
        for field in table.fields
        if field.type == "number" and field.unit == unit
    )


@pytest.mark.parametrize(
    ("unit", "text", "said"),
    [
        ("MW", "80 kW", "80 kW is 0,08 MW; vul 0,08 in."),
        ("MW", "80kW", "80 kW is 0,08 MW; vul 0,08 in."),
        ("MW", "80 kilowatt", "80 kW is 0,08 MW; vul 0,08 in."),
        ("MW", "-1,5 GW", "-1,5 GW is -1500 MW; vul -1500 in."),
        ("MW", "1.250,5 kW", "1250,5 kW is 1,2505 MW; vul 1,2505 in."),
        ("MW", "2,5 MW", "De eenheid ligt hier vast; vul 2,5 in."),
        ("t", "18,5 kt", "18,5 kt is 18500 t; vul 18500 in."),
        ("kt", "1 kg", "1 kg is 0,000001 kt; vul 0,000001 in."),
        ("degC", "160 °C", "De eenheid ligt hier vast; vul 160 in."),
    ],
)
def test_what_to_fill_in(unit: str, text: str, said: str) -> None:
    assert advice(column(unit), text, None) == said
    assert typed(column(unit), text, None) == Unfit("number", said)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("MW", "1.250 kW"),  # two numbers in one
        ("MW", "80 MWh"),  # energy is no power
        ("MW", "80 MVA"),
        ("MW", "circa 80 kW"),
        ("MW", "80 tot 90 kW"),
        ("MW", "80 paarden"),
        ("MW", "kW"),
        ("MW", "80 1 kW"),
        (None, "80 kW"),
    ],
)
def test_nothing_is_said_that_is_not_certain(unit: str | None, text: str) -> None:
    assert advice(column(unit), text, None) == ""
    assert typed(column(unit), text, None) == Unfit("number")


@pytest.mark.parametrize(("notation", "said"), [("nl", "vul 1,25 in."), ("en", "vul 0,00125 in.")])
def test_the_notation_of_the_file_is_followed(notation: str, said: str) -> None:
    assert advice(column("MW"), "1.250 kW", notation).endswith(said)


def test_every_unit_of_a_column_can_be_read_back() -> None:
    for unit in {field.unit for table in blueprint().sheet_tables for field in table.fields if field.unit}:
        name = blueprint().units[unit].label
        assert advice(column(unit), f"3 {name}", None) == "De eenheid ligt hier vast; vul 3 in.", name


def test_the_finding_says_it() -> None:
    message = blueprint().rules["number"].message.format(label="Piek", value="80 kW", allowed="vul 0,08 in.")
    assert message.endswith("vul 0,08 in.")
