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

# Of more files the reading takes longer than the loading, and is to be seen.
FEW = 40
# A file that takes long is left to the run itself, which knows what to say of it.
SECONDS = 5


@contextmanager
def examining_beforehand(root: Path, round_name: str | None) -> Iterator[None]:
    """Examine the new files of a round, or of all open ones, meanwhile; whatever is left of that ends with this."""
    # Not from the folder where the user stands, which may hold a module of the same name.
    command = [sys.executable, "-P", "-m", __name__, str(root), *([round_name] if round_name else [])]
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
    except OSError:
        # Only sooner was asked for, so without it the run goes on.
        yield
        return
    try:
        yield
    finally:
        # With the processes that it reads files in.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def main(root: Path, *names: str) -> None:
    """Examine the few new files of these rounds, or of all open ones.

    Raises what goes wrong, which the run itself will say.
    """
    from assets.intake.limits import leave_no_dump
    from assets.intake.take_in import examine_few
    from assets.known_rounds import open_rounds
    from assets.rounds import read_round
    from assets.store import DataFolder

    leave_no_dump()
    data = DataFolder(root)
    for settings in [read_round(data.round_folder(name)) for name in names] or open_rounds(data):
        examine_few(data, settings, FEW)


if __name__ == "__main__":
    signal.alarm(SECONDS)
    main(Path(sys.argv[1]), *sys.argv[2:])
    # Without waiting for a library that is still being loaded.
    os._exit(0)
