"""Validates the columns of typed rows with Great Expectations; the only module that knows that library.

It tells which rows fail which rule. Rules across rows, and what becomes of a row, belong in `assets.intake.judge`.
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from assets.intake.left_out import left_out
from blueprint.column_rules import BETWEEN, IN_SET, LENGTHS, NOT_NULL, REGEX, ColumnRule, column_rules
from blueprint.load import blueprint
from blueprint.model import Table, Test

KEY = ("submission_id", "row_number", "series")
# All failing rows by their place; naming columns instead costs a look-up per cell.
RESULT_FORMAT = {"result_format": "COMPLETE"}
KINDS = "great_expectations.expectations.core"
# What is asked of a table before its rules.
FIRST_ASKED = ("expect_table_columns_to_match_set", "expect_table_row_count_to_be_between")
# No rule uses these: drawing, statistics, the network, and sources of data that are no table in memory. They took two
# thirds of the time of the import.
SOURCES = (
    "alloy aurora bigquery citus databricks_sql fabric neon pandas_azure_blob_storage pandas_dbfs pandas_file_path"
    " pandas_filesystem pandas_google_cloud_storage pandas_s3 postgres redshift snowflake spark"
    " spark_azure_blob_storage spark_dbfs spark_file_path spark_filesystem spark_google_cloud_storage spark_s3 sql"
    " sql_server sqlite"
)
UNUSED = (
    *("altair", "jsonschema", "requests", "scipy", "scipy.stats"),
    *("great_expectations.core.http", "great_expectations.datasource.fluent.fabric"),
    *(f"great_expectations.datasource.fluent.{source}_datasource" for source in SOURCES.split()),
)
# The library does without when it is not installed.
OPTIONAL = ("sqlalchemy",)
LOADING = Lock()


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
    if set(rows.column_names) != {*KEY, *table.field_names}:
        raise ValidationBroken(f"{table.name}: {sorted(set(rows.column_names) ^ {*KEY, *table.field_names})}")
    positions = tuple(position for position, rule in enumerate(rules) if not _decided(rule, rows))
    if not positions:
        return []
    result = _batch(rows.select(_read(rules, positions))).validate(
        _suite(table.name, positions), result_format=RESULT_FORMAT
    )
    failing: list[tuple[ColumnRule, int]] = []
    for outcome in result["results"]:
        meta = outcome["expectation_config"]["meta"]
        if _raised(outcome["exception_info"]) or ("rule" not in meta and not outcome["success"]):
            raise ValidationBroken(f"{table.name}: {outcome['expectation_config']['type']}")
        if not outcome["success"]:
            rule = rules[meta["position"]]
            failing += [(rule, place) for place in outcome["result"]["unexpected_index_list"]]
    found = rows.take(pa.array([place for _, place in failing], pa.int64())).to_pylist()
    return [_failure(table, rule, row) for (rule, _), row in zip(failing, found, strict=True)]


def _read(rules: Sequence[ColumnRule], positions: Iterable[int]) -> list[str]:
    """The columns that some rules look at, in order: the library copies and hashes all it is given."""
    chosen = [rules[position] for position in positions]
    return sorted({rule.field for rule in chosen} | {test.field for rule in chosen for test in rule.condition})


def _decided(rule: ColumnRule, rows: pa.Table) -> bool:
    """Whether the column as a whole already says that the rule holds for every row, so that nobody need be asked.

    A column without empty cells is filled; the other expectations pass what is empty, and hold for all rows when
    they hold for all different values, or for the smallest and the largest. Asking costs seconds for the library
    and 10 ms a rule; `test_shortcut_agrees_with_the_library` shows that the answer is the same.
    """
    if rule.field not in rows.column_names:
        return False
    column = rows.column(rule.field)
    if rule.expectation == NOT_NULL:
        return column.null_count == 0 or not _asked_for(rule, rows, column)
    if column.null_count == rows.num_rows:
        return True
    arguments = rule.arguments
    if rule.expectation == IN_SET:
        return set(column.unique().drop_null().to_pylist()) <= set(arguments["value_set"])
    if rule.expectation == REGEX:
        return all(map(re.compile(arguments["regex"]).search, column.unique().drop_null().to_pylist()))
    if rule.expectation in (BETWEEN, LENGTHS):
        measured = pc.call_function("utf8_length", [column]) if rule.expectation == LENGTHS else column
        limits = pc.call_function("min_max", [measured]).as_py()
        low, high = arguments.get("min_value"), arguments.get("max_value")
        return (low is None or limits["min"] >= low) and (high is None or limits["max"] <= high)
    return False


def _asked_for(rule: ColumnRule, rows: pa.Table, column: pa.ChunkedArray) -> bool:
    """Whether the rule's condition asks for a value in any row where the cell is empty."""
    asked = column.is_null()
    for test in rule.condition:
        asked = pc.call_function("and", [asked, _holds(test, rows.column(test.field))])
    return pc.call_function("any", [asked]).as_py()


def _holds(test: Test, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if test.op == "in":
        return pc.call_function("is_in", [column], pc.SetLookupOptions(pa.array(test.values).cast(column.type)))
    return column.is_null() if test.op == "empty" else column.is_valid()


def _batch(rows: pa.Table) -> Any:
    import pandas as pd

    frame = rows.to_pandas(types_mapper=pd.ArrowDtype)
    source = _context().data_sources.add_or_update_pandas("rows")
    definition = source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("rows")
    return definition.get_batch({"dataframe": frame})


def warm_up() -> None:
    """Import the library ahead of its use: it takes seconds, which reading files can fill.

    What goes wrong is not said here: it goes wrong again when the library is asked.
    """
    with suppress(Exception):
        _context()


def _context() -> Any:
    with LOADING:
        return _loaded()


@cache
def _loaded() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # Searching for garbage while a hundred thousand lasting objects are made took a third of the import.
    gc.disable()
    try:
        with left_out([*UNUSED, *_unused_kinds()], OPTIONAL):
            import great_expectations as gx
    finally:
        gc.freeze()
        gc.enable()
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context


def _unused_kinds() -> list[str]:
    """The modules of the library that each hold a kind of expectation which no rule of the Blueprint uses."""
    found = find_spec("great_expectations")
    folders = found.submodule_search_locations if found else None
    kinds = Path(folders[0], *KINDS.split(".")[1:]).glob("expect_*.py") if folders else ()
    used = {rule.expectation for table in blueprint().tables.values() for rule in column_rules(table)}
    return [f"{KINDS}.{kind.stem}" for kind in kinds if kind.stem not in {*used, *FIRST_ASKED}]


def suite(table: Table, positions: Sequence[int] | None = None) -> Any:
    """The Great Expectations suite of a table, or of those of its column rules that are named by position, for the
    columns that these look at.

    It begins with columns and row count, since an expectation passes what it cannot see.
    """
    import great_expectations as gx

    gxe: Any = import_module("great_expectations.expectations")
    rules = column_rules(table)
    columns = [*KEY, *table.field_names] if positions is None else _read(rules, positions)
    expectations: list[Any] = [
        gxe.ExpectTableColumnsToMatchSet(column_set=columns),
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ]
    for position in range(len(rules)) if positions is None else positions:
        rule = rules[position]
        kind = getattr(gxe, "".join(word.capitalize() for word in rule.expectation.split("_")))
        arguments = dict(rule.arguments)
        if rule.condition:
            arguments["row_condition"] = _row_condition(rule.condition)
        meta = {"rule": rule.rule, "position": position}
        expectations.append(kind(column=rule.field, meta=meta, **arguments))
    return gx.ExpectationSuite(table.name, expectations=expectations)


@cache
def _suite(table_name: str, positions: tuple[int, ...]) -> Any:
    return suite(blueprint().tables[table_name], positions)


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
