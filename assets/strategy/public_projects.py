"""Tells what the public tables hold of projects: energy, power and CO2 by route, certainty and year, as far as crossed.

Where a release holds a crossing for the whole country only, the national one stands there. Other plans are for
`public_plans`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from assets.strategy.change import DOWN
from assets.strategy.charts import Bar, bars
from assets.strategy.document import Block, Grid, Paragraph
from assets.strategy.look import OTHER
from assets.strategy.public import NATION
from assets.strategy.released import COUNTRY, SAFE, cell, figures, groupings, nearest
from assets.strategy.story import EVERY, Story, Told, chart, label
from assets.strategy.tables import Row
from assets.strategy.words import (
    EARLIER_IN_TABLE,
    WITHHELD,
    Amount,
    enumerated,
    number,
    places_for,
    said,
    sentence,
    within,
)
from blueprint.load import blueprint

# Per public table of projects: what it is of, and the unit.
CO2 = "public_project_co2"
PROJECTS = {
    "public_project_energy": ("energie", "PJ"),
    "public_project_power": ("vermogen", "MW"),
    CO2: ("CO2", "kt"),
}
FEWEST_DECIMALS = 1
ROUTE, CERTAINTY, PHASE = "project_route", "project_certainty", "phase_in"
AXES = (ROUTE, CERTAINTY, PHASE)
# The codes of a crossing, the area it is of, and what comes and goes.
Crossing = tuple[dict[str, str], str, Amount, Amount]
LISTS = {ROUTE: "routes", CERTAINTY: "certainty"}


def projects(story: Story) -> Told:
    """What projects add and take off: energy, power and CO2, as finely crossed as each was released."""
    blocks: list[Block] = []
    core: list[str] = []
    for name, (what, unit) in PROJECTS.items():
        found = _crossed(story, name)
        if not found:
            if name == CO2 and blocks:
                blocks.append(Paragraph(_no_co2(story), "note"))
            continue
        title = _project_title(story, found[0], name, what, unit)
        grid = Grid(
            f"projecten-{what.lower()}",
            f"{sentence(what)} van projecten, in {unit}: erbij en eraf",
            ("Route", "Zekerheid", "In gebruik in", "Gebied", "Erbij", "Eraf"),
            tuple((*_names(codes), where, more, less) for codes, where, more, less in found),
            story.source(name),
        )
        area, drawn = _bars(found)
        hidden = any(part.status in WITHHELD for *_, more, less in found for part in (more, less))
        note = f"Alleen wat iemand opgaf. {SAFE if hidden else ''}".strip()
        earlier = any(part.mark for *_, more, less in found for part in (more, less))
        message = title
        if drawn and area != found[0][1]:
            # A picture tells of one area; what is of another one is said beside it.
            blocks.append(Paragraph(sentence(f"{title}.")))
            message = _most(area, found, what, unit)
        blocks.append(_picture(message, grid, drawn, note, f"In {unit}. {note}{EARLIER_IN_TABLE if earlier else ''}"))
        if found[0][1] == story.name:
            core.append(title)
    national = [what for name, (what, _) in PROJECTS.items() if _is_national(story, name)]
    if national and blocks:
        told = f"Het effect van projecten op {enumerated(national)} is alleen voor heel Nederland openbaar."
        blocks.insert(0, Paragraph(told, "note"))
    return Told(tuple(blocks), tuple(core[:1]))


def _no_co2(story: Story) -> str:
    """Why the chapter has no figure on CO2: nobody filed one, or the release holds none."""
    if any(figures(story.tables, CO2, region_code=code) for code in (story.code, NATION)):
        return "Een effect van projecten op CO2 gaf niemand op, voor zover openbaar."
    return "Over het effect van projecten op CO2 is in deze vrijgave niets openbaar."


def _routes(found: Sequence[Crossing]) -> list[Crossing]:
    """Every route as a whole; a route stands in the table for one area only."""
    return [each for each in found if each[0][ROUTE] != EVERY and {each[0][CERTAINTY], each[0][PHASE]} == {EVERY}]


def _bars(found: Sequence[Crossing]) -> tuple[str, list[Bar]]:
    """A bar per route and way, and the area they are of."""
    routes = _routes(found)
    bars_ = [
        Bar(_names(codes)[0], way, 0.0, float(part.fresh), _told(part.fresh), colour)
        for codes, _, more, less in routes
        for way, part, colour in (("Erbij", more, OTHER), ("Eraf", less, DOWN))
        if part.fresh is not None
    ]
    return next((where for _, where, _, _ in routes), ""), bars_


def _told(value: Decimal) -> str:
    return number(value, places_for(value, FEWEST_DECIMALS))


def _most(area: str, found: Sequence[Crossing], what: str, unit: str) -> str:
    """The message of a picture that is of another area than all projects together are told of.

    A route that is withheld may be the largest: then only the ones that are shown are compared.
    """
    pairs = {_names(codes)[0]: {"bij": more, "af": less} for codes, _, more, less in _routes(found)}
    known = {
        way: {name: pair[way] for name, pair in pairs.items() if pair[way].status != "not_filed"}
        for way in ("bij", "af")
    }
    shown = [(part.fresh, name, way) for way in known for name, part in known[way].items() if part.fresh is not None]
    value, name, way = max(shown)
    amount = f"{said(value, places_for(value, FEWEST_DECIMALS))} {unit} {what}"
    verb = "komt" if way == "bij" else "gaat"
    fresh = [part for part in known[way].values() if part.fresh is not None]
    if len(fresh) == 1:
        rest = "; wat andere routes doen is niet te tonen" if len(known[way]) > 1 else ""
        return f"In heel {area} {verb} er door {within(name)} {amount} {way}{rest}"
    among = " van de getoonde routes" if len(fresh) < len(known[way]) else ""
    return f"In heel {area} {verb} er{among} het meeste {way} door {within(name)}: {amount}"


def _picture(title: str, grid: Grid, drawn: Sequence[Bar], without: str, note: str) -> Block:
    more = "Per route wat erbij komt en wat eraf gaat" if drawn else ""
    return chart(
        title, grid, lambda size: bars(drawn, size), is_drawn=bool(drawn), note=note, more=more, without=without
    )


def _crossed(story: Story, name: str) -> list[Crossing]:
    """Per crossing of the release its rows, of the province or else of the country: codes, area, more and less."""
    lines = []
    for some in groupings(story.tables, name):
        rows, where = _of_crossing(story, name, some)
        cells: dict[tuple[str, ...], dict[str, Row]] = {}
        for row in rows:
            cells.setdefault(tuple(row[one] for one in AXES), {})[row["change_direction"]] = row
        for key in sorted(cells, key=_order):
            pair = tuple(cell(name, cells[key].get(way)) for way in ("more", "less"))
            if any(each.status != "not_filed" for each in pair):
                lines.append((dict(zip(AXES, key, strict=True)), where, *pair))
    return lines


def _of_crossing(story: Story, name: str, some: tuple[str, ...]) -> tuple[list[Row], str]:
    """The rows that are crossed by just these: of the province, or of the country when it has none."""
    for code, where in ((story.code, story.name), (NATION, COUNTRY)):
        rows = [
            row for row in figures(story.tables, name, some, region_code=code) if all(row[one] != EVERY for one in some)
        ]
        if rows:
            return rows, where
    return [], ""


def _order(key: tuple[str, ...]) -> tuple:
    """Routes and certainties as in their lists, years ascending, and everything that is later last."""
    route, certainty, phase = key
    places = [*blueprint().codes["routes"].names], [*blueprint().codes["certainty"].names]
    found = [names.index(code) if code in names else -1 for code, names in zip((route, certainty), places, strict=True)]
    return (*found, phase)


def _names(codes: dict[str, str]) -> tuple[str, str, str]:
    route, certainty = ("Alle" if codes[one] == EVERY else label(LISTS[one], codes[one]) for one in (ROUTE, CERTAINTY))
    phase = {EVERY: "Alle jaren", "later": "later"}.get(codes[PHASE], codes[PHASE])
    return route, certainty, phase


def _is_national(story: Story, name: str) -> bool:
    rows, where = nearest(story, name)
    return bool(rows) and where == COUNTRY


def _project_title(story: Story, first: Crossing, name: str, what: str, unit: str) -> str:
    """What all projects together do, when the release holds that."""
    codes, where, more, less = first
    if set(codes.values()) != {EVERY}:
        return f"Projecten en hun effect op {what}: alleen uitgesplitst openbaar"
    told = [
        f"{verb} {said(part.value, places_for(part.value, FEWEST_DECIMALS))} {unit} {what}{part.mark} {way}"
        for part, verb, way in ((more, "komt er", "bij"), (less, "gaat er", "af"))
        if part.value is not None
    ]
    hidden = [way for part, way in ((more, "erbij komt"), (less, "eraf gaat")) if part.status in WITHHELD]
    rest = f"; wat {enumerated(hidden)} is niet te tonen" if hidden and told else ""
    if not told:
        return f"Hoeveel {what} er door projecten in {where} bij komt of af gaat, is als geheel niet te tonen"
    return f"Door projecten in {where} {enumerated(told)}{rest}"
