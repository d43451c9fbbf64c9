"""Unpacks a zip of a stranger: every byte counted, no size or name taken on trust.

What the parts mean (workbook, CSV) does not belong here.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

from .sheets import UnreadableFile

MAX_UNZIPPED = 100_000_000
FREE_UNZIPPED = 10_000_000  # below this the ratio is not looked at
MAX_RATIO = 200
MAX_PARTS = 5_000

_ENCRYPTED = 0x1
_UTF8 = 0x800
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_UNSAFE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\x00")


def unzip(data: bytes) -> dict[str, bytes]:
    """Return name (with forward slashes) to content of every file in the zip `data`, in its order.

    Raises UnreadableFile: file_damaged, file_password, file_unsafe_names or file_expands_too_much.
    """
    budget = min(MAX_UNZIPPED, max(FREE_UNZIPPED, MAX_RATIO * len(data)))
    parts: dict[str, bytes] = {}
    seen: set[str] = set()
    for info in _entries(data):
        name = info.orig_filename
        if _UNSAFE.search(name):
            raise UnreadableFile("file_unsafe_names", "een naam in het zipbestand wijst naar een andere map")
        name = name.replace("\\", "/")
        if name.endswith("/"):
            continue
        if name.lower() in seen:
            raise UnreadableFile("file_damaged", "het zipbestand bevat twee keer dezelfde naam")
        seen.add(name.lower())
        content = _content(data, info, budget)
        budget -= len(content)
        parts[name] = content
    return parts


def pack(parts: dict[str, bytes]) -> bytes:
    """Return a zip, not compressed, of exactly these parts: what was looked at is what will be read."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def _entries(data: bytes) -> list[zipfile.ZipInfo]:
    if data.count(b"PK\x01\x02") > MAX_PARTS:
        raise UnreadableFile("file_expands_too_much", f"meer dan {MAX_PARTS} onderdelen")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, struct.error) as error:
        raise UnreadableFile("file_damaged", "het bestand is niet compleet of beschadigd") from error


def _content(data: bytes, info: zipfile.ZipInfo, budget: int) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise UnreadableFile("file_password", "het zipbestand heeft een wachtwoord")
    start = info.header_offset
    if start < 0 or start + _LOCAL_HEADER.size > len(data):
        raise UnreadableFile("file_damaged", "de inhoudsopgave van het zipbestand klopt niet")
    signature, name_length, extra_length = _LOCAL_HEADER.unpack_from(data, start)
    begin = start + _LOCAL_HEADER.size + name_length + extra_length
    end = begin + info.compress_size
    name = data[start + _LOCAL_HEADER.size : start + _LOCAL_HEADER.size + name_length]
    named = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")
    if signature != b"PK\x03\x04" or end > len(data) or name != named:
        raise UnreadableFile("file_damaged", "de inhoudsopgave van het zipbestand klopt niet")
    content = _inflate(memoryview(data)[begin:end], info.compress_type, budget)
    if len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        raise UnreadableFile("file_damaged", "een onderdeel van het bestand is beschadigd")
    return content


def _inflate(raw: memoryview, method: int, budget: int) -> bytes:
    if method == zipfile.ZIP_STORED:
        content = bytes(raw[: budget + 1])
    elif method == zipfile.ZIP_DEFLATED:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = stream.decompress(raw, budget + 1)
        except zlib.error as error:
            raise UnreadableFile("file_damaged", "een onderdeel van het bestand is beschadigd") from error
        if not stream.eof and len(content) <= budget:
            raise UnreadableFile("file_damaged", "een onderdeel van het bestand is niet compleet")
    else:
        raise UnreadableFile("file_damaged", "het zipbestand gebruikt een ongebruikelijke compressie")
    if len(content) > budget:
        raise UnreadableFile("file_expands_too_much", "uitgepakt is het bestand veel te groot")
    return content
