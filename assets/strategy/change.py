"""Tells the difference with the previous round, from its total to that of this round, by reason."""

from __future__ import annotations

from decimal import Decimal

from assets.strategy.charts import Bar, bars
from assets.strategy.document import Grid, Paragraph
from assets.strategy.look import OTHER, OWN
from assets.strategy.story import EVERY, OFFTAKE, Story, Told, chart, energy_carriers, group, label, summed
from assets.strategy.words import amount, number, said
from blueprint.load import blueprint

CHANGE = "round_change"
DOWN = "#B0124F"


def change(story: Story) -> Told:
    """From the total of the previous round to that of this one, by reason."""
    rows = [
        row
        for row in story.rows(
            CHANGE, direction=OFFTAKE, carrier=energy_carriers(), year=story.milestone, scenario="plan"
        )
    ]
    if not rows:
        why = (
            "Er is geen vorige ronde om mee te vergelijken."
            if not story.settings.previous_round
            else f"De vorige ronde had voor {story.milestone} geen cijfers om mee te vergelijken."
        )
        return Told((Paragraph(why, "note"),))
    by_reason = group(rows, "change_reason")
    before, after = (summed(by_reason.get(EVERY, []), field, 3) for field in ("energy_before_pj", "energy_pj"))
    # The reasons add up to the whole difference: one without rows changed nothing.
    steps = {
        code.code: summed(by_reason[code.code], "energy_change_pj", 3)
        if code.code in by_reason
        else amount(0, 3, "zero")
        for code in blueprint().codes["change_reasons"].codes
        if code.code != EVERY
    }
    start, end = before.value or Decimal(0), after.value or Decimal(0)
    rows_ = [Bar("", f"Vorige ronde ({story.settings.previous_round})", 0.0, float(start), number(start, 2), OWN)]
    level = start
    for code, found in steps.items():
        if found.value:
            rows_.append(
                Bar(
                    "",
                    label("change_reasons", code),
                    float(level),
                    float(level + found.value),
                    f"{'+' if found.value > 0 else ''}{number(found.value, 2)}",
                    OTHER if found.value > 0 else DOWN,
                )
            )
            level += found.value
    rows_.append(Bar("", "Deze ronde", 0.0, float(end), number(end, 2), OWN))
    difference = end - start
    moved = [(abs(found.value), code) for code, found in steps.items() if found.value]
    title = f"Het plan voor {story.milestone} is hetzelfde als in de vorige ronde: {said(end)} PJ"
    if moved and difference:
        reason = label("change_reasons", max(moved)[1]).lower()
        title = (
            f"Het plan voor {story.milestone} is {said(abs(difference))} PJ"
            f" {'hoger' if difference > 0 else 'lager'} dan in de"
            f" vorige ronde; de grootste reden: {reason}"
        )
    elif moved:
        title = f"Het plan voor {story.milestone} blijft op {said(end)} PJ, maar bestaat uit andere opgaven"
    grid = Grid(
        "verschil",
        f"Van de vorige ronde naar deze, energievraag in {story.milestone}, in PJ",
        ("Stap", "PJ"),
        (
            ("Vorige ronde", before),
            *((label("change_reasons", code), found) for code, found in steps.items()),
            ("Deze ronde", after),
        ),
        story.source(CHANGE),
    )
    picture = chart(
        title,
        grid,
        lambda size: bars(rows_, size),
        note="In PJ. Grijs is erbij, rood is eraf.",
        more="Balken die van de vorige naar deze ronde stappen",
    )
    return Told((picture,), (title,))
