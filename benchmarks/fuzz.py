"""The long fuzz run: thousands of changed and damaged files and every hostile one, counted, timed and weighed.

The engine and what must come of a file stand in `tests.fuzz`; the tests do a short run of the same. Alone:
`python -m benchmarks.fuzz --seed 7 --number 2000`.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from assets.intake import bounded
from assets.intake.examine import MEMORY_BYTES, TIMEOUT_SECONDS, WORKERS
from assets.intake.extract import extract_file
from assets.intake.sheets import UnreadableFile
from tests.fuzz.damage import draw_damage, try_damage
from tests.fuzz.hostile import HOSTILE, Hostile, large
from tests.fuzz.trial import draw_layouts, draw_mutations, try_cases

NUMBER = 2_000
LAYOUTS = 200
GIB = 1 << 30
MAX_SECONDS, MAX_BYTES = 15.0, GIB
# A file is stopped after 15 s; handing it out and ending its process takes some more.
GRACE_SECONDS = 2.0


class Weighed(NamedTuple):
    """What reading one file came to, in a process of its own: how it ended, its seconds and its bytes."""

    ended: str
    seconds: float
    grown: int


@dataclass
class Fuzzed:
    """The counts of a run; `wrong` has every file that was not judged as it must be, in words."""

    tried: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: dict[str, tuple[float, str]] = field(default_factory=dict)
    largest: dict[str, tuple[int, str]] = field(default_factory=dict)

    def count(self, kind: str, outcome: str) -> None:
        self.tried[kind] += 1
        self.outcomes[kind, outcome] += 1

    def weigh(self, kind: str, name: str, seconds: float, grown: int) -> None:
        self.slowest[kind] = max(self.slowest.get(kind, (0.0, "")), (seconds, name))
        self.largest[kind] = max(self.largest.get(kind, (0, "")), (grown, name))


def weigh(path: Path) -> Weighed:
    """Read one file, in a child; the bytes are those that its largest size grew by."""
    extract_file(path.with_name("there is no such file"))  # reading it loads what reading needs
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the largest size until now
    before, begin = _memory("VmRSS"), time.perf_counter()
    found = extract_file(path)
    rule = "read" if found.readable else found.problems[0].rule
    return Weighed(rule, time.perf_counter() - begin, _memory("VmHWM") - before)


def _memory(name: str) -> int:
    """Bytes of this process as Linux counts them: VmRSS those of now, VmHWM the most there were."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def fuzz(seed: int, number: int, folder: Path, hostile: bool = True) -> Fuzzed:
    """Try so many changes and as much damage, and every hostile file."""
    done = Fuzzed()
    changed, damaged, strange = (folder / name for name in ("changed", "damaged", "strange"))
    for path in (changed, damaged, strange):
        path.mkdir(parents=True)
    for kind, cases in (
        ("andere indeling", draw_layouts(seed, number * LAYOUTS // NUMBER)),
        ("wijziging van één cel", draw_mutations(seed, number)),
    ):
        for tried in try_cases(cases, changed):
            done.count(kind, _kind_of(tried.wrong) if tried.wrong else "as expected")
            done.wrong += [f"{tried.path} ({tried.name}): {'; '.join(tried.wrong[:3])}"] * bool(tried.wrong)
    for judged in try_damage(draw_damage(seed, number), damaged):
        done.count("beschadiging", judged.outcome if not judged.wrong else _outcome(judged.outcome))
        if judged.wrong:
            done.wrong.append(f"{judged.path} ({judged.damaged.name}): {'; '.join(judged.wrong[:3])}")
    _weigh_some(done, seed, min(number, 100), folder)
    if hostile:
        _try_hostile(done, (*HOSTILE, *large()), strange)
    return done


def _kind_of(wrong: Iterable[str]) -> str:
    said = " ".join(wrong)
    if "reader_" in said:
        return "crash"
    return "wrong acceptance" if "wrongly accepted" in said or "wrong value" in said else (
        "lost row" if "lost:" in said or "wrong count" in said else "other finding")  # fmt: skip


def _outcome(outcome: str) -> str:
    return outcome if outcome in ("crash", "wrong acceptance", "lost row") else "other finding"


def _weigh_some(done: Fuzzed, seed: int, number: int, folder: Path) -> None:
    """Time and memory of a sample of changed and damaged files: each in a process that reads nothing else."""
    paths = {}
    for place, case in enumerate(draw_mutations(seed + 1, number)):
        paths[folder / f"m{place}"] = ("wijziging van één cel", case.name, case.form.data())
    for place, damaged in enumerate(draw_damage(seed + 1, number)):
        paths[folder / f"d{place}"] = ("beschadiging", damaged.name, damaged.data)
    for path, (_, _, data) in paths.items():
        path.write_bytes(data)
    for path, result in bounded.read_many(paths, weigh, WORKERS, TIMEOUT_SECONDS, MEMORY_BYTES):
        kind, name, _ = paths[path]
        if isinstance(result, Weighed):
            done.weigh(kind, name, result.seconds, result.grown)
        path.unlink()


def _try_hostile(done: Fuzzed, files: Iterable[Hostile], folder: Path) -> None:
    """Every hostile file in a fresh process, so that its time and memory are its own."""
    kind = "vijandig bestand"
    for number, one in enumerate(files):
        path = folder / f"{number:03d}"
        path.write_bytes(one.make())
        begin = time.perf_counter()
        ((_, result),) = bounded.read_many([path], weigh, 1, TIMEOUT_SECONDS, MEMORY_BYTES)
        if isinstance(result, UnreadableFile):
            spent = min(time.perf_counter() - begin, TIMEOUT_SECONDS)
            result = Weighed(result.rule, spent, MEMORY_BYTES if result.rule == "reader_memory" else 0)
        done.weigh(kind, one.name, result.seconds, result.grown)
        wanted = one.rules or {"READ"}
        right = (result.ended if result.ended != "read" else "READ") in wanted
        stopped = result.ended in ("reader_timeout", "reader_memory")
        done.count(kind, "other finding" if not right else "stopped in time" if stopped else "as expected")
        if right and result.seconds <= MAX_SECONDS + GRACE_SECONDS and result.grown <= MAX_BYTES:
            path.unlink()
        else:
            done.wrong.append(f"{path} ({one.name}): {result}")


def lines(done: Fuzzed) -> list[tuple[str, ...]]:
    """One line per kind of file, in the columns of HEADINGS."""
    found = []
    for kind in done.tried:
        number = {outcome: count for (of, outcome), count in done.outcomes.items() if of == kind}
        slowest, largest = done.slowest.get(kind), done.largest.get(kind)
        shown = [number.get(outcome, 0) for outcome in OUTCOMES]
        found.append(
            (
                kind,
                str(done.tried[kind]),
                *(str(count) if count else "-" for count in shown),
                f"{slowest[0]:.2f} s" if slowest else "-",
                f"{largest[0] / 1e6:.0f} MB" if largest else "-",
            )
        )
    return found


OUTCOMES = (
    "as expected", "refused as a file", "returned", "read and agreed", "stopped in time", "other finding", "crash",
    "lost row", "wrong acceptance",
)  # fmt: skip
HEADINGS = (
    "Soort", "Geprobeerd", "Zoals verwacht", "Geweigerd", "Teruggestuurd", "Gelezen en eens", "Op tijd gestopt",
    "Andere bevinding", "Crash", "Regel kwijt", "Ten onrechte aanvaard", "Traagste bestand", "Meeste geheugen erbij",
)  # fmt: skip


def figures(done: Fuzzed) -> list[tuple[str, ...]]:
    """What was asked, and whether it is reached, as lines of the report of `benchmarks.run`."""
    bad = sum(done.outcomes[kind, outcome] for kind in done.tried for outcome in OUTCOMES[-4:])
    slow = max((seconds for seconds, _ in done.slowest.values()), default=0.0)
    grown = max((size for size, _ in done.largest.values()), default=0)
    tried = done.tried["wijziging van één cel"], done.tried["beschadiging"]
    return [
        ("fuzz: wijzigingen en beschadigingen geprobeerd", " en ".join(map(str, tried)), f"ten minste {NUMBER} elk",
         "ja" if min(tried) >= NUMBER else "NEE"),
        ("fuzz: crash, regel kwijt, onterecht aanvaard, andere bevinding", str(bad), "0", "ja" if not bad else "NEE"),
        ("fuzz: traagste bestand", f"{slow:.1f} s", f"{MAX_SECONDS:g} s", "ja" if slow <= MAX_SECONDS else "NEE"),
        ("fuzz: meeste geheugen voor een bestand", f"{grown / GIB:.2f} GiB", "1 GiB", "ja" if grown <= GIB else "NEE"),
    ]  # fmt: skip


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    rule = tuple("---" for _ in headings)
    return "\n".join(f"| {' | '.join(line)} |" for line in (headings, rule, *rows))


def main() -> int:
    parser = argparse.ArgumentParser(description="Probeer gewijzigde, beschadigde en vijandige bestanden op de inname.")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--number", type=int, default=NUMBER, help="wijzigingen, en evenveel beschadigingen")
    parser.add_argument("--no-hostile", action="store_true", help="zonder de vijandige bestanden")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="pces-fuzz-"))
    say(f"Zaad {given.seed}; wat niet klopt blijft staan in {folder}")
    begin = time.perf_counter()
    done = fuzz(given.seed, given.number, folder, hostile=not given.no_hostile)
    say(table(HEADINGS, lines(done)))
    say(table(("Meting", "Uitkomst", "Doel", "Gehaald"), figures(done)))
    for kind, (seconds, name) in done.slowest.items():
        say(f"{kind}: traagste {seconds:.2f} s ({name}), meeste geheugen {done.largest[kind][1]}")
    for wrong in done.wrong:
        say(f"Niet goed, zaad {given.seed}: {wrong}")
    say(f"{time.perf_counter() - begin:.0f} s, belasting van de machine {os.getloadavg()[0]:.1f}")
    return 1 if done.wrong else 0


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main())
