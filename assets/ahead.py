"""Does steps of a run ahead of their turn, in a second thread: one step alone leaves much of a machine idle.

Dagster takes the steps of a run one by one in this process, and each still gives its own outcome: what went wrong ahead
of its turn is raised when its turn comes. What a step does stands in `assets.from_sql`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """The tables of one run: those that nobody began, and those that were begun before their turn."""

    def __init__(
        self,
        make: Callable[[str], T],
        place: Callable[[str], None],
        holds: Callable[[T], bool],
        needed: Mapping[str, Iterable[str]],
        tables: Iterable[str],
    ) -> None:
        """`tables` are those of the run; what is not of the run was made before.

        `make` makes one of those in `needed`, which says what must be there and hold before, and has those first that
        are to be begun first; `holds` says whether what was made holds itself, and then `place` shows it to the world
        when its turn has come.
        """
        self._make, self._place, self._holds = make, place, holds
        self._unproven = set(tables)
        self._waiting = {table: frozenset(names) for table, names in needed.items() if table in self._unproven}
        self._begun: dict[str, Future[T]] = {}
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ahead")

    def take(self, table: str) -> T:
        """The outcome of a table whose turn has come: made before, or now. Raises what making or placing it raises.

        What does not hold is not put in place. While another thread is still busy with it, others are made here.
        """
        with self._lock:
            self._waiting.pop(table, None)
            begun = self._begun.pop(table, None)
        if begun is None:
            made = self._made(table)
        else:
            while not begun.done() and self._make_next():
                pass
            made = begun.result()
        if self._holds(made):
            self._place(table)
        return made

    def prove(self, tables: Iterable[str]) -> None:
        """Tables are there and hold: what needs only such may be made."""
        with self._lock:
            self._unproven -= set(tables)
            if self._waiting:
                self._thread.submit(self._go_on)

    def stop(self) -> None:
        """Begin nothing more, and wait for what is being made."""
        with self._lock:
            self._waiting.clear()
        self._thread.shutdown()

    def _made(self, table: str) -> T:
        made = self._make(table)
        if self._holds(made):
            self.prove([table])
        return made

    def _go_on(self) -> None:
        while self._make_next():
            pass

    def _make_next(self) -> bool:
        """Make one more table; whether there was any that could be made."""
        if (chosen := self._next()) is None:
            return False
        table, future = chosen
        try:
            future.set_result(self._made(table))
        except BaseException as error:
            future.set_exception(error)
            # Who stops a run does not stop this table only.
            if not isinstance(error, Exception):
                raise
        return True

    def _next(self) -> tuple[str, Future[T]] | None:
        """What was named first of what can be made."""
        with self._lock:
            table = next((table for table, names in self._waiting.items() if not names & self._unproven), None)
            if table is None:
                return None
            del self._waiting[table]
            self._begun[table] = Future()
            return table, self._begun[table]
