"""Lets one run at a time work on the tables of a round, and on its memory; what a run does with them is elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

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
    with _holding(data.round_lock(round_name), round_name, waiting):
        yield


@contextmanager
def examining(data: DataFolder, round_name: str, seconds: float | None = None) -> Iterator[None]:
    """Keep the memory of examined files of a round to oneself; RoundError when another has it for (so) long."""
    with _holding(data.memory_lock(round_name), round_name, None, seconds):
        yield


@contextmanager
def _holding(
    path: Path, round_name: str, waiting: Callable[[], None] | None, seconds: float | None = None
) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, is_singleton=True)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if waiting is not None:
                waiting()
            lock.acquire(timeout=LOCK_SECONDS if seconds is None else seconds)
    except Timeout:
        raise RoundError(
            f"Ronde '{round_name}' wordt al door een andere run doorgerekend. Wacht tot die klaar is."
        ) from None
    try:
        yield
    finally:
        lock.release()
