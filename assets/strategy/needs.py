"""Tells where and when more infrastructure would be needed than there is, as input to the pMIEK."""

from __future__ import annotations

from decimal import Decimal

from assets.strategy.document import Grid, Paragraph
from assets.strategy.story import EVERY, OFFTAKE, Story, Told, group, is_planned, label, summed
from assets.strategy.words import NOT_APPLICABLE, Amount, clean, counted

AREAS = "pmiek_area_demand"
# What leaves a site by pipe too: its delivery needs infrastructure as much as its use.
GIVEN_OFF = ("heat", "steam", "co2", "hydrogen")
# A little more than now is no need.
GROWTH = Decimal("1.02")


def infrastructure(story: Story) -> Told:
    """Per municipality and carrier what is needed beyond today, and from which year: input to the pMIEK."""
    carriers = ("electricity", "hydrogen", "green_gas", "heat", "steam", "co2")
    rows = [
        row
        for row in story.rows(AREAS, area_kind="municipality", carrier=carriers, certainty=EVERY)
        if is_planned(row, story.base) and (row["direction"] == OFFTAKE or row["carrier"] in GIVEN_OFF)
    ]
    if story.last == story.base:
        none = "Deze ronde vroeg niet naar latere jaren; of er meer nodig is, is dus niet bekend."
        return Told((Paragraph(none, "note"),))
    if all(row[field] is None for row in rows for field in ("energy_pj", "peak_sum_mw", "mass_kt")):
        none = "Niemand gaf in deze provincie een vraag of een plan op; of er meer nodig is, is dus niet bekend."
        return Told((Paragraph(none, "note"),))
    lines, places = [], set()
    cells = group(rows, "municipality_code", "carrier", "direction")
    for code, carrier, direction in sorted(cells, key=lambda key: (key[0] or "", carriers.index(key[1]), key[2])):
        each = cells[code, carrier, direction]
        by_year = group(each, "year")
        field, unit = (
            ("peak_sum_mw", "MW")
            if carrier == "electricity"
            else ("mass_kt", "kt")
            if carrier == "co2"
            else ("energy_pj", "PJ")
        )
        decimals = 1 if unit == "MW" else 3
        now = summed(by_year.get(story.base, []), field, decimals)
        later = {year: summed(by_year.get(year, []), field, decimals) for year in story.years if year > story.base}
        start = now.value if now.value is not None else Decimal(0)
        more = [
            year
            for year, found in later.items()
            if found.value is not None and found.value > start * GROWTH and found.value > 0
        ]
        if not more:
            continue
        name = clean(next((row["area"] for row in each if row["area"]), "gemeente onbekend"))
        places.add(name)
        requested = (
            summed(by_year.get(story.base, []), "requested_extra_mw", 1)
            if carrier == "electricity"
            else Amount(None, 1, NOT_APPLICABLE)
        )
        kind = label("carriers", carrier) + (", levering" if direction != OFFTAKE else "")
        lines.append(
            (
                name,
                kind,
                str(more[0]),
                unit,
                now,
                *(later.get(year, now) for year in story.named_years if year != story.base),
                requested,
            )
        )
    if not lines:
        return Told((Paragraph("Volgens de plannen is nergens meer nodig dan nu."),))
    grid = Grid(
        "infrastructuur",
        "Waar volgens het plan meer nodig is dan nu, en vanaf wanneer",
        ("Gemeente", "Drager", "Meer vanaf", "Eenheid", *map(str, story.named_years), "Aangevraagd (MW)"),
        tuple(lines),
        story.source(AREAS),
    )
    text = f"In {counted(len(places), 'gemeente', 'gemeenten')} is volgens de plannen meer nodig dan nu"
    note = (
        "Elektriciteit als opgetelde piek in MW, CO2 in kt, de rest in PJ. Dit is de vraag van"
        " bedrijven en geen besluit over aanleg."
    )
    return Told((Paragraph(f"{text}. {note}"), grid), (text,))
