"""Proves accepted rows again: the same column rules, on what stands in the tables now.

Rows are accepted in `assets.intake.judge`; here nothing is changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import pyarrow as pa
import pyarrow.compute as pc

from assets.intake.expectations import KEY, failing_rows
from assets.intake.settle import OPEN, WAIVED
from assets.rounds import Round
from assets.store import DataFolder, read_table
from blueprint.load import blueprint


def broken_rules(data: DataFolder, settings: Round, table_name: str) -> dict[str, int]:
    """How many accepted rows of a table break which column rule; empty when all hold or an analyst waived it."""
    table = blueprint().tables[table_name]
    rows = read_table(data, table_name, settings.round).select([*KEY, *table.field_names])
    failures = failing_rows(table, rows)
    waived = _waived(data, settings, table_name) if failures else set()
    errors = [f for f in failures if settings.severity(f.rule, f.table, f.field) == "error"]
    return dict(Counter(f.rule for f in errors if (f.submission_id, f.row_number, f.field, f.rule) not in waived))


def _waived(data: DataFolder, settings: Round, table_name: str) -> set[tuple]:
    found = read_table(data, "findings", settings.round)
    names = ("submission_id", "row_number", "field_name", "rule")
    return {
        tuple(finding[name] for name in names)
        for finding in found.to_pylist()
        if finding["settled_by"] == WAIVED and finding["table_name"] == table_name
    }


def errors_by_rule(data: DataFolder, settings: Round) -> dict[str, dict[str, int]]:
    """How many errors companies still have to mend per table and rule, as the intake found them."""
    findings = read_table(data, "findings", settings.round, ("table_name", "severity", "rule", "settled_by"))
    findings = findings.filter(pc.call_function("equal", [findings.column("settled_by"), pa.scalar(OPEN)]))
    counted = findings.group_by(["table_name", "severity", "rule"]).aggregate([([], "count_all")])
    errors: dict[str, dict[str, int]] = defaultdict(dict)
    for row in counted.to_pylist():
        if row["severity"] == "error" and row["table_name"]:
            errors[row["table_name"]][row["rule"]] = row["count_all"]
    return errors
