"""Protects and audits made-up tables of 12 provinces, 10 sectors and 6 carriers, and writes how long it took.

Run as `python -m benchmarks.disclosure`; writes disclosure.md. How long whole rounds take is measured in `run`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from assets.disclosure.audit import Report, audit
from assets.disclosure.insiders import insiders, repair
from assets.disclosure.protect import NATION_WEIGHT, PROVINCE_WEIGHT, Protected
from assets.disclosure.rules import Rules, primaries
from assets.disclosure.suppress import suppress, task
from assets.disclosure.system import System, Table, build

RESULTS = Path(__file__).parent / "disclosure.md"
TABLES = (Table("demand", (("province",), ("sector",), ("carrier",))),)
SIZES, SEED = (200, 2_000), 2026
WITHIN_S = 10.0
T = TypeVar("T")


def made_rows(sites: int, seed: int = SEED) -> pa.Table:
    """One year of demand: skewed sizes, uneven provinces and sectors, 8 % of sites under another site's holding."""
    rng = np.random.default_rng(seed)
    holding = np.where(rng.random(sites) < 0.08, rng.integers(0, sites, sites), np.arange(sites))
    province = rng.choice(12, sites, p=rng.dirichlet(np.full(12, 3.0)))
    sector = rng.choice(10, sites, p=rng.dirichlet(np.full(10, 3.0)))
    size = rng.lognormal(0, 1.6, sites)
    # Electricity everywhere, gas nearly, the others now and then.
    uses = rng.random((sites, 6)) < np.array([1.0, 0.8, 0.15, 0.15, 0.15, 0.15])
    site, carrier = np.nonzero(uses)
    return pa.table(
        {
            "holding": [f"H{number:05}" for number in holding[site]],
            "province": [f"P{number:02}" for number in province[site]],
            "sector": [f"S{number:02}" for number in sector[site]],
            "carrier": [f"C{number}" for number in carrier],
            "value": size[site] * rng.lognormal(0, 0.7, len(site)),
        }
    )


@dataclass
class Stopwatch:
    """Wall and processor seconds of named steps."""

    lines: list[tuple[str, float, float]]

    def run(self, name: str, step: Callable[[], T]) -> T:
        wall, cpu = time.perf_counter(), time.process_time()
        made = step()
        self.lines.append((name, time.perf_counter() - wall, time.process_time() - cpu))
        return made

    def seconds(self) -> float:
        return sum(cpu for _, _, cpu in self.lines)


def weight(system: System) -> np.ndarray:
    """What withholding weighs: the nation most, then the provinces."""
    found = np.ones(system.size)
    for row in system.cells.to_pylist():
        if row["province"] is None:
            found[row["variable"]] = NATION_WEIGHT
        elif row["sector"] is None and row["carrier"] is None:
            found[row["variable"]] = max(found[row["variable"]], PROVINCE_WEIGHT)
    return found


def measured(sites: int) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], bool]:
    """The seconds of each step, the figures of the outcome, and whether all of it is as it must be."""
    rows, watch = made_rows(sites), Stopwatch([])
    system = watch.run("stelsel", lambda: build(rows, TABLES))
    primary = watch.run("primair", lambda: primaries(system.contributions, Rules()))
    given = task(system, primary.level, weight=weight(system))
    outside = watch.run("secundair", lambda: suppress(given))
    report = watch.run("audit", lambda: audited(Protected(system, primary, given, outside)))
    to_audit = watch.seconds()
    alone = insiders(system, outside.hidden, pairs=False)
    one = watch.run("insiders: een houdster", lambda: repair(given, outside, alone))
    both = insiders(system, outside.hidden)
    two = watch.run("insiders: ook paren in een lijn", lambda: repair(given, outside, both))
    last = watch.run("audit na insiders", lambda: audited(Protected(system, primary, given, two)))
    seconds = [(sites, name, f"{wall:.1f}", f"{cpu:.1f}") for name, wall, cpu in watch.lines]
    figures = []
    for name, pattern, found in (("buitenstaander", outside, report), ("een", one, None), ("paren", two, last)):
        kept = system.value[system.cells["variable"].to_numpy()[~pattern.hidden[system.cells["variable"].to_numpy()]]]
        complements = int((pattern.complements(given) * system.multiple).sum())
        cost = f"{pattern.cost(given):.1f}"
        misses, worst = (len(found.misses), f"{found.worst:.4f}") if found else ("", "")
        unsafe = int((primary.unsafe * system.multiple).sum())
        figures.append((sites, name, len(system.cells), unsafe, complements, cost, len(kept), misses, worst))
    return seconds, figures, report.safe and last.safe and to_audit < WITHIN_S


def audited(outcome: Protected) -> Report:
    return audit(outcome.published(), outcome.required())


def table(headings: tuple[str, ...], lines: list[tuple[Any, ...]]) -> str:
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in (headings, ("---",) * len(headings), *lines))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sites", type=int, action="append", help="another number of sites; nothing is written then")
    asked = options.parse_args().sites
    seconds, figures, good = [], [], True
    for sites in asked or SIZES:
        more_seconds, more_figures, well = measured(sites)
        seconds, figures, good = seconds + more_seconds, figures + more_figures, good and well
    load = f"{os.cpu_count()} kernen, belasting {os.getloadavg()[0]:.1f}; een proces, een draad."
    text = "\n\n".join(
        [
            "# Afscherming: tijden en cijfers",
            f"Geschreven door `python -m benchmarks.disclosure`. {load}",
            table(("vestigingen", "stap", "seconden", "rekenseconden"), seconds),
            table(
                ("vestigingen", "bestand tegen", "cellen", "primair", "secundair", "kosten", "getoond", "missers",
                 "kleinste verhouding"),
                figures,
            ),
            "Kosten: wortel van de waarde maal het gewicht van het niveau; een misser is een grens die uitgesloten is.",
        ]
    )  # fmt: skip
    sys.stdout.write(text + "\n")
    if not asked:
        RESULTS.write_text(text + "\n", encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
