"""Judges typed rows: column rules, rules across rows, keys and references; says which rows are accepted.

Reading files comes before this, wording the findings after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.dataset as ds

from assets.intake.expectations import Failure, failing_rows
from assets.intake.extracted import Problem
from assets.reference import register_reference
from assets.rounds import Round
from assets.store import connect
from blueprint.arrow import row_schema
from blueprint.load import blueprint
from blueprint.model import Table

if TYPE_CHECKING:
    import duckdb

# What a filing cannot stand without: an error here refuses all of it.
CORE = ("submission", "company")
FAILURE_SCHEMA = pa.schema(
    [
        ("submission_id", pa.string()),
        ("table_name", pa.string()),
        ("row_number", pa.int64()),
        ("series", pa.string()),
        ("field_name", pa.string()),
        ("rule", pa.string()),
        ("value_as_filed", pa.string()),
        ("allowed", pa.string()),
    ]
)


@dataclass(frozen=True)
class Verdict:
    """What became of the rows of a batch of filings.

    `accepted[table]` holds the rows that count, with submission_id and place; `failures` every breach;
    `counts[(submission_id, table)]` is (rows in, rows accepted); `refused` the filings refused as a whole.
    """

    accepted: dict[str, pa.Table]
    failures: list[Failure]
    counts: dict[tuple[str, str], tuple[int, int]]
    refused: frozenset[str]
    sites: pa.Table


def judge(tables: dict[str, pa.Table], problems: dict[str, list[Problem]], settings: Round) -> Verdict:
    """Judge the typed rows of several filings together; the order of rows and filings changes nothing.

    `tables` maps a table name to rows with `row_schema`; `problems` what the reader found, per filing.
    """
    agreed = blueprint()
    given = {t.name: tables.get(t.name, row_schema(t).empty_table()) for t in agreed.sheet_tables}
    failures = [f for found, said in problems.items() for f in _from_reader(found, said)]
    unread = {(f.submission_id, f.table, f.row_number, f.series, f.field) for f in failures if f.row_number}
    headless = {(f.submission_id, f.table, f.field) for f in failures if f.rule == "header_required"}
    for table in agreed.sheet_tables:
        rows = given[table.name].select(["submission_id", "row_number", "series", *table.field_names])
        failures += [f for f in failing_rows(table, rows) if not _explained(f, unread, headless)]
    with connect() as connection:
        register_reference(connection, settings)
        for name, rows in given.items():
            connection.register(name, rows)
        failures += _sql_rules(connection, "error", settings)
        failures += _more_than_one(given)
        for table in agreed.sheet_tables:
            failures += _duplicates(connection, table)
        verdict = _Gate(connection, given, failures, settings).close()
        for name, rows in verdict.accepted.items():
            connection.register(name, rows)
        verdict.failures.extend(_sql_rules(connection, "remark", settings))
    return verdict


def round_failures(tables: Mapping[str, pa.Table | ds.Dataset], settings: Round) -> list[Failure]:
    """The breaches of the rules that look at all accepted filings of a round together."""
    with connect() as connection:
        register_reference(connection, settings)
        for name, rows in tables.items():
            connection.register(name, rows)
        rules = [rule for rule in blueprint().rules.values() if rule.check == "round"]
        return [f for rule in rules for f in _run(connection, rule.id)]


def _from_reader(submission_id: str, problems: list[Problem]) -> list[Failure]:
    return [
        Failure(submission_id, p.table, p.row or None, p.series, p.field, p.rule, p.value, p.allowed, p.sheet, p.column)
        for p in problems
    ]


def _explained(failure: Failure, unread: set[tuple], headless: set[tuple]) -> bool:
    """Whether an empty cell is already spoken of: it could not be read, or its column is not there."""
    if failure.rule not in ("required", "required_if"):
        return False
    key = (failure.submission_id, failure.table, failure.row_number)
    at_cell = (*key, failure.series, failure.field) in unread or (*key, "", failure.field) in unread
    empty_row = (*key, "", "") in unread and failure.series == ""
    return at_cell or empty_row or (failure.submission_id, failure.table, failure.field) in headless


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
    shown = ", ".join(f"{name}::text" for name in table.primary_key)
    found = connection.execute(
        f"""
        with copies as (
            select submission_id, row_number, series, concat_ws(', ', {shown}) as shown,
                count(*) over same_key as copies,
                row_number() over (partition by submission_id, {key} order by row_number, series) as position,
                min(md5(concat_ws(chr(31), {content}))) over same_key
                    = max(md5(concat_ws(chr(31), {content}))) over same_key as equal
            from {table.name}
            where {filled}
            window same_key as (partition by submission_id, {key})
        )
        select submission_id, row_number, series, shown from copies
        where copies > 1 and (position > 1 or not equal)
        order by all
        """
    ).fetchall()
    titles = " + ".join(table.field(name).title for name in table.primary_key)
    return [Failure(s, table.name, r, k, table.primary_key[0], "key_duplicate", v, titles) for s, r, k, v in found]


class _Gate:
    """Decides which rows pass: none with an error, none that hangs on a refused row, none of a refused filing."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        given: dict[str, pa.Table],
        failures: list[Failure],
        settings: Round,
    ):
        self.connection, self.given, self.failures, self.settings = connection, given, failures, settings
        self.accepted: dict[str, pa.Table] = {}
        self.refused: dict[str, str] = {}

    def close(self) -> Verdict:
        errors = [f for f in self.failures if self._is_error(f)]
        self._refuse_filings(errors)
        failed = pa.Table.from_pylist([_as_row(f) for f in errors], schema=FAILURE_SCHEMA)
        self.connection.register("failed", failed)
        for table in blueprint().sheet_tables:
            self._judge_table(table)
        self._refuse_without_site()
        refused = frozenset(self.refused)
        sites = _filed_sites(self.connection, self.given, self.accepted["site"], refused)
        self._drop_refused()
        counts = _counts(self.given, self.accepted)
        return Verdict(self.accepted, self.failures, counts, refused, sites)

    def _is_error(self, failure: Failure) -> bool:
        return self.settings.severity(failure.rule, failure.table, failure.field) == "error"

    def _refuse_filings(self, errors: list[Failure]) -> None:
        titles = {t.name: t.title for t in blueprint().sheet_tables}
        needed = {t.name for t in blueprint().sheet_tables if t.rows != "any"}
        for failure in errors:
            whole_table = failure.row_number is None and failure.table in needed
            if not failure.table or whole_table or failure.table in CORE:
                where = f"het tabblad '{titles[failure.table]}'" if failure.table else "het bestand"
                self.refused.setdefault(failure.submission_id, where)

    def _judge_table(self, table: Table) -> None:
        """Accept the rows without an error whose parents are accepted."""
        passed = f"{table.name}_passed"
        self.connection.execute(
            f"""
            create or replace temp table {passed} as
            select candidate.* from {table.name} as candidate
            anti join failed
                on failed.table_name = '{table.name}' and failed.submission_id = candidate.submission_id
                and (failed.row_number is null or failed.row_number = candidate.row_number)
                and (failed.series in ('', candidate.series) or failed.series[1] = '@')
            """
        )
        for key in table.foreign_keys:
            self._follow(table, key.fields, key.reference.resource, key.reference.fields)
        kept = self.connection.sql(f"select * from {passed} order by submission_id, row_number, series")
        self.accepted[table.name] = kept.to_arrow_table().cast(row_schema(table))

    def _follow(self, table: Table, fields: tuple[str, ...], parent: str, parent_fields: tuple[str, ...]) -> None:
        pairs = zip(fields, parent_fields, strict=True)
        same = " and ".join(f"child.{mine} = parent.{theirs}" for mine, theirs in pairs)
        filled = " and ".join(f"child.{name} is not null" for name in fields)
        lost = self.connection.execute(
            f"""
            with orphans as (
                select submission_id, row_number, series, {fields[0]}::text as value,
                    exists (select 1 from {parent} as parent
                            where parent.submission_id = child.submission_id and {same})
                    or exists (select 1 from failed
                               where failed.submission_id = child.submission_id
                                 and failed.table_name = '{parent}' and failed.row_number is null) as known
                from {table.name} as child
                where {filled}
                  and not exists (select 1 from {parent}_passed as parent
                                  where parent.submission_id = child.submission_id and {same})
            )
            select submission_id, row_number, series, value, null from orphans where not known
            union all
            select submission_id, min(row_number), min_by(series, (row_number, series)), value, count(*)
            from orphans where known
            group by submission_id, value
            order by all
            """
        ).fetchall()
        title = blueprint().tables[parent].title
        for submission_id, row, series, value, rows in lost:
            rule, allowed = ("reference_unknown", title) if rows is None else ("reference_refused", _rows(title, rows))
            self.failures.append(Failure(submission_id, table.name, row, series, fields[0], rule, value, allowed))
        self.connection.execute(
            f"""
            delete from {table.name}_passed as child
            where {filled}
              and not exists (select 1 from {parent}_passed as parent
                              where parent.submission_id = child.submission_id and {same})
            """
        )

    def _refuse_without_site(self) -> None:
        with_site = set(self.accepted["site"].column("submission_id").to_pylist())
        for submission_id in {s for rows in self.given.values() for s in rows.column("submission_id").to_pylist()}:
            if submission_id not in with_site:
                self.refused.setdefault(submission_id, f"het tabblad '{blueprint().tables['site'].title}'")

    def _drop_refused(self) -> None:
        self.connection.register("refused", pa.table({"submission_id": pa.array(sorted(self.refused), pa.string())}))
        came = Counter(s for rows in self.given.values() for s in rows.column("submission_id").to_pylist())
        for submission_id, where in sorted(self.refused.items()):
            if came[submission_id]:
                number = "1 regel" if came[submission_id] == 1 else f"{came[submission_id]} regels"
                self.failures.append(Failure(submission_id, "", None, "", "", "submission_refused", number, where))
        for name, rows in self.accepted.items():
            self.connection.register("passed", rows)
            kept = self.connection.sql(
                "select * from passed anti join refused using (submission_id)"
                " order by submission_id, row_number, series"
            )
            self.accepted[name] = kept.to_arrow_table().cast(rows.schema)


def _rows(title: str, number: int) -> str:
    return f"'{title}' ({number} {'regel' if number == 1 else 'regels'} hier)"


def _as_row(failure: Failure) -> dict[str, object]:
    return dict(zip(FAILURE_SCHEMA.names, failure, strict=False))


def _counts(given: dict[str, pa.Table], accepted: dict[str, pa.Table]) -> dict[tuple[str, str], tuple[int, int]]:
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for name, rows in given.items():
        came = Counter(rows.column("submission_id").to_pylist())
        kept = Counter(accepted[name].column("submission_id").to_pylist())
        counts.update({(submission_id, name): (number, kept[submission_id]) for submission_id, number in came.items()})
    return counts


def _filed_sites(
    connection: duckdb.DuckDBPyConnection, given: dict[str, pa.Table], accepted: pa.Table, refused: frozenset[str]
) -> pa.Table:
    """Every site that a filing names: submission_id, kvk_number, site_id, sector, municipality_code, accepted."""
    connection.register("refused_now", pa.table({"submission_id": pa.array(sorted(refused), pa.string())}))
    connection.register("accepted_site", accepted)
    return connection.sql(
        """
        select site.submission_id, first_company.kvk_number, coalesce(site.site_id, '') as site_id,
            first_company.sector, site.municipality_code,
            bool_or(accepted_site.row_number is not null and refused_now.submission_id is null) as accepted
        from site
        left join (
            select submission_id, min(kvk_number) as kvk_number, min(sector) as sector from company group by all
        ) as first_company on first_company.submission_id = site.submission_id
        left join accepted_site
            on accepted_site.submission_id = site.submission_id and accepted_site.row_number = site.row_number
        left join refused_now on refused_now.submission_id = site.submission_id
        group by
            site.submission_id, first_company.kvk_number, site.site_id, first_company.sector, site.municipality_code
        order by all
        """
    ).to_arrow_table()
