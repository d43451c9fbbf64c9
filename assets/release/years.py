"""What the years beside it tell of a withheld figure: halfway between two shown ones is a good guess.

Such a guess is no proof, so it withholds one of the two and is no reason to refuse a release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from assets.disclosure.rules import Rules, primaries
from assets.disclosure.system import Key, build
from assets.release.facts import Stream, StreamKey, year_of
from assets.release.figures import tables_of
from blueprint.disclosure import Product, Step

# Per cell the value and how far an attacker must stay from it: nothing when it is safe.
Cell = tuple[float, float]
Path = Mapping[int, tuple[StreamKey, Mapping[Key, Cell]]]


def guessed(given: Sequence[Stream], agreed: Product, step: Step, rules: Rules) -> dict[StreamKey, dict[Key, float]]:
    """The safe cells, by stream, that are not shown since with another year they tell what is between them."""
    found: dict[StreamKey, dict[Key, float]] = {stream.key: {} for stream in given}
    cells = {stream.key: _cells(stream, step, rules) for stream in given}
    for path in _paths(given, agreed, cells):
        for year, (_, here) in sorted(path.items()):
            for key, (value, level) in here.items():
                if level:
                    _withhold(found, path, year, key, value, level)
    return found


def _withhold(
    found: dict[StreamKey, dict[Key, float]], path: Path, year: int, key: Key, value: float, level: float
) -> None:
    """Withhold the later of every two years of which the line between them comes too near."""
    safe = {
        other: cells[key][0]
        for other, (stream, cells) in path.items()
        if key in cells and not cells[key][1] and key not in found[stream]
    }
    for before, after in product(sorted(y for y in safe if y < year), sorted(y for y in safe if y > year)):
        guess = safe[before] + (safe[after] - safe[before]) * (year - before) / (after - before)
        stream = path[after][0]
        if abs(guess - value) < level and key not in found[stream]:
            found[stream][key] = level


def _cells(stream: Stream, step: Step, rules: Rules) -> dict[Key, Cell]:
    system = build(stream.rows, tables_of(step))
    primary = primaries(system.contributions, rules, stream.waiving)
    level = [float(primary.level[v]) if primary.unsafe[v] else 0.0 for v in system.variable.tolist()]
    return dict(zip(system.keys, zip(system.value[system.variable].tolist(), level, strict=True), strict=True))


def _paths(given: Sequence[Stream], agreed: Product, cells: Mapping[StreamKey, Mapping[Key, Cell]]) -> Iterator[Path]:
    """The streams of one figure and scenario by year, each behind the base year."""
    groups: dict[tuple, dict[int, tuple[StreamKey, Mapping[Key, Cell]]]] = {}
    for stream in given:
        codes = agreed.codes(stream.key)
        year = year_of(codes)
        if year is not None:
            same = tuple(sorted((name, code) for name, code in codes.items() if name not in ("year", "scenario")))
            groups.setdefault((same, str(codes.get("scenario"))), {})[year] = (stream.key, cells[stream.key])
    for (same, scenario), path in groups.items():
        if scenario != "base":
            yield {**groups.get((same, "base"), {}), **path}
