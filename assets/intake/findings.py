"""Words the findings: where it is, what was there, what is allowed and what to do, in Dutch.

Which rows break which rule is decided in `assets.intake.judge`, which findings are settled in `assets.intake.settle`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from assets.intake.expectations import Failure
from assets.intake.headings import wide_heading
from assets.intake.near import nearest
from assets.intake.sheets import column_letters
from assets.rounds import Round
from blueprint.load import blueprint
from blueprint.model import REMARKS, Field, Rule, Table

MAX_VALUE = 200
ORDER = {"error": 0, "warning": 1, "info": 2}
Columns = dict[tuple[str, str, str], int]
HOW_TO_SETTLE = "Klopt het? Licht het toe in de kolom {label} van deze regel."


class Place(NamedTuple):
    """Where a finding is in the file as received: a row and a 1-based column, or less when less is known."""

    sheet: str
    row: int | None
    column: int

    @property
    def cell(self) -> str:
        return f"{column_letters(self.column)}{self.row}" if self.column and self.row else ""


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
        # Of two years that have no column in this row, each is told.
        found.setdefault((*place, finding["row_number"], "" if finding["cell"] else finding["message"]), finding)
    return sorted(found.values(), key=position)


def place_of(failure: Failure, sheets: dict[tuple[str, str], str], columns: Columns) -> Place:
    """Where a failure is; `columns` are those of its filing."""
    row = failure.row_number
    if row is None and failure.series.startswith("@"):
        row = int(failure.series[1:])
    sheet = failure.sheet or sheets.get((failure.submission_id, failure.table), "")
    return Place(sheet, row, failure.column or _column(columns, failure))


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
    place = place_of(failure, sheets, columns)
    severity = settings.severity(failure.rule, failure.table, failure.field)
    columnless = failure.row_number is not None and not place.column
    allowed = _printable(_allowed(failure, field, columnless=columnless))
    value = _printable(_in_words(failure.value, field))
    value = value if len(value) <= MAX_VALUE else value[:MAX_VALUE] + "..."
    message = _message(failure.rule, _label(table, field, failure.series), value, allowed, columnless=columnless)
    if severity == "warning" and table is not None and failure.row_number is not None:
        message = f"{message} {_how_to_settle(agreed.rules[failure.rule], table)}".strip()
    return {
        "round": settings.round,
        "submission_id": failure.submission_id,
        "file": files.get(failure.submission_id, ""),
        "table_name": failure.table or None,
        "sheet": _printable(place.sheet) or None,
        "row_number": place.row,
        "column_letter": column_letters(place.column) if place.column else None,
        "cell": place.cell or None,
        "field_name": failure.field or None,
        "rule": failure.rule,
        "severity": severity,
        "value_as_filed": value or None,
        "allowed": allowed or None,
        "message": message,
        "settled_by": "none",
        "settled_reason": None,
        "settled_name": None,
        "settled_until": None,
    }


def _how_to_settle(rule: Rule, table: Table) -> str:
    """What to do when a row is right that a rule warns of; nothing where no one can explain."""
    explainable = rule.audience == "company" and REMARKS in table.field_names
    return HOW_TO_SETTLE.format(label=table.field(REMARKS).title) if explainable else ""


def _printable(text: str) -> str:
    """Without control characters, which a terminal or a page would obey."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def _column(columns: Columns, failure: Failure) -> int:
    exact = columns.get((failure.table, failure.field, failure.series))
    if exact or _is_of_a_year(failure):
        return exact or 0
    return columns.get((failure.table, failure.field, ""), 0)


def _is_of_a_year(failure: Failure) -> bool:
    """Whether it is about a field in one year: of a form that has no column for it no other cell will do."""
    table = blueprint().tables.get(failure.table)
    wide = table.wide if table else None
    named = failure.series and not failure.series.startswith("@")
    return bool(wide and named and failure.field in (wide.key, *wide.columns))


def _allowed(failure: Failure, field: Field | None, *, columnless: bool) -> str:
    if field is None:
        return failure.allowed
    if failure.rule == "code" and field.codes:
        return nearest(failure.value[:MAX_VALUE], field.codes)  # what it is asked, it keeps
    choices = nearest("", field.codes) if field.codes else ""
    if failure.rule == "header_required":
        return choices or field.description
    if failure.rule == "required":
        return f"{failure.allowed} {choices}".strip()
    if failure.rule == "required_if":
        advice = "" if columnless else "Klopt dat? Vul dan deze cel in. Klopt dat niet? Verbeter dat."
        return " ".join(text for text in (f"{failure.allowed}.", advice, choices, field.description) if text)
    return _in_words(failure.allowed, field)


def _in_words(text: str, field: Field | None) -> str:
    """The labels of the form instead of our codes; what is no code stays as it was filed."""
    if field is None or not field.codes:
        return text
    label = blueprint().codes[field.codes].label
    if not field.separator:
        return label(text)
    return f"{field.separator} ".join(label(part.strip()) for part in text.split(field.separator))


def _label(table: Table | None, field: Field | None, series: str) -> str:
    if field is None:
        return table.title if table else ""
    wide = table.wide if table else None
    if table and wide and field.name in wide.columns and series and not series.startswith("@"):
        return wide_heading(table, field.name, series)
    return field.title


def _message(rule_id: str, label: str, value: str, allowed: str, *, columnless: bool) -> str:
    rule = blueprint().rules[rule_id]
    text = (columnless and rule.without_column) or rule.message
    return text.format(label=label, value=value, allowed=allowed).strip()


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
