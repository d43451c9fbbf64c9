"""Looks at the bytes of a received file before a workbook reader touches them: is this safe, and what is it?

Reading values, and what values mean, does not belong here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from .ods_facts import ods_facts
from .parts import unzip
from .sheets import SheetFacts, UnreadableFile
from .xlsx_facts import xlsx_facts

MAX_FILE = 25_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
_MARKUP = re.compile(rb"<!(?!--|\[CDATA\[)")
_DECLARED_ENCODING = re.compile(rb"""^[^>]{0,100}?\bencoding\s*=\s*["']([^"']*)""")
_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_OTHER_OFFICE = {"word": "een Word-bestand", "ppt": "een PowerPoint-bestand", "visio": "een Visio-bestand"}


@dataclass(frozen=True, slots=True)
class Guarded:
    """A file that may be read: its unpacked parts, and the facts of the sheets of a workbook in its order."""

    kind: Literal["xlsx", "ods", "csv"]
    parts: dict[str, bytes]
    sheets: list[SheetFacts]


def guard(data: bytes) -> Guarded:
    """Return the parts and facts of the file `data`; raises UnreadableFile for what must not be read."""
    if not data:
        raise UnreadableFile("file_empty", "het bestand heeft geen inhoud")
    if len(data) > MAX_FILE:
        raise UnreadableFile("file_too_large", f"groter dan {MAX_FILE // 1_000_000} MB")
    if data.startswith((_OLE, *_BIFF)):
        raise _old_office(data)
    if not data.startswith(b"PK"):
        raise UnreadableFile("file_not_recognised", looks_like(data))
    return _guard_parts(unzip(data))


def _guard_parts(parts: dict[str, bytes]) -> Guarded:
    if not parts:
        raise UnreadableFile("file_no_sheets", "het zipbestand is leeg")
    names = {name.lower() for name in parts}
    if "[content_types].xml" in names:
        return _guard_xlsx(parts, names)
    if "mimetype" in names and "content.xml" in names:
        return _guard_ods(parts)
    return _guard_csv(parts)


def _guard_xlsx(parts: dict[str, bytes], names: set[str]) -> Guarded:
    if not any(name.startswith("xl/") for name in names):
        folders = {name.partition("/")[0] for name in names}
        found = [text for folder, text in _OTHER_OFFICE.items() if folder in folders]
        raise UnreadableFile("file_not_recognised", (found or ["een Office-bestand zonder werkbladen"])[0])
    if "xl/workbook.bin" in names:
        raise UnreadableFile("file_not_recognised", "een binair Excel-bestand (xlsb)")
    xml = _xml_parts(parts)
    if any("vbaproject" in name or name.startswith("xl/macrosheets/") for name in names):
        raise UnreadableFile("file_macros", "de werkmap bevat macro's")
    types = next(part for name, part in xml.items() if name.lower() == "[content_types].xml")
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise UnreadableFile("file_macros", "de werkmap is opgeslagen met ruimte voor macro's")
    readable, sheets = xlsx_facts(xml)
    return Guarded("xlsx", readable, sheets)


def _guard_ods(parts: dict[str, bytes]) -> Guarded:
    kind = parts.get("mimetype", b"").strip()
    if not kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise UnreadableFile("file_not_recognised", "een OpenDocument-bestand dat geen rekenblad is")
    if "encrypted-package" in parts or b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise UnreadableFile("file_password", "de werkmap heeft een wachtwoord")
    xml = _xml_parts(parts)
    if any(name.startswith(("Basic/", "Scripts/")) for name in parts):
        raise UnreadableFile("file_macros", "de werkmap bevat macro's")
    sheets = ods_facts(xml.get("content.xml", b""))
    return Guarded("ods", {"mimetype": kind, **xml}, sheets)


def _guard_csv(parts: dict[str, bytes]) -> Guarded:
    wanted: dict[str, bytes] = {}
    for name, part in parts.items():
        path = PurePosixPath(name)
        if path.parts[0] == "__MACOSX" or path.name.startswith("."):
            continue
        if part.startswith(b"PK\x03\x04") or path.suffix.lower() in (".zip", ".7z", ".rar", ".gz"):
            raise UnreadableFile("file_nested_zip", "in het zipbestand zit nog een zipbestand of werkmap")
        if path.suffix.lower() == ".csv" or path.name == "datapackage.json":
            wanted[name] = part
        elif not name.endswith("/"):
            wanted[name] = b""  # not read, but spoken of
    if not any(name.lower().endswith(".csv") for name in wanted):
        if "encrypted-package" in parts:
            raise UnreadableFile("file_password", "de werkmap heeft een wachtwoord")
        raise UnreadableFile("file_not_recognised", "een zipbestand zonder CSV-bestanden")
    return Guarded("csv", wanted, [])


def _xml_parts(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Return the XML parts, free of entities and in UTF-8: of another encoding a reader sees nothing."""
    xml = {name: part for name, part in parts.items() if name.lower().endswith((".xml", ".rels"))}
    for part in xml.values():
        declared = _DECLARED_ENCODING.match(part[:200])
        if b"\x00" in part[:200] or (declared and declared[1].lower() not in _ENCODINGS):
            raise UnreadableFile("file_damaged", "de werkmap gebruikt een ongebruikelijke tekencodering")
        if b"!" in part and _MARKUP.search(part):
            raise UnreadableFile("file_entities", "de werkmap bevat een documenttype of entiteiten")
    return xml


def _old_office(data: bytes) -> UnreadableFile:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return UnreadableFile("file_password", "de werkmap heeft een wachtwoord")
    streams = [name.encode("utf-16-le") + b"\x00\x00" for name in ("Workbook", "Book")]
    if not data.startswith(_OLE) or any(stream in data for stream in streams):
        return UnreadableFile("file_old_xls", "een Excel-bestand van voor 2007 (xls)")
    return UnreadableFile("file_not_recognised", "een ander Office-bestand van voor 2007")


def is_packed(data: bytes) -> bool:
    """Whether `data` begins as workbooks and zips do, of today or of before 2007."""
    return data.startswith((b"PK", _OLE, *_BIFF))


def looks_like(data: bytes) -> str:
    """What a file that is no workbook and no zip seems to be, in Dutch."""
    head = data[:2_000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"%pdf"):
        return "een pdf-bestand"
    if b"<html" in head or head.startswith(b"<!doctype html"):
        return "een webpagina (html)"
    if head.startswith(b"<"):
        return "een los XML-bestand"
    if b"\x00" not in data[:2_000]:
        return "platte tekst; een los CSV-bestand hoort in een zipbestand"
    return "onbekende inhoud"
