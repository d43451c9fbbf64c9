"""Lets one run at a time work on the tables of a round; what a run does with them is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from assets.rounds import RoundError
from assets.store import DataFolder

# A second run of the same round waits this long for the first.
LOCK_SECONDS = 900


@contextmanager
def working_on(data: DataFolder, round_name: str, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Keep a round to oneself; who does so already may ask again within. `waiting` is called before it must wait.

    The operating system lets go of a round whose run was killed. Raises RoundError when another run takes too long, or
    for what cannot be the name of a round.
    """
    data.round_folder(round_name)
    data.round_lock(round_name).parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(data.round_lock(round_name), is_singleton=True)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if waiting is not None:
                waiting()
            lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise RoundError(
            f"Ronde '{round_name}' wordt al door een andere run doorgerekend. Wacht tot die klaar is."
        ) from None
    try:
        yield
    finally:
        lock.release()
