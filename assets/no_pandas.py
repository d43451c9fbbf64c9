"""Lets pyarrow begin without pandas, which it looks for at its first array and which takes longer to load than itself.

Whoever imports pandas afterwards gets it. pyarrow sees it again from its first conversion to pandas on, and only then
takes the columns of pandas for what they are.
"""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder

import pyarrow as pa


class _NoPandas(MetaPathFinder):
    """Makes pandas absent for as long as it stands in `sys.meta_path`."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def begin_arrow() -> None:
    """Make pyarrow look for pandas now, and not find it; a conversion to pandas looks again."""
    if "pandas" in sys.modules:
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(finder)
