"""Checks the plain Dutch text about a table, field, code list or rule, and what an unknown name is answered.

The Markdown of the data dictionary is checked in test_generated.py.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from blueprint import words
from blueprint.describe import WIDTH, describe
from blueprint.load import blueprint

EVERYTHING = [*blueprint().tables, *blueprint().fields, *blueprint().codes, *blueprint().rules]


def test_overview_says_that_it_is_a_proposal_and_names_every_table_list_and_rule() -> None:
    text = describe(blueprint())
    assert blueprint().status in text
    assert [name for name in (*blueprint().tables, *blueprint().codes, *blueprint().rules) if name not in text] == []


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("energy_demand", ["Tabel Energievraag (energy_demand)", "'Energiedrager' is Warmte of Stoom", "'2023 piek"]),
        ("ENERGIEVRAAG", ["Tabel Energievraag (energy_demand)"]),
        ("pmiek_coverage", ["Altijd gevuld", "NIET BEVEILIGD"]),
        ("contracted_offtake_mw", ["megawatt (MW)", "Ten minste 0.", "2,1", "als: 'Energiedrager' is Elektriciteit"]),
        ("depends_on", ["Netaansluiting; Subsidie", "dependencies: Netaansluiting, Waterstofnet"]),
        ("submitted_on", ["31-03-2026", "Indiening (verplicht)"]),
        ("carriers", ["electricity", "Procesgas", "(units: kg, t, kt)", "andere schrijfwijzen"]),
        (
            "ets_versus_fuel",
            ["waarschuwing", "share = 0,25", "Vestigingen, CO2-uitstoot basisjaar (t)", "‹ingevuld› ton"],
        ),
    ],
)
def test_text_about_one_thing_holds_what_a_reader_needs(name: str, lines: list[str]) -> None:
    text = describe(blueprint(), name)
    assert [line for line in lines if line not in text] == [], text


@pytest.mark.parametrize(
    ("name", "first_lines"),
    [
        ("certainty", ["Veld Zekerheid (certainty)", "Codelijst certainty"]),
        ("Project", ["Tabel Projecten (project)", "Veld Project (project_id)"]),
        ("register", ["Tabel Register (register)"]),
    ],
)
def test_everything_of_that_name_is_given_once(name: str, first_lines: list[str]) -> None:
    assert [part.splitlines()[0] for part in describe(blueprint(), name).split("\n\n")] == first_lines


@pytest.mark.parametrize("name", EVERYTHING)
def test_everything_can_be_described_and_no_line_is_too_wide(name: str) -> None:
    text = describe(blueprint(), name)
    assert f"({name})" in text or f"Codelijst {name}" in text
    assert [line for line in text.splitlines() if len(line) > WIDTH or line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("name", "near"), [("energievrag", "'Energievraag'"), ("carier", "'carriers'"), ("piek", "'Piekvermogen (MW)'")]
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(KeyError) as unknown:
        describe(blueprint(), name)
    assert f"'{name}' staat niet in de Blueprint. Bedoelt u" in unknown.value.args[0]
    assert near in unknown.value.args[0]


def test_an_unknown_name_that_is_near_nothing_points_to_the_overview() -> None:
    with pytest.raises(KeyError, match="pces describe") as unknown:
        describe(blueprint(), "qqqqqq")
    assert "Bedoelt" not in unknown.value.args[0]


def test_numbers_are_written_in_full_and_with_a_comma() -> None:
    numbers = [Decimal("0.0000000036"), 2000.0, Decimal("0.1200"), 0.25, 1000000, 0]
    assert [words.number(value) for value in numbers] == ["0,0000000036", "2000", "0,12", "0,25", "1000000", "0"]
