"""What the sum over an operator's own area, taken off the country's figure at two moments, tells of who is outside it.

Of the country's figures only. What a sum tells beside one public figure is in `insight`, what two remainders tell in
`remainders`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.disclosure.rules import Rules
from assets.release.areas import CARRIER, carrier_in, measure_of
from assets.release.changes import SAME
from assets.release.holdings import one_name
from assets.release.insight import Moments, PublicStream, moments
from assets.release.known import SiteNames, called
from assets.release.remainders import MEASURES, Earlier, Line, all_safe, lines_of


@dataclass(frozen=True, eq=False)
class Sum:
    """A sum over an area that an operator is shown: the stream, what each site has in it, and whether it may give way.

    What was shown before cannot, and neither can a sum of which each site is shown.
    """

    stream: tuple
    sites: frozenset[str]
    amounts: Mapping[str, float]
    may_go: bool

    @classmethod
    def over(cls, stream: tuple, lines: Sequence[Line], names: SiteNames, *, may_go: bool) -> Sum:
        """The sum of these amounts, for who calls the sites by these names."""
        amounts = {name: sum(line.amounts[name] for line in lines) for name in MEASURES}
        return cls(stream, frozenset(called(names, line.site) for line in lines), amounts, may_go)

    def carrier_of(self, one: PublicStream) -> str | None:
        """Under which carrier it stands in a public stream, if its sites have the same in that."""
        has_carriers = CARRIER in one.stream.rows.column_names
        carrier = carrier_in(one.codes, has_carriers, self.stream)
        if carrier is None:
            return None
        amount = self.amounts[measure_of(has_carriers)]
        there = sum(value for site, _, value in one.of_carrier(carrier) if site in self.sites)
        return carrier if abs(there - amount) <= SAME * max(there, amount) else None


def sums_of(
    groups: Mapping[tuple, list[dict[str, Any]]],
    open_: frozenset[str],
    hidden: set[tuple],
    earlier: Sequence[Earlier],
) -> list[Sum]:
    """The sums over its area that an operator is shown: now, of all streams but the hidden ones, and before."""
    now = lines_of(groups, open_, {})
    names = {line.site: line.name for lines in now.values() for line in lines}
    found = [
        Sum.over(stream, lines, names, may_go=any(not line.is_open for line in lines))
        for stream, lines in now.items()
        if stream not in hidden
    ]
    for before in earlier:
        shown = before.totals()
        found += [
            Sum.over(stream, lines, names, may_go=False) for stream, lines in before.lines.items() if stream in shown
        ]
    return found


def telling_area_changes(sums: Sequence[Sum], public: Sequence[PublicStream], rules: Rules) -> set[tuple]:
    """The streams of now of which the sum would tell, with that of another moment, what somebody outside changes."""
    at: dict[PublicStream, dict[str, Sum]] = {}
    for one in public:
        for each in sums:
            if (carrier := each.carrier_of(one)) is not None:
                at.setdefault(one, {}).setdefault(carrier, each)
    telling: set[tuple] = set()
    for pair in moments([one for one in public if one in at]):
        both = {c: [at[one][c] for one in pair] for c in sorted(at[pair[0]].keys() & at[pair[1]].keys())}
        for asked in (*both, None):
            if not _are_shown(pair, asked):
                continue
            # The later of two moments gives way; a sum that was shown before cannot.
            known = {c: some for c, some in both.items() if asked in (c, None) and not _streams(some) & telling}
            while any(map(_streams, known.values())) and _tells(pair, asked, known, rules):
                carrier = next(c for c, some in known.items() if _streams(some))
                telling.add(_streams(known.pop(carrier)).pop())
    return telling


def _streams(some: Sequence[Sum]) -> set[tuple]:
    """The stream of the last of these sums that may give way."""
    return set([one.stream for one in some if one.may_go][-1:])


def _are_shown(pair: Moments, carrier: str | None) -> bool:
    """Whether the country's figure of a carrier, None or empty: of all, is shown at both moments."""
    for one in pair:
        key = tuple(carrier or None if name == CARRIER else None for name in one.step.columns)
        if key not in one.numbers or (carrier and CARRIER not in one.step.columns):
            return False
    return True


def _tells(pair: Moments, asked: str | None, known: Mapping[str, Sequence[Sum]], rules: Rules) -> bool:
    """Whether too few change what is left of the country's figure less these sums, at two moments."""
    names = one_name(*(one.names for one in pair))
    moved: dict[str, float] = {}
    size: dict[str, float] = {}
    for place, (sign, one) in enumerate(zip((-1, 1), pair, strict=True)):
        for carrier in [asked] if asked else one.carriers:
            area = known[carrier][place].sites if carrier in known else frozenset()
            for site, holding, value in one.of_carrier(carrier):
                if site not in area:
                    who = names.get(holding, holding)
                    moved[who] = moved.get(who, 0.0) + sign * value
                    size[who] = size.get(who, 0.0) + value
    real = {who: abs(change) for who, change in moved.items() if abs(change) > SAME * size[who]}
    return bool(real) and not all_safe(list(real), list(real.values()), rules)
