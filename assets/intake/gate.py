"""Decides which rows pass: none with an error, none that hangs on a refused row, none of a refused filing.

Which rows break which rule is found before, in `assets.intake.judge`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.intake.expectations import Failure
from assets.rounds import Round
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
    """Decides which rows pass: none with an error, none that hangs on a refused row, none of a refused filing.

    `given` stands in the database under its own names, each row with its `position`; a row is spoken of by that.
    An error that is `waived` refuses nothing.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        given: dict[str, pa.Table],
        failures: list[Failure],
        settings: Round,
        waived: Callable[[Failure], bool],
    ):
        self.connection, self.given, self.failures, self.settings = connection, given, failures, settings
        self.waived = waived
        self.passed = {name: np.ones(rows.num_rows, dtype=bool) for name, rows in given.items()}
        self.refused: dict[str, str] = {}

    def close(self) -> Verdict:
        errors = [f for f in self.failures if self._is_error(f)]
        self._refuse_filings(errors)
        failed = pa.Table.from_pylist([_as_row(f) for f in errors], schema=FAILURE_SCHEMA)
        self.connection.register("failed", failed)
        self.connection.execute("create or replace temp table astray (table_name text, position bigint)")
        for table in blueprint().sheet_tables:
            self._judge_table(table)
        self._refuse_without_site()
        self._refuse_without_expected()
        refused = frozenset(self.refused)
        sites = _filed_sites(self.connection, refused)
        self._drop_refused()
        accepted = {name: _in_order(rows.filter(pa.array(self.passed[name]))) for name, rows in self.given.items()}
        return Verdict(accepted, self.failures, self._counts(accepted), refused, sites)

    def _is_error(self, failure: Failure) -> bool:
        severity = self.settings.severity(failure.rule, failure.table, failure.field)
        return severity == "error" and not (blueprint().rules[failure.rule].may_relax and self.waived(failure))

    def _refuse_filings(self, errors: list[Failure]) -> None:
        titles = {t.name: t.title for t in blueprint().sheet_tables}
        needed = {t.name for t in blueprint().sheet_tables if t.rows != "any"}
        for failure in errors:
            whole_table = failure.row_number is None and failure.table in needed
            if not failure.table or whole_table or failure.table in CORE:
                where = f"het tabblad '{titles[failure.table]}'" if failure.table else "het bestand"
                self.refused.setdefault(failure.submission_id, where)

    def _judge_table(self, table: Table) -> None:
        """Let the rows pass that have no error and whose parents pass."""
        own = self.connection.sql(
            f"""
            select position
            from {table.name} as row
            join failed using (submission_id, row_number)
            where failed.table_name = $table
              and (failed.series in ('', row.series) or failed.series[1] = '@')
            union all
            select position
            from {table.name}
            semi join (select submission_id from failed where table_name = $table and row_number is null)
                using (submission_id)
            """,
            params={"table": table.name},
        )
        self._refuse(table.name, own.to_arrow_table())
        for key in table.foreign_keys:
            self._follow(table, key.fields, key.reference.resource, key.reference.fields)
        self.connection.register(f"{table.name}_passed", self._passed_keys(table))

    def _refuse(self, name: str, rows: pa.Table) -> None:
        self.passed[name][rows.column("position").to_numpy()] = False

    def _passed_keys(self, table: Table) -> pa.Table:
        keys = ["submission_id", "row_number", *table.primary_key]
        return self.given[table.name].select(list(dict.fromkeys(keys))).filter(pa.array(self.passed[table.name]))

    def _follow(self, table: Table, fields: tuple[str, ...], parent: str, parent_fields: tuple[str, ...]) -> None:
        pairs = zip(fields, parent_fields, strict=True)
        same = " and ".join(f"child.{mine} = parent.{theirs}" for mine, theirs in pairs)
        filled = " and ".join(f"child.{name} is not null" for name in fields)
        self.connection.execute(
            f"""
            create or replace temp table orphans as
            select position, submission_id, row_number, series, {fields[0]}::text as value,
                exists (select 1 from {parent} as parent
                        where parent.submission_id = child.submission_id and {same}) as known,
                (select min(rule) from failed
                 where failed.submission_id = child.submission_id
                   and failed.table_name = '{parent}' and failed.row_number is null) as cause
            from {table.name} as child
            where {filled}
              and not exists (select 1 from {parent}_passed as parent
                              where parent.submission_id = child.submission_id and {same})
            """
        )
        lost = self.connection.execute(
            """
            select submission_id, row_number, series, value, null, null
            from orphans where cause is null and not known
            union all
            select submission_id, min(row_number), min_by(series, (row_number, series)), value, count(*), null
            from orphans
            anti join (from astray where table_name = $table) as astray using (position)
            where cause is null and known
            group by submission_id, value
            union all
            select submission_id, min(row_number), min_by(series, (row_number, series)), null, count(*), cause
            from orphans where cause is not null
            group by submission_id, cause
            order by all
            """,
            {"table": table.name},
        ).fetchall()
        # Of these all is said: that a row hangs on a refused one too would be said of every value in the sheet.
        self.connection.execute(
            "insert into astray select $table, position from orphans where cause is not null", {"table": table.name}
        )
        title = blueprint().tables[parent].title
        for submission_id, row, series, value, rows, cause in lost:
            said = _orphaned(title, value, rows, cause)
            self.failures.append(Failure(submission_id, table.name, row, series, fields[0], *said))
        self._refuse(table.name, self.connection.sql("select position from orphans").to_arrow_table())

    def _refuse_without_site(self) -> None:
        with_site = set(_number_of_rows(self.given["site"], self.passed["site"]))
        filed = {submission_id for rows in self.given.values() for submission_id in _number_of_rows(rows)}
        for submission_id in sorted(filed - with_site):
            self.refused.setdefault(submission_id, f"het tabblad '{blueprint().tables['site'].title}'")

    def _refuse_without_expected(self) -> None:
        """Refuse a filing of which no row passes in a table that everyone fills: an earlier one is worth more."""
        for table in blueprint().sheet_tables:
            if table.expected:
                passing = _number_of_rows(self.given[table.name], self.passed[table.name])
                for submission_id in sorted(_number_of_rows(self.given[table.name]).keys() - passing):
                    self.refused.setdefault(submission_id, f"het tabblad '{table.title}': daar klopt geen enkele regel")

    def _drop_refused(self) -> None:
        came: Counter[str] = Counter()
        for rows in self.given.values():
            came.update(_number_of_rows(rows))
        for submission_id, where in sorted(self.refused.items()):
            if came[submission_id]:
                number = _rows(came[submission_id])
                self.failures.append(Failure(submission_id, "", None, "", "", "submission_refused", number, where))
        refused = pa.array(sorted(self.refused), pa.string())
        for name, rows in self.given.items():
            is_refused = pc.call_function("is_in", [rows.column("submission_id")], pc.SetLookupOptions(refused))
            self.passed[name] &= ~is_refused.to_numpy()

    def _counts(self, accepted: dict[str, pa.Table]) -> dict[tuple[str, str], RowCount]:
        counts: dict[tuple[str, str], RowCount] = {}
        for name, rows in self.given.items():
            kept, refused = _number_of_rows(accepted[name]), _number_of_rows(rows, ~self.passed[name])
            for submission_id, number in _number_of_rows(rows).items():
                counts[submission_id, name] = RowCount(
                    number, kept.get(submission_id, 0), refused.get(submission_id, 0)
                )
        return counts


def _number_of_rows(rows: pa.Table, chosen: np.ndarray | None = None) -> dict[str, int]:
    """How many rows every filing has, or how many of those chosen."""
    ids = rows.column("submission_id")
    counted = (ids if chosen is None else ids.filter(pa.array(chosen))).value_counts()
    return dict(zip(*(part.to_pylist() for part in counted.flatten()), strict=True))


def _in_order(rows: pa.Table) -> pa.Table:
    """The rows by filing, row and series."""
    filing, series = (_ranks(rows.column(name)) for name in ("submission_id", "series"))
    order = np.lexsort((series, rows.column("row_number").to_numpy(), filing))
    return rows if (order[1:] > order[:-1]).all() else rows.take(pa.array(order))


def _ranks(column: pa.ChunkedArray) -> np.ndarray:
    """The place of every text among the different texts in order."""
    encoded = column.combine_chunks().dictionary_encode()
    different = encoded.dictionary.to_pylist()
    place = {text: rank for rank, text in enumerate(sorted(different))}
    return np.array([place[text] for text in different], dtype=np.int64)[encoded.indices.to_numpy()]


def _orphaned(title: str, value: str | None, rows: int | None, cause: str | None) -> tuple[str, str, str]:
    """Rule, value and what is allowed, of rows whose parent is not accepted: `cause` is why none of its table is."""
    if value is None:
        why = blueprint().rules[cause or ""].title
        return (
            "reference_without_table",
            _rows(rows or 0),
            f"'{title}', en dat telt niet mee: {why[0].lower()}{why[1:]}",
        )
    if rows is None:
        return "reference_unknown", value, title
    return "reference_refused", value, f"'{title}' ({_rows(rows)} hier)"


def _rows(number: int) -> str:
    return "1 regel" if number == 1 else f"{number} regels"


def _as_row(failure: Failure) -> dict[str, object]:
    return dict(zip(FAILURE_SCHEMA.names, failure, strict=False))


def _filed_sites(connection: duckdb.DuckDBPyConnection, refused: frozenset[str]) -> pa.Table:
    """Every site that a filing names, with its company, sector, place, and whether it is accepted."""
    connection.register("refused_now", pa.table({"submission_id": pa.array(sorted(refused), pa.string())}))
    return connection.sql(
        """
        select site.submission_id, first_company.kvk_number, coalesce(site.site_id, '') as site_id,
            first_company.sector, min(placed.municipality_code) as municipality_code,
            coalesce(min(placed.province_code), 'PV00') as province_code,
            bool_or(site_passed.row_number is not null and refused_now.submission_id is null) as accepted
        from site
        left join placed using (submission_id, row_number, series)
        left join (
            -- Of several companies in one filing the first is it, as in the register.
            select submission_id, first(kvk_number order by row_number) as kvk_number,
                first(sector order by row_number) as sector
            from company
            group by submission_id
        ) as first_company on first_company.submission_id = site.submission_id
        left join site_passed
            on site_passed.submission_id = site.submission_id and site_passed.row_number = site.row_number
        left join refused_now on refused_now.submission_id = site.submission_id
        group by site.submission_id, first_company.kvk_number, site.site_id, first_company.sector
        order by all
        """
    ).to_arrow_table()
