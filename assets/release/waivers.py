"""Who agreed to be recognised in public figures, in which tables and which years.

What a waiver unlocks is for the rules; consent that a grid operator sees a site is for `operators`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.recipes import expose
from assets.reference import register_reference
from assets.release.holdings import holdings
from assets.rounds import Round
from assets.store import DataFolder, connect

PUBLISH = "publication_identifiable"


@dataclass(frozen=True)
class Scope:
    """Where a waiver holds: in these tables (None: all) and from one year to another (None: without end)."""

    tables: frozenset[str] | None = None
    from_year: int | None = None
    until_year: int | None = None

    def covers(self, table: str, year: int | None) -> bool:
        """Whether it holds there; a figure without a year is of all years."""
        if self.tables is not None and table not in self.tables:
            return False
        if year is None:
            return self.from_year is None and self.until_year is None
        return (self.from_year or year) <= year <= (self.until_year or year)


@dataclass(frozen=True)
class Waivers:
    """By holding the scopes of what each of its firms agreed to; a holding of which one firm did not has none."""

    scopes: Mapping[str, tuple[Scope, ...]] = field(default_factory=dict)

    def of(self, table: str, year: int | None) -> frozenset[str]:
        """The holdings that may be recognised in a table and year: all their firms agreed to that."""
        return frozenset(name for name, some in self.scopes.items() if all(one.covers(table, year) for one in some))

    def to_json(self) -> dict[str, list[dict[str, Any]]]:
        """As the ledger keeps them: by which waivers a release was made."""
        return {
            name: [
                {
                    "tables": None if one.tables is None else sorted(one.tables),
                    "from_year": one.from_year,
                    "until_year": one.until_year,
                }
                for one in some
            ]
            for name, some in sorted(self.scopes.items())
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, list[dict[str, Any]]]) -> Waivers:
        return cls({name: tuple(map(_scope, some)) for name, some in kept.items()})


def _scope(kept: Mapping[str, Any]) -> Scope:
    tables = kept["tables"]
    return Scope(None if tables is None else frozenset(tables), kept["from_year"], kept["until_year"])


def waivers_in_force(data: DataFolder, settings: Round, on: dt.date) -> Waivers:
    """What was agreed to and holds on a day, of every filing of a holding and for all its sites.

    Who agrees for some sites only would still be recognised in the others, and counts as not agreeing.
    """
    with connect() as connection:
        register_reference(connection, settings)
        expose(connection, data, settings, ("company", "consent"))
        rows = connection.execute(
            """
            select
                kvk_number, consent.submission_id is not null as agreed, waiver_tables, waiver_from_year,
                waiver_until_year
            from company
            left join consent
                on consent.submission_id = company.submission_id and consent_purpose = $purpose
                and granted and consent_sites is null
                and (valid_until is null or valid_until >= $on) and (granted_on is null or granted_on <= $on)
            order by all
            """,
            {"purpose": PUBLISH, "on": on},
        ).fetchall()
    known = holdings(data, settings)
    refused = {known[firm] for firm, agreed, *_ in rows if not agreed}
    found: dict[str, list[Scope]] = {}
    for firm, _, tables, from_year, until_year in rows:
        if known[firm] not in refused:
            named = None if not tables else frozenset(name.strip() for name in tables.split(";"))
            found.setdefault(known[firm], []).append(Scope(named, from_year, until_year))
    return Waivers({name: tuple(some) for name, some in sorted(found.items())})
