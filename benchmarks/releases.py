"""Measures how long the first and every later release of a round take, each beside all that was released before.

`python -m benchmarks.releases` writes releases.md. What protects a table by itself is measured in `disclosure`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.disclosure import table
from tests.assets.release.made import PLAN, Site, changed, folder, random_sites, released

RESULTS = Path(__file__).with_name("releases.md")
COMPANIES, RELEASES, SEED, SHARE = 40, 4, 2026, 0.1
YEARS, SCENARIOS = (2025, 2027, 2030, 2035, 2040, 2050), ("plan", "plan_low", "plan_high")


def planned(sites: list[Site]) -> list[Site]:
    """The same sites with a plan for every year and scenario that a round asks for."""
    rng, found = np.random.default_rng(SEED), []
    for one in sites:
        uses = dict(one.uses)
        for carrier in [use[0] for use in one.uses if use[1:] == PLAN]:
            energy, peak = uses[carrier, *PLAN]
            for year in YEARS:
                for scenario in SCENARIOS:
                    part = float(rng.choice([1.0, rng.uniform(0.7, 1.5)]))
                    uses[carrier, "offtake", year, scenario] = (round(energy * part, 9), round(peak * part, 6))
        found.append(replace(one, uses=uses))
    return found


def seconds(companies: int, number: int) -> list[tuple[str, ...]]:
    """Per release of one round how long it took: with a tenth of the firms changed, and the last with none."""
    sites, found = planned(random_sites(SEED, companies, 3, consenting=0.5)), []
    with tempfile.TemporaryDirectory(prefix="pces-vrijgaven-") as place:
        data = folder(Path(place))
        for at in range(number):
            begin, used = time.perf_counter(), time.process_time()
            released(data, sites)
            took, cpu = time.perf_counter() - begin, time.process_time() - used
            found.append((str(companies), str(at + 1), f"{took:.1f}", f"{cpu:.1f}"))
            sites = changed(sites, at, SHARE) if at < number - 2 else sites
    return found


def main() -> int:
    options = argparse.ArgumentParser(description="Meet hoe lang opeenvolgende vrijgaven van een ronde duren.")
    options.add_argument("--companies", type=int, default=COMPANIES)
    options.add_argument("--releases", type=int, default=RELEASES)
    asked = options.parse_args()
    lines = seconds(asked.companies, asked.releases)
    text = "\n".join(
        (
            "# Opeenvolgende vrijgaven",
            "",
            f"Geschreven door `python -m benchmarks.releases`. {len(YEARS)} jaren × {len(SCENARIOS)} scenario's; voor"
            f" elke vrijgave verandert {SHARE:.0%} van de bedrijven, voor de laatste geen.",
            "",
            table(("bedrijven", "vrijgave", "seconden", "CPU-seconden"), lines),
            "",
        )
    )
    RESULTS.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
