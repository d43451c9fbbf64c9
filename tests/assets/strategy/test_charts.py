"""Checks each chart against the schema of the chart library, which making documents leaves out to save time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assets.strategy import charts
from assets.strategy.charts import Bar, Part, Spot
from assets.strategy.look import SIZES, Size, label

DRAWN: dict[str, Callable[[Size], str]] = {
    "stacked": lambda size: charts.stacked(
        [Part(2023, "hydrogen", 1.0)], {2023: 1.5}, [2023, 2030], size, {2023: 0.5}, {2030: "niet volledig"}
    ),
    "fan": lambda size: charts.fan({"Plan": {2023: 1.0, 2030: 2.0}, "Plan laag": {2023: 1.0, 2030: 0.5}}, size),
    "bars": lambda size: charts.bars([Bar("Stedin", "Piek", 0.0, 2.0, "2,0"), Bar("", "Af", 2.0, -1.0, "−3,0")], size),
    "spots": lambda size: charts.spots([Spot(2030, "Idee", 2)], ["Idee", "Ontwerp"], [2029, 2030], size),
    "dumbbells": lambda size: charts.dumbbells([("Utrecht", 1.0, None, True)], ("2023", "2030"), "PJ", 1, size),
}


def test_a_bar_that_is_not_nought_never_says_nought() -> None:
    assert [label(value, 0) for value in (220.0, 0.22, 0.0, None)] == ["220", "0,220", "0", ""]


def test_every_chart_is_here() -> None:
    made = {
        name
        for name, found in vars(charts).items()
        if callable(found) and getattr(found, "__module__", "") == charts.__name__ and name.islower()
    }
    assert {name for name in made if not name.startswith("_")} == set(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_holds_to_the_schema(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Altair checks while a chart is made; the whole of it is checked once more when it is written out."""
    whole = []
    draw = charts.svg

    def checked(chart, size: Size, *more, **named) -> str:
        whole.append(chart.to_dict(validate=True))
        return draw(chart, size, *more, **named)

    monkeypatch.setattr(charts, "svg", checked)
    for size in SIZES:
        assert DRAWN[name](size).startswith("<svg")
    assert len(whole) == len(SIZES)
