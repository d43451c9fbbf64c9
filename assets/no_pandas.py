"""Lets pyarrow begin without pandas, which it looks for at its first array and which takes longer to load than itself.

Whoever imports pandas afterwards gets it. pyarrow sees it again from its first conversion to pandas on, and only then
takes the columns of pandas for what they are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder

import pyarrow as pa


class NoPandas(MetaPathFinder):
    """Makes pandas absent for as long as it stands in `sys.meta_path`."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


@contextmanager
def _absent() -> Iterator[None]:
    finder = NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def begin_arrow() -> None:
    """Make pyarrow look for pandas now, and not find it; a conversion to pandas looks again."""
    if "pandas" not in sys.modules:
        with _absent():
            pa.array([0])
