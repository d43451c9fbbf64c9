"""Leaves packages out of an import that asks for more than is used; which ones, is for who imports.

Outside such an import everything is what it is.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType


class _LeftOut(ModuleType):
    """Stands for a module that is not loaded; whatever is asked of it is there, and cannot be called."""

    def __getattr__(self, name: str) -> _LeftOut:
        if name.startswith("__"):
            raise AttributeError(name)
        return _LeftOut(f"{self.__name__}.{name}")


@contextmanager
def left_out(unused: Iterable[str], optional: Iterable[str] = ()) -> Iterator[None]:
    """Leave modules out of what is imported meanwhile; afterwards, or when they are already there, they are real.

    In the place of the `unused` ones stand empty ones, the `optional` ones are as if they were not installed. Other
    threads see the same: meanwhile they must not import any of these.
    """
    standing_in = {name: _LeftOut(name) for name in unused} | dict.fromkeys(optional)
    absent: dict[str, ModuleType | None] = {name: one for name, one in standing_in.items() if name not in sys.modules}
    modules: dict[str, ModuleType | None] = sys.modules  # pyright: ignore[reportAssignmentType] - None is 'not there'
    modules.update(absent)
    try:
        yield
    finally:
        for name in absent:
            modules.pop(name, None)
