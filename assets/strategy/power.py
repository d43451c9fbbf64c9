"""Tells electric power, hydrogen, heat and CO2, and flexibility, of the confidential tables.

The chart of power against contracts serves the public document too.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from assets.strategy.charts import Bar, bars
from assets.strategy.document import Block, Chart, Grid, Paragraph, Source
from assets.strategy.look import OTHER, OWN
from assets.strategy.story import EVERY, OFFTAKE, Story, Told, chart, group, is_planned, label, summed
from assets.strategy.words import EARLIER_IN_TABLE, Amount, clean, counted, enumerated, number, said, sentence, verb

TABLE = "pmiek_power_demand"
AREAS = "pmiek_area_demand"
BRANCHES = "pmiek_hydrogen_branches"
SUPPLY = "pmiek_supply"
REQUESTED = "#B0124F"
Measures = Mapping[str, Amount]


def power(story: Story) -> Told:
    """Contracts, peaks and requests per grid operator and station area."""
    rows = [row for row in story.rows(TABLE, certainty=EVERY) if is_planned(row, story.base)]
    if not any(row["contracted_offtake_mw"] is not None or row["peak_sum_mw"] is not None for row in rows):
        return Told((Paragraph("Geen bedrijf gaf een aansluiting of een piek voor elektriciteit op.", "note"),))
    found = {operator: _measures(story, each) for operator, each in sorted(group(rows, "grid_operator").items())}
    names = {operator: label("grid_operators", operator) for operator in found}
    picture = against_contracts(story, found, names, story.source(TABLE))
    blocks: list[Block] = [picture]
    if stations := _stations(story):
        blocks.append(stations)
    return Told(tuple(blocks), (picture.title,))


def measures(story: Story) -> dict[str, str]:
    """What is held against one another, by key: the contract, the peaks and what was requested on top."""
    peaks = {f"peak_{year}": f"Piek {year}" for year in story.named_years}
    return {"contract": "Contract nu", **peaks, "requested": "Aangevraagd extra"}


def _measures(story: Story, rows: list) -> dict[str, Amount]:
    by_year = group(rows, "year")
    now = by_year.get(story.base, [])
    peaks = {f"peak_{year}": summed(by_year.get(year, []), "peak_sum_mw", 1) for year in story.named_years}
    return {
        "contract": summed(now, "contracted_offtake_mw", 1),
        **peaks,
        "requested": summed(now, "requested_extra_mw", 1),
    }


def against_contracts(
    story: Story,
    found: Mapping[str, Measures],
    names: Mapping[str, str],
    source: Source,
    note: str = "",
    where: str = "",
) -> Chart:
    """Bars per operator: what is contracted, what firms say their peaks will be, what they asked for."""
    wording = measures(story)
    rows = []
    for operator, each in found.items():
        for key, name in wording.items():
            if (value := each[key].fresh) is not None:
                colour = OWN if key == "contract" else REQUESTED if key == "requested" else OTHER
                rows.append(Bar(names[operator], name, 0.0, float(value), number(value, 1), colour))
    grid = Grid(
        "vermogen-per-netbeheerder",
        "Elektrisch vermogen per netbeheerder, in MW",
        ("Netbeheerder", *wording.values()),
        tuple((names[operator], *(each[key] for key in wording)) for operator, each in found.items()),
        source,
    )
    apart = "De pieken van bedrijven zijn opgeteld en vallen niet samen: het net ziet een lagere piek."
    if any(cell.mark for each in found.values() for cell in each.values()):
        note = f"{note}{EARLIER_IN_TABLE}"
    any_peak = any(each[key].value for each in found.values() for key in each if key.startswith("peak"))
    return chart(
        _message(story, found, names, where or f"In {story.name}"),
        grid,
        lambda size: bars(rows, size),
        is_drawn=bool(rows),
        note=f"In MW. {apart} {note}".strip(),
        without=apart if any_peak else "",
        more="Per netbeheerder balken op dezelfde as",
    )


def _message(story: Story, found: Mapping[str, Measures], names: Mapping[str, str], whole: str) -> str:
    key = f"peak_{story.milestone}"
    alone = {operator: each for operator, each in found.items() if operator != EVERY} or found
    known = {
        operator: (Decimal(peak), Decimal(contract))
        for operator, each in alone.items()
        if (peak := each[key].fresh) is not None and (contract := each["contract"].fresh) is not None
    }
    if not any(cell.value is not None for each in found.values() for cell in each.values()):
        return f"{whole} is in deze vrijgave niets van het elektrisch vermogen te tonen; dat is niet hetzelfde als nul"
    if not known:
        return f"Voor {story.milestone} is geen piek naast een contract te zetten"
    above = {operator: pair for operator, pair in known.items() if pair[0] > pair[1]}
    if not above:
        limit = "" if len(known) == len(alone) else ", voor zover beide te zien zijn"
        return f"Nergens komt de opgetelde piek in {story.milestone} boven de contracten uit{limit}"
    operator, (peak, contract) = max(above.items(), key=lambda item: (item[1][0] - item[1][1], item[0]))
    where = whole if operator == EVERY else f"Bij {names[operator]}"
    more = counted(len(above) - 1, "andere netbeheerder", "andere netbeheerders")
    also = f"; ook bij {more} is de piek hoger dan het contract" if len(above) > 1 else ""
    return (
        f"{where} komt de opgetelde piek in {story.milestone} op {said(peak, 1)} MW,"
        f" tegenover {said(contract, 1)} MW aan contracten{also}"
    )


def _stations(story: Story) -> Grid | None:
    rows = [
        row
        for row in story.rows(AREAS, area_kind="substation", carrier="electricity", direction=OFFTAKE, certainty=EVERY)
        if is_planned(row, story.base)
    ]
    lines = []
    for (operator, area), each in sorted(group(rows, "grid_operator", "area").items()):
        by_year = group(each, "year")
        now = by_year.get(story.base, [])
        peaks = [summed(by_year.get(year, []), "peak_sum_mw", 1) for year in story.named_years]
        lines.append(
            (
                clean(area),
                label("grid_operators", operator),
                summed(now, "contracted_offtake_mw", 1),
                *peaks,
                summed(now, "requested_extra_mw", 1),
            )
        )
    if not lines:
        return None
    headings = ("Onderstation", "Netbeheerder", *measures(story).values())
    return Grid(
        "vermogen-per-onderstation",
        "Elektrisch vermogen per onderstation, in MW",
        headings,
        tuple(lines),
        story.source(AREAS),
    )


def hydrogen(story: Story) -> Told:
    """Hydrogen demand per municipality, for the study of regional branches of the network."""
    rows = [row for row in story.rows(BRANCHES, certainty=EVERY) if is_planned(row, story.base)]
    lines, first = [], []
    for _, each in sorted(group(rows, "municipality_code").items(), key=lambda item: item[0] or ""):
        by_year = group(each, "year")
        years = [year for year, found in sorted(by_year.items()) if any((row["energy_pj"] or 0) > 0 for row in found)]
        if not years:
            continue
        first.append(years[0])
        amounts = [summed(by_year.get(year, []), "energy_pj", 3) for year in story.years]
        name = clean(next((row["municipality_name"] for row in each if row["municipality_name"]), "gemeente onbekend"))
        lines.append((name, str(years[0]), *amounts))
    network = next((row["network_from"] for row in rows if row["network_from"]), None)
    foreseen = (
        f"Het waterstofnet wordt hier op zijn vroegst rond {network} voorzien; dat is een aanname, geen toezegging."
        if network
        else ""
    )
    if not lines:
        text = "Geen bedrijf in deze provincie gaf een vraag naar waterstof op boven nul."
        return Told((Paragraph(f"{text} {foreseen}".strip()),), (text,))
    text = (
        f"In {counted(len(lines), 'gemeente', 'gemeenten')} vragen bedrijven waterstof, voor het eerst in {min(first)}."
    )
    early = sum(year < network for year in first) if network else 0
    if early:
        text += f" In {counted(early, 'gemeente', 'gemeenten')} is dat vóór het jaar waarin het net wordt voorzien."
    grid = Grid(
        "waterstof-per-gemeente",
        "Vraag naar waterstof per gemeente volgens het plan, in PJ",
        ("Gemeente", "Voor het eerst in", *map(str, story.years)),
        tuple(lines),
        story.source(BRANCHES),
    )
    return Told((Paragraph(f"{text} {foreseen}".strip()), grid), (text.split(". ")[0].removesuffix("."),))


def heat(story: Story) -> Told:
    """What sites can deliver to others: heat, steam and CO2, and where supply and demand lie near one another."""
    rows = [row for row in story.rows(SUPPLY, carrier=("heat", "steam", "co2")) if is_planned(row, story.base)]
    lines, offered = [], set()
    for (carrier, _, heat_class), each in sorted(
        group(rows, "carrier", "municipality_code", "temperature_class").items(),
        key=lambda item: tuple(part or "" for part in item[0]),
    ):
        field = "mass_kt" if carrier == "co2" else "energy_pj"
        by_year = group(each, "year")
        amounts = [summed(by_year.get(year, []), field, 3) for year in story.named_years]
        if not any(found.value for found in amounts):
            continue
        offered.add(carrier)
        name = clean(next((row["municipality_name"] for row in each if row["municipality_name"]), "gemeente onbekend"))
        kind = label("temperature_classes", heat_class) if carrier != "co2" else "–"
        lines.append((label("carriers", carrier), name, kind, "kt" if carrier == "co2" else "PJ", *amounts))
    near = story.rows("area_opportunities", year=story.milestone, scenario="plan")
    areas = len({row["area_id"] for row in near})
    nearby = (
        f"Op {counted(areas, 'plek', 'plekken')} liggen aanbod en vraag in {story.milestone} bij elkaar in de buurt."
        if areas
        else f"Nergens in de provincie liggen aanbod en vraag in {story.milestone} bij elkaar in de buurt."
    )
    if not lines:
        return Told((Paragraph(f"Geen bedrijf gaf op dat het warmte, stoom of CO2 aan anderen kan leveren. {nearby}"),))
    names = enumerated(
        [
            label("carriers", code) if code == "co2" else label("carriers", code).lower()
            for code in ("heat", "steam", "co2")
            if code in offered
        ]
    )
    grid = Grid(
        "levering",
        "Wat bedrijven aan anderen kunnen leveren, volgens het plan",
        ("Drager", "Gemeente", "Temperatuur", "Eenheid", *map(str, story.named_years)),
        tuple(lines),
        story.source(SUPPLY),
    )
    text = f"Bedrijven gaven op dat zij {names} kunnen leveren."
    return Told((Paragraph(f"{text} {nearby}"), grid), (text.removesuffix("."),))


def flexibility(story: Story) -> Told:
    """How much firms can shift, store and generate themselves."""
    now = story.rows(TABLE, certainty=EVERY, year=story.base, scenario="base")
    fields = {
        "flexible_mw": ("Minder afnemen", "MW", 1),
        "flexible_more_offtake_mw": ("Meer afnemen", "MW", 1),
        "flexible_less_feed_in_mw": ("Minder invoeden", "MW", 1),
        "flexible_more_feed_in_mw": ("Meer invoeden", "MW", 1),
        "own_generation_mw": ("Eigen opwek", "MW", 1),
        "storage_mwh": ("Opslag", "MWh", 1),
    }
    found = {field: summed(now, field, decimals) for field, (_, _, decimals) in fields.items()}
    if all(cell.value is None for cell in found.values()):
        return Told((Paragraph("Geen bedrijf gaf flexibel vermogen, opslag of eigen opwek op."),))
    less = found["flexible_mw"].value
    contract = summed(now, "contracted_offtake_mw", 1).value
    text = "Flexibel vermogen om minder af te nemen is niet opgegeven."
    if less is not None:
        share = f", {said(100 * less / contract, 1)}% van het gecontracteerde vermogen" if contract else ""
        text = f"Bedrijven kunnen tijdelijk {said(less, 1)} MW minder afnemen{share}."
    grid = Grid(
        "flexibiliteit",
        "Flexibel vermogen, eigen opwek en opslag",
        ("Soort", "Eenheid", "Opgegeven"),
        tuple((name, unit, found[field]) for field, (name, unit, _) in fields.items()),
        story.source(TABLE),
    )
    hubs = [clean(row["area_name"]) for row in story.rows("case_candidates") if row["shared_area_kind"] == "energy_hub"]
    near = (
        f"{sentence(verb(len(hubs), 'energiehub', 'energiehubs'))} met een hulpvraag: {enumerated(sorted(set(hubs)))}."
        if hubs
        else ""
    )
    blocks: tuple[Block, ...] = (Paragraph(f"{text} {near}".strip()), grid)
    return Told(blocks, (text.removesuffix("."),) if less is not None else ())
