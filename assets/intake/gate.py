"""Decides which rows pass: none with an error, none that hangs on a refused row, none of a refused filing.

Which rows break which rule is found before, in `assets.intake.judge`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from assets.intake.expectations import Failure
from assets.rounds import Round
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


class RowCount(NamedTuple):
    """Rows of one table of one filing: those that came, those accepted, those refused; each counted by itself."""

    came: int
    accepted: int
    refused: int


@dataclass(frozen=True)
class Verdict:
    """What became of the rows of a batch of filings.

    `accepted[table]` holds the rows that count, with submission_id and place; `failures` every breach;
    `counts` is per (submission_id, table); `refused` the filings refused as a whole.
    """

    accepted: dict[str, pa.Table]
    failures: list[Failure]
    counts: dict[tuple[str, str], RowCount]
    refused: frozenset[str]
    sites: pa.Table


class Gate:
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
        counts = _counts(self.connection, self.given, self.accepted)
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


def _counts(
    connection: duckdb.DuckDBPyConnection, given: dict[str, pa.Table], accepted: dict[str, pa.Table]
) -> dict[tuple[str, str], RowCount]:
    counts: dict[tuple[str, str], RowCount] = {}
    for name, rows in given.items():
        came = Counter(rows.column("submission_id").to_pylist())
        kept = Counter(accepted[name].column("submission_id").to_pylist())
        connection.register("came", rows)
        connection.register("kept", accepted[name])
        refused = dict(
            connection.execute(
                """
                select submission_id, count(*) from came
                anti join kept using (submission_id, row_number, series)
                group by submission_id
                """
            ).fetchall()
        )
        for submission_id, number in came.items():
            counts[submission_id, name] = RowCount(number, kept[submission_id], refused.get(submission_id, 0))
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
            first_company.sector, min(site.municipality_code) as municipality_code,
            bool_or(accepted_site.row_number is not null and refused_now.submission_id is null) as accepted
        from site
        left join (
            select submission_id, min(kvk_number) as kvk_number, min(sector) as sector from company group by all
        ) as first_company on first_company.submission_id = site.submission_id
        left join accepted_site
            on accepted_site.submission_id = site.submission_id and accepted_site.row_number = site.row_number
        left join refused_now on refused_now.submission_id = site.submission_id
        group by site.submission_id, first_company.kvk_number, site.site_id, first_company.sector
        order by all
        """
    ).to_arrow_table()
