"""Tells the analyst whose consent to be recognised would show how much more; confidential, for nobody else.

Reckoned with the primary rules alone, holding by holding: what must be withheld besides may take some of it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assets.disclosure.rules import Rules, primaries
from assets.disclosure.system import build
from assets.release.facts import Stream
from assets.release.figures import tables_of
from blueprint.disclosure import Step


@dataclass(frozen=True)
class Advice:
    """What one holding's consent would unlock: cells, and their value summed over streams, as a share of all."""

    holding: str
    cells: int
    value_percent: float


def advise(given: Sequence[Stream], step: Step, rules: Rules, most: int) -> list[Advice]:
    """The holdings that unlock most, the most valuable first; those that unlock nothing are left out."""
    cells: dict[str, int] = {}
    value: dict[str, float] = {}
    total = 0.0
    for stream in given:
        system = build(stream.rows, tables_of(step))
        unsafe = primaries(system.contributions, rules, stream.waiving).unsafe
        shown = system.multiple > 0
        total += float((system.value * shown).sum())
        there = system.contributions
        involved = np.unique(there.holding[np.isin(there.cell, np.flatnonzero(unsafe & shown))])
        for number in involved.tolist():
            name = there.holdings[number]
            if name in stream.waiving:
                continue
            freed = unsafe & shown & ~primaries(there, rules, stream.waiving | {name}).unsafe
            if freed.any():
                cells[name] = cells.get(name, 0) + int((system.multiple * freed).sum())
                value[name] = value.get(name, 0.0) + float((system.value * freed).sum())
    order = sorted(value, key=lambda name: (-value[name], name))[:most]
    return [Advice(name, cells[name], 100 * value[name] / total if total else 0.0) for name in order]
