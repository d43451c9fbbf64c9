"""Damages the bytes of a written file as happens on the way: empty, cut off, locked, or no workbook at all.

What is wrong inside a sheet does not belong here. Nothing harmful is made: bombs and macros are inert.
"""

from __future__ import annotations

import io
import re
import zipfile

from assets.workbooks.pack import pack

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR = 512
FORMULA = "=2+2"
TOO_LARGE = 25_000_001
BOMB_PART = 30_000_000


def emptied(_: bytes) -> bytes:
    return b""


def cut_off(data: bytes) -> bytes:
    """The first part of the file, as after an upload that broke."""
    return data[: len(data) * 3 // 5]


def as_pdf(_: bytes) -> bytes:
    """Something else under the name of a workbook."""
    return b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def with_password(_: bytes) -> bytes:
    """What a workbook with a password looks like from outside: an OLE container with an encrypted package."""
    return _ole("EncryptionInfo", "EncryptedPackage")


def as_old_xls(_: bytes) -> bytes:
    """What an .xls file from before 2007 looks like from outside."""
    return _ole("Workbook")


def as_empty_zip(_: bytes) -> bytes:
    return pack({})


def too_large(data: bytes) -> bytes:
    return data + bytes(TOO_LARGE)


def with_macros(data: bytes) -> bytes:
    """A part where macros would stand; it holds none."""
    return pack({**unpacked(data), "xl/vbaProject.bin": b"geen macro's, alleen de plaats ervoor"})


def expanding(data: bytes) -> bytes:
    """A part that is small when packed and unreasonably large when unpacked."""
    return pack({**unpacked(data), "xl/media/image1.bmp": bytes(BOMB_PART)})


def with_entities(data: bytes) -> bytes:
    parts = unpacked(data)
    name = "xl/sharedStrings.xml"
    declaration, _, rest = parts[name].partition(b"?>")
    parts[name] = declaration + b'?><!DOCTYPE sst [<!ENTITY naam "tekst">]>' + rest
    return pack(parts)


def without_results(data: bytes) -> bytes:
    """FORMULA without its stored result, as some programs write formulas."""
    formula = re.escape(FORMULA.removeprefix("=")).encode()
    kept = re.compile(rb"(<f>" + formula + rb"</f>)<v>[^<]*</v>")
    return pack({name: kept.sub(rb"\1", part) for name, part in unpacked(data).items()})


def path_outside(data: bytes) -> bytes:
    return pack({**unpacked(data), "../buiten.csv": b"a;b\r\n"})


def zip_in_zip(data: bytes) -> bytes:
    return pack({"formulier.zip": data})


def latin1(data: bytes) -> bytes:
    """The CSV files in the encoding of Windows; a site gets an accent, so that it shows."""
    parts = {name: part.decode() for name, part in unpacked(data).items()}
    parts["site.csv"] = parts["site.csv"].replace("Vestiging ", "Véstiging ")
    return pack({name: part.encode("cp1252", "replace") for name, part in parts.items()})


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _ole(*streams: str) -> bytes:
    header = OLE_MAGIC.ljust(SECTOR, b"\x00")
    names = ("Root Entry", *streams)
    directory = b"".join((name + "\x00").encode("utf-16-le").ljust(128, b"\x00") for name in names)
    return header + directory.ljust(2 * SECTOR, b"\x00")
