"""Shows again what turned out not to be needed: the cells withheld for one insider or sum often make others needless.

Only in small systems: every cell that is tried asks again what everybody can tell. What is withheld in the first place
is for `suppress`, `insiders` and `sums`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assets.disclosure.circles import Circle
from assets.disclosure.insiders import Insider, everyone
from assets.disclosure.lp import Worlds
from assets.disclosure.rules import Rules
from assets.disclosure.sums import lines, unsafe_among
from assets.disclosure.suppress import Pattern, Task


def show_again(
    given: Task,
    pattern: Pattern,
    who: Sequence[Insider],
    some: Sequence[Circle],
    rules: Rules,
    waiving: frozenset[str] = frozenset(),
) -> Pattern:
    """The pattern without the complements, dearest first, that neither the public nor any of these would miss.

    Raises SolverFailure.
    """
    worlds, every = Worlds(given.system.equations, given.system.size), lines(given.system)
    contributions = [given.system.contributions, *(circle.others for circle in some)]
    # Who is in the way of one cell is likely in the way of the next.
    looking = [everyone(given.system), *who]
    hidden = pattern.hidden.copy()
    complements = np.flatnonzero(pattern.complements(given)).tolist()
    for variable in sorted(complements, key=lambda variable: (-given.cost[variable], variable)):
        hidden[variable] = False
        if any(unsafe_among(every, one, hidden, rules, waiving) for one in contributions):
            hidden[variable] = True
            continue
        told = next((at for at, one in enumerate(looking) if _tells(worlds, given, hidden, one)), None)
        if told is not None:
            hidden[variable] = True
            looking.insert(0, looking.pop(told))
    if np.array_equal(hidden, pattern.hidden):
        return pattern
    return Pattern(hidden, (), hidden & given.forced & (given.level == 0))


def _tells(worlds: Worlds, given: Task, hidden: np.ndarray, one: Insider) -> bool:
    return bool(worlds.reach(hidden & ~one.known, one.room(given), one.wants(given), all_or_nothing=True)[1])
