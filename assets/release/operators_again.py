"""Asks once more of the files that the operators got what was asked when they were made, and whether all agreed.

What an operator can tell is reckoned in `insight` and `remainders`, for who makes the files as well; the attacks that
share nothing with these are in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import pyarrow as pa

from assets.disclosure.rules import TierRules
from assets.release.area_changes import sums_of, telling_area_changes
from assets.release.areas import STREAM
from assets.release.facts import StreamKey, with_codes
from assets.release.figures import NUMBERED
from assets.release.insight import PublicStream, moments, told_between, told_by
from assets.release.known import NAME, Knowledge, near, open_sites, operator_files, site_names
from assets.release.ledger import Past, Released
from assets.release.operators import telling_areas
from assets.release.prove import Proof
from assets.release.public import figures_of
from assets.release.remainders import Earlier, by_stream, telling_changes, telling_moments, telling_rests, telling_sites
from assets.release.table import Made, with_unit
from blueprint.disclosure import disclosure


@dataclass(frozen=True, eq=False)
class Now:
    """A release of which the sites are held against earlier ones: what operators know, what was before, its tables."""

    about: Knowledge
    past: Past
    made: Sequence[Made]

    def rows(self, name: str, key: StreamKey) -> pa.Table | None:
        """What stands behind a stream."""
        return next(
            (one.rows for table in self.made if table.name == name for one in table.given if one.key == key), None
        )


def known_to_operators(
    one: Released, made: Sequence[Made], rules: TierRules, now: Now | None = None
) -> list[PublicStream]:
    """The public figures of a release that operators can take their sites off.

    `now` when it is an earlier one; then the tables call sites as they are called now.
    """
    found = []
    for table in made:
        product = disclosure().products[table.name]
        written = figures_of(one.figures(table.name), table.name, table.step.columns)
        found += [
            PublicStream(
                stream,
                product.codes(stream.key),
                table.step,
                written[stream.key],
                with_unit(rules.public, product),
                None if now is None else near(stream.rows, now.rows(table.name, stream.key), {}),
                {} if now is None else now.past.one_name(one),
                ("", 0, table.name) if now is None else (one.round, one.number, table.name),
            )
            for stream in table.given
            if product.is_known_to_operators(stream.key)
        ]
    return found


def operators_proven(
    files: Mapping[str, pa.Table],
    facts: pa.Table,
    consents: Set[str],
    public: Sequence[PublicStream],
    earlier: Mapping[str, Sequence[Earlier]],
    rules: TierRules,
) -> Proof:
    """What every operator can tell from its file, the public ones and those of before. Raises AuditFailure.

    `facts` are the amounts behind the files, `consents` the sites that agreed, `public` the figures of now and
    of before, `earlier` what each operator got before.
    """
    proof = Proof()
    for operator, rows in files.items():
        own = with_codes(facts, {"grid_operator": operator})
        shown = open_sites(rows)
        sites = frozenset(site for pair, site in site_names(own).items() if pair in shown)
        groups, hidden = by_stream(own), _hidden(rows)
        proof.cells += rows.num_rows
        proof.shown += sum(status in NUMBERED for status in rows["figure_status"].to_pylist())
        proof.miss(len(shown) - len(sites & consents), "een vestiging staat er zonder toestemming")
        for stream in public:
            proof.insiders += 1
            proof.miss(len(told_by(stream, operator, sites)), "een netbeheerder rekent een ander uit")
        for pair in moments(public):
            proof.miss(len(told_between(pair, operator, sites)), "een netbeheerder rekent uit wat een ander verandert")
        before = earlier.get(operator, ())
        told = telling_areas(operator, groups, sites, hidden, public, rules.operator)
        told |= telling_moments(groups, sites, hidden, rules.operator)
        told |= telling_area_changes(sums_of(groups, sites, hidden, before), public, rules.operator)
        told |= telling_rests(before, groups, sites, rules.operator)
        proof.miss(
            len(telling_sites(before, groups, sites, rules.operator)),
            "een vestiging verraadt met de rest van een eerdere vrijgave een ander",
        )
        for one in before:
            told |= telling_changes(one, groups, sites, rules.operator)
            proof.differences += len(one.remainders() & groups.keys())
        proof.miss(len(told - hidden), "de rest van een gebied verraadt een ander")
    return proof


def operators_before(past: Past) -> dict[str, list[Earlier]]:
    """What every operator got in earlier releases."""
    found: dict[str, list[Earlier]] = {}
    for one in past.releases:
        facts, names = one.facts(NAME), past.one_name(one)
        for operator, rows in operator_files(one.folder).items():
            found.setdefault(operator, []).append(Earlier(with_codes(facts, {"grid_operator": operator}), rows, names))
    return found


def _hidden(rows: pa.Table) -> set[tuple]:
    """The streams of which the sum of the area, and so the remainder, is not shown."""
    totals = with_codes(rows, {"operator_row_kind": "total"}).to_pylist()
    return {tuple(row[name] for name in STREAM) for row in totals if row["figure_status"] not in NUMBERED}
