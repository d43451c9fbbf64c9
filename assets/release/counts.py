"""The public tables that count holdings, in classes that tell neither none from few nor that one came or left.

No class below the smallest can be told from the classes beside it: a total says at most that there are eleven, and each
of the many cells that make it up may hold two. Amounts, which do add up, are for `figures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import pyarrow as pa

from assets.disclosure.rules import Rules
from assets.disclosure.system import Key
from assets.release.codes import REGION, codes_of, region_name, total_of
from assets.release.facts import read_amounts
from assets.release.figures import Figure, band_of
from assets.release.ledger import Past
from assets.release.prove import Proof
from assets.release.public import table_of
from assets.rounds import Round
from assets.store import DataFolder
from blueprint.disclosure import disclosure

Members = Mapping[Key, frozenset[str]]


@dataclass(frozen=True, eq=False)
class Counted:
    """A table of counts: the rows behind it, who is in which cell, and the figures."""

    facts: pa.Table
    members: Members
    figures: Mapping[Key, Figure]


@dataclass(frozen=True, eq=False)
class Before:
    """An earlier release of a table of counts: who was in which cell, and the figures that were published.

    `names` says under which one name a holding of then or of now is counted.
    """

    members: Members
    figures: Mapping[Key, Figure]
    names: Mapping[str, str] = field(default_factory=dict)

    def moved(self, then: frozenset[str], now: frozenset[str]) -> int:
        """How many holdings came or left."""
        old, new = ({self.names.get(one, one) for one in some} for some in (then, now))
        return len(old ^ new)


def counted(data: DataFolder, settings: Round, name: str, before: Sequence[Before], rules: Rules) -> Counted:
    """The classes of a table, beside the releases before it, the last one last; raises MissingTable."""
    count = disclosure().counts[name]
    facts = read_amounts(data, settings, name, count, rules)
    members, codes = members_of(facts, name), codes_of(count.dimensions, [facts], settings)
    every = product(*((*codes[dimension], None) for dimension in count.dimensions))
    return Counted(facts, members, classes(every, members, before, rules))


def classes(keys: Iterable[Key], members: Members, before: Sequence[Before], rules: Rules) -> dict[Key, Figure]:
    """The class of each cell, also of those in which nobody is."""
    return {key: _renewed(key, members.get(key, frozenset()), before, rules) for key in keys}


def count_rows(name: str, number: int, settings: Round, figures: Mapping[Key, Figure]) -> pa.Table:
    """The whole table, also the cells of which nobody says anything."""
    rows = []
    for key, figure in figures.items():
        code = dict(zip(disclosure().counts[name].dimensions, key, strict=True))
        code = {dimension: part or total_of(dimension) for dimension, part in code.items()}
        rows.append(
            {
                "round": settings.round,
                "release": number,
                "region_name": region_name(code[REGION]),
                "blueprint_version": settings.blueprint_version,
                "factor_version": settings.factor_version,
                "figure_status": figure.status,
                "company_band": figure.band,
                **code,
            }
        )
    return table_of(name, rows)


def count_figures(rows: pa.Table, name: str) -> dict[Key, Figure]:
    """The classes that stand in a written table; the reverse of `count_rows`."""
    dimensions = disclosure().counts[name].dimensions
    return {
        tuple(None if row[one] == total_of(one) else row[one] for one in dimensions): Figure(
            row["figure_status"], None, row["company_band"]
        )
        for row in rows.to_pylist()
    }


def _renewed(key: Key, holdings: frozenset[str], before: Sequence[Before], rules: Rules) -> Figure:
    """The class of today, or the last one when that of today would tell who came or left.

    Which of the two it is stands nowhere: a class that is said to be of before is no longer that of today.
    """
    band = band_of(len(holdings))
    stays = before and key in before[-1].figures and _tells(key, holdings, band, before, rules)
    return before[-1].figures[key] if stays else Figure("shown", None, band)


def _tells(key: Key, holdings: frozenset[str], band: str, before: Sequence[Before], rules: Rules) -> bool:
    """Whether another class was shown, and true, when all but few of the same holdings were there."""
    for one in before:
        then, old = one.members.get(key, frozenset()), one.figures.get(key)
        if old and old.band == band_of(len(then)) != band and one.moved(then, holdings) < rules.min_holdings:
            return True
    return False


def members_of(facts: pa.Table, name: str) -> Members:
    """Who is in each cell, totals included."""
    found: dict[Key, set[str]] = {}
    for row in facts.to_pylist():
        for key in product(*((row[dimension], None) for dimension in disclosure().counts[name].dimensions)):
            found.setdefault(key, set()).add(row["holding"])
    return {key: frozenset(some) for key, some in found.items()}


def before_of(past: Past, name: str) -> list[Before]:
    """The earlier releases with what they published."""
    return [
        Before(members_of(one.facts(name), name), count_figures(one.figures(name), name), past.one_name(one))
        for one in past.releases
    ]


def prove_counts(written: Mapping[Key, Figure], members: Members, before: Sequence[Before], rules: Rules) -> Proof:
    """What the written classes tell: each is that of today, or the last one when that of today would tell."""
    proof = Proof(cells=len(written), shown=sum(figure.status == "shown" for figure in written.values()))
    for key, figure in written.items():
        holdings = members.get(key, frozenset())
        band = band_of(len(holdings))
        proof.differences += len(before)
        tells = _tells(key, holdings, band, before, rules)
        last = before[-1].figures.get(key) if before else None
        stays = last is not None and last.band == figure.band
        proof.miss(int(figure.band != band and not (tells and stays)), "een klasse is niet die van nu")
        proof.miss(int(figure.band == band and tells and not stays), "een andere klasse verraadt wie kwam of wegging")
    proof.miss(len(set(members) - set(written)), "een klasse staat er niet")
    return proof
