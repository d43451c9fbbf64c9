"""Who knows whole rows of what was filed, published or not: a grid operator knows the contracts in its own area.

Such a circle takes its rows off every figure; what is left must be as safe as a figure itself. A firm that is alone in
a cell is for `insiders`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from assets.disclosure.insiders import Insider
from assets.disclosure.rules import Contributions, Rules, primaries
from assets.disclosure.sums import close
from assets.disclosure.suppress import Pattern, Task
from assets.disclosure.system import System


@dataclass(frozen=True, eq=False)
class Circle:
    """What others than the circle filed per variable, and how far the circle must stay from it (0: safe)."""

    others: Contributions
    level: np.ndarray

    @property
    def insider(self) -> Insider:
        """The circle as one who knows more than the public."""
        given = self.others
        nobody = np.bincount(given.cell, minlength=given.cells) == 0
        return Insider((), nobody, np.bincount(given.cell, given.amount, given.cells), self.level)


def circles(
    system: System, known: Sequence[np.ndarray], rules: Rules, waiving: frozenset[str] = frozenset()
) -> list[Circle]:
    """A circle for each of `known`, which says of every row that the system was built from whether it knows it."""
    found = []
    for mask in known:
        if mask.any() and not mask.all():
            others = system.without(mask)
            primary = primaries(others, rules, waiving)
            found.append(Circle(others, np.where(primary.unsafe, primary.level, 0.0)))
    return found


def close_for_all(
    given: Task, pattern: Pattern, some: Sequence[Circle], rules: Rules, waiving: frozenset[str] = frozenset()
) -> Pattern:
    """The pattern with what must be withheld so that no sum tells the public or a circle; raises Unprotectable."""
    everyone = [given.system.contributions, *(circle.others for circle in some)]
    while True:
        before = pattern.hidden
        for contributions in everyone:
            seen_so = replace(given, system=replace(given.system, contributions=contributions))
            pattern = close(seen_so, pattern, rules, waiving)
        if np.array_equal(before, pattern.hidden):
            return pattern
