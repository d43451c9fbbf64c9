"""Validates the columns of typed rows with Great Expectations; the only module that knows that library.

It tells which rows fail which rule. Rules across rows, and what becomes of a row, belong in `assets.intake.judge`.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from blueprint.load import blueprint
from blueprint.model import Table, Test
from blueprint.rules import NOT_NULL, ColumnRule, column_rules

if TYPE_CHECKING:
    from great_expectations.core.batch import Batch

KEY = ("submission_id", "row_number", "series")


class ValidationBroken(Exception):
    """An expectation could not be computed: a fault of the pipeline, never of the data."""


class Failure(NamedTuple):
    """One row that breaks one rule; `value` is what stood there, `allowed` what may.

    Without a row it concerns the table, without a table the whole file. Sheet and 1-based column are given
    when only the reader knows them; otherwise they follow from table, field and series.
    """

    submission_id: str
    table: str
    row_number: int | None
    series: str
    field: str
    rule: str
    value: str = ""
    allowed: str = ""
    sheet: str = ""
    column: int = 0


def failing_rows(table: Table, rows: pa.Table) -> list[Failure]:
    """Every (row, rule) of the table's column rules that fails, in the order of the rules.

    `rows` has the columns of KEY and the table's fields. Raises ValidationBroken when an expectation raised
    or a column is missing: what cannot be checked must not pass.
    """
    if rows.num_rows == 0:
        return []
    rules = column_rules(table)
    result = _batch(rows).validate(_suite(table.name), result_format=_result_format(table, rules))
    failures: list[Failure] = []
    for outcome in result["results"]:
        meta = outcome["expectation_config"]["meta"]
        if _raised(outcome["exception_info"]) or ("rule" not in meta and not outcome["success"]):
            raise ValidationBroken(f"{table.name}: {outcome['expectation_config']['type']}")
        if not outcome["success"]:
            rule = rules[meta["position"]]
            failures += [_failure(table, rule, row) for row in outcome["result"]["unexpected_index_list"]]
    return failures


def suite_description(table: Table) -> list[dict[str, Any]]:
    """The suite of a table as plain data, in its order: what `failing_rows` applies."""
    described: list[dict[str, Any]] = [
        {"type": "expect_table_columns_to_match_set", "arguments": {"column_set": [*KEY, *table.field_names]}},
        {"type": "expect_table_row_count_to_be_between", "arguments": {"min_value": 1}},
    ]
    for rule in column_rules(table):
        entry: dict[str, Any] = {"type": rule.expectation, "column": rule.field, "arguments": rule.arguments}
        if rule.condition:
            entry["condition"] = [{"field": t.field, "op": t.op, "values": list(t.values)} for t in rule.condition]
        described.append({**entry, "rule": rule.rule})
    return described


def _batch(rows: pa.Table) -> Batch:
    import pandas as pd

    frame = rows.to_pandas(types_mapper=pd.ArrowDtype)
    source = _context().data_sources.add_or_update_pandas("rows")
    definition = source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("rows")
    return definition.get_batch({"dataframe": frame})


@cache
def _context() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


@cache
def _suite(table_name: str) -> Any:
    import great_expectations as gx
    import great_expectations.expectations as gxe

    table = blueprint().tables[table_name]
    expectations: list[Any] = [
        gxe.ExpectTableColumnsToMatchSet(column_set=[*KEY, *table.field_names]),
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ]
    for position, rule in enumerate(column_rules(table)):
        kind = getattr(gxe, "".join(word.capitalize() for word in rule.expectation.split("_")))
        arguments = dict(rule.arguments)
        if rule.condition:
            arguments["row_condition"] = _row_condition(rule.condition)
        meta = {"rule": rule.rule, "position": position}
        expectations.append(kind(column=rule.field, meta=meta, **arguments))
    return gx.ExpectationSuite(table_name, expectations=expectations)


def _row_condition(tests: tuple[Test, ...]) -> Any:
    from great_expectations.expectations.row_conditions import Column

    parts = []
    for test in tests:
        column = Column(test.field)
        if test.op == "in":
            same = column == test.values[0]
            parts.append(same if len(test.values) == 1 else column.is_in(test.values))
        else:
            parts.append(column.is_null() if test.op == "empty" else column.is_not_null())
    condition = parts[0]
    for part in parts[1:]:
        condition = condition & part
    return condition


def _result_format(table: Table, rules: tuple[ColumnRule, ...]) -> dict[str, Any]:
    conditions = {test.field for rule in rules for test in rule.condition}
    names = [*KEY, *(name for name in table.field_names if name in conditions)]
    return {"result_format": "COMPLETE", "unexpected_index_column_names": names}


def _raised(info: dict[str, Any]) -> bool:
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(part.get("raised_exception") for part in info.values() if isinstance(part, dict))


def _failure(table: Table, rule: ColumnRule, row: dict[str, Any]) -> Failure:
    allowed = rule.allowed
    if rule.condition:
        allowed = "omdat " + " en ".join(_circumstance(table, test, row) for test in rule.condition)
    value = "" if rule.expectation == NOT_NULL else _shown(row[rule.field])
    key = (row["submission_id"], table.name, int(row["row_number"]), row["series"])
    return Failure(*key, rule.field, rule.rule, value, allowed)


def _circumstance(table: Table, test: Test, row: dict[str, Any]) -> str:
    field = table.field(test.field)
    if test.op == "empty":
        return f"'{field.title}' leeg is"
    if test.op == "filled":
        return f"'{field.title}' is ingevuld"
    value = row[test.field]
    label = blueprint().codes[field.codes].label(str(value)) if field.codes else _shown(value)
    return f"'{field.title}' {label} is"


def _shown(value: Any) -> str:
    from assets.intake.cells import as_text

    return as_text(value)
