"""Spares a command the search for garbage in what lasts as long as the command: the modules that it imports.

Which modules those are is for the command.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# So many things are made, less those that are gone, before there is a search; Python of itself searches far sooner.
MANY = 100_000


@contextmanager
def lasting() -> Iterator[None]:
    """Do not search for garbage meanwhile, nor ever in what was made meanwhile, and afterwards only now and then.

    That takes a tenth of a small run; what a run holds that is large goes without a search.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(MANY)
        gc.enable()
