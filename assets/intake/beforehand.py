"""Examines a few new files of a round in another process, while this one still loads what a run needs.

What it examines it leaves in the memory of the round, where `assets.intake.take_in` finds it; what it does not get to,
or cannot do, is left to that.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

# Of more files the reading takes longer than the loading, and is to be seen.
FEW = 40
# A file that takes long is left to the run itself, which knows what to say of it.
SECONDS = 5


@contextmanager
def examining_beforehand(root: Path, round_name: str | None) -> Iterator[None]:
    """Examine the new files of a round, or of all open ones, meanwhile; whatever is left of that ends with this."""
    # Not from the folder where the user stands, which may hold a module of the same name.
    command = [sys.executable, "-P", "-m", __name__, str(root), *([round_name] if round_name else [])]
    process = None
    # Only sooner was asked for, so where no process can be begun the run goes on without.
    with suppress(OSError):
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    try:
        yield
    finally:
        if process is not None:
            process.kill()
            process.communicate()


def main(root: Path, *names: str) -> None:
    """Examine the few new files of these rounds, or of all open ones; a round at which somebody else is, is left.

    Raises what else goes wrong, which the run itself will say.
    """
    from assets.intake.limits import leave_no_dump
    from assets.intake.take_in import examine_few
    from assets.known_rounds import open_rounds
    from assets.rounds import RoundError, read_round
    from assets.store import DataFolder

    leave_no_dump()
    data = DataFolder(root)
    for settings in [read_round(data.round_folder(name)) for name in names] or open_rounds(data):
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
    _end_in_time()
    Thread(target=_end_with_its_run, daemon=True).start()
    main(Path(sys.argv[1]), *sys.argv[2:])
    # Without waiting for a library that is still being loaded.
    os._exit(0)
