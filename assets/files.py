"""Writes a file so that nobody ever finds half of it, knows one by its content, and says in Dutch why a disk refuses.

What is in files, and where they stand, belongs to whoever writes them.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HALF_WRITTEN = ".tmp"
READ_AT_ONCE = 1 << 18
REASONS = {
    errno.ENOSPC: "de schijf is vol",
    errno.EDQUOT: "de schijfruimte van deze gebruiker is op",
    errno.EACCES: "geen toegang",
    errno.EPERM: "geen toegang",
    errno.EROFS: "op deze schijf kan alleen worden gelezen",
    errno.ENOENT: "een bestand of map is er niet",
    errno.EISDIR: "waar een bestand moet staan, staat een map",
    errno.ENOTDIR: "waar een map moet staan, staat een bestand",
    errno.EMFILE: "er staan te veel bestanden open",
    errno.ENAMETOOLONG: "een naam is te lang",
}


def why(error: OSError) -> str:
    """Why the disk refuses, in Dutch and without the name of a file, in which a company may stand."""
    code = errno.errorcode.get(error.errno or 0, "onbekend")
    return REASONS.get(error.errno or 0, f"de schijf geeft een fout ({code})")


def file_hash(path: Path) -> str:
    """The SHA-256 of what is in a file, in hexadecimal."""
    digest = hashlib.sha256()
    # As hashlib.file_digest does, which first empties a buffer for each file: of small ones a round has thousands.
    with path.open("rb", buffering=0) as file:
        while part := file.read(READ_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()


def drop_half_written(folder: Path) -> None:
    """Throw away what processes were writing in a folder when they were killed; only while none writes there."""
    for left in folder.glob(f".*{HALF_WRITTEN}"):
        left.unlink(missing_ok=True)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A path to write to, which takes the place of `path` at the end, or is thrown away when something fails.

    The folder is made when it is not there. When nothing was written, `path` stays as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{HALF_WRITTEN}")
    try:
        yield temporary
        if temporary.exists():
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
