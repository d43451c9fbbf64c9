"""Judges the plans for infrastructure that an analyst loads: their places, operators and years.

Reading and keeping the file is done in `assets.intake.reference_files`; what companies are told of plans, in
`assets.letters`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assets.intake.expectations import Failure
from assets.intake.lists import failure, place_row
from blueprint.geography import places
from blueprint.load import blueprint

NAME = "infrastructure"
Row = dict[str, Any]


def judge(lines: list[Row], year: int, now: int, source: str) -> Iterator[Failure]:
    """The breaches in rows that were read; fills in place and source, and the municipality as it is called today.

    `year` is that of the municipalities, `now` the year it is; `source` is the one of the whole file.
    """
    for row in lines:
        yield from place_row(row, NAME, year)
        yield from _old_place(row, year)
        yield from _operator(row)
        yield from _years(row, now)
        row["fact_source"] = row["fact_source"] or source


def _old_place(row: Row, year: int) -> Iterator[Failure]:
    code = row["municipality_code"]
    now = places.current_code(code, year) if code else None
    if code and now and now != code:
        yield failure(NAME, row, "municipality_code", "list_municipality_old", _named(code), _named(now))
        row["municipality_code"] = now


def _operator(row: Row) -> Iterator[Failure]:
    operators = {code.code: code for code in blueprint().codes["grid_operators"].codes}
    carriers = blueprint().codes["carriers"]
    operator = operators.get(row["grid_operator"] or "")
    if (
        operator
        and row["carrier"] in carriers.names
        and row["carrier"] not in operator.attributes["carriers"].split(";")
    ):
        carrier = carriers.label(row["carrier"])
        yield failure(NAME, row, "grid_operator", "list_operator_carrier", operator.label, carrier)


def _years(row: Row, now: int) -> Iterator[Failure]:
    first, last = row["ready_year"], row["latest_ready_year"]
    if first is None:
        return
    if last is not None and last < first:
        yield failure(NAME, row, "latest_ready_year", "list_plan_years", str(last), str(first))
    elif (last or first) < now:
        field = "ready_year" if last is None else "latest_ready_year"
        yield failure(NAME, row, field, "list_plan_past", str(last or first), "")


def _named(code: str) -> str:
    return f"{code} ({places.municipality_name(code)})"
