"""Tells which figures of a company count: its own accepted amounts in its own units, site by site.

Sums with other companies never stand here.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from assets.letters.gather import Company
from assets.strategy.document import Block, Grid, Paragraph, Source
from assets.strategy.story import group, is_planned, label
from assets.strategy.words import NOT_APPLICABLE, Amount
from blueprint.load import blueprint

DEMAND = "site_demand"
# As precise as people file, without the tail that a computer adds.
MOST_DECIMALS = 6


def figures(company: Company) -> tuple[Block, ...]:
    """A table per company of what counts, by site and carrier, in the base year and as planned."""
    base = company.settings.base_year
    rows = [row for row in company.rows(DEMAND) if is_planned(row, base) and row["value"] is not None]
    if not rows:
        none = "Van uw opgave telt nog geen enkel cijfer over energie mee. Dat is niet hetzelfde als nul."
        return (Paragraph(none, "note"),)
    years = sorted({row["year"] for row in rows})
    lines = []
    names = {place.site_id: place.name for place in company.places}
    key = ("site_id", "carrier", "use", "direction", "unit", "heating_value_basis")
    for (site, carrier, use, direction, unit, basis), each in group(rows, *key).items():
        by_year = {row["year"]: row["value"] for row in each}
        what = label("carriers", carrier)
        what += ", grondstof" if use == "feedstock" else ""
        what += ", levering" if direction != "offtake" else ""
        measure = unit.replace("_", " ") + (f", {label('heating_value_bases', basis).lower()}" if basis else "")
        amounts = _amounts([by_year.get(year) for year in years])
        lines.append((what, names.get(site, site), measure, *amounts))
    grid = Grid(
        "uw-cijfers",
        "Uw cijfers die meetellen, zoals u ze opgaf",
        ("Drager", "Vestiging", "Eenheid", *map(str, years)),
        tuple(sorted(lines, key=lambda line: (line[1], line[0], line[2]))),
        Source(((blueprint().tables[DEMAND].title, DEMAND),), f"Ronde {company.settings.round}"),
    )
    text = (
        f"Deze hoeveelheden staan in de strategie: {base} is uw werkelijke verbruik, de"
        " jaren daarna zijn uw plan. Een streep betekent dat u voor dat jaar niets opgaf of dat de regel is afgekeurd."
        " Andere bedrijven zien uw cijfers niet; openbaar worden alleen optellingen waarin u niet te herkennen bent,"
        " tenzij u voor meer toestemming gaf."
    )
    return (Paragraph(text), grid)


def _amounts(values: Sequence[float | None]) -> list[Amount]:
    """A row of figures, all as precise as the most precise of them, so that they stand under one another."""
    exact = [None if value is None else Decimal(str(value)).normalize() for value in values]
    decimals = max((_decimals(value) for value in exact if value is not None), default=0)
    return [Amount(value, decimals) if value is not None else Amount(None, 0, NOT_APPLICABLE) for value in exact]


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return min(max(-exponent, 0), MOST_DECIMALS) if isinstance(exponent, int) else 0
