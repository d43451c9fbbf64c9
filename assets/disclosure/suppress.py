"""Secondary suppression: which safe cells are withheld so that no unsafe one can be worked out too narrowly.

Sequential: each unsafe cell gets the cheapest world that protects it, and then complements are shown again where the
others suffice. What a single firm knows besides is for `insiders`; proof on what was written is for `audit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np

from assets.disclosure.lp import ROUNDING, Cheapest, Want, Worlds, wants_of
from assets.disclosure.system import System, to_digits


class Unprotectable(Exception):
    """Cells that were shown before, or that are unsafe by themselves, leave an unsafe cell without protection."""

    def __init__(self, variables: Sequence[int]) -> None:
        self.variables = tuple(variables)
        super().__init__(f"{len(self.variables)} cell(s) cannot be protected with what must stay shown")


@dataclass(frozen=True, eq=False)
class Task:
    """What to protect, and at what price: arrays with an element per variable of the system.

    `level` is how far an attacker must stay from the truth, scaled as `System.scaled` (0: safe). `cost` is what
    withholding costs. `forced` is shown unless nothing else protects, `frozen` was shown before and cannot be taken
    back. `withheld` is not shown either, without a distance of its own.
    """

    system: System
    level: np.ndarray
    cost: np.ndarray
    forced: np.ndarray
    frozen: np.ndarray
    withheld: np.ndarray

    @property
    def room(self) -> np.ndarray:
        """How far down an attacker must allow each variable to be, scaled."""
        size = np.abs(self.system.scaled)
        return np.full_like(size, np.inf) if self.system.signed else size

    @property
    def size(self) -> np.ndarray:
        """The size of each variable, scaled; what a complement can contribute."""
        return np.abs(self.system.scaled)

    @property
    def never(self) -> np.ndarray:
        """Variables that never serve as a complement: zeros, and what was shown before."""
        return (self.system.scaled == 0) | self.frozen

    @property
    def hidden_anyway(self) -> np.ndarray:
        """Variables withheld whatever the pattern: unsafe ones, and those that no table shows."""
        return (self.level > 0) | self.withheld | (self.system.multiple == 0)


def task(
    system: System,
    level: np.ndarray,
    *,
    weight: np.ndarray | None = None,
    forced: np.ndarray | None = None,
    frozen: np.ndarray | None = None,
    withheld: np.ndarray | None = None,
) -> Task:
    """The task with a cost of √value × weight for each cell; `level` is in the unit of the values.

    Raises Unprotectable when a cell that must be withheld is among the frozen ones.
    """
    forced, frozen, withheld = (
        np.zeros(system.size, dtype=bool) if some is None else some for some in (forced, frozen, withheld)
    )
    if (both := np.flatnonzero(frozen & (withheld | (level > 0)))).size:
        raise Unprotectable(both.tolist())
    price = np.sqrt(np.abs(system.scaled)) * (np.ones(system.size) if weight is None else weight) * system.multiple
    return Task(system, to_digits(level / system.scale), to_digits(price), forced, frozen, withheld)


@dataclass(frozen=True, eq=False)
class Pattern:
    """Which variables are withheld, the worlds that prove it, and the forced ones that had to be withheld after all."""

    hidden: np.ndarray
    worlds: tuple[np.ndarray, ...]
    given_up: np.ndarray

    def complements(self, given: Task) -> np.ndarray:
        return self.hidden & ~given.hidden_anyway

    def cost(self, given: Task) -> float:
        return float(given.cost[self.complements(given)].sum())


def suppress(given: Task, *, clean_up: bool = True) -> Pattern:
    """A pattern in which every unsafe cell is protected against who knows only what is shown.

    Raises Unprotectable when what is frozen leaves no way, and SolverFailure.
    """
    search = _Search(given)
    search.select()
    if clean_up:
        search.clean_up()
        before = search.hidden
        search.replace()
        search.clean_up(search.hidden & ~before)
    return Pattern(search.hidden, tuple(search.worlds), search.hidden & given.forced & (given.level == 0))


class _Proofs:
    """Worlds, and which of the wants each proves."""

    def __init__(self, wants: Sequence[Want], worlds: Sequence[np.ndarray] = ()) -> None:
        self.wants = wants
        self._variable = np.array([want.variable for want in wants], dtype=np.int64)
        self._least = np.array([want.distance for want in wants]) * (1 - ROUNDING)
        self._sign = np.array([want.sign for want in wants])
        self.worlds: list[np.ndarray] = []
        self._proven: list[np.ndarray] = []
        self.add(worlds)

    def add(self, worlds: Sequence[np.ndarray]) -> None:
        for world in worlds:
            self.worlds.append(world)
            self._proven.append(self._sign * world[self._variable] >= self._least)

    def lacking(self) -> list[Want]:
        """The wants that no world proves."""
        proven = np.any(self._proven, axis=0) if self._proven else np.zeros(len(self.wants), dtype=bool)
        return [self.wants[at] for at in np.flatnonzero(~proven).tolist()]

    def without(self, variable: int) -> _Proofs:
        """Those that leave a variable as it is."""
        fewer = copy(self)
        kept = [at for at, world in enumerate(self.worlds) if world[variable] == 0]
        fewer.worlds, fewer._proven = [self.worlds[at] for at in kept], [self._proven[at] for at in kept]
        return fewer


class _Search:
    """The pattern as it grows: what is withheld so far, and the worlds that it allows."""

    def __init__(self, given: Task) -> None:
        self.given = given
        self.hidden = given.hidden_anyway.copy()
        self.room = given.room
        columns = given.system.size
        self._attack = Worlds(given.system.equations, columns)
        self._cheapest = Cheapest(given.system.equations, columns)
        wants = wants_of(given.level, self.room)
        self._proofs = _Proofs(wants, self._attack.reach(self.hidden, self.room, wants)[0])
        # Per complement a want that could not be had without it: the likeliest to need another.
        self._needed_by: dict[int, Want] = {}

    @property
    def worlds(self) -> list[np.ndarray]:
        return self._proofs.worlds

    def select(self) -> None:
        """Withhold for each want that has no proof yet what the cheapest world needs."""
        found: list[np.ndarray] = []
        for want in self._proofs.lacking():
            if not any(want.reached_by(world) for world in found):
                world = cheapest_world(self._cheapest, self.given, want, self.hidden)
                self._needed_by |= dict.fromkeys(np.flatnonzero((world != 0) & ~self.hidden).tolist(), want)
                self.hidden |= world != 0
                found.append(world)
        self._proofs.add(found)

    def _complements(self, among: np.ndarray | None = None) -> list[int]:
        """The complements, dearest first."""
        chosen = self.hidden & ~self.given.hidden_anyway & (True if among is None else among)
        cost = self.given.cost
        return sorted(np.flatnonzero(chosen).tolist(), key=lambda variable: (-cost[variable], variable))

    def clean_up(self, among: np.ndarray | None = None) -> None:
        """Show each complement again, all or some, if every want can be had without it."""
        for variable in self._complements(among):
            proofs = self._proofs.without(variable)
            fewer = self.hidden.copy()
            fewer[variable] = False
            worlds, failed = self._attack.reach(fewer, self.room, self._lost(proofs, variable), all_or_nothing=True)
            if failed:
                self._needed_by[variable] = failed[0]
            else:
                proofs.add(worlds)
                self.hidden, self._proofs = fewer, proofs

    def _lost(self, proofs: _Proofs, variable: int) -> list[Want]:
        """The wants that lack proof without a complement; first the one that is the likeliest to fail."""
        first = self._needed_by.get(variable)
        return sorted(proofs.lacking(), key=lambda want: want != first)

    def replace(self) -> None:
        """Do without each complement where cheaper ones can take its place."""
        for variable in self._complements():
            instead = self._without(variable)
            if instead is not None:
                self.hidden, self._proofs = instead

    def _without(self, variable: int) -> tuple[np.ndarray, _Proofs] | None:
        """A cheaper pattern in which a complement is shown; None as soon as it turns out no cheaper."""
        hidden = self.hidden.copy()
        hidden[variable] = False
        proofs = self._proofs.without(variable)
        shown = np.zeros(len(hidden), dtype=bool)
        shown[variable] = True
        spent = 0.0
        found: list[np.ndarray] = []
        for want in self._lost(proofs, variable):
            if any(want.reached_by(world) for world in found):
                continue
            fixed = shown | ((self.given.never | self.given.forced) & ~hidden)
            room = np.where(hidden, self.room, self.given.size)
            world = self._cheapest.world(want, hidden, room, self.given.cost, fixed)
            spent += float("inf") if world is None else float(self.given.cost[(world != 0) & ~hidden].sum())
            if world is None or spent >= self.given.cost[variable] * (1 - 1e-9):
                return None
            hidden |= world != 0
            found.append(world)
        proofs.add(found)
        return hidden, proofs


def cheapest_world(
    program: Cheapest,
    given: Task,
    want: Want,
    hidden: np.ndarray,
    *,
    room: np.ndarray | None = None,
    known: np.ndarray | None = None,
    through: np.ndarray | float = 1.0,
) -> np.ndarray:
    """The cheapest world for a want; forced cells are given up only when there is none without.

    `room` and `known` are what a particular attacker knows, if more than the public: how far down each variable can
    be, and which ones it knows exactly. `through` as for `Cheapest.world`. Raises Unprotectable.
    """
    room = given.room if room is None else room
    fixed = given.never & ~hidden
    if known is not None:
        fixed = fixed | known
    room = np.minimum(room, np.where(hidden, np.inf, given.size))
    for kept in (fixed | (given.forced & ~hidden), fixed):
        world = program.world(want, hidden, room, given.cost, kept, through)
        if world is not None:
            return world
    raise Unprotectable([want.variable])
