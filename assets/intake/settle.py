"""Settles findings: a warning by the explanation on its row, a warning or relaxable error by the waiver of an analyst.

A settled finding stays in the table with its severity. Which findings there are is decided in `assets.intake.judge`.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets.intake.waivers import NONE, Waivers
from blueprint.arrow import schema
from blueprint.load import blueprint
from blueprint.model import REMARKS

OPEN, EXPLAINED, WAIVED = "none", "explanation", "waiver"
SETTLING = ("settled_by", "settled_reason", "settled_name", "settled_until")
REMARKS_SCHEMA = pa.schema(
    [
        ("submission_id", pa.string()),
        ("table_name", pa.string()),
        ("row_number", pa.int64()),
        ("remarks", pa.string()),
    ]
)
Remarks = dict[tuple[str, str, int], str]


def remarks_of(tables: dict[str, pa.Table]) -> pa.Table:
    """The explanations in typed rows, one per row of a sheet, with REMARKS_SCHEMA."""
    parts = [REMARKS_SCHEMA.empty_table()]
    for name, rows in tables.items():
        if REMARKS in blueprint().tables[name].field_names:
            filled = rows.filter(rows.column(REMARKS).is_valid())
            given = filled.select(["submission_id", "row_number", REMARKS])
            parts.append(given.add_column(1, "table_name", pa.repeat(name, given.num_rows)).cast(REMARKS_SCHEMA))
    together = pa.concat_tables(parts)
    return together.group_by(REMARKS_SCHEMA.names).aggregate([]).cast(REMARKS_SCHEMA).sort_by("submission_id")


def by_row(remarks: pa.Table) -> Remarks:
    """The explanations by (submission, table, row)."""
    return {(r["submission_id"], r["table_name"], r["row_number"]): r["remarks"] for r in remarks.to_pylist()}


def settle(found: pa.Table, remarks: Remarks, waivers: Waivers = NONE) -> pa.Table:
    """The findings, each marked settled or not; a waiver goes before an explanation, and an error knows no other."""
    names = ("submission_id", "rule", "severity", "table_name", "row_number", "sheet", "cell")
    marks: dict[str, list[Any]] = {name: [None] * found.num_rows for name in SETTLING}
    marks["settled_by"] = [OPEN] * found.num_rows
    # Of most filings nothing was explained or waived, and a round has a hundred thousand findings.
    about = {key[0] for key in (*remarks, *waivers.given)}
    of_these = pc.SetLookupOptions(pa.array(sorted(about), pa.string()))
    places = pc.call_function("indices_nonzero", [pc.call_function("is_in", [found.column("submission_id")], of_these)])
    asked = found.select(names).take(places)
    columns = [places.to_pylist(), *(asked.column(name).to_pylist() for name in names)]
    for place, submission, rule, severity, table, row, sheet, cell in zip(*columns, strict=True):
        if severity == "info":
            continue
        waiver = waivers.of(submission, rule, sheet, cell)
        if waiver is not None:
            how = (WAIVED, waiver.reason, waiver.name, waiver.until)
        elif severity == "warning" and (submission, table, row) in remarks:
            how = (EXPLAINED, remarks[submission, table, row], None, None)
        else:
            continue
        for name, value in zip(SETTLING, how, strict=True):
            marks[name][place] = value
    wanted = schema("findings")
    for name, values in marks.items():
        spot = found.schema.get_field_index(name)
        found = found.set_column(spot, wanted.field(name), pa.array(values, wanted.field(name).type))
    return found
