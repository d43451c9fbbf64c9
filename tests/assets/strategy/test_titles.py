"""Checks that what stands above a chart is true of the chart: the same area, the same digits, right for one."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from assets.store import DataFolder
from assets.strategy.compose import compose
from assets.strategy.document import Chart, Paragraph
from assets.strategy.national import NATION
from assets.strategy.others import side_by_side
from assets.strategy.plans import projects as confidential_projects
from assets.strategy.public import demand
from assets.strategy.public_plans import NATIONAL
from assets.strategy.public_projects import projects
from assets.strategy.scenarios import scenarios
from assets.strategy.story import Story
from assets.strategy.tables import Tables
from assets.strategy.words import amount, plain, said, within
from tests.assets.strategy.made import ALONE, PLENTY, SETTINGS
from tests.assets.strategy.released import energy, figure, publish

ENERGY = "public_project_energy"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    """A release in which all projects together are of the province, and each route of the country only."""
    data = DataFolder(tmp_path / "data")
    rows = [
        figure(ENERGY, "PV21", "withheld", change_direction="more"),
        figure(ENERGY, "PV21", "0.179", change_direction="less"),
        figure(ENERGY, "NL", "6.370", change_direction="more", project_route="hydrogen"),
        figure(ENERGY, "NL", "1.415", change_direction="less", project_route="hydrogen"),
    ]
    publish(data, {ENERGY: rows})
    return Story(Tables(data, SETTINGS, "public"), "PV21", "Fryslân")


def test_a_picture_of_the_country_is_not_titled_as_one_of_the_province(story: Story) -> None:
    told = projects(story)
    (chart,) = (block for block in told.blocks if isinstance(block, Chart))
    assert plain(chart.title) == "In heel Nederland komt er door waterstof 6,37 PJ energie bij"
    texts = [plain(block.text) for block in told.blocks if isinstance(block, Paragraph)]
    assert "Door projecten in Fryslân gaat er 0,179 PJ energie af; wat erbij komt is niet te tonen." in texts
    assert {row[3] for row in chart.grid.rows} == {"Fryslân", "Nederland"}


def test_a_route_that_is_withheld_is_not_compared(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    routes = {"hydrogen": "6.370", "electrification": "2.000", "ccus": "withheld"}
    rows = [figure(ENERGY, "PV21", "0.179", change_direction="less")]
    rows += [
        figure(ENERGY, "NL", value, change_direction="more", project_route=route) for route, value in routes.items()
    ]
    publish(data, {ENERGY: rows})
    told = projects(Story(Tables(data, SETTINGS, "public"), "PV21", "Fryslân"))
    (chart,) = (block for block in told.blocks if isinstance(block, Chart))
    assert "komt er van de getoonde routes het meeste bij door waterstof: 6,37 PJ" in plain(chart.title)


def test_figures_of_two_releases_stand_in_no_sentence_and_no_bar_together(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "data")
    rows = [
        *energy("PV21", "all", {2023: "1.500", 2040: "1.500"}),
        *energy("PV21", "electricity", {2023: "0.900", 2030: "1.000", 2040: "0.900", 2050: "0.900"}),
        *energy("PV21", "hydrogen", {2023: "0.600", 2030: "withheld", 2040: "withheld", 2050: "0.600"}),
        *energy("PV21", "all", {2030: "1.600", 2050: "1.700"}, "carried_forward"),
    ]
    publish(data, {"public_energy_demand": rows})
    (chart,) = (
        block for block in demand(Story(Tables(data, SETTINGS, "public"), "PV21", "Fryslân")).blocks
        if isinstance(block, Chart)
    )  # fmt: skip
    assert plain(chart.title) == (
        "De opgegeven energievraag in 2023 is 1,50 PJ; voor 2030 en 2050 is alleen een eerder cijfer openbaar"
    )
    assert "Voor 2030 staat er geen balk: niet elk cijfer" in chart.note
    assert "Voor 2050 staat er geen balk: daar zijn het eerdere" in chart.note
    for picture in (chart.wide, chart.narrow):
        assert ">niet volledig<" in picture
        assert ">eerder cijfer<" in picture
        # What is not shown of a known total is a box of its own: no dip.
        assert ">Niet getoond<" in picture
        assert ">1,50<" in picture
        assert ">1,60<" not in picture


def test_a_chapter_without_a_figure_on_co2_says_so(story: Story) -> None:
    texts = [block.text for block in projects(story).blocks if isinstance(block, Paragraph)]
    assert "Over het effect van projecten op CO2 is in deze vrijgave niets openbaar." in texts


def drawn_beside(story: Story, values: dict[str, str], unit: str = "MW") -> Chart:
    found = {(code, 2030): amount(Decimal(value), 3) for code, value in values.items()}
    chart = side_by_side(story, found, unit, 1, 3, story.source(ENERGY), "opgetelde piek")
    assert chart
    return chart


def test_a_title_has_the_digits_of_the_label_in_its_chart(story: Story) -> None:
    for values in ({"PV21": "262.5", "PV20": "0.0521"}, {"PV21": "9.12", "PV20": "1.444"}):
        chart = drawn_beside(story, values)
        for told in re.findall(r"\d+,\d+", plain(chart.title)):
            assert f">{told}<" in chart.wide
            assert f">{told}<" in chart.narrow


def test_the_country_is_no_province_that_has_no_figure(story: Story) -> None:
    country = Story(story.tables, NATION, "Nederland")
    chart = drawn_beside(country, {"PV21": "262.5", "PV20": "28.7"})
    assert (
        plain(chart.title) == "Van de provincies met een cijfer loopt de opgetelde piek in 2030 van 28,7 tot 262,5 MW"
    )
    nobody = drawn_beside(Story(story.tables, "PV22", "Drenthe"), {"PV21": "1"})
    assert plain(nobody.title) == "De opgetelde piek van Drenthe in 2030 is niet opgegeven"


def test_names_of_provinces_and_classes_are_whole_on_a_phone(story: Story) -> None:
    chart = drawn_beside(story, {"PV21": "262.5"})
    assert "Noord-Brabant" in chart.narrow
    assert "Noord-Holland" in chart.narrow


def test_a_note_is_said_once_in_a_document(data: DataFolder) -> None:
    document = compose(Tables(data, SETTINGS, "public"), "PV21", lambda section: None)
    texts = [block.text for each in document.sections for block in each.blocks if isinstance(block, Paragraph)]
    assert texts.count(NATIONAL) == 1


@pytest.mark.parametrize(
    ("code", "told"),
    [(ALONE, "Er is 1 project, met investeringsbesluit"), (PLENTY, "Alle 5 projecten hebben een investeringsbesluit")],
)
def test_one_project_is_told_in_the_singular(data: DataFolder, code: str, told: str) -> None:
    story = Story(Tables(data, SETTINGS, "internal"), code, "Hier")
    blocks = confidential_projects(story).blocks
    (title,) = (plain(block.title) for block in blocks if isinstance(block, Chart))
    assert title.startswith(told)
    texts = plain(" ".join(item for block in blocks for item in getattr(block, "items", ())))
    assert ("1 vestiging gaf 12,0 kt" in texts) == (code == ALONE)
    assert ("5 vestigingen gaven samen 60,0 kt" in texts) == (code == PLENTY)
    (chart,) = (block for block in blocks if isinstance(block, Chart))
    assert "Investeringsbesluit" in chart.narrow


def test_nought_and_a_weight_that_changes_nothing_are_said_in_plain_words(data: DataFolder) -> None:
    assert plain(said(0)) == plain(said(Decimal("0.000"))) == "0"
    blocks = scenarios(Story(Tables(data, SETTINGS, "internal"), PLENTY, "Hier")).blocks
    told = [plain(item) for block in blocks for item in getattr(block, "items", ())]
    assert told
    for text in told:
        assert len(set(re.findall(r"\d+,\d+", text))) == len(re.findall(r"\d+,\d+", text)), text


def test_a_label_within_a_sentence_keeps_the_capitals_of_an_abbreviation() -> None:
    assert [within(text) for text in ("Chemie", "ICT", "CO2", "")] == ["chemie", "ICT", "CO2", ""]
