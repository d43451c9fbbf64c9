"""Words the findings: where it is, what was there, what is allowed and what to do, in Dutch.

Which rows break which rule is decided in `assets.intake.judge`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from assets.intake.cells import nearest
from assets.intake.expectations import Failure
from assets.intake.sheets import column_letters
from assets.rounds import Round
from blueprint.load import blueprint
from blueprint.model import Field, Table

MAX_VALUE = 200
ORDER = {"error": 0, "warning": 1, "info": 2}
Columns = dict[tuple[str, str, str], int]


def word(
    failures: Iterable[Failure],
    files: dict[str, str],
    sheets: dict[tuple[str, str], str],
    columns: dict[str, Columns],
    settings: Round,
) -> list[dict[str, Any]]:
    """The findings of a round or a batch, one per cell and rule, in the columns of the table `findings`.

    `files` maps a submission to its file, `sheets` (submission, table) to the sheet's name, and `columns` a
    submission to the 1-based column of every (table, field, series). Ordered by file, severity and place.
    """
    found: dict[tuple, dict[str, Any]] = {}
    for failure in failures:
        finding = _finding(failure, files, sheets, columns.get(failure.submission_id, {}), settings)
        place = tuple(finding[key] for key in ("submission_id", "table_name", "sheet", "cell", "rule", "field_name"))
        found.setdefault((*place, finding["row_number"]), finding)
    return sorted(found.values(), key=position)


def _finding(
    failure: Failure,
    files: dict[str, str],
    sheets: dict[tuple[str, str], str],
    columns: Columns,
    settings: Round,
) -> dict[str, Any]:
    agreed = blueprint()
    table = agreed.tables.get(failure.table)
    field = table.field(failure.field) if table and failure.field else None
    row = failure.row_number
    if row is None and failure.series.startswith("@"):
        row = int(failure.series[1:])
    column = failure.column or _column(columns, failure)
    cell = f"{column_letters(column)}{row}" if column and row else ""
    allowed = _printable(_allowed(failure, field))
    value = _printable(failure.value)
    value = value if len(value) <= MAX_VALUE else value[:MAX_VALUE] + "..."
    return {
        "round": settings.round,
        "submission_id": failure.submission_id,
        "file": files.get(failure.submission_id, ""),
        "table_name": failure.table or None,
        "sheet": _printable(failure.sheet or sheets.get((failure.submission_id, failure.table), "")) or None,
        "row_number": row,
        "column_letter": column_letters(column) if column else None,
        "cell": cell or None,
        "field_name": failure.field or None,
        "rule": failure.rule,
        "severity": settings.severity(failure.rule, failure.table, failure.field),
        "value_as_filed": value or None,
        "allowed": allowed or None,
        "message": _message(failure.rule, _label(table, field, failure.series), value, allowed),
    }


def _printable(text: str) -> str:
    """Without control characters, which a terminal or a page would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def _column(columns: Columns, failure: Failure) -> int:
    exact = columns.get((failure.table, failure.field, failure.series))
    return exact or columns.get((failure.table, failure.field, ""), 0)


def _allowed(failure: Failure, field: Field | None) -> str:
    if failure.rule == "code" and field is not None and field.codes:
        return nearest(failure.value[:MAX_VALUE], field.codes)  # what it is asked, it keeps
    return failure.allowed


def _label(table: Table | None, field: Field | None, series: str) -> str:
    if field is None:
        return table.title if table else ""
    wide = table.wide if table else None
    return f"{field.title} {series}" if wide and field.name in wide.columns and series else field.title


def _message(rule_id: str, label: str, value: str, allowed: str) -> str:
    return blueprint().rules[rule_id].message.format(label=label, value=value, allowed=allowed).strip()


def position(finding: dict[str, Any]) -> tuple:
    """Where a finding stands in the list: by file, severity, table and cell."""
    name = finding["table_name"]
    tables = _table_order()
    return (
        finding["file"],
        finding["submission_id"],
        ORDER[finding["severity"]],
        blueprint().rules[finding["rule"]].consequence,
        tables.get(name, -1),
        finding["row_number"] or 0,
        len(finding["column_letter"] or ""),
        finding["column_letter"] or "",
        finding["rule"],
        finding["message"],
    )


@cache
def _table_order() -> dict[str, int]:
    return {table.name: place for place, table in enumerate(blueprint().sheet_tables)}
