"""Chooses how fine a public table may be: the finest step of its ladder on which enough stays to be seen.

The steps stand in `blueprint/disclosure.yaml`; one step is taken for a whole round.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assets.disclosure.rules import Rules
from assets.disclosure.suppress import Unprotectable
from assets.release.facts import Stream
from assets.release.figures import Outcome, kept, nothing_kept, protect_stream, upper_bound
from blueprint.disclosure import Disclosure, Product, Step


@dataclass(frozen=True)
class Rung:
    """One step with what would stay to be seen on it, in percent; `exact` is False where even the best is too little.

    Then the figures are an upper bound: without what must be withheld besides.
    """

    step: Step
    value_percent: float
    cell_percent: float
    enough: bool
    exact: bool


@dataclass(frozen=True)
class Choice:
    """The rungs that were looked at, and the step that was taken."""

    rungs: tuple[Rung, ...]
    step: Step


def choose(given: Sequence[Stream], product: Product, agreed: Disclosure, rules: Rules) -> Choice:
    """Take the finest step on which enough stays; the coarsest when none does. Raises SolverFailure."""
    rungs: list[Rung] = []
    some = [stream for stream in given if product.is_chosen_on(stream.key)] or list(given)
    for step in product.ladder:
        last = step is product.ladder[-1]
        bound = _percent([upper_bound(stream, step, rules) for stream in some])
        if not last and not _enough(bound, agreed):
            rungs.append(Rung(step, *bound, enough=False, exact=False))
            continue
        outcomes = protect_all(some, step, rules)
        shares = _percent(
            [
                kept(outcome, step) if outcome else nothing_kept(stream, step)
                for stream, outcome in zip(some, outcomes, strict=True)
            ]
        )
        rungs.append(Rung(step, *shares, enough=_enough(shares, agreed), exact=True))
        if last or rungs[-1].enough:
            return Choice(tuple(rungs), step)
    raise AssertionError("a ladder has a last step")


def protect_all(given: Sequence[Stream], step: Step, rules: Rules) -> list[Outcome | None]:
    """Every stream protected, each after the pattern of the one before; None where no pattern protects it."""
    outcomes: list[Outcome | None] = []
    earlier: set = set()
    for stream in given:
        try:
            outcome = protect_stream(stream, step, rules, earlier=earlier)
        except Unprotectable:
            outcomes.append(None)
            continue
        earlier = set(outcome.figures) - outcome.shown
        outcomes.append(outcome)
    return outcomes


def _percent(parts: Sequence[tuple[float, float, int, int]]) -> tuple[float, float]:
    value, values, cells, all_cells = (sum(column) for column in zip(*parts, strict=True)) if parts else (0, 0, 0, 0)
    return (100 * value / values if values else 100.0), (100 * cells / all_cells if all_cells else 100.0)


def _enough(shares: tuple[float, float], agreed: Disclosure) -> bool:
    return shares[0] >= agreed.value_percent and shares[1] >= agreed.cell_percent
