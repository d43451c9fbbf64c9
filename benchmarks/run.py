"""Measures pCES against the figures it must reach and prints a table; `make bench` runs all of it.

How a process is measured stands in `processes`, how long its stages take in `stages`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from assets.rounds import read_round
from assets.store import DataFolder
from benchmarks.feedback import measure_feedback
from benchmarks.make_round import ROWS, SHEETS, change_files, make_round, workbook_path
from benchmarks.pace import PACE_SAID, slowness
from benchmarks.processes import Measured, measure
from benchmarks.stages import READING

RESULTS = Path(__file__).parent / "results.md"
PCES = Path(sys.executable).with_name("pces")
ROUND = "meting"
SIZES = (250, 500, 1000, 2000)
CHANGED = 10
ANOTHER_SEED = 2027
PARTS = ("sample", "check", "round", "tables", "feedback", "fuzz")
ROWS_PER_FILE = ROWS * len(SHEETS)
GIB = 1 << 30
# The figures to reach: seconds, bytes, and how much more a row may cost in a larger round.
SAMPLE_S, CHECK_S, FIRST_S, SECOND_S, FIRST_BYTES, GROWTH = 15.0, 4.0, 60.0, 10.0, 1.5 * GIB, 1.2
FEEDBACK_S = 120.0
TABLES_S, TABLES_BYTES = 10.0, 1.0 * GIB
TYPED_FILES = 40
FUZZ_SEED = 2026


@dataclass
class Report:
    """The tables as they grow: figures against targets, growth, and stages."""

    figures: list[tuple[str, ...]] = field(default_factory=list)
    growth: list[tuple[str, ...]] = field(default_factory=list)
    stages: list[tuple[str, ...]] = field(default_factory=list)
    stages_again: list[tuple[str, ...]] = field(default_factory=list)
    fuzzed: list[tuple[str, ...]] = field(default_factory=list)

    def seconds(self, what: str, run: Measured, target: float | None) -> None:
        """A figure in seconds, and what it would be at the pace of the machine for which the targets were set."""
        goal, reached = ("", "") if target is None else (f"{target:g} s", _yes(run.wall < target))
        pace = slowness()
        shown = f"{run.wall / pace:.1f} s (machine nu {pace:.1f} keer zo traag)"
        self.figures.append((what, f"{run.wall:.1f} s (CPU {run.cpu:.1f} s)", goal, reached, shown))

    def memory(self, what: str, run: Measured, target: float | None) -> None:
        goal, reached = ("", "") if target is None else (f"{target / GIB:g} GiB", _yes(run.largest < target))
        shown = f"{run.largest / GIB:.2f} GiB (alle processen samen {run.together / GIB:.2f} GiB)"
        self.figures.append((what, shown, goal, reached, ""))


def measure_sample(work: Path, report: Report) -> None:
    """The sample round from start to end of the process: the second time, on emptied tables and cache."""
    data = DataFolder(work / "sample")
    _pces(data, work, "sample", "--ronde", "voorbeeld")
    _pces(data, work, "run")
    _forget(data)
    report.seconds("voorbeeldronde", _pces(data, work, "run"), SAMPLE_S)


def measure_check(work: Path, report: Report) -> None:
    """`pces check` on one workbook: the second time."""
    data = DataFolder(work / "check")
    file = workbook_path(make_round(data.raw, ROUND, 1), 0)
    _pces(data, work, "check", str(file))
    report.seconds("één werkmap controleren", _pces(data, work, "check", str(file)), CHECK_S)


def measure_rounds(work: Path, sizes: tuple[int, ...], report: Report) -> None:
    """First runs of growing rounds; of the largest also the stages, and a second run with changed files."""
    cost: dict[int, float] = {}
    for size in sizes:
        data = DataFolder(work / f"round{size}")
        folder = make_round(data.raw, ROUND, size)
        run, stages = _staged(data, work)
        cost[size] = run.wall / (size * ROWS_PER_FILE)
        report.growth.append(
            (
                f"{size}",
                f"{run.wall:.1f} s",
                f"{run.cpu:.1f} s",
                f"{run.largest / GIB:.2f} GiB",
                f"{cost[size] * 1e6:.1f} µs",
                f"{cost[size] / cost[sizes[0]]:.2f}",
            )
        )
        if size == sizes[-1]:
            is_full = size == SIZES[-1]
            report.seconds(f"{size} werkmappen, eerste run", run, FIRST_S if is_full else None)
            report.memory(f"{size} werkmappen, geheugen", run, FIRST_BYTES if is_full else None)
            report.stages = _stage_lines(stages, run) + _cost_lines(folder, size)
            changed = partial(change_files, folder, read_round(folder), range(0, size, max(1, size // CHANGED)), size)
            changed()
            # The command itself: a clock around its stages would load them before another process begins to read.
            again = measure([str(PCES), "--data", str(data.root), "run"], work / "log.txt")
            report.seconds(f"{size} werkmappen, {CHANGED} gewijzigd", again, SECOND_S if is_full else None)
            changed(seed=ANOTHER_SEED)
            again, stages = _staged(data, work)
            report.stages_again = _stage_lines(stages, again)
        shutil.rmtree(data.root)
    worst = max(cost.values()) / cost[sizes[0]]
    report.figures.append(
        ("groei: kosten per regel t.o.v. kleinste ronde", f"{worst:.2f}", f"{GROWTH:g}", _yes(worst <= GROWTH), "")
    )


def measure_tables(work: Path, report: Report) -> None:
    """All tables of 2,000 companies with 200,000 rows of demand and 20,000 projects, from accepted rows."""
    command = [sys.executable, "-m", "benchmarks.tables"]
    measure([*command, "write", str(work / "tables")], work / "log.txt")
    run = measure([*command, "make", str(work / "tables")], work / "log.txt")
    report.seconds("alle tabellen van 2000 bedrijven, uit aanvaarde regels", run, TABLES_S)
    report.memory("alle tabellen van 2000 bedrijven, geheugen", run, TABLES_BYTES)


def measure_fuzz(work: Path, report: Report) -> None:
    """Thousands of changed, damaged and hostile files: what came of them."""
    from benchmarks import fuzz

    done = fuzz.fuzz(FUZZ_SEED, fuzz.NUMBER, work / "fuzz")
    report.figures += [(*figure, "") for figure in fuzz.figures(done)]
    report.fuzzed = fuzz.lines(done)
    for wrong in done.wrong:
        print(f"Niet goed, zaad {FUZZ_SEED}: {wrong}")  # noqa: T201 - a command


def _pces(data: DataFolder, work: Path, *arguments: str) -> Measured:
    return measure([str(PCES), "--data", str(data.root), *arguments], work / "log.txt")


def _staged(data: DataFolder, work: Path) -> tuple[Measured, dict[str, Any]]:
    """`pces run`, with the seconds per stage."""
    stages = work / "stages.json"
    command = [sys.executable, "-m", "benchmarks.stages", str(stages), "--data", str(data.root), "run"]
    run = measure(command, work / "log.txt")
    return run, json.loads(stages.read_text(encoding="utf-8"))


def _forget(data: DataFolder) -> None:
    for folder in (data.curated, data.root / "cache"):
        shutil.rmtree(folder, ignore_errors=True)


def _stage_lines(timed: dict[str, Any], run: Measured) -> list[tuple[str, ...]]:
    """Stages, longest first, as a share of the whole process; judging goes on beside reading."""
    stages: dict[str, float] = timed["stages"]
    lines = [
        (name, f"{seconds:.1f} s", f"{seconds / run.wall:.0%}")
        for name, seconds in sorted(stages.items(), key=lambda item: -item[1])
    ]
    start = run.wall - timed["total"]
    return [*lines, ("starten van Python en pces", f"{start:.1f} s", f"{start / run.wall:.0%}")]


def _cost_lines(folder: Path, size: int) -> list[tuple[str, ...]]:
    reading, typing = _cost_of_a_file(folder, size)
    named = (("per werkmap: lezen", reading), ("per werkmap: typen", typing))
    return [(name, f"{seconds * 1000:.1f} ms CPU", "") for name, seconds in named]


def _cost_of_a_file(folder: Path, size: int) -> tuple[float, float]:
    """CPU seconds to read a workbook and to type it, in this process."""
    from assets.intake.extract import extract
    from assets.intake.read import read_file

    paths = [workbook_path(folder, number) for number in range(min(size, TYPED_FILES))]
    extract(read_file(paths[0]))
    begin = time.process_time()
    read = [read_file(path) for path in paths]
    between = time.process_time()
    for sheets in read:
        extract(sheets)
    return (between - begin) / len(paths), (time.process_time() - between) / len(paths)


def _yes(reached: bool) -> str:
    return "ja" if reached else "NEE"


def _table(headings: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    rule = tuple("---" for _ in headings)
    return "\n".join(f"| {' | '.join(line)} |" for line in (headings, rule, *lines))


def render(report: Report) -> str:
    """The report in Markdown, with the facts of the machine."""
    load = os.getloadavg()[0]
    parts = [
        "# Laatste meting",
        "Geschreven door `make bench`; niet met de hand aanpassen.",
        f"{os.cpu_count()} rekenkernen, {platform.system()} op {platform.machine()}, "
        f"Python {platform.python_version()}, belasting van de machine na afloop {load:.1f}.",
        PACE_SAID,
        _table(("Meting", "Uitkomst", "Doel: minder dan", "Gehaald", "In het tempo van het doel"), report.figures),
    ]
    if report.growth:
        headings = ("Werkmappen", "Tijd", "CPU", "Grootste proces", "Per regel", "T.o.v. kleinste")
        parts += ["## Groei", _table(headings, report.growth)]
    if report.fuzzed:
        from benchmarks.fuzz import HEADINGS

        title = f"## Gewijzigde, beschadigde en vijandige bestanden, zaad {FUZZ_SEED}"
        parts += [title, _table(HEADINGS, report.fuzzed)]
    for title, lines in (("eerste run", report.stages), (f"{CHANGED} gewijzigd", report.stages_again)):
        if not lines:
            continue
        parts += [
            f"## Onderdelen van de grootste ronde, {title}",
            f"Beoordelen loopt naast '{READING}', en tabellen worden er twee tegelijk gemaakt, dus samen kan het meer"
            " dan 100% zijn. Wat ontbreekt is Dagster, en van enkele gewijzigde bestanden het lezen en beoordelen: dat"
            " doet een ander proces terwijl dit begint.",
            _table(("Onderdeel", "Tijd", "Deel van het geheel"), lines),
        ]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description="Meet pCES en vergelijk met de doelen.")
    parser.add_argument("--only", choices=PARTS, action="append", help="alleen dit onderdeel (mag vaker)")
    parser.add_argument("--files", type=int, action="append", metavar="N", help="grootte van een ronde (mag vaker)")
    parser.add_argument("--work", type=Path, help="map voor de gemaakte rondes (anders een tijdelijke)")
    given = parser.parse_args()
    report, parts = Report(), given.only or PARTS
    sizes = tuple(sorted(given.files)) if given.files else SIZES
    if given.work:
        given.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.work, prefix="pces-bench-") as folder:
        work = Path(folder)
        if "sample" in parts:
            measure_sample(work, report)
        if "check" in parts:
            measure_check(work, report)
        if "round" in parts:
            measure_rounds(work, sizes, report)
        if "tables" in parts:
            measure_tables(work, report)
        if "feedback" in parts:
            first, again = measure_feedback(work, sizes[-1], PCES)
            is_full = sizes[-1] == SIZES[-1]
            report.seconds(f"terugkoppeling bij {sizes[-1]} indieningen", first, FEEDBACK_S if is_full else None)
            report.memory(f"terugkoppeling bij {sizes[-1]} indieningen, geheugen", first, None)
            report.seconds("terugkoppeling, niets gewijzigd", again, None)
        if "fuzz" in parts:
            measure_fuzz(work, report)
    text = render(report)
    print(text)  # noqa: T201 - a command
    if not (given.only or given.files):
        RESULTS.write_text(text, encoding="utf-8")
    return 0 if all(line[3] != "NEE" for line in report.figures) else 1


if __name__ == "__main__":
    sys.exit(main())
