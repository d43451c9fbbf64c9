"""Recognises sheets, header rows and headings by the Blueprint's names, titles and known spellings.

What stands in the cells below a heading is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from assets.intake.cells import as_text, fold
from assets.intake.near import most_like
from assets.intake.sheets import Sheet, Value
from blueprint.load import blueprint
from blueprint.model import Table

HEADER_SEARCH_ROWS = 40


@dataclass(frozen=True)
class Heading:
    """A column of a sheet that was recognised: `series` is the key of a wide column (a year), else ''."""

    field: str
    series: str
    index: int


@dataclass
class Header:
    """The header row of a sheet (index in `Sheet.rows`), its columns, and what was not recognised."""

    index: int
    columns: dict[tuple[str, str], Heading] = field(default_factory=dict)
    doubles: list[tuple[int, str, int]] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)

    @property
    def is_wide(self) -> bool:
        return any(heading.series for heading in self.columns.values())


def table_of(sheet_name: str) -> Table | None:
    """The filed table that a sheet (or CSV file) is named after, by title or name; None when there is none."""
    return _sheet_names().get(fold(sheet_name))


def is_own(sheet_name: str) -> bool:
    """Whether it is a sheet (or a file in the zip) that we put there ourselves and that holds nothing filed."""
    return not _own_names().isdisjoint((fold(sheet_name), fold(sheet_name.rpartition(".")[0])))


def find_header(sheet: Sheet, table: Table) -> Header | None:
    """The first row, of the first forty, with nearly as many headings as the best one; None without two."""
    scores: list[int] = []
    best = 0
    for row in sheet.rows[:HEADER_SEARCH_ROWS]:
        texts = _texts(row)
        # fewer texts than that can be neither the best row nor nearly as good
        scores.append(_score(table, texts) if len(texts) >= 0.75 * best else 0)
        best = max(best, scores[-1])
    if best < 2:
        return None
    return _map(table, sheet, next(index for index, score in enumerate(scores) if score >= max(2, 0.75 * best)))


def repeated_headers(sheet: Sheet, header: Header) -> list[int]:
    """The rows below the header that are headings once more: they hold at least half of its texts."""
    texts = {value for value in sheet.rows[header.index] if isinstance(value, str)}
    enough = max(2, len(header.columns) / 2)
    below = range(header.index + 1, len(sheet.rows))
    return [index for index in below if len(texts.intersection(sheet.rows[index])) >= enough]


def _texts(row: list[Value]) -> list[str]:
    return [value for value in row if isinstance(value, str)]


def _score(table: Table, texts: list[str]) -> int:
    return sum(1 for text in texts if _column(table.name, text) is not None)


def nearest_heading(table: Table, text: str) -> str:
    """A Dutch hint: the heading that an unknown one is most like, or ''."""
    meant = most_like(text, (field.title for field in table.fields))
    return f"Bedoelt u '{meant}'?" if meant else ""


def wide_heading(table: Table, field_name: str, key: str) -> str:
    """The heading of a wide column, for example that of `peak_mw` in 2030."""
    if table.wide is None:
        raise ValueError(f"{table.name} is not wide")
    return table.wide.columns[field_name].replace("{" + table.wide.key + "}", key)


def _map(table: Table, sheet: Sheet, index: int) -> Header:
    header = Header(index)
    for position, value in enumerate(sheet.rows[index]):
        text = as_text(value).strip()
        if not text:
            continue
        found = _column(table.name, text)
        if found is None:
            header.unknown.append((position, text))
        elif found in header.columns:
            header.doubles.append((position, text, header.columns[found].index))
        else:
            header.columns[found] = Heading(found[0], found[1], position)
    return header


@lru_cache(maxsize=4096)
def _column(table_name: str, text: str) -> tuple[str, str] | None:
    folded = fold(text)
    plain = _field_names(table_name).get(folded)
    if plain is not None:
        return plain, ""
    for name, pattern in _wide_patterns(table_name):
        if match := pattern.fullmatch(folded):
            return name, match[1]
    return None


@cache
def _own_names() -> frozenset[str]:
    return frozenset(fold(name) for name in blueprint().form.sheets)


@cache
def _sheet_names() -> dict[str, Table]:
    return {fold(name): table for table in blueprint().filed_tables for name in (table.name, table.title)}


@cache
def _field_names(table_name: str) -> dict[str, str]:
    table = blueprint().tables[table_name]
    former = {fold(text): f.successor for f in table.ended if f.successor for text in (f.title, f.name)}
    return former | {fold(f.title): f.name for f in table.fields} | {fold(f.name): f.name for f in table.fields}


@cache
def _wide_patterns(table_name: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    wide = blueprint().tables[table_name].wide
    if wide is None:
        return ()
    return tuple(_patterns(wide.key, wide.columns))


def _patterns(key: str, columns: dict[str, str]) -> Iterator[tuple[str, re.Pattern[str]]]:
    for name, heading in columns.items():
        before, _, after = heading.partition("{" + key + "}")
        yield name, re.compile(re.escape(fold(before)) + r"(20[0-9]{2})" + re.escape(fold(after)))
