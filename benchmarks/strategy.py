"""Measures how long strategy documents take and how large they are, on the sample round; writes strategy.md.

`python -m benchmarks.strategy`, or with `--data FOLDER` on a round that was run and released before.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from assets.store import DataFolder
from assets.strategy.document import INTERNAL, PUBLIC, Tier
from assets.strategy.make import FOLDERS
from benchmarks.processes import Measured, measure

RESULTS = Path(__file__).with_name("strategy.md")
PCES = [sys.executable, "-c", "from pipelines.cli import pces; pces()"]
ROUND, PROVINCE = "voorbeeld-2026", "fryslân"
# The figures to reach: seconds for one province and for all, bytes of a page.
ONE_S, ALL_S, PAGE_BYTES = 6.0, 45.0, 1_500_000


def main() -> int:
    """Measure and write; 0 when every figure is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a data folder with the sample round, run and released")
    given = parser.parse_args()
    work = Path(tempfile.mkdtemp())
    try:
        data = DataFolder(given.data or work / "data")
        if given.data is None:
            for words in (("sample", "--which", "voorbeeld"), ("run",), ("release", "--round", ROUND, "--ja")):
                measure([*PCES, "--data", str(data.root), *words], work / "log.txt")
        lines = _measured(data, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    head = ["# Strategiedocumenten", "", "Gemaakt door `python -m benchmarks.strategy`, op de voorbeeldronde.", ""]
    table = ["| Wat | Gemeten | Hooguit | Gehaald |", "| --- | --- | --- | --- |"]
    table += [f"| {what} | {found} | {goal} | {'ja' if good else 'NEE'} |" for what, found, goal, good in lines]
    RESULTS.write_text("\n".join([*head, *table, ""]), encoding="utf-8")
    sys.stdout.write("\n".join([*table, ""]))
    return 0 if all(good for *_, good in lines) else 1


def _measured(data: DataFolder, work: Path) -> list[tuple[str, str, str, bool]]:
    lines = []
    kinds: tuple[tuple[Tier, str], ...] = ((PUBLIC, "openbaar"), (INTERNAL, "vertrouwelijk"))
    for tier, kind in kinds:
        command = [*PCES, "--data", str(data.root), "strategy", "--round", ROUND, "--tier", tier]
        measure([*command, "--province", PROVINCE], work / "log.txt")
        lines.append(
            _line(
                f"één provincie, {kind}: HTML en PDF",
                measure([*command, "--province", PROVINCE], work / "log.txt"),
                ONE_S,
            )
        )
        lines.append(_line(f"twaalf provincies, {kind}", measure(command, work / "log.txt"), ALL_S))
        folder = data.strategy(ROUND, FOLDERS[tier])
        largest = max(path.stat().st_size for path in folder.glob("*.html"))
        goal = f"{PAGE_BYTES // 1000} kB"
        lines.append((f"grootste HTML, {kind}", f"{largest // 1000} kB", goal, largest < PAGE_BYTES))
    return lines


def _line(what: str, run: Measured, goal: float) -> tuple[str, str, str, bool]:
    return what, f"{run.wall:.1f} s (CPU {run.cpu:.1f} s)", f"{goal:g} s", run.wall < goal


if __name__ == "__main__":
    sys.exit(main())
