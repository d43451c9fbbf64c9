"""Tells what the public tables hold of a province, and nothing else: it reads those of the newest release only.

A figure that was withheld is nowhere a nought, and nothing is added up of figures of which some are withheld.
"""

from __future__ import annotations

from collections.abc import Mapping

from assets.strategy.demand import Cells, over_years, suspects
from assets.strategy.document import Block, Chart, Grid, Paragraph
from assets.strategy.others import side_by_side
from assets.strategy.power import against_contracts, measures
from assets.strategy.released import cell, figures, nearest
from assets.strategy.story import EVERY, OFFTAKE, Story, Told, is_planned, label
from assets.strategy.tables import Row
from assets.strategy.words import Amount, amount
from blueprint.load import blueprint

ENERGY, POWER, COVERAGE = "public_energy_demand", "public_power_demand", "public_coverage"
NATION = "NL"
NO_FLOWS = (
    "Een stroomschema van energiedragers via sectoren naar gebruik staat niet in dit document: de"
    " openbare tabellen maken"
    " geen verschil tussen brandstof en grondstof."
)


def coverage(story: Story) -> Told:
    """How many firms took part, in classes."""
    row = next(iter(story.tables.rows(COVERAGE, region_code=story.code)), None)
    if row is None:
        return Told()
    accepted, invited = (label("company_bands", row[field]).lower() for field in ("accepted_band", "invited_band"))
    text = f"Aantal bedrijven dat meetelt: {accepted}; uitgenodigd: {invited}"
    if story.settings.open_data:
        text = f"Aantal ramingen uit open data dat meetelt: {accepted}; het zijn geen opgaven van bedrijven"
    grid = Grid(
        "deelname",
        "Bedrijven in klassen, zodat niet te zien is wie er wel of niet meedeed",
        ("Wat", "Aantal"),
        (("Uitgenodigd", invited), ("Telt mee", accepted)),
        story.source(COVERAGE),
    )
    return Told((Paragraph(f"{text}. Klassen zijn niet op te tellen."), grid), (text,))


def demand(story: Story) -> Told:
    """The demand by carrier, as fine as it was released: of the province, else of the whole country."""
    found = figures(story.tables, ENERGY, ("energy_carrier",), region_code=(story.code, NATION), direction=OFFTAKE)
    rows = [row for row in found if is_planned(row, story.base)]
    own = [row for row in rows if row["region_code"] == story.code]
    if not own:
        picture = _over_years(story, rows, " van heel Nederland")
        told = (
            f"De energievraag van {story.name} is in deze vrijgave niet openbaar: de cijfers zijn alleen voor heel"
            " Nederland te tonen zonder dat een bedrijf te herkennen is."
        )
        return Told((Paragraph(told, "note"), picture, Paragraph(NO_FLOWS)), (told.split(":")[0], picture.title))
    if not any(row["energy_carrier"] != EVERY for row in own):
        picture = _over_years(story, own, "")
        told = "Per energiedrager is de vraag van de provincie in deze vrijgave niet openbaar, alleen het totaal."
        return Told((picture, Paragraph(told, "note"), Paragraph(NO_FLOWS)), (picture.title,))
    picture = _over_years(story, own, "")
    odd = suspects(story, _cells(own))
    blocks: list[Block] = [picture, *odd, Paragraph(NO_FLOWS)]
    if all(row["figure_status"] not in ("shown", "carried_forward", "zero") for row in own):
        told = (
            f"Van {story.name} is in deze vrijgave geen enkel cijfer over de energievraag te tonen."
            " Dat is niet hetzelfde als nul."
        )
        blocks.insert(0, Paragraph(told, "note"))
    return Told(tuple(blocks), (picture.title, *(each.text for each in odd)))


def nation(story: Story) -> tuple[Block, ...]:
    """The demand of the whole country, by carrier over the years."""
    found = figures(story.tables, ENERGY, ("energy_carrier",), region_code=NATION, direction=OFFTAKE)
    rows = [row for row in found if is_planned(row, story.base)]
    return (_over_years(story, rows, " van Cluster 6 in heel Nederland"),)


def _cells(rows: list[Row]) -> Cells:
    return {
        (row["year"], row["energy_carrier"]): amount(row["energy_pj"], 3, row["figure_status"])
        for row in rows
        if row["energy_carrier"] != EVERY
    }


def _over_years(story: Story, rows: list[Row], where: str) -> Chart:
    totals = {
        row["year"]: amount(row["energy_pj"], 3, row["figure_status"]) for row in rows if row["energy_carrier"] == EVERY
    }
    return over_years(story, _cells(rows), totals, story.source(ENERGY), False, [], where)


def power(story: Story) -> Told:
    """Contracts, peaks and requests: per operator as far as that was released, else of the province or the country."""
    found_rows, where = nearest(story, POWER, ("operator_code",))
    rows = [row for row in found_rows if is_planned(row, story.base)]
    if not rows:
        return Told()
    if where != story.name:
        return _power_of_nation(story, rows)
    found: dict[str, Mapping[str, Amount]] = {}
    for operator in sorted({row["operator_code"] for row in rows}, key=lambda code: (code == EVERY, code)):
        own = [row for row in rows if row["operator_code"] == operator]
        if all(row["figure_status"] == "not_filed" for row in own):
            continue
        found[operator] = _measures(story, own)
    if not found:
        return Told((Paragraph("Niemand gaf in deze provincie een aansluiting of piek op.", "note"),))
    names = {code: "Alle netbeheerders samen" if code == EVERY else label("grid_operators", code) for code in found}
    shown = any(each.value is not None for each in found[EVERY].values()) if EVERY in found else False
    alone = (
        [Paragraph("Per netbeheerder is het vermogen in deze provincie niet openbaar, alleen het totaal.", "note")]
        if shown and not any(code != EVERY for code in found)
        else []
    )
    hidden = [names[code] for code, each in found.items() if any(cell.status == "withheld" for cell in each.values())]
    note = (
        (
            "Een balk die ontbreekt is niet nul: dat cijfer is niet getoond of niet opgegeven; de tabel"
            " zegt welk van de twee."
        )
        if hidden
        else ""
    )
    picture = against_contracts(story, found, names, story.source(POWER), note)
    return Told((picture, *alone), (picture.title,) if "MW" in picture.title else ())


def _power_of_nation(story: Story, rows: list[Row]) -> Told:
    """What there is when the release has power of the whole country only."""
    whole = [row for row in rows if row["operator_code"] == EVERY]
    found, names = {EVERY: _measures(story, whole)}, {EVERY: "Heel Nederland"}
    picture = against_contracts(story, found, names, story.source(POWER), where="In heel Nederland")
    told = f"Het elektrisch vermogen van {story.name} is in deze vrijgave niet openbaar; hier staat heel Nederland."
    return Told((Paragraph(told, "note"), picture))


def _measures(story: Story, rows: list[Row]) -> dict[str, Amount]:
    by_key = {(row["power_measure"], row["year"]): row for row in rows}

    wanted = {"contract": ("contracted_offtake", story.base), "requested": ("requested_extra", story.base)}
    wanted |= {f"peak_{year}": ("peak", year) for year in story.named_years}
    return {key: cell(POWER, by_key.get(wanted[key])) for key in measures(story)}


def scenarios(story: Story) -> Told:
    """The totals of the three plans where they were released; they hold different firms, so they are not drawn."""
    found = figures(story.tables, ENERGY, region_code=story.code, direction=OFFTAKE)
    rows = [row for row in found if row["scenario"] != "base"]
    if not any(row["scenario"] != "plan" and row["energy_pj"] is not None for row in rows):
        return Told()
    cells = {(row["scenario"], row["year"]): amount(row["energy_pj"], 3, row["figure_status"]) for row in rows}
    plans = [code.code for code in blueprint().codes["scenarios"].codes if any(plan == code.code for plan, _ in cells)]
    years = [year for year in story.years if year != story.base]
    nothing = Amount(None, 3, "not_filed")
    grid = Grid(
        "scenarios",
        "Opgegeven energievraag per plan, in PJ",
        ("Plan", *map(str, years)),
        tuple((label("scenarios", plan), *(cells.get((plan, year), nothing) for year in years)) for plan in plans),
        story.source(ENERGY),
    )
    told = (
        "Voor plan laag en plan hoog gaven niet dezelfde bedrijven iets op als voor het plan."
        " Vergelijk de regels daarom niet met elkaar; een figuur ervan zou misleiden."
    )
    return Told((Paragraph(told, "note"), grid))


def beside_others(story: Story) -> Told:
    """The provinces on one axis: by energy when that was released per province, else by the peak of electricity."""
    for name, wanted, unit, what in (
        (ENERGY, {"direction": OFFTAKE}, "PJ", "energievraag"),
        (POWER, {"power_measure": "peak"}, "MW", "opgetelde piek voor elektriciteit"),
    ):
        decimals = 3 if name == ENERGY else 1
        found = {
            (row["region_code"], row["year"]): cell(name, row)
            for row in figures(story.tables, name, ("region_code",), year=(story.base, story.milestone), **wanted)
            if is_planned(row, story.base) and row["region_code"] != NATION
        }
        if picture := side_by_side(story, found, unit, 1, decimals, story.source(name), what):
            return Told((picture,))
    return Told()
