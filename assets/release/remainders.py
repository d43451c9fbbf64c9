"""What the remainders of an operator's area tell: two of them subtracted, and one less the sites that it was shown.

Of two moments, now or before. What a remainder tells by itself, or beside public figures, is decided in `operators`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from assets.disclosure.rules import Rules, primaries
from assets.disclosure.system import Table, build
from assets.release.areas import STREAM
from assets.release.facts import with_codes
from assets.release.figures import NUMBERED
from assets.release.known import is_near, open_sites

MEASURES = {"energy_pj": 1e-6, "peak_mw": 1e-3}
# Which of two remainders stays, when their difference would tell.
SCENARIOS = {"base": 0, "plan": 1}


@dataclass(frozen=True, eq=False)
class Earlier:
    """What an operator got before: the amounts behind it, the rows, and the one name of a holding of then or now."""

    facts: pa.Table
    rows: pa.Table
    names: Mapping[str, str]

    def remainders(self) -> set[tuple]:
        """The streams of which the remainder was shown."""
        return self._shown("remainder")

    def totals(self) -> set[tuple]:
        """The streams of which the sum of the area was shown."""
        return self._shown("total")

    def _shown(self, kind: str) -> set[tuple]:
        rows = with_codes(self.rows, {"operator_row_kind": kind}).to_pylist()
        return {tuple(row[name] for name in STREAM) for row in rows if row["figure_status"] in NUMBERED}

    @cached_property
    def lines(self) -> Mapping[tuple, list[Line]]:
        """The amounts by stream, and which of them it saw one by one."""
        seen = open_sites(self.rows)
        return {
            stream: [Line(line, _site(line) in seen, self.names) for line in lines]
            for stream, lines in by_stream(self.facts).items()
        }


def by_stream(facts: pa.Table) -> dict[tuple, list[dict[str, Any]]]:
    groups: dict[tuple, list[dict[str, Any]]] = {}
    for row in facts.to_pylist():
        groups.setdefault(tuple(row[name] for name in STREAM), []).append(row)
    return groups


def telling_changes(
    before: Earlier, now: Mapping[tuple, list[dict[str, Any]]], open_: frozenset[str], rules: Rules
) -> set[tuple]:
    """The streams of which the remainder, beside one of before, would tell what a holding changes.

    Of before, or of another year or scenario then.
    """
    kept = {
        stream: here
        for stream, here in lines_of(now, open_, before.names).items()
        if not all(line.is_open for line in here)
    }
    telling = set()
    for old in before.remainders():
        lines = before.lines.get(old, [])
        telling |= {
            stream
            for stream, here in kept.items()
            if stream[:2] == old[:2] and stream not in telling and _tells(here, lines, rules)
        }
    return telling


def telling_sites(
    earlier: Sequence[Earlier], now: Mapping[tuple, list[dict[str, Any]]], open_: frozenset[str], rules: Rules
) -> set[str]:
    """The open sites that, taken off a remainder of before, would tell about the others: of each what tells most.

    A remainder of before cannot be withheld any more, so a site that was in it must stay hidden.
    """
    here, found = lines_of(now, open_, {}), set[str]()
    for before in earlier:
        others = [one for one in earlier if one is not before]
        for stream in before.remainders():
            lines, seen = before.lines.get(stream, []), [one.lines.get(stream, []) for one in others]
            every = [*seen, here.get(stream, [])]
            for name in MEASURES:
                if _tells_less(lines, every, name, rules) and not _tells_less(lines, seen, name, rules):
                    left = _less(lines, every, name)
                    told = {line: amount - left[line] for line, amount in _less(lines, seen, name).items()}
                    most = max(told, key=lambda line: (told[line], line.site)).site
                    found |= {line.name for line in here.get(stream, []) if line.site == most}
    return found


def telling_rests(
    earlier: Sequence[Earlier], now: Mapping[tuple, list[dict[str, Any]]], open_: frozenset[str], rules: Rules
) -> set[tuple]:
    """The streams of which the remainder, less the sites in it that were shown before, would tell about others."""
    return {
        stream
        for stream, lines in lines_of(now, open_, {}).items()
        if any(_tells_less(lines, [one.lines.get(stream, []) for one in earlier], name, rules) for name in MEASURES)
    }


def telling_moments(
    groups: Mapping[tuple, list[dict[str, Any]]], open_: frozenset[str], telling: set[tuple], rules: Rules
) -> set[tuple]:
    """The streams of which the remainder, less that of another year or scenario, would tell about a holding."""
    found: set[tuple] = set()
    ordered = sorted(groups, key=lambda stream: (stream[:2], SCENARIOS.get(stream[3], 2), stream[2:]))
    rest = lines_of({stream: groups[stream] for stream in ordered}, open_, {})
    for one, other in combinations(rest, 2):
        # The first stays: the base year, and then the plan.
        if one[:2] == other[:2] and not {one, other} & (telling | found) and _tells(rest[other], rest[one], rules):
            found.add(other)
    return found


class Line:
    """An amount of a site in one stream: whose it is, and whether the operator sees it by itself."""

    def __init__(self, line: Mapping[str, Any], is_open: bool, names: Mapping[str, str]) -> None:
        self.site, self.name = _site(line), str(line["site"])
        self.holding = names.get(line["holding"], line["holding"])
        self.is_open = is_open
        self.amounts = {name: line[name] or 0.0 for name in MEASURES}


def lines_of(
    groups: Mapping[tuple, list[dict[str, Any]]], open_: frozenset[str], names: Mapping[str, str]
) -> dict[tuple, list[Line]]:
    """The amounts by stream, when these sites are seen one by one."""
    return {stream: [Line(line, line["site"] in open_, names) for line in lines] for stream, lines in groups.items()}


def _less(lines: Sequence[Line], seen: Sequence[Sequence[Line]], name: str) -> dict[Line, float]:
    """How much of each amount in a remainder who saw the site elsewhere does not know: nothing if it was about that."""
    known = [{line.site: line.amounts[name] for line in some if line.is_open} for some in seen]
    left = {}
    for line in lines:
        amount = line.amounts[name]
        if not line.is_open and amount > MEASURES[name] / 2:
            others = [one[line.site] for one in known if line.site in one]
            is_known = any(is_near(other, amount) for other in others)
            left[line] = 0.0 if is_known else min([amount, *(abs(other - amount) for other in others)])
    return left


def _tells_less(lines: Sequence[Line], seen: Sequence[Sequence[Line]], name: str, rules: Rules) -> bool:
    """Whether a remainder, less what was seen of it elsewhere, tells about a holding; not if nothing was seen."""
    left = _less(lines, seen, name)
    if left == _less(lines, (), name):
        return False
    some = {line: amount for line, amount in left.items() if amount}
    return bool(some) and not all_safe([line.holding for line in some], list(some.values()), rules)


def _site(line: Mapping[str, Any]) -> tuple[str, str]:
    return line["kvk_number"], line["site_id"]


def _tells(one: Sequence[Line], other: Sequence[Line], rules: Rules) -> bool:
    """Whether the difference of two remainders tells about a holding; a site that is in neither is known."""
    unseen = {line.site for line in (*one, *other) if not line.is_open}
    for name, unit in MEASURES.items():
        moved: dict[tuple[tuple[str, str], str], float] = {}
        for sign, lines in ((1, one), (-1, other)):
            for line in lines:
                if line.site in unseen:
                    who = (line.site, line.holding)
                    moved[who] = moved.get(who, 0.0) + sign * line.amounts[name]
        some = {who: change for who, change in moved.items() if abs(change) > unit / 2}
        if some and not all_safe([holding for _, holding in some], list(some.values()), rules):
            return True
    return False


def all_safe(holdings: list[str], values: list[float], rules: Rules) -> bool:
    """Whether these amounts together tell about none of the holdings."""
    system = build(pa.table({"holding": holdings, "value": values}), (Table("remainder", ()),), signed=True)
    return not bool(np.any(primaries(system.contributions, rules).unsafe))
