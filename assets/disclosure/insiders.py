"""What firms know more than the public: a holding alone in a withheld cell, and two of them in one line together.

Each knows its own cells exactly and its own part of others. Here that is checked and repaired; the pattern against the
public is made in `suppress`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from assets.disclosure.lp import ROUNDING, Cheapest, Want, wants_of
from assets.disclosure.sums import lines
from assets.disclosure.suppress import Pattern, Task, cheapest_world
from assets.disclosure.system import System, to_digits

# To go through a cell that some insider knows is so much dearer than through another.
KNOWN_PRICE = 10.0
# A world that takes from nothing is walked no farther than this many times.
LONGEST = 1e3


@dataclass(frozen=True, eq=False)
class Insider:
    """One holding or two together, by number: the variables they know, and what others have in each.

    `known` and `others` have an element per variable; `others` is in the unit of the values. So is `level`, how far
    from the truth they must stay when that is not as far as the public.
    """

    holdings: tuple[int, ...]
    known: np.ndarray
    others: np.ndarray
    level: np.ndarray | None = None

    def room(self, given: Task) -> np.ndarray:
        """How far down each variable can be for them, scaled: the part of others."""
        return given.room if given.system.signed else to_digits(self.others / given.system.scale)

    def asked(self, given: Task) -> np.ndarray:
        """How far from the truth they must stay: that of every protected variable in which others have a part."""
        level = given.level if self.level is None else to_digits(self.level / given.system.scale)
        return np.where(self.known, 0.0, level)

    def wants(self, given: Task) -> list[Want]:
        """The same as what they must not rule out."""
        return wants_of(self.asked(given), self.room(given))


def insiders(system: System, hidden: np.ndarray, *, pairs: bool = True) -> list[Insider]:
    """The holdings that are alone in some withheld variable, and then each two of them that are so in one line.

    A line is what makes up one total.
    """
    owner = _owners(system)
    alone = sorted({int(owner[variable]) for variable in np.flatnonzero(hidden & (owner >= 0))})
    groups = [(holding,) for holding in alone]
    if pairs:
        groups += sorted({pair for line in _together(system, hidden, owner) for pair in combinations(sorted(line), 2)})
    return [_insider(system, group) for group in groups]


def everyone(system: System) -> Insider:
    """The public as one who knows nothing besides."""
    return _insider(system, ())


def _insider(system: System, group: tuple[int, ...]) -> Insider:
    given = system.contributions
    outside = ~np.isin(given.holding, group)
    # Summed and not subtracted from the total: what others have may be small beside what these have.
    others = np.bincount(given.cell[outside], given.amount[outside], system.size)
    return Insider(group, np.bincount(given.cell[outside], minlength=system.size) == 0, others)


def _owners(system: System) -> np.ndarray:
    """Per variable the only holding that filed for it, else -1."""
    given = system.contributions
    count = np.bincount(given.cell, minlength=system.size)
    owner = np.full(system.size, -1)
    owner[given.cell] = given.holding
    return np.where(count == 1, owner, -1)


def _together(system: System, hidden: np.ndarray, owner: np.ndarray) -> Iterator[set[int]]:
    """The lone holdings of each line with more than one; what no table shows is no cell in which one is alone."""
    withheld = hidden & (system.multiple > 0)
    for _, parts in lines(system):
        alone = {int(owner[part]) for part in parts if withheld[part] and owner[part] >= 0}
        if len(alone) > 1:
            yield alone


def repair(given: Task, pattern: Pattern, who: Sequence[Insider]) -> Pattern:
    """The pattern with what must be withheld besides, so that no insider is exposed, and the worlds that it is for.

    More withheld exposes nobody. Raises Unprotectable when what is frozen leaves no way, and SolverFailure.
    """
    program = Cheapest(given.system.equations, given.system.size, resumed=True)
    hidden, worlds = pattern.hidden.copy(), list(pattern.worlds)
    rays, through = _Rays(), _through(given, who)
    # First what the public must not rule out: worlds that touch little, so that most insiders know nothing in them.
    for insider in (everyone(given.system), *who):
        room = insider.room(given)
        reach = rays.reach(insider.known, room)
        asked = insider.asked(given)
        for want in wants_of(np.where(reach.short(asked), asked, 0.0), room):
            if reach.has(want):
                continue
            world = cheapest_world(program, given, want, hidden, room=room, known=insider.known, through=through)
            hidden |= world != 0
            worlds.append(world)
            rays.add(world)
            touched = np.flatnonzero(world)
            reach.add(touched, world[touched], np.array([len(touched)]))
    given_up = hidden & given.forced & (given.level == 0)
    return replace(pattern, hidden=hidden, worlds=tuple(worlds), given_up=given_up)


def _through(given: Task, who: Sequence[Insider]) -> np.ndarray:
    """Which cells a world had better go through, so that it serves many insiders: those with room that none knows."""
    known = np.zeros(given.system.size, dtype=bool)
    for insider in who:
        known |= insider.known
    return np.where(known, KNOWN_PRICE, 1.0) / np.sqrt(np.clip(given.room, 1e-2, 1e2))


class _Rays:
    """Worlds taken as directions: each may be walked as far as there is room, and backwards.

    They touch little, and only that is kept: which variables, how much, and where each world begins.
    """

    def __init__(self) -> None:
        none = np.zeros(0, dtype=np.int64)
        self._touched, self._change, self._sizes = none, np.zeros(0), none
        self._new: list[np.ndarray] = []

    def add(self, world: np.ndarray) -> None:
        self._new.append(world)

    def reach(self, known: np.ndarray, room: np.ndarray) -> _Reach:
        """How far these worlds lead for who knows so much; one that touches what is known is of no use."""
        self._take_in()
        reach = _Reach(room)
        if len(self._sizes):
            useful = ~np.logical_or.reduceat(known[self._touched], np.cumsum(self._sizes) - self._sizes)
            taken = np.repeat(useful, self._sizes)
            reach.add(self._touched[taken], self._change[taken], self._sizes[useful])
        return reach

    def _take_in(self) -> None:
        touched = [np.flatnonzero(world) for world in self._new]
        change = [world[there] for world, there in zip(self._new, touched, strict=True)]
        self._touched = np.concatenate([self._touched, *touched])
        self._change = np.concatenate([self._change, *change])
        self._sizes = np.concatenate([self._sizes, np.array([len(there) for there in touched], dtype=np.int64)])
        self._new = []


class _Reach:
    """How far up and down each variable can be shown to go, for who bounds all by so much room."""

    def __init__(self, room: np.ndarray) -> None:
        self._room = room
        self._far = {1: np.zeros(len(room)), -1: np.zeros(len(room))}

    def has(self, want: Want) -> bool:
        return bool(self._far[want.sign][want.variable] >= want.distance * (1 - ROUNDING))

    def short(self, level: np.ndarray) -> np.ndarray:
        """The variables that do not go so far both ways, down as far as there is room."""
        down = np.minimum(level, self._room)
        return (self._far[1] < level * (1 - ROUNDING)) | (self._far[-1] < down * (1 - ROUNDING))

    def add(self, touched: np.ndarray, change: np.ndarray, sizes: np.ndarray) -> None:
        """Take in worlds: the variables that they touch one after another, and how many are of each."""
        if not len(touched):
            return
        for sign in (1, -1):
            walk = sign * change
            with np.errstate(divide="ignore", invalid="ignore"):
                steps = np.where(walk < 0, self._room[touched] / -walk, np.inf)
            walked = walk * np.repeat(np.minimum(np.minimum.reduceat(steps, np.cumsum(sizes) - sizes), LONGEST), sizes)
            for way, far in self._far.items():
                np.maximum.at(far, touched, way * walked)
