"""Examines a few new files of a round in another process, while this one still loads what a run needs.

What it examines it leaves in the memory of the round, where `assets.intake.take_in` finds it; what it does not get to,
or cannot do, is left to that.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Thread

# Of more files the reading takes longer than the loading, and is to be seen.
FEW = 40
# A file that takes long is left to the run itself, which knows what to say of it.
SECONDS = 5


@cache
def begin() -> subprocess.Popen[bytes] | None:
    """Begin the process, which loads what it needs and waits to be told the rounds; the same for who asks again.

    It ends by itself when this process ends, whether or not somebody told it. None where no process can be begun: only
    sooner is asked for, so a run goes on without.
    """
    # Not from the folder where the user stands, which may hold a module of the same name.
    command = [sys.executable, "-P", "-m", __name__]
    with suppress(OSError):
        return subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    return None


@contextmanager
def examining_beforehand(root: Path, round_name: str | None) -> Iterator[None]:
    """Examine the new files of a round, or of all open ones, meanwhile; whatever is left of that ends with this."""
    process = begin()
    try:
        if process is not None and process.stdin is not None:
            # It may have ended already, in time.
            with suppress(OSError):
                process.stdin.write(json.dumps([str(root), round_name]).encode() + b"\n")
                process.stdin.flush()
        yield
    finally:
        if process is not None:
            process.kill()
            process.communicate()
        begin.cache_clear()


def main() -> None:
    """Examine the few new files of the rounds that are told; a round at which somebody else is, is left.

    Raises what else goes wrong, which the run itself will say.
    """
    from assets.intake.limits import leave_no_dump
    from assets.intake.take_in import examine_few
    from assets.known_rounds import open_rounds
    from assets.rounds import RoundError, read_round
    from assets.store import DataFolder

    leave_no_dump()
    told = sys.stdin.buffer.readline()
    if not told:
        return
    _end_in_time()
    Thread(target=_end_with_its_run, daemon=True).start()
    root, name = json.loads(told)
    data = DataFolder(Path(root))
    for settings in [read_round(data.round_folder(name))] if name else open_rounds(data):
        with suppress(RoundError):
            examine_few(data, settings, FEW)


def _end_with_its_run() -> None:
    """End this process when the one that began it is gone, however that ended: then nothing more can be read of it."""
    sys.stdin.buffer.read()
    os._exit(1)


def _end_in_time() -> None:
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    signal.alarm(SECONDS)


if __name__ == "__main__":
    # It ends so soon that looking for garbage is not worth the while.
    gc.disable()
    main()
    # Without waiting for a library that is still being loaded.
    os._exit(0)
