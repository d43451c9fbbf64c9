"""Tells the three plans beside one another, and what the plan is when projects count by their probability."""

from __future__ import annotations

from assets.strategy.charts import fan
from assets.strategy.document import Block, Bullets, Grid, Paragraph
from assets.strategy.story import EVERY, OFFTAKE, Story, Told, chart, energy_carriers, group, summed
from assets.strategy.words import Amount, said
from blueprint.load import blueprint


def scenarios(story: Story) -> Told:
    """The three plans side by side, and what the plan is when projects count by their probability."""
    if story.last == story.base:
        return Told((Paragraph("Deze ronde vroeg niet naar latere jaren: er zijn geen plannen opgegeven.", "note"),))
    table = "pmiek_combined_demand"
    wanted: dict[str, str] = {}
    for code in blueprint().codes["demand_scenarios"].codes:
        wanted.setdefault(code.attributes["scenarios"], code.code)
    names = {"plan_low;plan": "Plan laag", "plan": "Plan", "plan_high;plan": "Plan hoog"}
    rows = story.rows(table, other_sector="industry", part_kind="filed", direction=OFFTAKE, carrier=energy_carriers())
    lines: dict[str, dict[int, Amount]] = {}
    for scenarios_, name in names.items():
        each = [row for row in rows if row["demand_scenario"] in ("base", wanted.get(scenarios_))]
        lines[name] = {year: summed(found, "energy_pj", 3) for year, found in sorted(group(each, "year").items())}
    ends = {name: points[story.last].value for name, points in lines.items() if points.get(story.last)}
    low, plan, high = (ends.get(name) for name in names.values())
    if low is None or plan is None or high is None:
        return Told((Paragraph(f"Voor {story.last} gaf niemand een plan op; er is geen scenario te tekenen.", "note"),))
    if low == plan == high:
        title = f"De drie plannen komen voor {story.last} alle uit op {said(plan)} PJ"
    elif max(low, plan, high) - min(low, plan, high) < plan / 50:
        title = (
            f"De drie plannen liggen in {story.last} dicht bij elkaar:"
            f" van {said(min(low, plan, high))} tot {said(max(low, plan, high))} PJ"
        )
    elif low <= plan <= high:
        title = (
            f"In {story.last} ligt de vraag tussen {said(low)} PJ (plan laag) en {said(high)} PJ"
            f" (plan hoog); het plan is {said(plan)} PJ"
        )
    else:
        title = f"In {story.last}: plan laag {said(low)} PJ, plan {said(plan)} PJ, plan hoog {said(high)} PJ"
    drawn = {
        name: {year: float(point.value) for year, point in points.items() if point.value is not None}
        for name, points in lines.items()
    }
    grid = Grid(
        "scenarios",
        "Energievraag per plan, in PJ",
        ("Plan", *map(str, story.years)),
        tuple(
            (name, *(points.get(year, Amount(None, 3, "not_filed")) for year in story.years))
            for name, points in lines.items()
        ),
        story.source(table),
    )
    upside_down = "" if low <= high else " Plan laag komt hoger uit dan plan hoog: zo is het opgegeven."
    note = (
        "In PJ. Wie plan laag of plan hoog niet opgaf, telt daar mee met zijn plan; zo staan er"
        f" steeds dezelfde bedrijven in.{upside_down}"
    )
    picture = chart(
        title, grid, lambda size: fan(drawn, size), note=note, more="Drie lijnen vanaf een gedeeld basisjaar"
    )
    return Told((picture, *_weight(story)), (title,))


def _weight(story: Story) -> list[Block]:
    table = "pmiek_project_path"
    rows = story.rows(table, direction=OFFTAKE, scenario="plan", certainty=EVERY, carrier=energy_carriers())
    fields = {
        "base_energy_pj": f"Basisjaar {story.base}",
        "delta_energy_pj": "Projecten",
        "unexplained_energy_pj": "Niet door projecten verklaard",
        "plan_energy_pj": "Plan",
        "without_projects_energy_pj": "Plan zonder projecten",
        "weighted_plan_energy_pj": "Plan, projecten naar kans gewogen",
    }
    years = [year for year in story.named_years if year != story.base]
    found = {
        field: [summed([row for row in rows if row["year"] == year], field, 3) for year in years] for field in fields
    }
    if not years or all(cell.value is None for cells in found.values() for cell in cells):
        return []
    told = []
    for index, year in enumerate(years):
        plan, weighted = found["plan_energy_pj"][index].value, found["weighted_plan_energy_pj"][index].value
        if plan is not None and weighted is not None:
            same = said(plan) == said(weighted)
            told.append(
                f"Tellen projecten mee naar hun kans, dan blijft de vraag in {year} ongeveer {said(plan)} PJ."
                if same
                else f"Tellen projecten mee naar hun kans, dan is de vraag in {year} {said(weighted)} PJ in"
                f" plaats van {said(plan)} PJ."
            )
    grid = Grid(
        "gewicht-van-zekerheid",
        "Van het basisjaar naar het plan, over vestigingen die beide jaren opgaven, in PJ",
        ("Onderdeel", *map(str, years)),
        tuple((name, *found[field]) for field, name in fields.items()),
        story.source(table),
    )
    own = (
        "De kans is die van het bedrijf, anders de weging per zekerheid; die wegingen zijn een"
        " voorstel van dit project."
    )
    return [Bullets((*told, own)), grid]
