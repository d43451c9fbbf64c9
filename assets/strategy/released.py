"""Takes figures out of public tables: every dimension that is not asked for stands at its total.

So a finer table of a later release gives the same figure, and never the parts besides their sum. What is said of the
figures is for `public`, `public_plans` and
`public_projects`.
"""

from __future__ import annotations

from typing import Any

from assets.release.codes import ALL, NATION, REGION, total_of
from assets.release.round_change import NAME as ROUND_CHANGE
from assets.release.round_change import SOURCE as CHANGED
from assets.strategy.story import Story
from assets.strategy.tables import Row, Tables
from assets.strategy.words import Amount, amount
from blueprint.disclosure import disclosure
from blueprint.load import blueprint

COUNTRY = "Nederland"
# Columns in which a code stands beside `all`, by the list of their codes.
CODES = {"energy_carrier": "carriers", "operator_code": "grid_operators", "project_route": "routes",
         "project_certainty": "certainty"}  # fmt: skip
SAFE = "'Niet getoond' is geen nul; tel daarom niets op."


def dimensions(name: str) -> tuple[str, ...]:
    """The columns of a public table in which a code stands beside the total of all codes."""
    agreed = disclosure()
    if name in agreed.counts:
        return agreed.counts[name].dimensions
    return agreed.products[CHANGED if name == ROUND_CHANGE else name].dimensions


def value_of(name: str) -> str | None:
    """The column of its figure; None for a table of classes."""
    if name == ROUND_CHANGE:
        return "change_pj"
    return disclosure().products[name].value if name in disclosure().products else None


def figures(tables: Tables, name: str, by: tuple[str, ...] = (), **wanted: Any) -> list[Row]:
    """The rows of a public table with these values, and the dimensions in `by` as fine as they come, totals too.

    Every other dimension is at its total; none when the release does not hold the table.
    """
    if not tables.has(name):
        return []
    fixed = {one: total_of(one) for one in dimensions(name) if one not in by}
    return tables.rows(name, **(fixed | wanted))


def nearest(story: Story, name: str, by: tuple[str, ...] = (), **wanted: Any) -> tuple[list[Row], str]:
    """The rows of the province; when the release has none, those of the country; and of which of both they are."""
    own = figures(story.tables, name, by, region_code=story.code, **wanted)
    if own:
        return own, story.name
    whole = figures(story.tables, name, by, region_code=NATION, **wanted)
    return whole, COUNTRY if whole else ""


def groupings(tables: Tables, name: str) -> list[tuple[str, ...]]:
    """Which dimensions, the region left out, are crossed somewhere in a table; the coarsest crossing first."""
    if not tables.has(name):
        return []
    names = [one for one in dimensions(name) if one != REGION]
    found = {tuple(one for one in names if row[one] != ALL) for row in tables.rows(name)}
    return sorted(found, key=lambda some: (len(some), [names.index(one) for one in some]))


def cell(name: str, row: Row | None) -> Amount:
    """The figure of a row as a table shows it."""
    field = value_of(name)
    assert field
    decimals = blueprint().tables[name].field(field).decimals or 0
    return amount(row[field], decimals, row["figure_status"]) if row else Amount(None, decimals, "not_filed")
