"""Proves from the written files that a release tells about nobody: margins, lone holdings and differences.

No pattern is trusted here: figures are read back, held against what was filed, and attacked by the programs of the
audit. What a cell is, which are unsafe and which sums there are, the maker knows from the same modules: so that is
reckoned a second time, in `reckoned`, and where the two differ nothing is safe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from assets.disclosure.audit import Required, Verdict, audit
from assets.disclosure.rules import Contributions, Rules, primaries
from assets.disclosure.sums import lines, unsafe_sums
from assets.disclosure.system import Key, System, build
from assets.release.changes import Change, Known, attacked, changes_for_all, unchanged
from assets.release.facts import Stream, StreamKey
from assets.release.figures import CARRIED, NUMBERED, Figure, numbered, tables_of, units
from assets.release.insight import PublicStream, missed, told_by_areas
from assets.release.reckoned import amounts_of, level_of, telling_sums, unlike
from assets.release.unmoved import opened, tell_before, tell_now
from blueprint.disclosure import Step


@dataclass
class Proof:
    """What was looked at and found, summed over streams; `worst` is the smallest part of a distance that remains."""

    cells: int = 0
    shown: int = 0
    primaries: int = 0
    complements: int = 0
    bounds: int = 0
    insiders: int = 0
    differences: int = 0
    misses: int = 0
    worst: float = 1.0
    found: dict[str, int] = field(default_factory=dict)

    @property
    def safe(self) -> bool:
        return self.misses == 0

    def miss(self, number: int, reason: str) -> None:
        """Count what was found; the reason names no cell."""
        if number:
            self.misses += number
            self.found[reason] = self.found.get(reason, 0) + number

    @property
    def reasons(self) -> list[str]:
        """What was found and how often; no cell is named."""
        return [f"{reason}: {number}" for reason, number in self.found.items()]


def prove(
    given: Sequence[Stream],
    written: Mapping[StreamKey, Mapping[Key, Figure]],
    step: Step,
    rules: Rules,
    known: Mapping[StreamKey, Sequence[Known]],
    pairs: Sequence[tuple[StreamKey, StreamKey]] = (),
    *,
    together: bool = False,
) -> Proof:
    """Attack the written figures of one table, stream by stream. Raises AuditFailure when safety is not established.

    `known` are earlier versions of streams, `pairs` are streams that may be subtracted from each other. `together`
    also tries every two lone holdings of a line.
    """
    proof = Proof()
    by_key = {stream.key: stream for stream in given}
    for stream in given:
        _prove_statuses(proof, stream, written[stream.key], step, known.get(stream.key, ()))
        _prove_stream(proof, stream, written[stream.key], step, rules, together)
        _prove_operators(proof, stream, written[stream.key], step, rules)
        _prove_changes(proof, known.get(stream.key, ()), stream, written[stream.key], step, rules, together)
    for one, other in pairs:
        before = Known.of(by_key[one], step.columns, numbered(written[one]))
        _prove_changes(proof, [before], by_key[other], written[other], step, rules, together)
    for stream in written.keys() - by_key.keys():
        proof.miss(sum(figure.status in NUMBERED for figure in written[stream].values()), "cijfers zonder opgave")
    return proof


def _prove_statuses(
    proof: Proof, stream: Stream, figures: Mapping[Key, Figure], step: Step, known: Sequence[Known]
) -> None:
    """What stands beside a status: a value that must not be there, one of before that was never shown, a lost cell."""
    before = [(one.number, one.figures(step.columns)) for one in known]
    for key, figure in figures.items():
        if figure.status == CARRIED:
            told = any((figure.release or 0) == number and figure.value == shown.get(key) for number, shown in before)
            proof.miss(int(figure.value is None or not told), "een cijfer van eerder is nooit getoond")
        elif figure.status not in NUMBERED:
            proof.miss(int(figure.value is not None), "een cijfer staat er onder een andere status")
    for key in build(stream.rows, tables_of(step)).keys:
        found = figures.get(key)
        proof.miss(int(found is None or found.status == "not_filed"), "een opgegeven cijfer ontbreekt")


def _prove_stream(
    proof: Proof, stream: Stream, figures: Mapping[Key, Figure], step: Step, rules: Rules, together: bool
) -> None:
    system = build(stream.rows, tables_of(step))
    primary = primaries(system.contributions, rules, stream.waiving)
    keys, variable = system.keys, system.variable
    here = [figures.get(key, Figure("not_filed")) for key in keys]
    shown = np.array([figure.status in NUMBERED for figure in here], dtype=bool)
    unsafe = primary.unsafe[variable]
    proof.cells += len(keys)
    proof.shown += int(shown.sum())
    proof.primaries += int(unsafe.sum())
    proof.complements += int((~shown & ~unsafe).sum())
    proof.miss(int((unsafe & shown).sum()), "een onveilig cijfer staat er")
    true = system.value[variable]
    value = np.array(
        [float(f.value) if s and f.value is not None else np.nan for f, s in zip(here, shown, strict=True)]
    )
    off = np.abs(value - true) > rules.unit * 0.5000001
    proof.miss(int((shown & (off | np.isnan(value))).sum()), "een cijfer is niet de afgeronde som")
    stray = {key for key, figure in figures.items() if figure.status in NUMBERED} - set(keys)
    proof.miss(len(stray), "een cijfer waarvoor niemand iets opgaf")
    level = primary.level[variable]
    required = Required.around(np.flatnonzero(unsafe & ~shown), true, level)
    unit = units(here, rules.unit)
    _attack(proof, system, value, required, unit, "een grens is uit te rekenen")
    hidden = np.ones(system.size, dtype=bool)
    hidden[variable[shown]] = False
    proof.miss(
        len(unsafe_sums(system, system.contributions, hidden, rules, stream.waiving)),
        "alles samen wat niet wordt getoond, gaat over te weinig bedrijven",
    )
    _prove_insiders(proof, system, value, unit, level, together)
    _prove_again(proof, stream, system, figures, level, step, rules)


def _prove_again(
    proof: Proof,
    stream: Stream,
    system: System,
    figures: Mapping[Key, Figure],
    level: np.ndarray,
    step: Step,
    rules: Rules,
) -> None:
    """The same cells, amounts, rules and sums by a way of its own."""
    cells = amounts_of(stream.rows, step)
    proof.miss(unlike(cells, _amounts_in(system)), "twee berekeningen van een cijfer verschillen")
    asked = {key: level_of(cell, rules, stream.waiving) for key, cell in cells.items()}
    given = dict(zip(system.keys, level.tolist(), strict=True))
    off = sum(abs(away - given.get(key, 0.0)) > 1e-9 * max(away, rules.unit) for key, away in asked.items())
    proof.miss(off, "twee berekeningen van een regel verschillen")
    shown = {key: key in figures and figures[key].status in NUMBERED for key in cells}
    proof.miss(sum(shown[key] and away > 0 for key, away in asked.items()), "een onveilig cijfer staat er, zo blijkt")
    proof.miss(
        telling_sums(cells, shown, stream.rows, step, rules, stream.waiving),
        "alles samen wat niet wordt getoond, gaat toch over te weinig bedrijven",
    )


def _amounts_in(system: System) -> dict[Key, dict[str, float]]:
    """What each holding has in every cell of the system."""
    given, found = system.contributions, dict[int, dict[str, float]]()
    for cell, holding, amount in zip(given.cell.tolist(), given.holding.tolist(), given.amount.tolist(), strict=True):
        found.setdefault(cell, {})[given.holdings[holding]] = amount
    return {key: found.get(number, {}) for key, number in zip(system.keys, system.variable.tolist(), strict=True)}


def _prove_insiders(
    proof: Proof,
    system: System,
    value: np.ndarray,
    unit: np.ndarray,
    level: np.ndarray,
    together: bool,
) -> None:
    """Every holding that is alone in a withheld cell, and those of one line, with their own amounts taken off."""
    given, variable, shown = system.contributions, system.variable, ~np.isnan(value)
    for group in _lone(system, given, variable[~shown], together):
        own = np.isin(given.holding, group)
        mine = np.bincount(given.cell[own], given.amount[own], system.size)[variable]
        others = np.bincount(given.cell[~own], given.amount[~own], system.size)[variable]
        nobody = np.bincount(given.cell[~own], minlength=system.size)[variable] == 0
        left = np.where(nobody, 0.0, np.maximum(value - mine, 0.0))
        required = Required.around(np.flatnonzero((level > 0) & ~shown & ~nobody), others, level)
        proof.insiders += 1
        # Where nobody else filed anything, nothing is rounded.
        _attack(proof, system, left, required, np.where(nobody, 0.0, unit), "een bedrijf rekent een ander uit")


def _prove_operators(proof: Proof, stream: Stream, figures: Mapping[Key, Figure], step: Step, rules: Rules) -> None:
    """Every grid operator that knows a part of what was filed takes it off, whoever agreed to what.

    And so it does with the sums over its area that it was shown before.
    """
    seen = PublicStream(stream, {}, step, figures, rules)
    for operator in stream.known:
        proof.insiders += 1
        proof.miss(
            len(missed(seen, seen.known(operator))), "een netbeheerder rekent met zijn eigen gebied een ander uit"
        )
    proof.miss(len(list(told_by_areas(seen))), "een eerdere som van een gebied verraadt een ander")


def _lone(system: System, given: Contributions, hidden: np.ndarray, together: bool) -> list[tuple[int, ...]]:
    """The holdings that are alone in a withheld cell; and every two that are so in one line."""
    count = np.bincount(given.cell, minlength=system.size)
    alone = (count == 1)[given.cell] & np.isin(given.cell, hidden)
    by_cell = dict(zip(given.cell[alone].tolist(), given.holding[alone].tolist(), strict=True))
    groups = {(holding,) for holding in by_cell.values()}
    for _, parts in lines(system) if together else ():
        groups |= set(combinations(sorted({by_cell[part] for part in parts if part in by_cell}), 2))
    return sorted(groups)


def _prove_changes(
    proof: Proof,
    known: Sequence[Known],
    stream: Stream,
    figures: Mapping[Key, Figure],
    step: Step,
    rules: Rules,
    together: bool,
) -> None:
    """The differences with other versions: what both show, subtracted, and what follows from it."""
    now = {key for key, figure in figures.items() if figure.status in NUMBERED}
    every = [changes_for_all(one, stream, step, rules) for one in known]
    for some in every:
        for found in some:
            _prove_one(proof, found, now, rules)
        _prove_movers(proof, some[0], now, rules, together)
    _prove_unmoved(
        proof, stream, now, [(one, found) for one, (found, *_) in zip(known, every, strict=True)], step, rules
    )


def _prove_unmoved(
    proof: Proof, stream: Stream, now: set[Key], public: Sequence[tuple[Known, Change]], step: Step, rules: Rules
) -> None:
    """What is shown here and withheld in another version, or the other way, while nobody changed anything in it."""
    told = {key for _, found in public for key in unchanged(found)}
    for one, found in public:
        known_besides = opened(found, now) - told
        tells = tell_before(one, known_besides, step, rules, stream.waiving)
        proof.miss(len(known_besides) if tells else 0, "een cijfer dat elders niet wordt getoond, is daar hetzelfde")
    tells = tell_now(stream, now, told, step, rules)
    proof.miss(len(told - now) if tells else 0, "een cijfer dat elders wordt getoond, is hier hetzelfde")


def _prove_one(proof: Proof, found: Change, now: set[Key], rules: Rules) -> None:
    visible = found.visible(now)
    proof.differences += int(visible[found.system.variable].sum())
    told = (found.primary.unsafe & found.subtracted(now))[found.system.variable]
    proof.miss(int(told.sum()), "het verschil met een eerder cijfer verraadt een bedrijf")
    proof.miss(
        len(unsafe_sums(found.system, found.moved, ~visible, rules)), "een verschil van sommen verraadt een bedrijf"
    )
    nothing = np.zeros(found.system.size, dtype=bool)
    _count(proof, attacked(found, visible, nothing, rules), "een verschil is uit te rekenen")


def _prove_movers(proof: Proof, found: Change, now: set[Key], rules: Rules, together: bool) -> None:
    """Every holding that alone changed a withheld cell, and those of one line, who know that change."""
    given, variable, visible = found.moved, found.system.variable, found.visible(now)
    for group in _lone(found.system, given, variable[~visible[variable]], together):
        left = ~np.isin(given.holding, group)
        own = np.bincount(given.cell[left], minlength=found.system.size) == 0
        proof.insiders += 1
        _count(proof, attacked(found, visible, own, rules), "een bedrijf rekent een wijziging uit")


def _attack(
    proof: Proof, system: System, value: np.ndarray, required: list[Required], unit: np.ndarray, reason: str
) -> None:
    if required:
        _count(proof, audit(system.seen(value), required, system.parents, unit=unit, signed=system.signed), reason)


def _count(proof: Proof, verdict: Verdict, reason: str) -> None:
    proof.bounds += verdict.checked
    proof.worst = min(proof.worst, verdict.worst)
    proof.miss(len(verdict.misses), reason)
