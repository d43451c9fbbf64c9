"""Who knows whole rows of what was filed learns no more of the rest than the public may."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given as drawn
from hypothesis import strategies as st

from assets.disclosure.audit import Required, audit
from assets.disclosure.protect import Protected, protect
from assets.disclosure.rules import Rules, primaries
from assets.disclosure.system import build
from tests.assets.disclosure.made import CUBE, company_rows
from tests.assets.given import FEW, SEEDS

RULES = Rules()


def area(rows: pa.Table, seed: int, share: float) -> np.ndarray:
    return np.random.default_rng([seed, 7]).random(rows.num_rows) < share


def learns(outcome: Protected, rows: pa.Table, known: np.ndarray) -> int:
    """How many cells of the rest who knows these rows can tell too closely, reckoned from what is published."""
    rest = build(rows.filter(pa.array(~known)), CUBE)
    primary = primaries(rest.contributions, RULES)
    total, left = outcome.system, dict(zip(rest.keys, rest.value[rest.variable].tolist(), strict=True))
    whole = dict(zip(total.keys, total.value[total.variable].tolist(), strict=True))
    hidden = dict(zip(total.keys, outcome.pattern.hidden[total.variable].tolist(), strict=True))
    seen = np.array([np.nan if hidden[key] else whole[key] - (whole[key] - left[key]) for key in rest.keys])
    unsafe = primary.unsafe[rest.variable]
    value, level = rest.value[rest.variable], primary.level[rest.variable]
    required = Required.around(np.flatnonzero(unsafe & np.isnan(seen)), value, level)
    missed = audit(rest.seen(seen), required).misses if required else ()
    return int((unsafe & ~np.isnan(seen)).sum()) + len(missed)


@FEW
@drawn(SEEDS, st.sampled_from([0.1, 0.4, 0.8]))
def test_circles_learn_nothing_and_the_public_neither(seed: int, share: float) -> None:
    rows = company_rows(seed, 40)
    known = [area(rows, seed, share), area(rows, seed + 1, share)]
    outcome = protect(rows, CUBE, RULES, known=known)
    assert [learns(outcome, rows, mask) for mask in known] == [0, 0]
    assert audit(outcome.published(), outcome.required()).safe


def test_circle_learns_from_what_is_safe_for_the_public() -> None:
    """Else the law above shows nothing."""
    found = 0
    for seed in range(4):
        rows = company_rows(seed, 60)
        found += learns(protect(rows, CUBE, RULES), rows, area(rows, seed, 0.4))
    assert found


def test_who_knows_all_or_nothing_changes_no_pattern() -> None:
    rows = company_rows(3, 40)
    masks = [np.zeros(rows.num_rows, dtype=bool), np.ones(rows.num_rows, dtype=bool)]
    plain, known = protect(rows, CUBE, RULES), protect(rows, CUBE, RULES, known=masks)
    assert np.array_equal(plain.pattern.hidden, known.pattern.hidden)
