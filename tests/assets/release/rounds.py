"""One random round, released three times while firms change, come and leave, under every attack there is.

The attacks themselves are in `attacks`, who files what in `made`; the tests try a few rounds, `benchmarks.attacks` as
many as are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, product
from pathlib import Path

from tests.assets.release.attacks import (
    Law,
    Leak,
    Shown,
    all_streams,
    area_changes,
    areas,
    implied_sums,
    insiders,
    margins,
    moments_differ,
    operators,
    operators_between,
    operators_later,
    releases_differ,
    remainders,
    remainders_less_sites,
    waived,
)
from tests.assets.release.made import Site, changed, explained, folder, random_sites, released
from tests.assets.release.unexplained import unexplained

RELEASES = 3
SHARES = (0.03, 0.1, 0.4)


def leaks_of(place: Path, seed: int, companies: int, share: float) -> list[Leak]:
    """What any attack finds in three releases of a random round; so large a share of the firms moves each time.

    Raises ReleaseError when the product itself finds something: then nothing left, but it should not have come so far.
    """
    data, sites = folder(place), random_sites(seed, companies, 2 + seed % 3, consenting=0.5)
    sites = explained(sites, seed) if seed % 2 else sites
    past: list[Shown] = []
    found: list[Leak] = []
    for number in range(RELEASES):
        now = (released(data, sites).folder, sites)
        found += chain(in_one(*now), in_two(past, now))
        past.append(now)
        found += in_three(past)
        for one, attack in product(past, (operators, operators_between)):
            found += attack(*one, waived(one[1]), past)
        sites = changed(sites, seed + number, share)
    return found


def in_one(path: Path, sites: list[Site]) -> Iterator[Leak]:
    """What a release tells by itself."""
    law = waived(sites)
    for attack in (margins, implied_sums, insiders):
        yield from all_streams(path, sites, lambda given, attack=attack: attack(given, law))
    yield from moments_differ(path, sites, law)
    yield from operators_between(path, sites, law)
    yield from area_changes((path, sites), (path, sites), law)


def in_two(past: list[Shown], now: Shown) -> Iterator[Leak]:
    """What a release tells beside each of those before it."""
    for before in past:
        yield from releases_differ(before, now, waived(now[1]))
        yield from remainders(before[0], now[0], (before[1], now[1]), Law())
        yield from areas(before, now, waived(before[1]))
        yield from areas(now, before, waived(now[1]))
        yield from area_changes(before, now, waived(now[1]))
        yield from operators_later(before, now, waived(now[1]), past)


def in_three(past: list[Shown]) -> Iterator[Leak]:
    """What any releases tell together, the last one among them: plan, base year and projects, areas, and sites."""
    yield from remainders_less_sites(past, Law())
    # Of two earlier ones an operator may first see now what is in the difference.
    for before, after in combinations(past[:-1], 2):
        yield from operators_later(before, after, waived(after[1]), past)
    for plan, base, projects in product(past, past, past):
        if past[-1] in (plan, base, projects):
            yield from unexplained(plan, base, projects, Law())
