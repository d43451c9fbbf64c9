"""Puts findings together for a reader: equal ones in one line, cells as ranges, numbers and dates as the Dutch write.

What a finding says comes from the Blueprint; how a page or a sheet is laid out does not belong here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.intake.sheets import column_letters, column_number
from blueprint.load import blueprint

MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]
ORDER = {"error": 0, "warning": 1, "info": 2}
# Of one kind of finding in one column so many different texts are shown; the others are counted.
DIFFERENT_TEXTS = 5
MAX_RANGES = 12
MAX_LINES = 300
Finding = Mapping[str, Any]


@dataclass
class Line:
    """One line for the reader: where it is, what is wrong and what to do; `more` tells of others like it."""

    severity: str
    label: str
    title: str
    message: str
    findings: list[Finding]
    more: str = ""

    @property
    def where(self) -> str:
        return places(self.findings)


@dataclass
class Section:
    """What is said of one sheet; without a name, of the file as a whole. `left_out` lines are not shown."""

    name: str
    lines: list[Line]
    left_out: int = 0


def sections(findings: Sequence[Finding], names: Mapping[str, str]) -> list[Section]:
    """The findings per sheet: the file as a whole first, then sheets with errors, each in the order of the form.

    `names` maps a sheet as filed to that of the copy.
    """
    order = {table.name: table.order for table in blueprint().tables.values()}
    by_sheet: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: order.get(f["table_name"] or "", 0)):
        name = finding["sheet"] or ""
        by_sheet.setdefault(names.get(name, name), []).append(finding)
    made = [Section(name, lines(found)) for name, found in by_sheet.items()]
    for section in made:
        section.left_out = len(section.lines[MAX_LINES:])
        del section.lines[MAX_LINES:]
    return sorted(made, key=lambda section: (section.name != "", section.lines[0].severity != "error"))


def lines(findings: Sequence[Finding]) -> list[Line]:
    """Equal findings as one line, errors first; of many different ones in one column only the first few."""
    same: dict[tuple, list[Finding]] = {}
    for finding in findings:
        same.setdefault((finding["severity"], finding["rule"], finding["message"]), []).append(finding)
    kinds: dict[tuple, list[Line]] = {}
    for (severity, rule, message), group in same.items():
        first = group[0]
        line = Line(severity, first["severity_label"], first["title"], message, group)
        kinds.setdefault((severity, rule, first["column_letter"]), []).append(line)
    shown = [line for kind in kinds.values() for line in _first_few(kind)]
    return sorted(shown, key=lambda line: (ORDER[line.severity], _place(line.findings[0])))


def _first_few(kind: list[Line]) -> list[Line]:
    rest = [finding for line in kind[DIFFERENT_TEXTS:] for finding in line.findings]
    if rest:
        last = kind[DIFFERENT_TEXTS - 1]
        others = f"nog {len(rest)} cellen" if rest[1:] else "nog 1 cel"
        last.more = f"En {others} in deze kolom met dezelfde soort melding: {places(rest)}."
    return kind[:DIFFERENT_TEXTS]


def _place(finding: Finding) -> tuple[int, int]:
    return finding["row_number"] or 0, column_number(finding["column_letter"] or "")


def places(findings: Iterable[Finding]) -> str:
    """Where findings are, in short: B7 t/m B205, M4 en M5, regel 9; without a row the sheet as a whole."""
    columns: dict[int, set[int]] = {}
    rows: set[int] = set()
    for finding in findings:
        if finding["cell"]:
            columns.setdefault(column_number(finding["column_letter"]), set()).add(finding["row_number"])
        elif finding["row_number"]:
            rows.add(finding["row_number"])
    parts = [part for column in sorted(columns) for part in _runs(columns[column], column_letters(column))]
    parts += [f"regel {part}" for part in _runs(rows, "")]
    if not parts:
        return "hele tabblad"
    if parts[MAX_RANGES:]:
        return ", ".join([*parts[:MAX_RANGES], "..."])
    return enumerated(parts)


def enumerated(parts: Sequence[str]) -> str:
    """a, b en c."""
    return " en ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _runs(numbers: set[int], letters: str) -> list[str]:
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = []
    for run in runs:
        if len(run) > 2:
            parts.append(f"{letters}{run[0]} t/m {letters}{run[-1]}")
        else:
            parts += [f"{letters}{number}" for number in run]
    return parts


def number(value: int) -> str:
    """1234 as 1.234."""
    return f"{value:,}".replace(",", ".")


def counted(value: int, one: str, many: str) -> str:
    """1 fout, 2 fouten, geen fouten."""
    return f"{number(value) if value else 'geen'} {one if value == 1 else many}"


def day(iso: str | None) -> str:
    """2026-05-31 as 31 mei 2026; nothing as nothing."""
    if not iso:
        return ""
    date = dt.date.fromisoformat(iso)
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"
