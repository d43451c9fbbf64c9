"""Does work on many received files in child processes, each file bounded in time and memory.

What the work is (reading, typing) does not belong here; a file that ends its process does not stop the rest.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from assets.intake.limits import bound_memory, leave_no_dump
from assets.intake.sheets import UnreadableFile
from assets.no_pandas import begin_arrow

T = TypeVar("T")

_MAX_TASKS = 1000  # then a fresh process: what leaks does not add up
_IN_FLIGHT_PER_WORKER = 4
_OUT_OF_MEMORY = 77
_MAX_STUCK = 4
_LOOK_AGAIN_SECONDS = 5.0


def read_many(
    paths: Iterable[Path],
    work: Callable[[Path], T],
    workers: int,
    timeout_seconds: float,
    memory_bytes: int,
) -> Generator[tuple[Path, T | UnreadableFile], None, None]:
    """Yield every path with the result of `work(path)`, in the order of `paths`, which are taken as it goes.

    `work` is a function of a module, and always runs in a child process that may use `memory_bytes` of
    address space more than it had after importing that module. A file that takes too long, too much memory,
    or ends its process, yields UnreadableFile: reader_timeout, reader_memory, reader_crashed. So does any
    other exception of `work`, with its type and place as `detail`. Raises RuntimeError if child processes
    cannot start.
    """
    workers = max(1, workers)
    waiting = iter(paths)
    stuck = 0
    while True:
        pool = ProcessPool(
            max_workers=workers,
            max_tasks=_MAX_TASKS,
            initializer=_bound,
            initargs=[memory_bytes, work],
            context=multiprocessing.get_context("spawn"),
        )
        with _undisturbed():
            _ = pool.active  # starts it
        try:
            progress, unfinished = yield from _drain(pool, work, waiting, workers, timeout_seconds)
        finally:
            pool.stop()
            pool.join()
        if not unfinished:
            return
        # a child died between two files: nobody's fault, so once more, unless it keeps happening
        stuck = 0 if progress else stuck + 1
        if stuck >= _MAX_STUCK:
            raise RuntimeError("child processes cannot start")
        if stuck == _MAX_STUCK - 1:
            yield unfinished.pop(0), UnreadableFile("reader_crashed", "het leesproces stopt steeds")
        waiting = chain(unfinished, waiting)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Processes that are started within do not notice Ctrl-C, which a terminal sends to all: this one stops them."""
    resource_tracker.ensure_running()  # when it is started later it lets the signal through again
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _drain(
    pool: ProcessPool,
    work: Callable[[Path], T],
    waiting: Iterator[Path],
    workers: int,
    timeout_seconds: float,
) -> Generator[tuple[Path, T | UnreadableFile], None, tuple[bool, list[Path]]]:
    """Yield results while the pool lasts; return whether there were any, and the paths that have none."""
    pending: deque[tuple[Path, ProcessFuture[T | UnreadableFile]]] = deque()
    progress = False
    while True:
        while len(pending) < workers * _IN_FLIGHT_PER_WORKER:
            path = next(waiting, None)
            if path is None:
                break
            try:
                pending.append((path, pool.schedule(_run, args=[work, path], timeout=timeout_seconds)))
            except RuntimeError:  # the pool is broken
                return progress, [*(before for before, _ in pending), path]
        if not pending:
            return progress, []
        path, future = pending[0]
        try:
            result = _result(pool, future, timeout_seconds)
        except BrokenProcessPool:
            return progress, [path for path, _ in pending]
        pending.popleft()
        progress = True
        yield path, result


def _result(pool: ProcessPool, future: ProcessFuture[T | UnreadableFile], timeout_seconds: float) -> T | UnreadableFile:
    while True:
        try:
            return future.result(timeout=_LOOK_AGAIN_SECONDS)
        except TimeoutError:
            if future.done():
                return UnreadableFile("reader_timeout", f"lezen duurt langer dan {timeout_seconds:g} s")
            if not pool.active:  # a broken pool forgets what it had not yet handed out
                raise BrokenProcessPool from None
        except ProcessExpired as expired:
            if expired.exitcode == _OUT_OF_MEMORY:
                return UnreadableFile("reader_memory", "lezen vraagt te veel geheugen")
            return UnreadableFile("reader_crashed", f"het leesproces stopte met code {expired.exitcode}")


def _bound(memory_bytes: int, _work: object) -> None:
    """Bound this child; the work is an argument so that its module is imported before its size is taken."""
    begin_arrow()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)
    os.close(silent)
    leave_no_dump()
    bound_memory(memory_bytes)


def _run(work: Callable[[Path], T], path: Path) -> T | UnreadableFile:
    try:
        return work(path)
    except UnreadableFile as refused:
        return UnreadableFile(refused.rule, refused.detail)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)  # a process that ran out once has no room for the next file
    except BaseException as error:
        return UnreadableFile("reader_crashed", described(error))


def described(error: BaseException) -> str:
    """Return type and place of an error without its text, which may hold the text of a cell."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" ({trace.tb_frame.f_globals.get('__name__')}, regel {trace.tb_lineno})" if trace else ""
    return f"{type(error).__name__}{place}"
