"""Protects a stream beside all that was released of it and beside it: what is shown anew, and what is not.

What two versions tell together is in `changes` where somebody changed something, in `unmoved` where nobody did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from assets.disclosure.audit import audit
from assets.disclosure.protect import Derived
from assets.disclosure.rules import Rules, primaries
from assets.disclosure.suppress import Unprotectable
from assets.disclosure.system import Key, Table, build
from assets.release.areas import CARRIER
from assets.release.changes import Change, Known, changed, changes_for_all, telling, unchanged
from assets.release.facts import Stream, is_one_of, with_codes
from assets.release.figures import Outcome, protect_stream, safe_cells
from assets.release.insight import PublicStream, told_by_areas
from assets.release.movers import exposed
from assets.release.unmoved import opened, tell_before, tell_now
from blueprint.disclosure import Step

# So often a pattern is made again with the cells that would tell too much; then nothing is renewed.
TRIES = 8
# A change of less than this share of what an attacker must stay away is hardly one.
HARDLY = 0.25


def renew(
    stream: Stream,
    step: Step,
    rules: Rules,
    known: Sequence[Known],
    beside: Sequence[Known],
    earlier: set[Key],
    guessed: Mapping[Key, float],
    derived: Sequence[Derived] = (),
) -> tuple[Outcome | None, set[Key]]:
    """A stream protected beside all that is known of it, and the cells not renewed because of the difference.

    `known` are earlier versions of the stream itself, `beside` other years and scenarios, of now and before. `guessed`
    are cells that with another year tell what is between them; what was shown before cannot be taken back. `derived` as
    for `protect_stream`. None when no pattern does, or when old figures, taken for what is not renewed, give an unsafe
    cell away: then nothing of the stream may be shown anew. Raises SolverFailure and AuditFailure.
    """
    own, others = ([changes_for_all(one, stream, step, rules) for one in some] for some in (known, beside))
    frozen = {key for found, *_ in own for key in unchanged(found)}
    changes = [found for some in (*own, *others) for found in some]
    levels = _largest(changed(found) for found in changes)
    safe, kept_back = safe_cells(stream, step, rules), {k: v for k, v in guessed.items() if k not in frozen}
    remembered = _remembered([found for found, *_ in own])
    public = [(one, found) for one, (found, *_) in zip((*known, *beside), (*own, *others), strict=True)]
    told, as_elsewhere = {key for _, found in public for key in unchanged(found)}, set[Key]()
    try:
        for _ in range(TRIES):
            withheld = _largest([levels, kept_back])
            outcome = protect_stream(
                stream, step, rules, earlier=earlier, frozen=frozen | as_elsewhere, levels=withheld, derived=derived
            )
            more = (
                _largest(telling(found, outcome.shown, rules) for found in changes)
                or _beside_areas(stream, step, rules, outcome)
                or _largest(
                    exposed(found, outcome.shown, frozen, firms=at == 0)
                    for some in (*own, *others)
                    for at, found in enumerate(some)
                )
            )
            if more:
                levels |= more
            elif tells := _tell_elsewhere(public, outcome.shown, stream, step, rules) - frozen:
                kept_back |= {key: max(rules.unit, kept_back.get(key, 0.0)) for key in tells}
            elif tell_now(stream, outcome.shown, told, step, rules):
                if as_elsewhere:
                    break
                as_elsewhere = told & safe
            elif _gives_away(outcome, remembered, safe, rules):
                break
            else:
                return outcome, set(levels) & safe
    except Unprotectable:
        pass
    return None, set(levels) & safe


def _tell_elsewhere(
    public: Sequence[tuple[Known, Change]], shown: set[Key], stream: Stream, step: Step, rules: Rules
) -> set[Key]:
    """The shown cells that give away what is withheld in another version, in which they are the same but not shown."""
    found: set[Key] = set()
    for one, change in public:
        cells = opened(change, shown)
        if tell_before(one, cells, step, rules, stream.waiving):
            found |= cells
    return found


def _beside_areas(stream: Stream, step: Step, rules: Rules, outcome: Outcome) -> dict[Key, float]:
    """The cells that may not be shown beside a sum that an operator was shown before, and how far to stay from them.

    Those are of the whole country, since a sum says what of it lies elsewhere. Raises Unprotectable when they are
    withheld already.
    """
    seen = PublicStream(stream, {}, step, outcome.figures, rules)
    found: dict[Key, float] = {}
    for operator, area, code in told_by_areas(seen):
        named = code.get(CARRIER, "")
        for carrier in [named] if named in area else sorted(area):
            key = tuple(carrier if name == CARRIER and carrier else None for name in step.columns)
            key = key if key in outcome.shown else (None,) * len(step.columns)
            if key not in outcome.shown:
                raise Unprotectable([])
            level = _outside(stream, rules, seen.known(operator), area[carrier], carrier)
            found[key] = max(found.get(key, 0.0), level)
    return found


def _outside(stream: Stream, rules: Rules, mine: np.ndarray, sites: frozenset[str], carrier: str) -> float:
    """How far an operator must stay from what it does not know and is outside its area, of a carrier if it has them."""
    rows = stream.rows.filter(pa.array(~mine & ~is_one_of(stream.rows, "site", sites)))
    system = build(with_codes(rows, {CARRIER: carrier}) if carrier else rows, (Table("outside", ()),))
    level = primaries(system.contributions, rules, stream.waiving).level.max(initial=0.0)
    return max(float(level), rules.few_percent / 100 * float(system.value.max(initial=0.0)), rules.unit)


def _remembered(own: Sequence[Change]) -> dict[Key, float]:
    """Of the cells that were shown before, by how much firms changed them since at least."""
    found: dict[Key, float] = {}
    for change in own:
        moved = np.bincount(change.moved.cell, change.moved.amount, change.system.size)[change.system.variable]
        for key, amount in zip(change.system.keys, moved.tolist(), strict=True):
            if key in change.shown:
                found[key] = min(amount, found.get(key, amount))
    return found


def _gives_away(outcome: Outcome, remembered: Mapping[Key, float], safe: set[Key], rules: Rules) -> bool:
    """Whether an unsafe cell is too narrow for who takes the figures of before for cells that are withheld now.

    As if they had hardly changed: then an old figure is as good as the new one. One that is unsafe itself now, only
    when it did hardly change: much less than how far anybody must stay from the others.
    """
    protected, system = outcome.protected, outcome.protected.system
    unsafe = protected.primary.unsafe[system.variable]
    hardly = HARDLY * float(np.max(protected.primary.level[system.variable][unsafe], initial=0.0))
    guessed = np.array(
        [
            key not in outcome.shown and key in remembered and (key in safe or remembered[key] <= hardly)
            for key in system.keys
        ],
        dtype=bool,
    )
    if not guessed.any():
        return False
    hidden = protected.pattern.hidden[system.variable] & ~guessed
    required = [one for one in protected.required() if (unsafe & ~guessed)[one.row]]
    value = system.value[system.variable]
    seen, unit = system.seen(np.where(hidden, np.nan, value)), np.where(value == 0, 0.0, rules.unit)
    return bool(required) and not audit(seen, required, system.parents, unit=unit).safe


def _largest(levels: Iterable[Mapping[Key, float]]) -> dict[Key, float]:
    found: dict[Key, float] = {}
    for some in levels:
        for key, level in some.items():
            found[key] = max(level, found.get(key, 0.0))
    return found
