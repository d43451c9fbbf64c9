"""The law of one more: a holding that joins a cell never harms the protection of others without the proof saying so."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import pyarrow as pa
import pytest

from assets.disclosure.rules import Rules
from assets.release.facts import Stream
from assets.release.figures import Figure, protect_stream, to_unit
from assets.release.prove import prove
from blueprint.disclosure import Step
from tests.assets.disclosure.made import company_rows
from tests.assets.release.attacks import Cells, Law, implied_sums, insiders, margins

STEP = Step(name="x", tables=(("province", "carrier"),))
RULES = Rules(unit=1e-3)


def joined(rows: pa.Table, at: int, amount: float) -> pa.Table:
    """One more holding where a row is."""
    row = rows.slice(at, 1).to_pylist()[0] | {"holding": "new", "value": amount}
    return pa.concat_tables([rows, pa.Table.from_pylist([row], schema=rows.schema)])


def as_seen(stream: Stream, shown: set) -> Cells:
    """The cells with the figures of now for the pattern of then, for the attacks that share nothing with the proof."""
    true: dict[tuple, dict[str, float]] = {}
    for row in stream.rows.to_pylist():
        for key in ((c, p) for c in (None, row["carrier"]) for p in (None, row["province"])):
            cell = true.setdefault(key, {})
            cell[row["holding"]] = cell.get(row["holding"], 0.0) + row["value"]
    values = {key: float(to_unit(sum(cell.values()), 1e-3)) if key in shown else None for key, cell in true.items()}
    return Cells(STEP.columns, values, true, 1e-3)


@pytest.mark.parametrize("seed", range(10))
def test_who_joins_harms_nobody_unnoticed(seed: int) -> None:
    rows = company_rows(seed, 25).drop_columns(["sector"])
    then = Stream((), rows)
    shown = protect_stream(then, STEP, RULES).shown
    noticed = 0
    for at, amount in ((seed, 0.01), (seed + 5, 3.0), (seed + 9, 400.0)):
        now = replace(then, rows=joined(rows, at % rows.num_rows, amount))
        anew = protect_stream(now, STEP, RULES).figures
        assert prove([now], {(): anew}, STEP, RULES, {}, together=True).safe
        seen, law = as_seen(now, shown), Law()
        kept = {
            key: Figure("shown", to_unit(sum(cell.values()), 1e-3)) if key in shown else Figure("withheld")
            for key, cell in seen.true.items()
        }
        leaks = list(chain(margins(seen, law), implied_sums(seen, law), insiders(seen, law)))
        is_safe = prove([now], {(): kept}, STEP, RULES, {}, together=True).safe
        assert is_safe == (not leaks)
        noticed += not is_safe
    assert noticed or seed
