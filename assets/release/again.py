"""Proves a written table beside all earlier releases: when it is made, and again whenever the analyst asks.

What is looked for in the figures is in `prove`; which files make up a release, in `make`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assets.disclosure.rules import Rules, TierRules
from assets.records import DamagedRecord
from assets.release import ledger
from assets.release.counts import before_of, count_figures, members_of, prove_counts
from assets.release.coverage import NAME as COVERAGE
from assets.release.coverage import coverage_before, coverage_figures, takers_part
from assets.release.facts import Stream, rows_of, year_of
from assets.release.insight import PublicStream, different, remembering
from assets.release.known import NAME as OPERATOR_SITES
from assets.release.known import Knowledge, knowledge, operator_files
from assets.release.ledger import PUBLIC, Past, Released, releases
from assets.release.operators_again import Now, known_to_operators, operators_before, operators_proven
from assets.release.prove import Proof, prove
from assets.release.public import figures_of
from assets.release.table import Made, beside_of, known_streams, with_unit
from assets.release.unexplained import Version, unexplained
from assets.release.waivers import Waivers
from assets.rounds import Round
from assets.store import DataFolder
from blueprint.disclosure import disclosure


def proven(folder: Path, one: Made, rules: Rules, past: Past, about: Knowledge, *, together: bool = False) -> Proof:
    """The proof of a written table, beside everything that was released before."""
    product = disclosure().products[one.name]
    written = figures_of(pq.ParquetFile(folder / PUBLIC / f"{one.name}.parquet").read(), one.name, one.step.columns)
    keys = sorted((stream.key for stream in one.given), key=str)
    pairs = [pair for pair in combinations(keys, 2) if product.are_beside(*pair)]
    before = known_streams(one.name, past, about)
    known = {key: [*before.get(key, ()), *beside_of(product, key, before)] for key in keys}
    return prove(one.given, written, one.step, with_unit(rules, product), known, pairs, together=together)


def proven_rest(
    proofs: Mapping[str, Proof], folder: Path, name: str, made: Sequence[Made], rules: Rules, past: Past
) -> None:
    """Add to the proof of a table of projects what its written figures leave unexplained of the table they explain."""
    explains = disclosure().products[name].explains
    if explains is None:
        return
    now = {}
    for one in made:
        if one.name in (name, explains.table):
            file = pq.ParquetFile(folder / PUBLIC / f"{one.name}.parquet").read()
            rows = {stream.key: stream.rows for stream in one.given}
            now[one.name] = Version(one.step, rows, figures_of(file, one.name, one.step.columns), is_now=True)
    proofs[name].miss(
        sum(1 for _ in unexplained(name, now, past, rules).told()),
        "wat projecten van het plan niet verklaren, verraadt een bedrijf",
    )


def proven_counts(folder: Path, name: str, facts: pa.Table, past: Past, rules: Rules) -> Proof:
    """As `proven`, for a table of counts."""
    written = count_figures(pq.ParquetFile(folder / PUBLIC / f"{name}.parquet").read(), name)
    return prove_counts(written, members_of(facts, name), before_of(past, name), rules)


def proven_coverage(folder: Path, facts: pa.Table, past: Past, rules: Rules) -> Proof:
    """As `proven_counts`, for who took part."""
    written = coverage_figures(pq.ParquetFile(folder / PUBLIC / f"{COVERAGE}.parquet").read())
    return prove_counts(written, takers_part(facts), coverage_before(past), rules)


@remembering()
def audited(data: DataFolder, settings: Round, one: Released, rules: TierRules) -> dict[str, Proof]:
    """The proofs of a release again, from its files as they are now and what stood behind them then.

    With what takes longer: every two lone holdings together, and every grid operator.

    Raises AuditFailure, and DamagedRecord when a file is not the one of then.
    """
    earlier = [other for other in releases(data, settings.round) if other.number < one.number]
    before = releases(data, settings.previous_round) if settings.previous_round else []
    past = Past((*before, *earlier), one.holdings())
    facts = one.facts(OPERATOR_SITES)
    about = knowledge(facts, past.releases)
    made = remembered(one, about)
    found = {table.name: proven(one.folder, table, rules.public, past, about, together=True) for table in made}
    for table in made:
        proven_rest(found, one.folder, table.name, made, rules.public, past)
    for name in disclosure().counts:
        one.figures(name)
        found[name] = proven_counts(one.folder, name, one.facts(name), past, rules.public)
    one.figures(COVERAGE)
    found[COVERAGE] = proven_coverage(one.folder, one.facts(COVERAGE), past, rules.public)
    public = different([*known_to_operators(one, made, rules), *public_before(Now(about, past, made), rules)])
    consents = frozenset(one.note["consents"])
    files = operator_files(one.folder)
    found[OPERATOR_SITES] = operators_proven(files, facts, consents, public, operators_before(past), rules)
    return found


def public_before(now: Now, rules: TierRules) -> list[PublicStream]:
    """The public figures of earlier releases, for operators that are shown sites of `now`."""
    return [
        stream
        for one in now.past.releases
        for stream in known_to_operators(one, remembered(one, now.about), rules, now)
    ]


def remembered(one: Released, about: Knowledge) -> list[Made]:
    """The public tables of a release, without the figures, with what operators know of them.

    Raises DamagedRecord.
    """
    made, waivers = [], Waivers.from_json(one.note["waivers"])
    for name, product in disclosure().products.items():
        step, facts = ledger.step_of(product, one.step(name)), one.facts(name)
        if step is None:
            raise DamagedRecord(f"De ladder heeft de trede van vrijgave {one.number} niet meer; zet haar terug.")
        keys = list(figures_of(one.figures(name), name, step.columns))
        given = [
            Stream(key, rows, waivers.of(name, year_of(product.codes(key))))
            for key in keys
            if (rows := rows_of(facts, key)) is not None
        ]
        made.append(Made(name, step, tuple(about.then(name, one, given)), (), 0, 0))
    return made
