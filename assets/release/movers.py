"""What firms know more than the public of a difference: who alone changed a cell that is not shown, and two together.

Each knows that change exactly, and what it leaves of the differences that everybody sees. What everybody can tell from
a difference is for `changes`.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import numpy as np

from assets.disclosure.insiders import insiders, repair
from assets.disclosure.protect import of_groupings, of_keys, weights_of
from assets.disclosure.suppress import Pattern, task
from assets.disclosure.system import Key
from assets.release.changes import Change
from assets.release.figures import COUNTRY, WEIGHTS


def exposed(found: Change, shown: Set[Key], frozen: Set[Key], *, firms: bool) -> dict[Key, float]:
    """The shown cells that may not be shown anew lest somebody learns too much of a change, and how far to stay.

    Who knows what the difference is of, and with `firms` also who alone changed a cell of it. `frozen` cannot be taken
    back. Raises Unprotectable and SolverFailure.
    """
    system = replace(found.system, contributions=found.moved)
    hidden = ~found.visible(shown)
    level = np.where(found.primary.unsafe & hidden, found.primary.level, 0.0)
    if not level.any():
        return {}
    who = [one for one in insiders(system, hidden) if (level[~one.known] > 0).any()] if firms else []
    given = task(
        system,
        level,
        weight=weights_of(system, WEIGHTS),
        forced=of_groupings(system, COUNTRY),
        frozen=of_keys(system, frozen) & ~hidden,
    )
    pattern = repair(given, Pattern(hidden, (), np.zeros(system.size, dtype=bool)), who)
    far = np.max(np.abs([np.zeros(system.size), *pattern.worlds]), axis=0) * system.scale
    return found.levels(np.where(pattern.hidden & ~hidden, far, 0.0), shown)
