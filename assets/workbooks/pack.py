"""Packs parts into a zip that is the same each time; what the parts are does not belong here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

# One moment in every file, so that a file depends on its content alone.
ZIP_TIME = (2026, 1, 1, 0, 0, 0)


def pack(parts: Mapping[str, bytes], stored: tuple[str, ...] = ()) -> bytes:
    """A zip of the parts in their order, with one fixed time; `stored` are not compressed."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, part in parts.items():
            method = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, ZIP_TIME), part, method)
    return data.getvalue()
