"""Runs a command as a process of its own and measures its time and memory, and those of its children.

Which commands are worth measuring stands in `benchmarks.run`. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Measured:
    """One run: wall and CPU seconds (children included), and peak resident memory in bytes.

    `largest` is the peak of the largest single process, `together` that of all processes at one moment, in which
    shared pages count for each.
    """

    wall: float
    cpu: float
    largest: int
    together: int


def measure(command: Sequence[str], log: Path) -> Measured:
    """Run a command with its output in `log`; raises CalledProcessError unless it ends with 0 or 1 (breaches)."""
    with log.open("wb") as output:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)  # noqa: S603 - our own command
        together = 0
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            together = max(together, sum(_resident(child) for child in _tree(process.pid)))
            time.sleep(POLL_SECONDS)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise subprocess.CalledProcessError(process.returncode, list(command), log.read_bytes()[-2000:])
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, together)


def _tree(root: int) -> list[int]:
    """The process and everything below it, as far as it is still there."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += map(int, children.read_text(encoding="ascii").split())
            except OSError:
                continue
    return found


def _resident(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * resource.getpagesize()
