"""Writes a file so that nobody ever finds half of it.

What is in files, and where they stand, belongs to whoever writes them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A path to write to, which takes the place of `path` at the end, or is thrown away when something fails.

    The folder is made when it is not there. When nothing was written, `path` stays as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        if temporary.exists():
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
