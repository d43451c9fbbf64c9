"""The long run of the attacks: random rounds of 20 to 2,000 companies, each released three times, under every attack.

What the attacks are stands in `tests.assets.release`; the tests try a few rounds. Alone:
`python -m benchmarks.attacks --seed 7 --rounds 200`. The same seed gives the same rounds.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.assets.release.attacks import Leak
from tests.assets.release.rounds import RELEASES, SHARES, leaks_of

ROUNDS = 200
SMALLEST, LARGEST = 20, 2_000
# By how many companies rounds are counted, up to and including.
SIZES = (50, 100, 200, 500, 1_000, 2_000)


@dataclass(frozen=True)
class Drawn:
    """One round to try: all that is needed to make it again."""

    seed: int
    companies: int
    share: float

    @property
    def size(self) -> int:
        return next(size for size in SIZES if self.companies <= size)


@dataclass
class Tried:
    """The counts of a run by size, and in words every round of which something was found."""

    rounds: Counter[int] = field(default_factory=Counter)
    leaks: Counter[int] = field(default_factory=Counter)
    seconds: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def drawn(seed: int, number: int, smallest: int = SMALLEST, largest: int = LARGEST) -> Iterator[Drawn]:
    """So many rounds: half of them of less than some sixty companies, a sixth of more than five hundred."""
    rng = np.random.default_rng(seed)
    for _ in range(number):
        companies = round(smallest * (largest / smallest) ** (rng.random() ** 2))
        yield Drawn(int(rng.integers(2**31)), companies, float(rng.choice(SHARES)))


def try_one(one: Drawn) -> list[str]:
    """What is wrong with a round, in words: leaks by attack, or why it could not be released."""
    with TemporaryDirectory(prefix="pces-aanval-") as place:
        try:
            leaks = leaks_of(Path(place), one.seed, one.companies, one.share)
        except Exception:  # whatever stops a round is a finding, and the next one is tried
            return [traceback.format_exc(limit=-3)]
    return [f"{attack}: {count}, zoals {_first(leaks, attack)}" for attack, count in _by_attack(leaks).items()]


def _by_attack(leaks: list[Leak]) -> Counter[str]:
    return Counter(leak.attack for leak in leaks)


def _first(leaks: list[Leak], attack: str) -> str:
    one = next(leak for leak in leaks if leak.attack == attack)
    return f"{one.where} (blijft over: {one.remains:.3g})"


def attack(rounds: Iterator[Drawn], minutes: float) -> Tried:
    """Try these rounds one after another, and stop after so many minutes."""
    done, begin = Tried(), time.perf_counter()
    for one in rounds:
        at = time.perf_counter()
        if at - begin > minutes * 60:
            break
        wrong = try_one(one)
        seconds = time.perf_counter() - at
        done.rounds[one.size] += 1
        done.leaks[one.size] += bool(wrong)
        done.seconds[one.size] += round(seconds)
        say(f"{one}: {'; '.join(wrong) or 'niets gevonden'} ({seconds:.0f} s)")
        done.wrong += [f"{one}: {each}" for each in wrong]
    return done


def table(done: Tried) -> str:
    """The counts as a table, smallest rounds first."""
    lines = ["| bedrijven | rondes | met iets gevonden | seconden |", "| --- | --- | --- | --- |"]
    for size in SIZES:
        if done.rounds[size]:
            lines.append(f"| tot en met {size} | {done.rounds[size]} | {done.leaks[size]} | {done.seconds[size]} |")
    return "\n".join(lines)


def main() -> int:
    options = argparse.ArgumentParser(description="Val willekeurige rondes aan, elk drie keer vrijgegeven.")
    options.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--smallest", type=int, default=SMALLEST, help="bedrijven in de kleinste ronde")
    options.add_argument("--largest", type=int, default=LARGEST, help="bedrijven in de grootste ronde")
    options.add_argument("--minutes", type=float, default=float("inf"), help="begin daarna aan geen ronde meer")
    asked = options.parse_args()
    say(f"Zaad {asked.seed}; {RELEASES} vrijgaven per ronde")
    done = attack(drawn(asked.seed, asked.rounds, asked.smallest, asked.largest), asked.minutes)
    say(table(done))
    for wrong in done.wrong:
        say(f"Niet goed, zaad {asked.seed}: {wrong}")
    return 1 if done.wrong or not done.rounds else 0


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main())
