"""Tells what the public tables hold of hydrogen, heat and CO2, flexibility, bottlenecks and the previous round.

Where a release holds a figure for the whole country only, that is said and the national one stands there. Demand,
power and who took part are for `public`, projects for `public_projects`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from assets.release.round_change import NAME as CHANGE
from assets.strategy.change import DOWN
from assets.strategy.charts import Bar, bars
from assets.strategy.document import Block, Cell, Grid, Paragraph
from assets.strategy.look import OTHER
from assets.strategy.plans import NO_RANK
from assets.strategy.public import ENERGY, NATION, POWER
from assets.strategy.released import COUNTRY, SAFE, cell, figures, nearest
from assets.strategy.story import EVERY, OFFTAKE, Story, Told, chart, energy_carriers, is_planned, label
from assets.strategy.tables import Row
from assets.strategy.words import WITHHELD, Amount, number, said
from blueprint.load import blueprint

MATERIALS, STORAGE, BOTTLENECKS = "public_material_flows", "public_storage", "public_bottlenecks"
NATIONAL = f"Wat bij '{COUNTRY}' staat, is in deze vrijgave niet per provincie openbaar."
Line = tuple[Cell, ...]


def hydrogen(story: Story) -> Told:
    """The demand for hydrogen over the years, when the release shows carriers."""
    rows, where = nearest(story, ENERGY, energy_carrier="hydrogen", direction=OFFTAKE)
    return _over_years(
        story,
        [("Waterstof", where, "PJ", ENERGY, rows)],
        Grid("waterstof", "Vraag naar waterstof volgens het plan", ("Drager",), (), story.source(ENERGY)),
        "de vraag naar waterstof",
    )


def heat(story: Story) -> Told:
    """What sites deliver of heat and steam, and the CO2 and feedstock that they give and take."""
    parts = []
    for carrier in ("heat", "steam"):
        rows, where = nearest(story, ENERGY, energy_carrier=carrier, direction="supply")
        parts.append((f"{label('carriers', carrier)}, levering", where, "PJ", ENERGY, rows))
    for material in blueprint().codes["carriers"].where("quantity", "mass"):
        for direction in ("supply", OFFTAKE):
            rows, where = nearest(story, MATERIALS, material=material, direction=direction)
            name = f"{label('carriers', material)}, {label('directions', direction).lower()}"
            parts.append((name, where, "kt", MATERIALS, rows))
    grid = Grid(
        "levering", "Warmte, stoom, CO2 en grondstof volgens het plan", ("Wat",), (), story.source(ENERGY, MATERIALS)
    )
    return _over_years(story, parts, grid, "levering van warmte en stoom, en van CO2 en grondstof")


def _over_years(story: Story, parts: Iterable[tuple[str, str, str, str, list[Row]]], grid: Grid, what: str) -> Told:
    """A table with a line per part over the years; nothing when the release holds none of them."""
    lines: list[Line] = []
    national, shown, any_rows = False, [], False
    for name, where, unit, table, rows in parts:
        by_year = {row["year"]: row for row in rows if is_planned(row, story.base)}
        if not by_year:
            continue
        any_rows = True
        cells = [cell(table, by_year.get(year)) for year in story.years]
        if all(each.status == "not_filed" for each in cells):
            continue
        national |= where == COUNTRY
        lines.append((name, where, unit, *cells))
        at = story.years.index(story.milestone)
        if where == story.name and (value := cells[at].value) is not None:
            shown.append(f"{name} in {story.milestone}: {said(value)} {unit}{cells[at].mark}")
    if not lines:
        told = f"Over {what} gaf niemand in dit gebied iets op, voor zover openbaar."
        return Told((Paragraph(told, "note"),)) if any_rows else Told()
    whole = Grid(
        grid.name, grid.caption, (*grid.headings, "Gebied", "Eenheid", *map(str, story.years)), tuple(lines),
        grid.source,
    )  # fmt: skip
    blocks: list[Block] = [whole, *_warned(lines)]
    if national:
        blocks.insert(0, Paragraph(NATIONAL, "note"))
    return Told(tuple(blocks), tuple(shown[:1]))


def flexibility(story: Story) -> Told:
    """Storage, flexible power and own generation."""
    rows, where = nearest(story, STORAGE)
    wanted = [("Opslag", where, "MWh", cell(STORAGE, row)) for row in rows]
    for code in blueprint().codes["power_measures"].names:
        if code.startswith("flexible_") or code == "own_generation":
            rows, where = nearest(story, POWER, power_measure=code, year=story.base, scenario="base")
            wanted += [(label("power_measures", code), where, "MW", cell(POWER, row)) for row in rows]
    lines = [line for line in wanted if line[3].status != "not_filed"]
    if not lines:
        told = "Niemand in deze provincie gaf opslag, flexibel vermogen of eigen opwek op."
        return Told((Paragraph(told, "note"),)) if wanted else Told()
    grid = Grid(
        "flexibiliteit",
        "Flexibel vermogen, eigen opwek en opslag",
        ("Soort", "Gebied", "Eenheid", "Opgegeven"),
        tuple(lines),
        story.source(STORAGE, POWER),
    )
    blocks: list[Block] = [grid, *_warned(lines)]
    if any(line[1] == COUNTRY for line in lines):
        blocks.insert(0, Paragraph(NATIONAL, "note"))
    core = tuple(
        f"{name} in de provincie: {said(found.value)} {unit}{found.mark}"
        for name, area, unit, found in lines
        if found.value and area == story.name
    )[:1]
    return Told(tuple(blocks), core)


def _warned(lines: Iterable[Line]) -> list[Block]:
    """That what is withheld is no nought, where something is."""
    hidden = any(isinstance(each, Amount) and each.status in WITHHELD for line in lines for each in line)
    return [Paragraph(SAFE, "note")] if hidden else []


def bottlenecks(story: Story) -> Told:
    """How many holdings name each kind of bottleneck, in classes; beside it those of the whole country."""
    rows, where = nearest(story, BOTTLENECKS, ("bottleneck_kind",))
    if not rows:
        return Told()
    own = {row["bottleneck_kind"]: _band(row) for row in rows}
    whole = {
        row["bottleneck_kind"]: _band(row)
        for row in figures(story.tables, BOTTLENECKS, ("bottleneck_kind",), region_code=NATION)
    }
    kinds = [code for code in blueprint().codes["bottleneck_kinds"].names if code in own]
    lines = [
        (label("bottleneck_kinds", code), *((own[code],) if where != COUNTRY else ()), whole.get(code, "–"))
        for code in kinds
    ]
    grid = Grid(
        "knelpunten",
        "Hoeveel bedrijven of concerns een knelpunt noemen, in klassen",
        ("Soort", *((where,) if where != COUNTRY else ()), COUNTRY),
        tuple(lines),
        story.source(BOTTLENECKS),
    )
    told = "De laagste klasse is ook die van niemand. Klassen zijn niet op te tellen."
    if where == COUNTRY:
        told = f"Knelpunten zijn in deze vrijgave alleen landelijk openbaar. {told}"
    return Told((Paragraph(told), grid, Paragraph(NO_RANK, "note")))


def _band(row: Row) -> str:
    text = label("company_bands", row["company_band"]).lower()
    return f"{text} (eerder cijfer)" if row["figure_status"] == "carried_forward" else text


def change(story: Story) -> Told:
    """What the published demand became beside that of the previous round, by carrier where both rounds show it."""
    rows, where = nearest(story, CHANGE, ("energy_carrier",), direction=OFFTAKE)
    rows = [row for row in rows if is_planned(row, story.base)]
    if not rows:
        why = "De vorige ronde heeft geen openbaar cijfer om mee te vergelijken."
        if not story.settings.previous_round:
            why = "Er is geen vorige ronde om mee te vergelijken."
        return Told((Paragraph(why, "note"),))
    found = {(row["energy_carrier"], row["year"]): cell(CHANGE, row) for row in rows}
    nothing = Amount(None, 3, "not_filed")
    years = sorted({row["year"] for row in rows})
    carriers = [code for code in energy_carriers() if any(found.get((code, year), nothing).status != "not_filed"
                                                          for year in years)]  # fmt: skip
    lines = [(label("carriers", code), *(found.get((code, year), nothing) for year in years)) for code in carriers]
    whole = found.get((EVERY, story.milestone), nothing)
    grid = Grid(
        "verschil",
        f"Openbare energievraag van {where}: deze ronde min ronde {rows[0]['previous_round']}, in PJ",
        ("Energiedrager", *map(str, years)),
        (*lines, ("Alle energiedragers", *(found.get((EVERY, year), nothing) for year in years))),
        story.source(CHANGE),
    )
    title = f"Het verschil met de vorige ronde is voor {where} in {story.milestone} als geheel niet te tonen"
    if whole.value is not None:
        way = "hoger" if whole.value > 0 else "lager"
        told = f"{said(abs(whole.value))} PJ {way} dan" if whole.value else "hetzelfde als"
        title = f"De openbare energievraag van {where} in {story.milestone} is {told} in de vorige ronde{whole.mark}"
    drawn = [
        Bar("", label("carriers", code), 0.0, float(value), _signed(value), OTHER if value > 0 else DOWN)
        for code in carriers
        if (value := found.get((code, story.milestone), nothing).fresh)
    ]
    note = (
        f"In PJ, {story.milestone}. Grijs is erbij, rood is eraf. Waar een van beide cijfers niet is getoond, staat er"
    )
    picture = chart(
        title, grid, lambda size: bars(drawn, size), is_drawn=bool(drawn), note=f"{note} geen verschil.",
        more="Per energiedrager een balk" if drawn else "",
    )  # fmt: skip
    return Told((picture,), (title,) if whole.value is not None and where == story.name else ())


def _signed(value: Decimal) -> str:
    return f"{'+' if value > 0 else ''}{number(value, 3)}"
