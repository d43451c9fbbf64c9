"""What the remainders of an operator's area tell when they are subtracted: of two moments, now or before.

What a remainder tells by itself, or beside public figures, is decided in `operators`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa

from assets.disclosure.rules import Rules, primaries
from assets.disclosure.system import Table, build
from assets.release.areas import STREAM
from assets.release.facts import with_codes
from assets.release.figures import NUMBERED
from assets.release.known import open_sites

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
        rows = with_codes(self.rows, {"operator_row_kind": "remainder"}).to_pylist()
        return {tuple(row[name] for name in STREAM) for row in rows if row["figure_status"] in NUMBERED}

    def open_sites(self) -> set[tuple[str, str]]:
        return open_sites(self.rows)


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
    then, were_open = by_stream(before.facts), before.open_sites()
    kept = {
        stream: [_Line(line, line["site"] in open_, before.names) for line in lines] for stream, lines in now.items()
    }
    telling = set()
    for old in before.remainders():
        lines = [_Line(line, _site(line) in were_open, before.names) for line in then.get(old, [])]
        telling |= {
            stream
            for stream, here in kept.items()
            if stream[:2] == old[:2] and stream not in telling and _tells(here, lines, rules)
        }
    return telling


def telling_moments(
    groups: Mapping[tuple, list[dict[str, Any]]], open_: frozenset[str], telling: set[tuple], rules: Rules
) -> set[tuple]:
    """The streams of which the remainder, less that of another year or scenario, would tell about a holding."""
    found: set[tuple] = set()
    rest = {
        stream: [_Line(line, line["site"] in open_, {}) for line in groups[stream]]
        for stream in sorted(groups, key=lambda stream: (stream[:2], SCENARIOS.get(stream[3], 2), stream[2:]))
    }
    for one, other in combinations(rest, 2):
        # The first stays: the base year, and then the plan.
        if one[:2] == other[:2] and not {one, other} & (telling | found) and _tells(rest[other], rest[one], rules):
            found.add(other)
    return found


class _Line:
    """An amount of a site in one stream: whose it is, and whether the operator sees it by itself."""

    def __init__(self, line: Mapping[str, Any], is_open: bool, names: Mapping[str, str]) -> None:
        self.site = _site(line)
        self.holding = names.get(line["holding"], line["holding"])
        self.is_open = is_open
        self.amounts = {name: line[name] or 0.0 for name in MEASURES}


def _site(line: Mapping[str, Any]) -> tuple[str, str]:
    return line["kvk_number"], line["site_id"]


def _tells(one: Sequence[_Line], other: Sequence[_Line], rules: Rules) -> bool:
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
