"""Attacks what the grid operators got, from the files as they are: each with its own sites and area taken off.

What an operator gets is decided in `operators`, and what it can tell from public figures is reckoned in `insight`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from assets.disclosure.rules import TierRules
from assets.release.facts import with_codes
from assets.release.figures import NUMBERED
from assets.release.insight import PublicStream, missed
from assets.release.ledger import OPERATOR, Released
from assets.release.operators import (
    NAME,
    STREAM,
    Earlier,
    by_stream,
    telling_areas,
    telling_changes,
    telling_scenarios,
)
from assets.release.prove import Proof
from assets.release.public import figures_of
from assets.release.table import Made, with_unit
from blueprint.disclosure import disclosure


def known_to_operators(one: Released, made: Sequence[Made], rules: TierRules) -> list[PublicStream]:
    """The public figures of a release that operators can take their own sites off."""
    found = []
    for table in made:
        product = disclosure().products[table.name]
        written = figures_of(one.figures(table.name), table.name, table.step.columns)
        found += [
            PublicStream(
                stream, product.codes(stream.key), table.step, written[stream.key], with_unit(rules.public, product)
            )
            for stream in table.given
            if product.is_known_to_operators(stream.key)
        ]
    return found


def operators_proven(
    one: Released, public: Sequence[PublicStream], earlier: Sequence[Released], rules: TierRules
) -> Proof:
    """What every operator can tell from its file, the public ones and those of before. Raises AuditFailure."""
    proof, facts = Proof(), one.facts(NAME)
    for operator, rows in _files(one).items():
        own = with_codes(facts, {"grid_operator": operator})
        sites = _open_sites(own, rows)
        groups, hidden = by_stream(own), _hidden(rows)
        proof.cells += rows.num_rows
        proof.shown += sum(status in NUMBERED for status in rows["figure_status"].to_pylist())
        for stream in public:
            proof.insiders += 1
            proof.miss(len(missed(stream, sites)), "een netbeheerder rekent een ander uit")
        told = telling_areas(groups, sites, hidden, public, rules.operator)
        told |= telling_scenarios(groups, sites, hidden, rules.operator)
        for before in earlier:
            then = _files(before).get(operator)
            if then is not None:
                old = Earlier(with_codes(before.facts(NAME), {"grid_operator": operator}), then)
                told |= telling_changes(old, groups, sites, rules.operator)
                proof.differences += len(old.remainders() & groups.keys())
        proof.miss(len(told - hidden), "de rest van een gebied verraadt een ander")
    return proof


def _files(one: Released) -> dict[str, pa.Table]:
    return {
        path.parent.name.removeprefix(OPERATOR): pq.ParquetFile(path).read()
        for path in sorted(one.folder.glob(f"{OPERATOR}*/{NAME}.parquet"))
    }


def _open_sites(own: pa.Table, rows: pa.Table) -> frozenset[str]:
    shown = {(row["kvk_number"], row["site_id"]) for row in rows.to_pylist() if row["operator_row_kind"] == "site"}
    return frozenset(row["site"] for row in own.to_pylist() if (row["kvk_number"], row["site_id"]) in shown)


def _hidden(rows: pa.Table) -> set[tuple]:
    """The streams of which the remainder is not shown."""
    rest = with_codes(rows, {"operator_row_kind": "remainder"}).to_pylist()
    return {tuple(row[name] for name in STREAM) for row in rest if row["figure_status"] not in NUMBERED}
