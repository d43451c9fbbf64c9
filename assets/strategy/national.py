"""Tells the country: Cluster 6 of this round beside the five geographic clusters of CES 3.0, and the twelve provinces.

Only public tables and open data; what a cluster did not deliver is said and never added as nought.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from assets.strategy import public
from assets.strategy.document import Block, Cell, Grid, Paragraph, Section, Source
from assets.strategy.released import figures
from assets.strategy.story import EVERY, OFFTAKE, Story, energy_carriers, is_planned, label
from assets.strategy.words import Amount, amount, enumerated, verb
from blueprint.ces3.clusters import SOURCE, YEARS, delivered
from blueprint.load import blueprint

CLUSTER6, NATION = "cluster6", "NL"
ABSENT = "not_delivered"
Own = Mapping[tuple[str, int], Amount]
UNLIKE = (
    "De regels zijn niet op te tellen en niet zonder meer te vergelijken: Cluster 6 gaat over andere"
    " jaren, en in CES 3.0"
    " zitten ook raffinage, waterstofproductie en elektrolyse."
)


def sections(story: Story) -> tuple[Section, ...]:
    """The national page, section by section."""
    return (
        Section("clusters", "Cluster 6 naast de vijf clusters", _clusters(story)),
        Section("nederland", "De energievraag van Cluster 6", public.nation(story)),
        Section(
            "provincies",
            "De twaalf provincies naast elkaar",
            public.beside_others(story).blocks
            or (Paragraph("De openbare tabellen bevatten geen cijfers per provincie.", "note"),),
        ),
    )


def _clusters(story: Story) -> tuple[Block, ...]:
    known = delivered()
    five = [code for code in blueprint().codes["clusters"].names if code != CLUSTER6]
    absent = [label("clusters", code) for code in five if not any(cluster == code for cluster, _, _ in known)]
    rows = [
        row
        for row in figures(story.tables, public.ENERGY, ("energy_carrier",), region_code=NATION, direction=OFFTAKE)
        if is_planned(row, story.base) and row["year"] in (story.base, _beside(story))
    ]
    own = {(row["energy_carrier"], row["year"]): amount(row["energy_pj"], 1, row["figure_status"]) for row in rows}
    blocks: list[Block] = [
        Paragraph(
            f"{enumerated(absent)} {verb(len(absent), 'staat', 'staan')} in het werkboek met nul op"
            " elke regel; dat betekent: niet"
            " geleverd. Het wordt hier"
            " niet als nul geteld."
            if absent
            else "Alle vijf clusters leverden cijfers.",
            "note",
        )
    ]
    source = Source(((SOURCE, "ces3/clusters.csv"), *story.source(public.ENERGY).tables), story.tables.edition)
    for year, ours in zip(YEARS, (story.base, _beside(story)), strict=True):
        blocks.append(
            Grid(
                f"clusters-{year}",
                f"Energie per cluster in PJ: CES 3.0 in {year}, Cluster 6 in {ours}",
                ("Energiedrager", f"Cluster 6 ({ours})", *(f"{label('clusters', code)} ({year})" for code in five)),
                _lines(own, ours, five, year),
                source,
            )
        )
    return (*blocks, Paragraph(UNLIKE))


def _lines(own: Own, ours: int, five: list[str], year: int) -> tuple[tuple[Cell, ...], ...]:
    """A row per carrier that anybody has, and one of what each delivered in all."""
    known, nobody = delivered(), Amount(None, 1, "not_filed")
    theirs = {cluster: [value for (one, _, when), value in known.items() if (one, when) == (cluster, year)]
              for cluster in five}  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            label("carriers", code),
            own.get((code, ours), nobody),
            *(amount(known.get((cluster, code, year)), 1, "shown" if (cluster, code, year) in known else ABSENT)
              for cluster in five),
        )
        for code in energy_carriers()
        if own.get((code, ours), nobody).status != "not_filed" or any((one, code, year) in known for one in five)
    ]  # fmt: skip
    whole = (amount(sum(values, Decimal(0)), 1) if values else Amount(None, 1, ABSENT) for values in theirs.values())
    return (*rows, ("Alles wat er is, samen", own.get((EVERY, ours), nobody), *whole))


def _beside(story: Story) -> int:
    """The year of this round that stands beside 2035: itself, or the next one that was asked."""
    return next((year for year in story.years if year >= YEARS[1]), story.last)
