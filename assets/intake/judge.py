"""Judges typed rows: column rules, rules across rows, keys and references; says which rows are accepted.

Reading files comes before this, wording the findings after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from assets.intake import operators
from assets.intake.compare import Source, expose, pair
from assets.intake.expectations import Failure, failing_rows
from assets.intake.extracted import Problem
from assets.intake.gate import Gate, Verdict
from assets.placing.decide import place
from assets.reference import register_reference
from assets.rounds import Round
from assets.store import connect
from blueprint.arrow import row_schema
from blueprint.load import blueprint
from blueprint.model import Table

if TYPE_CHECKING:
    import duckdb

HERE = Path(__file__).parent
# Made once of accepted rows for the rules that only remark.
SHARED = ("incomplete", "site_room", "gas_room")
MAX_OTHER_ROWS = 5
# A filing with more errors is refused as a whole, and then FEW of each kind are told; of what only warns MANY are.
MAX_ERRORS, FEW, MANY = 20_000, 200, 2_000


def judge(
    tables: dict[str, pa.Table],
    problems: dict[str, list[Problem]],
    settings: Round,
    waived: Callable[[Failure], bool] = lambda failure: False,
    areas: pa.Table | None = None,
) -> Verdict:
    """Judge the typed rows of several filings together; the order of rows and filings changes nothing.

    `tables` maps a table name to rows with `row_schema`; `problems` what the reader found, per filing; `waived` tells
    which errors an analyst accepts. With `areas` operators are laid beside them; in a round that is done afterwards.
    """
    agreed = blueprint()
    given = {t.name: tables.get(t.name, row_schema(t).empty_table()) for t in agreed.sheet_tables}
    failures = [f for found, said in problems.items() for f in _from_reader(found, said)]
    unread = {(f.submission_id, f.table, f.row_number, f.series, f.field) for f in failures if f.row_number}
    headless = _headless(failures)
    declared = given["submission"].select(["submission_id", "blueprint_version"]).to_pylist()
    versions = {row["submission_id"]: row["blueprint_version"] for row in declared}
    for table in agreed.sheet_tables:
        rows = given[table.name].select(["submission_id", "row_number", "series", *table.field_names])
        found = [f for f in failing_rows(table, rows) if not _explained(f, unread, headless)]
        failures += [f for f in found if _asked(f, versions, settings)]
    with connect() as connection:
        register_reference(connection, settings)
        connection.register("placed", place(given["site"], settings.geography_year))
        for name, rows in given.items():
            placed = rows.append_column("position", pa.array(np.arange(rows.num_rows)))
            connection.register(name, placed)
            connection.register(f"filed_{name}", placed)
        failures += _sql_rules(connection, "error", settings)
        failures += _more_than_one(given)
        for table in agreed.sheet_tables:
            failures += _duplicates(connection, table)
        verdict = Gate(connection, given, within_bounds(failures, settings), settings, waived).close()
        for name, rows in verdict.accepted.items():
            connection.register(name, rows)
        for name in SHARED:
            made = connection.sql((HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8"))
            connection.register(name, made.to_arrow_table())
        verdict.failures.extend(_sql_rules(connection, "remark", settings))
        if areas is not None:
            connection.register(operators.NAME, areas)
            verdict.failures.extend(failure for rule in operators.RULES for failure in _run(connection, rule))
    verdict.failures[:] = few_of_a_kind(verdict.failures, settings)
    return verdict


def within_bounds(failures: list[Failure], settings: Round) -> list[Failure]:
    """The breaches, and of a filing with more errors than anyone reads only some of each kind: it is refused."""
    errors = Counter(f.submission_id for f in failures if settings.severity(f.rule, f.table, f.field) == "error")
    beyond = {submission_id: number for submission_id, number in errors.items() if number > MAX_ERRORS}
    if not beyond:
        return failures
    kept = _first_of_kind(failures, FEW, lambda failure: failure.submission_id in beyond)
    shown = str(FEW)
    return kept + [
        Failure(submission_id, "", None, "", "", "too_many_findings", str(number), shown)
        for submission_id, number in sorted(beyond.items())
    ]


def few_of_a_kind(failures: list[Failure], settings: Round) -> list[Failure]:
    """The breaches, and of what is no error at most MANY of each kind in a filing, with how many more there are."""
    kinds = Counter(map(_kind, failures))
    many = {
        kind: number
        for kind, number in kinds.items()
        if number > MANY and settings.severity(kind.rule, kind.table, kind.field) != "error"
    }
    if not many:
        return failures
    titles = {rule.id: rule.title for rule in blueprint().rules.values()}
    kept = _first_of_kind(failures, MANY, lambda failure: _kind(failure) in many)
    return kept + [
        Failure(kind.submission_id, kind.table, None, "", "", "more_of_the_same", titles[kind.rule], str(number - MANY))
        for kind, number in sorted(many.items())
    ]


class _Kind(NamedTuple):
    submission_id: str
    table: str
    field: str
    rule: str


def _kind(failure: Failure) -> _Kind:
    return _Kind(failure.submission_id, failure.table, failure.field, failure.rule)


def _first_of_kind(failures: list[Failure], most: int, bounded: Callable[[Failure], bool]) -> list[Failure]:
    seen: Counter[_Kind] = Counter()
    kept = []
    for failure in failures:
        if bounded(failure):
            seen[_kind(failure)] += 1
            if seen[_kind(failure)] > most:
                continue
        kept.append(failure)
    return kept


def round_failures(tables: Mapping[str, Source], settings: Round) -> list[Failure]:
    """The breaches of the rules that look at all accepted filings of a round together, and beside a second source.

    `tables` are those of `assets.intake.compare.beside`.
    """
    with connect() as connection:
        register_reference(connection, settings)
        expose(connection, tables)
        pair(connection)
        wanted = ["round"]
        if connection.execute("select 1 from previous_company limit 1").fetchone():
            wanted.append("previous")
        rules = [rule for rule in blueprint().rules.values() if rule.check in wanted]
        return [f for rule in rules for f in _run(connection, rule.id)]


def judge_list(table: Table, rows: pa.Table, problems: list[Problem], file: str) -> list[Failure]:
    """The breaches in a table that stands by itself: what its reader met, and the rules of its columns.

    `rows` are those of one `file`, with `row_schema`.
    """
    failures = _from_reader(file, problems)
    unread = {(f.submission_id, f.table, f.row_number, f.series, f.field) for f in failures if f.row_number}
    headless = _headless(failures)
    columns = rows.select(["submission_id", "row_number", "series", *table.field_names])
    return failures + [f for f in failing_rows(table, columns) if not _explained(f, unread, headless)]


def _from_reader(submission_id: str, problems: list[Problem]) -> list[Failure]:
    return [
        Failure(submission_id, p.table, p.row or None, p.series, p.field, p.rule, p.value, p.allowed, p.sheet, p.column)
        for p in problems
    ]


def _headless(failures: list[Failure]) -> set[tuple]:
    """The columns that are told not to be there; where headings were lost no other is known for sure to be missing."""
    missing = {(f.submission_id, f.table, f.field) for f in failures if f.rule == "header_required"}
    wide = {table.name: tuple(table.wide.columns) for table in blueprint().sheet_tables if table.wide}
    lost = {(f.submission_id, f.table) for f in failures if f.rule == "header_lost"}
    return missing | {(filing, table, name) for filing, table in lost for name in wide.get(table, ())}


def _explained(failure: Failure, unread: set[tuple], headless: set[tuple]) -> bool:
    """Whether an empty cell is already spoken of: it could not be read, or its column is not there."""
    if failure.rule not in ("required", "required_if"):
        return False
    key = (failure.submission_id, failure.table, failure.row_number)
    at_cell = (*key, failure.series, failure.field) in unread or (*key, "", failure.field) in unread
    empty_row = (*key, "", "") in unread and failure.series == ""
    return at_cell or empty_row or (failure.submission_id, failure.table, failure.field) in headless


def _asked(failure: Failure, versions: dict[str, str | None], settings: Round) -> bool:
    """Whether it is asked: not what came after the form that was filed, nor of a year that should not be there."""
    if failure.rule not in ("required", "required_if"):
        return True
    if failure.series and int(failure.series) not in settings.years:
        return False
    field = blueprint().tables[failure.table].field(failure.field)
    return blueprint().has(field, versions.get(failure.submission_id))


def _sql_rules(connection: duckdb.DuckDBPyConnection, kind: str, settings: Round) -> list[Failure]:
    rules = [rule for rule in blueprint().rules.values() if rule.check == "sql"]
    wanted = [rule for rule in rules if (rule.severity == "error") == (kind == "error")]
    return [failure for rule in wanted for failure in _run(connection, rule.id)]


def _run(connection: duckdb.DuckDBPyConnection, rule_id: str) -> list[Failure]:
    rule = blueprint().rules[rule_id]
    assert rule.sql is not None
    assert rule.table is not None
    found = connection.execute(rule.sql, rule.bound or None).fetchall()
    return sorted(Failure(s, rule.table, r, k, rule.field or "", rule.id, v or "", a or "") for s, r, k, v, a in found)


def _more_than_one(given: dict[str, pa.Table]) -> list[Failure]:
    failures = []
    for table in blueprint().sheet_tables:
        if table.rows != "exactly_one":
            continue
        rows = given[table.name]
        counts = Counter(rows.column("submission_id").to_pylist())
        for row in rows.select(["submission_id", "row_number", "series"]).to_pylist():
            if counts[row["submission_id"]] > 1:
                place = (row["submission_id"], table.name, row["row_number"], row["series"])
                key_field = table.primary_key[0]
                failures.append(Failure(*place, key_field, "one_row_only", str(counts[row["submission_id"]])))
    return failures


def _duplicates(connection: duckdb.DuckDBPyConnection, table: Table) -> list[Failure]:
    """Rows whose key stands twice. Of equal copies the first stays; of copies that differ none can be trusted."""
    if not table.primary_key or table.rows == "exactly_one":
        return []
    # Identifiers come from the Blueprint, never from a file.
    key = ", ".join(table.primary_key)
    content = ", ".join(f"coalesce({name}::text, '')" for name in table.field_names)
    filled = " and ".join(f"{name} is not null" for name in table.primary_key)
    found = connection.execute(
        f"""
        with double as (
            select submission_id, {key}, list(row_number order by row_number)[1:{MAX_OTHER_ROWS + 2}] as same_rows
            from {table.name}
            where {filled}
            group by submission_id, {key}
            having count(*) > 1
        ),
        copies as (
            select submission_id, row_number, series, {key}, same_rows,
                row_number() over (partition by submission_id, {key} order by row_number, series) as copy,
                min(md5(concat_ws(chr(31), {content}))) over same_key
                    = max(md5(concat_ws(chr(31), {content}))) over same_key as equal
            from {table.name}
            join double using (submission_id, {key})
            window same_key as (partition by submission_id, {key})
        )
        select submission_id, row_number, series, same_rows, {key} from copies
        where copy > 1 or not equal
        order by all
        """
    ).fetchall()
    return [
        Failure(s, table.name, r, k, table.primary_key[0], "key_duplicate", *_same(table, r, rows, values))
        for s, r, k, rows, *values in found
    ]


def _same(table: Table, row: int, rows: list[int], values: list[Any]) -> tuple[str, str]:
    """What two rows have in common, in the words of the form, and in which other rows it stands."""
    others = [str(other) for other in sorted(set(rows)) if other != row]
    shown = ", ".join(others[:MAX_OTHER_ROWS]) + (", ..." if others[MAX_OTHER_ROWS:] else "")
    common = [
        f"{field.title} '{blueprint().codes[field.codes].label(str(value)) if field.codes else value}'"
        for field, value in zip(map(table.field, table.primary_key), values, strict=True)
    ]
    return ", ".join(common), f"regel {shown}" if others else "een andere kolom van deze regel"
