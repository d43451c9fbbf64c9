"""Reads what a province wrote itself: Markdown per section, in which HTML is text and nothing is fetched.

A text counts as written under the figures that its section had when it was first read or last changed; when those
figures are others it is flagged. Where a text stands on a page is for the writers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assets.files import beside
from assets.records import DamagedRecord
from assets.strategy.document import OwnPart, OwnText, Run, Section
from assets.strategy.words import HARMFUL

RECORD = "gezien.json"
MAX_BYTES = 60_000
TEXT_ENDINGS = (".md", ".markdown", ".txt", ".docx")


class OwnTexts:
    """The texts of one province for one tier; `keep` writes down under which figures each was read."""

    def __init__(self, folder: Path, is_reviewed: bool = False) -> None:
        self._folder = folder
        self._is_reviewed = is_reviewed
        self._before = _record(folder / RECORD)
        self._seen: dict[str, dict[str, str]] = {}

    def __call__(self, section: Section) -> OwnText | None:
        """The text of a section; None without one. Raises DamagedRecord (Dutch) for a file that is no text."""
        path = self._folder / f"{section.name}.md"
        if not path.exists():
            return None
        text = _read(path)
        now = {"text": hashlib.sha256(text.encode()).hexdigest()[:16], "figures": section.fingerprint}
        before = self._before.get(section.name)
        is_same_text = before is not None and before.get("text") == now["text"] and not self._is_reviewed
        is_stale = is_same_text and before is not None and before.get("figures") != now["figures"]
        self._seen[section.name] = before if is_same_text and before is not None else now
        parts = parts_of(text)
        if text.strip() and not parts:
            raise DamagedRecord(
                f"Van de eigen tekst {_named(path)} is niets te lezen: schrijf gewone alinea's, koppen en punten."
            )
        return OwnText(parts, is_stale) if parts else None

    def strangers(self, sections: Iterable[str]) -> tuple[str, ...]:
        """The files that look like a text and belong to no section, so that a slip in a name is seen."""
        if not self._folder.is_dir():
            return ()
        ours = {f"{name}.md" for name in sections}
        found = (path.name for path in self._folder.iterdir() if path.suffix.lower() in TEXT_ENDINGS)
        return tuple(sorted(name for name in found if name not in ours))

    def keep(self) -> None:
        """Remember the figures under which new and changed texts were written."""
        if self._seen and self._seen != self._before:
            with beside(self._folder / RECORD) as temporary:
                text = json.dumps(self._before | self._seen, indent=1, sort_keys=True)
                temporary.write_text(text + "\n", encoding="utf-8")


def parts_of(markdown: str) -> tuple[OwnPart, ...]:
    """Headings, paragraphs and points with bold and italic; a link keeps its words, a picture its description."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": False}).parse(HARMFUL.sub("", markdown))
    parts: list[OwnPart] = []
    kind, in_item = "paragraph", 0
    for token in tokens:
        if token.type == "heading_open":
            kind = "heading"
        elif token.type in ("list_item_open", "list_item_close"):
            in_item += 1 if token.type.endswith("open") else -1
        elif token.type in ("fence", "code_block"):
            parts.append(OwnPart("paragraph", (Run(token.content.strip()),)))
        elif token.type == "inline":
            runs = _runs(token.children or [])
            if runs:
                parts.append(OwnPart("heading" if kind == "heading" else "point" if in_item else "paragraph", runs))
            kind = "paragraph"
    return tuple(parts)


def _runs(tokens: list[Any]) -> tuple[Run, ...]:
    runs: list[Run] = []
    bold = italic = 0
    for token in tokens:
        if token.type.startswith("strong_"):
            bold += token.nesting
        elif token.type.startswith("em_"):
            italic += token.nesting
        elif token.type in ("softbreak", "hardbreak"):
            runs.append(Run(" "))
        elif token.content:
            runs.append(Run(token.content, bold > 0, italic > 0))
    return tuple(runs)


def _named(path: Path) -> str:
    """With the folders of its province and tier, since every province has the same names."""
    return "/".join(path.parts[-3:])


def _read(path: Path) -> str:
    if not path.is_file():
        raise DamagedRecord(f"De eigen tekst {_named(path)} is geen bestand. Maak er een tekstbestand van.")
    if path.stat().st_size > MAX_BYTES:
        raise DamagedRecord(f"De eigen tekst {_named(path)} is te groot ({MAX_BYTES // 1000} kB mag). Kort haar in.")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DamagedRecord(
            f"De eigen tekst {_named(path)} is geen UTF-8. Sla haar op als UTF-8 en probeer het opnieuw."
        ) from None


def _record(path: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return {name: dict(each) for name, each in found.items()}
    except (ValueError, AttributeError, TypeError):
        raise DamagedRecord(
            f"Het bestand {_named(path)} bij de eigen teksten is beschadigd. Gooi het weg; alle teksten"
            " tellen dan als nieuw."
        ) from None
