"""Limits what a process that reads received files may take and leave behind; what it does stands elsewhere."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def leave_no_dump() -> None:
    """When this process crashes, leave no file with what it held: that is what companies filed."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def bound_memory(memory_bytes: int) -> None:
    """Let this process take so much address space more than it has, from now on."""
    limit = _limit(memory_bytes)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


@contextmanager
def bounded_memory(memory_bytes: int) -> Iterator[None]:
    """Let this process meanwhile take so much address space more than it has; beyond that MemoryError is raised."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_limit(memory_bytes), before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _limit(memory_bytes: int) -> int:
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = _address_space() + memory_bytes
    return limit if most == resource.RLIM_INFINITY else min(limit, most)


def _address_space() -> int:
    """Return the bytes of address space of this process; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()
