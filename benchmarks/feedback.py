"""Measures how long the feedback to companies takes: a first time for all of a round, and again when nothing changed.

The round is that of `make_round`: 1,000 rows and more than 20 findings a workbook. Targets stand in `benchmarks.run`.
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

from assets.store import DataFolder, read_table
from benchmarks.make_round import make_round
from benchmarks.processes import Measured, measure

FINDINGS = 20
ROUND = "meting"


class TooFewFindings(Exception):
    """The round does not hold what is to be measured."""


def measure_feedback(work: Path, size: int, pces: Path) -> tuple[Measured, Measured]:
    """`pces feedback` on so many submissions with at least FINDINGS findings each: the first time and the second."""
    data = DataFolder(work / f"feedback{size}")
    make_round(data.raw, ROUND, size)
    # in a process of its own: a child is charged with the memory that its parent had when it began
    measure([str(pces), "--data", str(data.root), "run"], work / "log.txt")
    found = Counter(read_table(data, "findings", ROUND).column("submission_id").to_pylist())
    if len(found) != size or min(found.values()) < FINDINGS:
        raise TooFewFindings(f"{len(found)} submissions, {min(found.values(), default=0)} findings")
    command = [str(pces), "--data", str(data.root), "feedback"]
    first = measure(command, work / "log.txt")
    again = measure(command, work / "log.txt")
    shutil.rmtree(data.root)
    return first, again
