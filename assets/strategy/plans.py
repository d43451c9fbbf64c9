"""Tells projects and bottlenecks, of confidential tables: no public table tells of them."""

from __future__ import annotations

from decimal import Decimal

from assets.strategy.charts import Spot, spots
from assets.strategy.document import Block, Bullets, Grid, Paragraph
from assets.strategy.story import EVERY, Story, Told, chart, group, label, summed
from assets.strategy.tables import total
from assets.strategy.words import Amount, amount, counted, said, sentence, verb
from blueprint.load import blueprint
from blueprint.strategy import strategy

PROJECTS, BOTTLENECKS, DEPENDENT = "pmiek_projects", "pmiek_bottlenecks", "pmiek_dependent_demand"
NO_RANK = (
    "De volgorde is die van de codelijst. Wie een knelpunt meldt of meedoet aan een casus"
    " krijgt geen betere plaats in een wachtrij."
)


def projects(story: Story) -> Told:
    """Projects by certainty and year, by route, and their effect on CO2 beside the task."""
    rows = [row for row in story.rows(PROJECTS, area_level="municipality") if row["project_count"]]
    if not rows:
        text = "Geen bedrijf in deze provincie gaf een project op."
        return Told((Paragraph(text, "note"),), (text.removesuffix("."),))
    count = sum(row["project_count"] for row in rows)
    sure = {code.code for code in blueprint().codes["certainty"].codes if code.attributes["fid_or_further"] == "true"}
    firm = sum(row["project_count"] for row in rows if row["certainty"] in sure)
    title = (
        f"Van de {counted(count, 'project', 'projecten')} {verb(firm, 'heeft', 'hebben')} er"
        f" {said(firm, 0)} een investeringsbesluit of verder"
    )
    if firm == count:
        title = f"Alle {counted(count, 'project', 'projecten')} hebben een investeringsbesluit of verder"
    if not firm:
        title = f"Geen van de {counted(count, 'project', 'projecten')} heeft al een investeringsbesluit"
    if count == 1:
        title = f"Er is {counted(1, 'project', '')}, {'met' if firm else 'nog zonder'} investeringsbesluit"
    classes = [code.code for code in blueprint().codes["certainty"].filed]
    cells = group(rows, "certainty", "commissioning_year")
    found = [
        Spot(year, label("certainty", certainty), sum(row["project_count"] for row in each))
        for (certainty, year), each in sorted(cells.items())
    ]
    years = list(range(min(spot.year for spot in found), max(spot.year for spot in found) + 1))
    grid = Grid(
        "projecten-per-jaar",
        "Projecten per zekerheid en jaar van ingebruikname",
        ("Zekerheid", "Jaar", "Projecten", "Extra MW", "Extra PJ"),
        tuple(
            (
                label("certainty", certainty),
                str(year),
                Amount(Decimal(sum(row["project_count"] for row in cells[certainty, year])), 0),
                summed(cells[certainty, year], "delta_peak_mw", 1),
                summed(cells[certainty, year], "delta_energy_pj", 3),
            )
            for certainty in classes
            for year in years
            if (certainty, year) in cells
        ),
        story.source(PROJECTS),
    )
    names = [label("certainty", code) for code in classes]
    picture = chart(
        title,
        grid,
        lambda size: spots(found, names, years, size),
        note="Het getal in een vlak is het aantal projecten; hoe lager de regel, hoe zekerder.",
        more="Een raster van zekerheid tegen jaar",
    )
    routes = Grid(
        "projecten-per-route",
        "Projecten per route",
        (
            "Route",
            "Projecten",
            "Extra MW",
            "Extra PJ",
            "CO2 minder per jaar, opgegeven (kt)",
            "CO2 minder per jaar, volgens factoren (kt)",
        ),
        tuple(
            (
                label("routes", route),
                Amount(Decimal(sum(row["project_count"] for row in each)), 0),
                summed(each, "delta_peak_mw", 1),
                summed(each, "delta_energy_pj", 3),
                summed(each, "co2_reduction_kt", 2),
                summed(each, "co2_by_factor_kt", 2),
            )
            for route, each in sorted(group(rows, "route").items())
        ),
        story.source(PROJECTS),
    )
    return Told((picture, routes, *_dependent(story), *_task(story, rows)), (title,))


def _dependent(story: Story) -> list[Block]:
    """What projects need from others before they can go on, and what their companies do without it."""
    rows = [row for row in story.rows(DEPENDENT, certainty=EVERY) if row["project_count"]]
    last = max((row["year"] for row in rows), default=0)
    rows = [row for row in rows if row["year"] == last]
    needs = group([row for row in rows if row["dependency"] not in (EVERY, "none")], "dependency")
    if not needs:
        return [Paragraph("Geen bedrijf zei waarvan zijn projecten na het basisjaar afhangen.", "note")]
    order = blueprint().codes["dependencies"].names
    grid = Grid(
        "projecten-afhankelijk",
        f"Waarvan projecten tot en met {last} afhangen",
        ("Hangt af van", "Projecten", "Extra MW", "Gewogen MW", "Extra PJ", "Gewogen PJ", "Met een alternatief"),
        tuple(
            (
                label("dependencies", need),
                _projects(each),
                *(
                    summed([row for row in each if row["alternative_kind"] == EVERY], name, places)
                    for name, places in (
                        ("delta_peak_mw", 1),
                        ("weighted_peak_mw", 1),
                        ("delta_energy_pj", 3),
                        ("weighted_energy_pj", 3),
                    )
                ),
                _projects(each, "carrier", "described"),
            )
            for need, each in sorted(needs.items(), key=lambda item: order.index(item[0]))
        ),
        story.source(DEPENDENT),
    )
    text = "Een project dat van twee dingen afhangt, staat twee keer in deze tabel: tel de regels niet op."
    return [grid, Paragraph(f"{text} Komt het er niet: {'; '.join(_instead(rows))}.", "note")]


def _instead(rows: list) -> list[str]:
    """What the companies of dependent projects do without what they need, each project once."""
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        # Who needs nothing stands under all and under none.
        sign = {EVERY: 1, "none": -1}.get(row["dependency"], 0)
        key = (row["alternative_kind"], row["alternative_carrier"] or "")
        counts[key] = counts.get(key, 0) + sign * row["project_count"]
    said_of = {
        "carrier": lambda n, carrier: (
            f"{counted(n, 'project gebruikt', 'projecten gebruiken')} {label('carriers', carrier).lower()}"
        ),
        "described": lambda n, _: counted(n, "project heeft een ander plan", "projecten hebben een ander plan"),
        "none": lambda n, _: f"van {counted(n, 'project', 'projecten')} is niet bekend wat het bedrijf dan doet",
    }
    return [
        said_of[kind](counts[kind, carrier], carrier)
        for kind, carrier in sorted(counts)
        if kind in said_of and counts[kind, carrier]
    ]


def _projects(rows: list, *kinds: str) -> Amount:
    """How many projects have these alternatives; all of them when none is named."""
    wanted = kinds or (EVERY,)
    return Amount(Decimal(sum(row["project_count"] for row in rows if row["alternative_kind"] in wanted)), 0)


def _task(story: Story, rows: list) -> list[Block]:
    """What projects take off CO2 in time, beside the share that is to be gone."""
    task = strategy().co2_task
    timely = [row for row in rows if row["commissioning_year"] <= task.year]
    filed, weighted = total(timely, "co2_reduction_kt"), total(timely, "weighted_co2_kt")
    by_factor = total(timely, "co2_by_factor_kt")
    sites = {(row["submission_id"], row["site_id"]) for row in story.rows("site_place")}
    tonnes = [
        row["co2_base_year_t"]
        for row in story.tables.rows("site")
        if (row["submission_id"], row["site_id"]) in sites and row["co2_base_year_t"] is not None
    ]
    items = []
    if filed is not None and weighted is not None:
        items.append(
            f"Projecten tot en met {task.year} besparen volgens de bedrijven {said(filed)} kt CO2 per"
            f" jaar, en gewogen naar kans {said(weighted)} kt."
        )
    else:
        items.append(f"Voor projecten tot en met {task.year} gaf geen bedrijf zelf een effect op CO2 op.")
    if by_factor is not None:
        items.append(
            f"Volgens de emissiefactoren besparen de projecten tot en met {task.year} die een brandstof vervangen"
            f" {said(by_factor)} kt CO2 per jaar."
        )
    if tonnes:
        emitted = sum((Decimal(str(value)) for value in tonnes), Decimal(0)) / 1000
        goal = emitted * Decimal(str(task.share))
        items.append(
            f"De opgave: {counted(len(tonnes), 'vestiging', 'vestigingen')} {verb(len(tonnes), 'gaf', 'gaven samen')}"
            f" {said(emitted, 1)} kt uitstoot in het basisjaar op; de helft daarvan is {said(goal, 1)} kt."
            f" ({task.source}.)"
        )
    else:
        items.append(
            f"Geen vestiging gaf haar uitstoot in het basisjaar op; de opgave voor {task.year} is"
            " daarom niet te berekenen."
        )
    return [Bullets(tuple(items))]


def bottlenecks(story: Story) -> Told:
    """What holds plans back, by kind, without any order among firms."""
    rows = story.rows(BOTTLENECKS, escalation=EVERY, certainty=EVERY)
    whole = next((row for row in rows if row["bottleneck_kind"] == EVERY), None)
    if whole is None or not whole["bottleneck_count"]:
        text = "Geen bedrijf in deze provincie gaf een knelpunt op."
        return Told((Paragraph(text),), (text.removesuffix("."),))
    kinds = [row for row in rows if row["bottleneck_kind"] != EVERY and row["bottleneck_count"]]
    grid = Grid(
        "knelpunten",
        "Knelpunten naar soort, en wat erop wacht",
        ("Soort", "Knelpunten", "Vestigingen", "Wacht, MW", "Wacht, PJ", "Vraagt hulp"),
        tuple(
            (
                label("bottleneck_kinds", row["bottleneck_kind"]),
                Amount(Decimal(row["bottleneck_count"]), 0),
                Amount(Decimal(row["site_count"]), 0),
                amount(row["waiting_mw"], 1),
                amount(row["waiting_pj"], 3),
                Amount(Decimal(row["help_requested_count"]), 0),
            )
            for row in kinds
        ),
        story.source(BOTTLENECKS),
    )
    text = (
        f"{sentence(counted(whole['site_count'], 'vestiging meldt', 'vestigingen melden'))}"
        f" {counted(whole['bottleneck_count'], 'knelpunt', 'knelpunten')}"
    )
    if whole["waiting_mw"]:
        text += f"; daarop wacht {said(whole['waiting_mw'])} MW"
    cases = sum(row["bottleneck_count"] or 0 for row in story.rows("case_candidates"))
    told = (
        f"{sentence(counted(cases, 'knelpunt kan', 'knelpunten kunnen'))} met toestemming als casus worden ingebracht."
        if cases
        else "Voor geen enkel knelpunt is er toestemming om het als casus in te brengen."
    )
    return Told((Paragraph(f"{text}. {told}"), grid, Paragraph(NO_RANK, "note")), (text,))
