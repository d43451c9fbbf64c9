"""Looks through every byte of what leaves the province for names, numbers and amounts of companies.

What figures tell when they are added up is for `prove`; here a text or number simply stands where it must not.
"""

from __future__ import annotations

import json
import math
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from assets.rounds import Round
from assets.store import DataFolder, read_table
from blueprint.load import blueprint

# What tells who a company is, and the shortest text worth looking for: shorter ones stand everywhere.
TEXTS = {
    "company": ("kvk_number", "company_name", "group_id"),
    "site": ("site_name", "branch_number", "street", "postcode", "nea_permit_number"),
    "connection": ("ean_code",),
    "submission": ("contact_email",),
    "project": ("project_name",),
}
AMOUNTS = {"energy_demand": ("value",), "site_demand": ("energy_pj",), "connection": ("contracted_offtake_mw",)}
SHORTEST = 5
# What is often called after a town or a park, which is public.
PLACES = ("site_name", "street")
ENCODINGS = ("utf-8", "utf-16-le", "cp1252")
# A park that so many companies name is a place, and tells of none of them.
SEVERAL = 3
# A number of fewer digits is no secret by itself: others have it too.
DIGITS = 6
# A DuckDB file keeps, packed, what was deleted from it: it counts as found, whatever it holds.
DATABASE = b"DUCK"
HEXADECIMAL = b"0123456789abcdefABCDEF"
MAX_INSIDE = 200_000_000
# So many places are looked at together.
WINDOW = 4_000_000


@dataclass(frozen=True)
class Secrets:
    """What must stand nowhere: texts, and amounts with enough digits to point at one filing."""

    texts: frozenset[str]
    amounts: frozenset[float]


@dataclass(frozen=True)
class Scan:
    """How much was looked at, and in which files something was found, with how many different secrets."""

    files: int
    bytes: int
    found: tuple[tuple[Path, int], ...]


def secrets_of(data: DataFolder, settings: Round) -> Secrets:
    """The texts and amounts of all that was filed in a round."""
    texts: set[str] = set()
    public = _public_words(data, settings)
    for name, columns in TEXTS.items():
        table = read_table(data, name, settings.round)
        for column in columns:
            if column in table.column_names:
                some = {text for text in table[column].to_pylist() if text and len(text) >= SHORTEST}
                texts |= {text for text in some if column not in PLACES or text.casefold() not in public}
    amounts: set[float] = set()
    for name, columns in AMOUNTS.items():
        table = read_table(data, name, settings.round)
        for column in columns:
            amounts |= {float(value) for value in table[column].to_pylist() if value is not None}
    return Secrets(frozenset(texts), frozenset(amount for amount in amounts if _tells(amount)))


def _public_words(data: DataFolder, settings: Round) -> str:
    """All that stands in public files anyhow: words of the Blueprint, places, and parks that several companies name.

    A street called after its town tells nothing.
    """
    agreed = blueprint()
    words = [part for one in agreed.fields.values() for part in (one.name, one.title, one.description)]
    words += [part for one in agreed.tables.values() for part in (one.name, one.title, one.description)]
    words += [part for codes in agreed.codes.values() for code in codes.codes for part in (code.code, code.label)]
    parks = read_table(data, "site", settings.round).select(["business_park", "submission_id"])
    named: dict[str, set[str]] = {}
    for park, filing in zip(*(parks[name].to_pylist() for name in parks.column_names), strict=True):
        named.setdefault(" ".join((park or "").split()), set()).add(filing)
    words += [park for park, filings in named.items() if len(filings) >= SEVERAL]
    return "\n".join(words).casefold()


def scan(paths: Iterable[Path], secrets: Secrets, *, amounts: bool = True) -> Scan:
    """Look through files, and what is packed in them; folders are walked through, and file names are looked at too."""
    needles = _Needles(secrets, amounts)
    files, size, found = 0, 0, []
    for path, name in sorted(_files(paths)):
        content = path.read_bytes()
        files, size = files + 1, size + len(content)
        hits: set[bytes] = set()
        for part in (name.encode(), *_parts(content)):
            hits |= needles.within(part)
        if content[8:12] == DATABASE:
            hits.add(DATABASE)
        if hits:
            found.append((path, len(hits)))
    return Scan(files, size, tuple(found))


def _tells(amount: float) -> bool:
    digits = f"{abs(amount):.15g}".partition("e")[0].replace(".", "").strip("0")
    return math.isfinite(amount) and len(digits) >= DIGITS


class _Needles:
    """All secrets in the forms in which they can stand in a file: texts by encoding, numbers as bytes and text."""

    def __init__(self, secrets: Secrets, amounts: bool) -> None:
        known: set[bytes] = set()
        for text in secrets.texts:
            for form in (text, text.casefold(), text.lower(), text.upper()):
                known |= {form.encode(code, "ignore") for code in ENCODINGS}
                known.add(json.dumps(form)[1:-1].encode())
                known.add(json.dumps(form)[1:-1].lower().encode())
                # As in a page, and in a workbook, where only marks are left alone.
                known |= {escape(form, quote=quote).encode() for quote in (True, False)}
        if amounts:
            for amount in secrets.amounts:
                known |= {struct.pack("<d", amount), struct.pack(">d", amount)}
                # A workbook is written in one digit more: 9.2 stands there as 9.199999999999999.
                for written in (f"{amount:.15g}", f"{amount:.16g}"):
                    known |= {written.encode(), written.replace(".", ",").encode()}
        by_length: dict[int, set[bytes]] = {}
        for needle in known:
            by_length.setdefault(len(needle), set()).add(needle)
        self._by_length = by_length
        starts = {needle[:4] for needle in known if len(needle) >= 4}
        self._starts = np.unique(np.frombuffer(b"".join(sorted(starts)), dtype=">u4").astype(np.uint32))

    def within(self, content: bytes) -> set[bytes]:
        """The secrets that stand in the content; text is found in lower case too."""
        return self._find(content) | self._find(content.lower())

    def _find(self, content: bytes) -> set[bytes]:
        hits: set[bytes] = set()
        for at in self._places(content):
            for length, needles in self._by_length.items():
                piece = content[at : at + length]
                if piece in needles and _is_whole(piece, content, at, length):
                    hits.add(piece)
        return hits

    def _places(self, content: bytes) -> Iterator[int]:
        """Every place where a secret may begin: where the first four bytes of one stand."""
        for begin in range(0, max(len(content) - 3, 0), WINDOW):
            some = np.frombuffer(content[begin : begin + WINDOW + 3], dtype=np.uint8).astype(np.uint32)
            four = some[:-3] << 24 | some[1:-2] << 16 | some[2:-1] << 8 | some[3:]
            yield from (begin + np.flatnonzero(np.isin(four, self._starts))).tolist()


def _is_whole(piece: bytes, content: bytes, at: int, length: int) -> bool:
    """Whether digits are a number of their own, and not part of a longer one, of a point of time or of a hash."""
    if not piece[:1].isdigit() or not piece[-1:].isdigit() or not piece.isascii():
        return True
    before, after = content[max(at - 2, 0) : at], content[at + length : at + length + 2]
    if (before[-1:] == b"." and before[:-1].isdigit()) or (after[:1] == b"." and after[1:].isdigit()):
        return False
    return not any(letter in HEXADECIMAL for letter in before[-1:] + after[:1])


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """The files with their names, and those of the folders within a folder that was given."""
    for path in paths:
        if path.is_dir():
            yield from ((found, str(found.relative_to(path))) for found in path.rglob("*") if found.is_file())
        elif path.is_file():
            yield path, path.name


def _unpacked(content: bytes) -> Iterator[bytes]:
    """A table that may be compressed, as plain as it can be written."""
    try:
        is_parquet = content.startswith(b"PAR1")
        table = pq.ParquetFile(BytesIO(content)).read() if is_parquet else pa.ipc.open_file(content).read_all()
        plain = BytesIO()
        with pa.ipc.new_stream(plain, table.schema) as writer:
            writer.write_table(table)
        yield plain.getvalue()
    except (OSError, pa.ArrowException):
        return


def _parts(content: bytes) -> Iterator[bytes]:
    """The content itself, and what is packed in it: a zip (workbooks are) or a gzip, Parquet or Arrow."""
    yield content
    if content.startswith((b"PAR1", b"ARROW1")):
        yield from _unpacked(content)
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                room = MAX_INSIDE
                for info in archive.infolist():
                    room -= info.file_size
                    if room > 0:
                        yield info.filename.encode()
                        yield archive.read(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, zlib.error, OSError):
            return
    elif content.startswith(b"\x1f\x8b"):
        try:
            yield zlib.decompressobj(wbits=31).decompress(content, MAX_INSIDE)
        except zlib.error:
            return
