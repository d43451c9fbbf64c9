"""Cells that are shown again: as safe as before from the public, insiders, circles and sums, and never fewer."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from assets.disclosure import protect as module
from assets.disclosure.audit import audit
from assets.disclosure.circles import circles
from assets.disclosure.insiders import insiders
from assets.disclosure.protect import Protected, protect
from assets.disclosure.rules import Rules
from assets.disclosure.sums import unsafe_sums
from assets.disclosure.suppress import Pattern
from assets.disclosure.system import Table
from tests.assets.disclosure.knowledge import exposed
from tests.assets.disclosure.made import company_rows

TABLES = (Table("provinces", (("province",), ("carrier",))), Table("sectors", (("sector",),)))
RULES = Rules()


def both(rows: pa.Table, known: list[np.ndarray], monkeypatch: pytest.MonkeyPatch) -> tuple[Protected, Protected]:
    """Without showing again, and with it."""
    with monkeypatch.context() as patch:
        patch.setattr(module, "show_again", lambda given, pattern, *_: pattern)
        before = protect(rows, TABLES, RULES, known=known)
    return before, protect(rows, TABLES, RULES, known=known)


@pytest.mark.parametrize("seed", range(12))
def test_nobody_learns_more_from_what_is_shown_again(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = company_rows(seed, 30)
    known = [np.random.default_rng(seed).random(rows.num_rows) < 0.2] if seed % 2 else []
    before, now = both(rows, known, monkeypatch)
    assert not (now.pattern.hidden & ~before.pattern.hidden).any()
    assert audit(now.published(), now.required()).safe
    some = circles(now.system, known, RULES)
    who = [*insiders(now.system, now.pattern.hidden), *(one.insider for one in some)]
    assert not exposed(now.task, now.pattern, who)
    for given in (now.system.contributions, *(one.others for one in some)):
        assert not unsafe_sums(now.system, given, now.pattern.hidden, RULES)


def test_more_is_shown_somewhere_and_nothing_else_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    gained = 0
    for seed in range(12):
        before, now = both(company_rows(seed, 30), [], monkeypatch)
        gained += int(before.pattern.hidden.sum() - now.pattern.hidden.sum())
        who = insiders(now.system, now.pattern.hidden)
        for variable in np.flatnonzero(now.pattern.complements(now.task)).tolist():
            fewer = now.pattern.hidden.copy()
            fewer[variable] = False
            told = exposed(now.task, Pattern(fewer, (), now.pattern.given_up), who)
            made = Protected(now.system, now.primary, now.task, Pattern(fewer, (), now.pattern.given_up))
            summed = unsafe_sums(now.system, now.system.contributions, fewer, RULES)
            assert told or summed or not audit(made.published(), made.required()).safe
    assert gained > 3
