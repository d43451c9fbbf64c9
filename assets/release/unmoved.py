"""What figures tell about each other when nobody changed anything in between: the one is then as good as the other.

A cell that is withheld in one release, year or scenario and shown in another, with the same amounts behind it, is known
in both. What a change of amounts tells is for `changes`.
"""

from __future__ import annotations

from collections.abc import Set

import numpy as np
import pyarrow as pa

from assets.disclosure.audit import Required, audit
from assets.disclosure.rules import Rules, primaries
from assets.disclosure.system import Key, build
from assets.release.changes import Change, Known
from assets.release.facts import Stream
from assets.release.figures import tables_of
from blueprint.disclosure import Step


def opened(found: Change, shown_now: Set[Key]) -> set[Key]:
    """The cells that are shown now, were not shown before, and in which nobody changed anything."""
    moved = found.is_moved[found.system.variable].tolist()
    same = {key for key, is_moved in zip(found.system.keys, moved, strict=True) if not is_moved}
    return {key for key in same if key in shown_now and key not in found.shown}


def tell_before(known: Known, cells: Set[Key], step: Step, rules: Rules, waiving: frozenset[str]) -> bool:
    """Whether these cells, beside what was shown before, give away what was withheld then. Raises AuditFailure."""
    return bool(cells) and gives_away(known.rows, known.keys(step.columns) | cells, step, rules, waiving)


def tell_now(stream: Stream, shown: Set[Key], elsewhere: Set[Key], step: Step, rules: Rules) -> bool:
    """Whether what is shown now gives away what is withheld, beside cells that are shown elsewhere and the same there.

    Not when those do so by themselves: that is known for good, and nothing is added to it. Raises AuditFailure.
    """

    def given(cells: Set[Key]) -> bool:
        return gives_away(stream.rows, cells, step, rules, stream.waiving)

    return not elsewhere <= shown and given(shown | elsewhere) and not given(elsewhere)


def gives_away(rows: pa.Table, shown: Set[Key], step: Step, rules: Rules, waiving: frozenset[str]) -> bool:
    """Whether who knows exactly these cells knows too much of an unsafe one. Raises AuditFailure.

    Without the play that rounding leaves: a pattern does not count on it either.
    """
    system = build(rows, tables_of(step))
    primary, variable = primaries(system.contributions, rules, waiving), system.variable
    hidden = np.array([key not in shown for key in system.keys], dtype=bool)
    true, level = system.value[variable], primary.level[variable]
    required = Required.around(np.flatnonzero(primary.unsafe[variable] & hidden), true, level)
    seen = system.seen(np.where(hidden, np.nan, true))
    return bool(required) and not audit(seen, required, system.parents).safe
