"""Tells the energy demand: by carrier over the years, and from carriers through sectors to uses.

Both tiers share the chart over the years; the flows are made of confidential tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from assets.strategy.charts import Part, stacked
from assets.strategy.document import Block, Chart, Grid, Paragraph, Source
from assets.strategy.sankey import Flow, sankey
from assets.strategy.story import EVERY, OFFTAKE, Story, Told, chart, energy_carriers, group, is_planned, label, summed
from assets.strategy.words import NOT_APPLICABLE, Amount, enumerated, said, sentence, status_label, verb, within

TABLE = "pmiek_energy_demand"
# As many times as large as the year before, no plan grows: somebody most likely wrote another unit.
SUSPECT = 100
CODES = {"carrier": "carriers", "sector": "sectors", "use": "uses"}
Cells = Mapping[tuple[int, str], Amount]
# Stands in the chart where a bar would mislead.
INCOMPLETE, EARLIER = "niet volledig", "eerder cijfer"


def demand(story: Story) -> Told:
    """The demand of the province, of the confidential tables."""
    rows = [
        row
        for row in story.rows(TABLE, direction=OFFTAKE, certainty=EVERY, carrier=energy_carriers())
        if is_planned(row, story.base)
    ]
    overall = [row for row in rows if row["sector"] == EVERY]
    if not any(row["energy_pj"] is not None for row in overall):
        return Told(
            (
                Paragraph(
                    "Geen enkel bedrijf in deze provincie gaf energievraag op. Leeg is niet hetzelfde als nul.", "note"
                ),
            )
        )
    cells = {key: summed(found, "energy_pj", 3) for key, found in group(overall, "year", "carrier").items()}
    totals = {year: summed(found, "energy_pj", 3) for year, found in group(overall, "year").items()}
    counts = {
        year: sorted((row["carrier"], row["use"], row["site_count"]) for row in overall if row["year"] == year)
        for year in story.years
    }
    same = all(counts[year] == counts[story.base] for year in story.named_years)
    source = story.source(TABLE)
    uses = [
        (
            f"waarvan {label('uses', use).lower()}",
            {year: summed(found, "energy_pj", 3) for year, found in group(each, "year").items()},
        )
        for use, each in group(overall, "use").items()
    ]
    picture = over_years(story, cells, totals, source, same, uses)
    texts = [picture.title, *_largest(story, cells, totals), *_uses(story, overall)]
    blocks: list[Block] = [Paragraph(" ".join(sentence(f"{text}.") for text in texts[1:])), picture]
    if not same:
        blocks.insert(
            1,
            Paragraph(
                (
                    "Niet voor elk jaar gaven dezelfde vestigingen op. Een verschil tussen twee jaren kan"
                    " daar ook van komen."
                ),
                "note",
            ),
        )
    odd = suspects(story, cells)
    blocks += odd
    if flows := _flows(story, [row for row in rows if row["sector"] != EVERY and row["year"] == story.base]):
        blocks.append(flows)
    return Told(tuple(blocks), (picture.title, *(each.text for each in odd)))


def over_years(
    story: Story,
    cells: Cells,
    totals: Mapping[int, Amount],
    source: Source,
    comparable: bool,
    extra: Sequence[tuple[str, Mapping[int, Amount]]],
    where: str = "",
) -> Chart:
    """The stacked chart and its table; a year of which a bar would mislead has none, and says so."""
    nothing = Amount(None, 3, "not_filed")
    carriers = [
        code
        for code in energy_carriers()
        if any(cells.get((year, code), nothing).status != "not_filed" for year in story.years)
    ]
    absent = {year: why for year in story.years if (why := _absent(cells, totals, carriers, year))}
    drawn = [year for year in story.years if year not in absent]
    parts = [
        Part(year, code, float(found.value))
        for code in carriers
        for year in drawn
        if (found := cells.get((year, code), nothing)).value
    ]
    sums = {year: float(found) for year in drawn if (found := totals.get(year, nothing).value) is not None}
    rest = {
        year: total - sum(part.value for part in parts if part.year == year)
        for year, total in sums.items()
        if any(_is_hidden(cells.get((year, code), nothing)) for code in carriers)
    }
    lines = [
        (label("carriers", code), *(cells.get((year, code), nothing) for year in story.years)) for code in carriers
    ]
    whole = ("Alle energiedragers", *(totals.get(year, nothing) for year in story.years))
    split = [(name, *(each.get(year, nothing) for year in story.years)) for name, each in extra]
    grid = Grid(
        "energievraag-per-drager",
        f"Energievraag{where} per energiedrager, in PJ; {story.base} zoals het was, daarna volgens het plan",
        ("Energiedrager", *map(str, story.years)),
        (*lines, whole, *split),
        source,
    )
    hidden = [
        label("carriers", code).lower()
        for code in carriers
        if any(_is_hidden(cells.get((year, code), nothing)) for year in drawn)
    ]
    note = "In PJ, op de onderwaarde."
    if hidden:
        note += (
            f" {sentence(enumerated(hidden))} {verb(len(hidden), 'is', 'zijn')} niet in elk jaar getoond; het lege vlak"
            " is alles wat in dat jaar niet is getoond, samen."
        )
    for why, told in ((INCOMPLETE, "niet elk cijfer is te tonen"), (EARLIER, "daar zijn het eerdere cijfers")):
        if years := [str(year) for year, found in absent.items() if found == why]:
            note += f" Voor {enumerated(years)} staat er geen balk: {told}."
    return chart(
        _message(story, totals, comparable, where),
        grid,
        lambda size: stacked(parts, sums, story.years, size, rest, absent),
        is_drawn=bool(parts),
        note=note,
        more="Gestapelde balken per jaar en energiedrager",
    )


def _absent(cells: Cells, totals: Mapping[int, Amount], carriers: Sequence[str], year: int) -> str:
    """Why a year has no bar: it would end too low, or hold figures of another release; empty when it has one.

    What is withheld is drawn as what is left up to the total, where that is of this release.
    """
    found = [each for code in carriers if (each := cells.get((year, code)))]
    whole = totals.get(year)
    if any(map(_is_hidden, found)) and (whole is None or whole.fresh is None):
        return INCOMPLETE
    return EARLIER if any(each.mark for each in (*found, *([whole] if whole else []))) else ""


def _is_hidden(found: Amount) -> bool:
    """Whether there is a figure that is not shown: withheld, or too much of it estimated."""
    return found.value is None and found.status not in ("not_filed", NOT_APPLICABLE)


def _message(story: Story, totals: Mapping[int, Amount], comparable: bool, where: str) -> str:
    known = {year: totals[year] for year in story.named_years if year in totals}
    numbers = [(year, found.fresh) for year, found in known.items() if found.fresh is not None]
    # A figure of an earlier release goes in no row with those of this one.
    earlier = [str(year) for year, found in known.items() if found.mark]
    if not numbers:
        if earlier:
            return f"Van de energievraag{where} is voor {enumerated(earlier)} alleen een eerder cijfer openbaar"
        return f"De totale energievraag{where} is niet te tonen"
    rest = f"; voor {enumerated(earlier)} is alleen een eerder cijfer openbaar" if earlier else ""
    first, last = numbers[0], numbers[-1]
    if len(numbers) == 1:
        return f"De opgegeven energievraag{where} in {first[0]} is {said(first[1])} PJ{rest}"
    told = enumerated([f"{said(value)} PJ in {year}" for year, value in numbers])
    if not comparable:
        return f"Opgegeven energievraag{where}: {told}{rest}"
    change = last[1] - first[1]
    if abs(change) < first[1] / 50:
        return f"De energievraag{where} blijft ongeveer gelijk: {told}"
    return f"De energievraag{where} {'groeit' if change > 0 else 'daalt'}: {told}"


def _largest(story: Story, cells: Cells, totals: Mapping[int, Amount]) -> list[str]:
    """Which carrier is the largest, now and at the end, as far as all of them are known."""
    told = []
    for year in sorted({story.base, story.last}):
        found = [(each.value, code) for (when, code), each in cells.items() if when == year and each.value]
        whole = totals.get(year)
        if not found or whole is None or not whole.value:
            continue
        value, code = max(found)
        share = 100 * Decimal(value) / whole.value
        name = label("carriers", code).lower()
        told.append(
            f"in {year} is {name} de grootste energiedrager, met {said(value)} PJ, {said(share, 0)}% van de vraag"
        )
    return told


def _uses(story: Story, rows: list) -> list[str]:
    feedstock = summed([row for row in rows if row["year"] == story.base and row["use"] == "feedstock"], "energy_pj", 3)
    if feedstock.value is None:
        return []
    if feedstock.value == 0:
        return [f"als grondstof werd in {story.base} niets gebruikt"]
    return [f"van de vraag in {story.base} was {said(feedstock.value)} PJ grondstof, geen brandstof"]


def suspects(story: Story, cells: Cells) -> list[Paragraph]:
    """A warning for each carrier that from one year to the next is beyond belief larger or smaller."""
    found = []
    for code in energy_carriers():
        known = [(year, each.fresh) for year in story.years if (each := cells.get((year, code))) and each.fresh]
        for (before, low), (after, high) in pairwise(known):
            if max(low, high) >= SUSPECT * min(low, high):
                found.append(
                    f"Let op: {label('carriers', code).lower()} gaat van {said(low)} PJ in {before}"
                    f" naar {said(high)} PJ"
                    f" in {after}. Zo'n sprong wijst vaak op een verkeerde eenheid; vraag het na voordat u dit cijfer"
                    " gebruikt."
                )
    return [Paragraph(text, "warning") for text in found]


def _flows(story: Story, rows: list) -> Chart | None:
    cells = group(rows, "carrier", "sector", "use")
    known = [(key, value) for key, each in cells.items() if (value := summed(each, "energy_pj", 3).value)]
    if not known:
        return None
    flows = [Flow(carrier, sector, use, float(value)) for (carrier, sector, use), value in known]
    by_pair: dict[tuple[str, str], Decimal] = {}
    for (carrier, sector, _), value in known:
        by_pair[carrier, sector] = by_pair.get((carrier, sector), Decimal(0)) + value
    (carrier, sector), most = max(by_pair.items(), key=lambda item: (item[1], item[0]))
    title = (
        f"De grootste stroom in {story.base}: {within(label('carriers', carrier))} naar"
        f" {within(label('sectors', sector))},"
        f" {said(most)} van {said(sum(value for _, value in known))} PJ"
    )
    grid = Grid(
        "stromen",
        f"Energie van drager via sector naar gebruik in {story.base}, in PJ",
        ("Energiedrager", "Sector", "Gebruik", "PJ"),
        tuple(
            (label("carriers", c), label("sectors", s), label("uses", u), Amount(value, 3))
            for (c, s, u), value in sorted(known, key=lambda item: (-item[1], item[0]))
        ),
        story.source(TABLE),
    )
    hidden = {row["cell_status"] for row in rows} - {"shown", "zero", "not_filed"}
    note = f"Wat er niet in staat: {enumerated(sorted(map(status_label, hidden)))}." if hidden else ""
    more = "Een stroomschema van links naar rechts: energiedragers, sectoren, gebruik"
    return chart(
        title,
        grid,
        lambda size: sankey(flows, lambda field, code: label(CODES[field], code), 2, size),
        note=f"In PJ. {note}".strip(),
        more=more,
    )
