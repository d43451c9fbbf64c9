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
from assets.strategy.document import OwnKind, OwnPart, OwnText, Run, Runs, Section
from assets.strategy.words import HARMFUL

RECORD = "gezien.json"
MAX_BYTES = 60_000
OPENS: dict[str, OwnKind] = {"bullet_list_open": "points", "ordered_list_open": "steps", "table_open": "table"}
CLOSES = {name.replace("_open", "_close") for name in OPENS}
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
                f"Van de eigen tekst {_named(path)} is niets te lezen: schrijf gewone alinea's, koppen, punten en"
                " tabellen."
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
    """Headings, paragraphs, lists and tables with bold and italic; a link keeps its words, a picture its description.

    A list in a list becomes points of the outer one.
    """
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reading = _Reading()
    for token in reader.parse(HARMFUL.sub("", markdown)):
        reading.take(token)
    return tuple(reading.parts)


class _Reading:
    """The parts so far, and the list or table that is being read."""

    def __init__(self) -> None:
        self.parts: list[OwnPart] = []
        self._kind: OwnKind = "points"
        self._first = 1
        self._lines: list[list[Runs]] = []
        self._depth = 0
        self._is_heading = False

    def take(self, token: Any) -> None:
        if token.type in OPENS:
            self._depth += 1
            if self._depth == 1:
                self._kind, self._lines = OPENS[token.type], []
                self._first = int(token.attrGet("start") or 1)
        elif token.type in CLOSES:
            self._depth -= 1
            if not self._depth:
                self._end()
        elif token.type in ("list_item_open", "tr_open"):
            self._lines.append([])
        elif token.type in ("heading_open", "heading_close"):
            self._is_heading = token.nesting > 0
        elif token.type in ("fence", "code_block"):
            self._say((Run(token.content.strip()),))
        elif token.type == "inline":
            self._say(_runs(token.children or []))

    def _say(self, runs: Runs) -> None:
        if not self._depth:
            if runs:
                self.parts.append(OwnPart("heading" if self._is_heading else "paragraph", ((runs,),)))
        elif self._kind == "table":
            self._lines[-1].append(runs)
        elif self._lines[-1]:
            self._lines[-1][0] += (Run(" "), *runs)
        else:
            self._lines[-1].append(runs)

    def _end(self) -> None:
        lines = tuple(tuple(line) for line in self._lines if any(line) or self._kind == "table")
        if any(any(line) for line in lines):
            self.parts.append(OwnPart(self._kind, lines, self._first))


def _runs(tokens: list[Any]) -> Runs:
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
