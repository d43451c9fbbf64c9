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
from assets.release.remainders import Earlier, all_safe, by_stream


@dataclass(frozen=True, eq=False)
class Sum:
    """A sum over an area that an operator is shown: the stream, what each site has in it, and whether it may give way.

    What was shown before cannot, and neither can a sum of which each site is shown.
    """

    stream: tuple
    lines: Sequence[tuple[str, Mapping[str, Any]]]
    may_go: bool

    def sites_in(self, one: PublicStream) -> tuple[str, frozenset[str]] | None:
        """Under which carrier it stands in a public stream and of which sites, if those have the same in that."""
        has_carriers = CARRIER in one.stream.rows.column_names
        carrier = carrier_in(one.codes, has_carriers, self.stream)
        if carrier is None:
            return None
        sites = frozenset(site for site, _ in self.lines)
        amount = sum(line[measure_of(has_carriers)] or 0.0 for _, line in self.lines)
        there = sum(value for site, _, value in one.of_carrier(carrier) if site in sites)
        return (carrier, sites) if abs(there - amount) <= SAME * max(there, amount) else None


def sums_of(
    groups: Mapping[tuple, list[dict[str, Any]]],
    open_: frozenset[str],
    hidden: set[tuple],
    earlier: Sequence[Earlier],
) -> list[Sum]:
    """The sums over its area that an operator is shown: now, of all streams but the hidden ones, and before."""
    names = {_pair(line): str(line["site"]) for lines in groups.values() for line in lines}
    found = [
        Sum(stream, [(str(line["site"]), line) for line in lines], any(line["site"] not in open_ for line in lines))
        for stream, lines in groups.items()
        if stream not in hidden
    ]
    for before in earlier:
        shown = before.totals()
        for stream, lines in by_stream(before.facts).items():
            if stream in shown:
                called = [(names.get(_pair(line), " ".join(_pair(line))), line) for line in lines]
                found.append(Sum(stream, called, False))
    return found


def telling_area_changes(sums: Sequence[Sum], public: Sequence[PublicStream], rules: Rules) -> set[tuple]:
    """The streams of now of which the sum would tell, with that of another moment, what somebody outside changes."""
    at: dict[PublicStream, dict[str, tuple[frozenset[str], Sum]]] = {}
    for one in public:
        for each in sums:
            if found := each.sites_in(one):
                at.setdefault(one, {}).setdefault(found[0], (found[1], each))
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


def _streams(some: Sequence[tuple[frozenset[str], Sum]]) -> set[tuple]:
    """The stream of the last of these sums that may give way."""
    return set([one.stream for _, one in some if one.may_go][-1:])


def _are_shown(pair: Moments, carrier: str | None) -> bool:
    """Whether the country's figure of a carrier, None or empty: of all, is shown at both moments."""
    for one in pair:
        key = tuple(carrier or None if name == CARRIER else None for name in one.step.columns)
        if key not in one.numbers or (carrier and CARRIER not in one.step.columns):
            return False
    return True


def _tells(
    pair: Moments, asked: str | None, known: Mapping[str, Sequence[tuple[frozenset[str], Sum]]], rules: Rules
) -> bool:
    """Whether too few change what is left of the country's figure less these sums, at two moments."""
    names = one_name(*(one.names for one in pair))
    moved: dict[str, float] = {}
    size: dict[str, float] = {}
    for place, (sign, one) in enumerate(zip((-1, 1), pair, strict=True)):
        for carrier in [asked] if asked else one.carriers:
            area = known[carrier][place][0] if carrier in known else frozenset()
            for site, holding, value in one.of_carrier(carrier):
                if site not in area:
                    who = names.get(holding, holding)
                    moved[who] = moved.get(who, 0.0) + sign * value
                    size[who] = size.get(who, 0.0) + value
    real = {who: abs(change) for who, change in moved.items() if abs(change) > SAME * size[who]}
    return bool(real) and not all_safe(list(real), list(real.values()), rules)


def _pair(line: Mapping[str, Any]) -> tuple[str, str]:
    return line["kvk_number"], line["site_id"]
