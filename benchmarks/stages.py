"""Runs the command `pces` in this process and writes down how long each stage of it took.

What is measured and which figures are to be reached stands in `benchmarks.run`.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

from pipelines.cli.main import main

READING = "lezen en typen (kindprocessen)"
# Stage, module and name of the function as its caller knows it. A stage is without the stages inside it.
STAGES = (
    (READING, "assets.intake.take_in", "read_files"),
    ("Great Expectations laden", "assets.intake.take_in", "warm_up"),
    ("kolomregels (Great Expectations)", "assets.intake.judge", "failing_rows"),
    ("SQL-regels", "assets.intake.judge", "_sql_rules"),
    ("SQL-regels", "assets.intake.judge", "_duplicates"),
    ("poort", "assets.intake.judge", "Gate.close"),
    ("beoordelen, overig", "assets.intake.take_in", "judge_apart"),
    ("bevindingen verwoorden", "assets.intake.findings", "word"),
    ("batch bewaren", "assets.intake.memory", "Memory.keep"),
    ("aanvaarde regels schrijven", "assets.intake.take_in", "write_rows"),
    ("wachten op beoordelen", "assets.intake.take_in", "_examine"),
    ("inname, overig", "assets.intake.take_in", "take_in"),
    ("controles", "assets.declare", "breaches"),
    ("controles", "assets.declare", "key_breaches"),
    ("vraag en pMIEK-tabellen", "assets.from_sql", "make"),
)


class Stopwatch:
    """Seconds per stage, added up over all threads."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.local = threading.local()

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed; of a generator every step is."""

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            result = self._clock(stage, lambda: function(*args, **kwargs))
            return self._steps(stage, result) if isinstance(result, Iterator) else result

        return call

    def _steps(self, stage: str, steps: Iterator[Any]) -> Iterator[Any]:
        end = object()
        while (step := self._clock(stage, lambda: next(steps, end))) is not end:
            yield step

    def _clock(self, stage: str, work: Callable[[], Any]) -> Any:
        inner: list[float] = self.local.__dict__.setdefault("inner", [])
        inner.append(0.0)
        begin = time.perf_counter()
        try:
            return work()
        finally:
            took = time.perf_counter() - begin
            self.seconds[stage] += took - inner.pop()
            if inner:
                inner[-1] += took


def install(stopwatch: Stopwatch) -> None:
    """Put the stopwatch around every stage; AttributeError when a stage is no longer called that."""
    for stage, module_name, path in STAGES:
        owner: Any = importlib.import_module(module_name)
        *outer, name = path.split(".")
        for part in outer:
            owner = getattr(owner, part)
        setattr(owner, name, stopwatch.timed(stage, getattr(owner, name)))


def run(report: Path, arguments: list[str]) -> None:
    """Run `pces` with these arguments and write seconds per stage to `report` as JSON."""
    stopwatch = Stopwatch()
    install(stopwatch)
    begin = time.perf_counter()
    try:
        main(arguments)
    finally:
        total = time.perf_counter() - begin
        report.write_text(json.dumps({"total": total, "stages": stopwatch.seconds}), encoding="utf-8")


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2:])
    # As `pces` ends.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
