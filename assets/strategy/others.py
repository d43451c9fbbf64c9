"""Tells how a province stands beside the other ones: twelve on one axis, in the order of their codes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from assets.strategy.charts import dumbbells
from assets.strategy.document import Chart, Grid, Source
from assets.strategy.story import EVERY, OFFTAKE, Story, Told, chart, energy_carriers, group, is_planned, summed
from assets.strategy.words import EARLIER_IN_TABLE, Amount, places_for, said, sentence, within
from blueprint.load import blueprint

TABLE = "pmiek_energy_demand"


def beside_others(story: Story) -> Told:
    """The total of every province on one axis."""
    rows = [
        row
        for row in story.tables.rows(TABLE, direction=OFFTAKE, sector=EVERY, certainty=EVERY, carrier=energy_carriers())
        if is_planned(row, story.base) and row["year"] in (story.base, story.milestone)
    ]
    found = {key: summed(each, "energy_pj", 3) for key, each in group(rows, "province_code", "year").items()}
    picture = side_by_side(story, found, "PJ", 1, 3, story.source(TABLE), "energievraag")
    return Told((picture,)) if picture else Told()


def side_by_side(
    story: Story,
    found: Mapping[tuple[str, int], Amount],
    unit: str,
    decimals: int,
    exact: int,
    source: Source,
    what: str,
) -> Chart | None:
    """Twelve provinces, two years, one axis; None when no province has a figure."""
    nothing = Amount(None, exact, "not_filed")
    provinces = [(code.code, code.label) for code in blueprint().codes["provinces"].filed]
    pairs = {
        code: (found.get((code, story.base), nothing), found.get((code, story.milestone), nothing))
        for code, _ in provinces
    }
    known = {code: second.fresh for code, (_, second) in pairs.items() if second.fresh is not None}
    if not any(each.value is not None for pair in pairs.values() for each in pair):
        return None
    own = pairs.get(story.code, (nothing, nothing))[1]
    absent = "niet opgegeven" if own.status == "not_filed" else "niet te tonen"
    if own.mark:
        absent = "alleen als eerder cijfer openbaar"
    title = _message(story, known, unit, decimals, f"De {what}", absent)
    has_plan = story.milestone != story.base
    lines = [(name, _float(pairs[code][0]), _float(pairs[code][1]), code == story.code) for code, name in provinces]
    grid = Grid(
        "provincies",
        f"{sentence(what)} per provincie, in {unit}",
        ("Provincie", str(story.base), *((f"{story.milestone} (plan)",) if has_plan else ())),
        tuple((name, *pairs[code][: 1 + has_plan]) for code, name in provinces),
        source,
    )
    earlier = any(each.mark for pair in pairs.values() for each in pair)
    note = f"In {unit}. De volgorde is die van de provinciecodes en geen rangorde.{EARLIER_IN_TABLE if earlier else ''}"
    return chart(
        title,
        grid,
        lambda size: dumbbells(lines, (str(story.base), str(story.milestone)), unit, decimals, size),
        is_drawn=any(value is not None for _, *pair, _ in lines for value in pair),
        note=note,
        more="Per provincie twee stippen op dezelfde as",
    )


def _message(story: Story, known: Mapping[str, Decimal], unit: str, decimals: int, what: str, absent: str) -> str:
    """What stands out: the province among those with a figure, or of the whole country how far those lie apart."""

    def told(value: Decimal) -> str:
        return said(value, places_for(value, decimals))

    is_own = story.code in {code.code for code in blueprint().codes["provinces"].filed}
    span = f"van {told(min(known.values()))} tot {told(max(known.values()))} {unit}" if len(known) > 1 else ""
    if not is_own:
        if span and len(known) < len(blueprint().codes["provinces"].filed):
            return f"Van de provincies met een cijfer loopt {within(what)} in {story.milestone} {span}"
        return f"{what} per provincie loopt in {story.milestone} {span}" if span else f"{what} per provincie"
    own = known.get(story.code)
    shown = f"{told(own)} {unit}" if own is not None else absent
    rest = f"; de provincies met een cijfer lopen {span}" if span else ""
    return f"{what} van {story.name} in {story.milestone} is {shown}{rest}"


def _float(cell: Amount) -> float | None:
    return None if cell.fresh is None else float(cell.fresh)
