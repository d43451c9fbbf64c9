"""The laws of judging: which rows pass does not depend on order or company, and nothing is refused without a word."""

from __future__ import annotations

import re
import resource
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assets.intake import judge as judging
from assets.intake.compare import beside
from assets.intake.expectations import NOT_NULL, Failure, failing_rows
from assets.intake.extracted import Problem
from assets.intake.judge import Verdict, judge, round_failures
from assets.intake.memory import COUNTS
from assets.rounds import Round
from assets.sample.edits import add, demand, put, remove
from assets.sample.figures import ean
from assets.store import DataFolder
from assets.workbooks.filing import Filing, Row
from blueprint.arrow import schema
from blueprint.column_rules import BETWEEN, IN_SET, LENGTHS, REGEX, ColumnRule, column_rules
from blueprint.load import blueprint
from blueprint.model import Table

TABLES_OF_ALL = ("submission", "company", "site", "energy_demand")
Tables = dict[str, pa.Table]
RowsOf = Callable[[Mapping[str, Filing]], Tables]
Valid = Callable[[], Filing]

EDITS: dict[str, Callable[[Filing], None]] = {
    "no sector": put("company", "sector", None),
    "no KvK number": put("company", "kvk_number", None),
    "two companies": add("company", 0, kvk_number="98000002"),
    "other round": put("submission", "round", "2024-1"),
    "site refused": put("site", "is_ets", None),
    "other site refused": put("site", "industrial_cluster", "?", 1),
    "site without a code": put("site", "site_id", None, 1),
    "no sites": remove("site", lambda row: False),
    "site twice": add("site", 0),
    "site twice, not equal": add("site", 0, site_name="Anders"),
    "connection twice": add("connection", 1),
    "connection twice, not equal": add("connection", 1, pressure_bar=40.0),
    "wrong EAN": put("connection", "ean_code", "871687100000000014"),
    "connection of no site": put("connection", "site_id", "V9", 2),
    "wrong unit": demand("heat", years=[2030], unit="m3"),
    "negative": demand("electricity", years=[2040], value=-1.0),
    "steep": demand("heat", years=[2050], value=400.0),
    "heat twice": lambda filing: filing.rows("energy_demand").append(dict(filing.rows("energy_demand")[-1])),
    "no demand": remove("energy_demand", lambda row: False),
    "project refused": put("project", "certainty", "?"),
    "Bergen": put("site", "municipality_code", "Bergen", 1),
    "Appingedam": put("site", "municipality_code", "GM0003", 1),
    "too long": put("flexibility", "energy_hub", "x" * 300),
}
PROBLEMS = {
    "energy sheet unread": Problem("header_missing", "energy_demand", "Energievraag"),
    "site sheet twice": Problem("sheet_double", "site", "site"),
    "heading twice": Problem("header_double", "connection", "Aansluitingen", 0, "@1", 3),
    "unread cell": Problem("number", "connection", "Aansluitingen", 3, "", 11, "pressure_bar", "veel"),
    "damaged": Problem("file_damaged"),
    "letter": Problem("sheet_unknown", sheet="Brief"),
}
few = hypothesis_settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
wrongs = st.lists(st.sampled_from(sorted(EDITS | PROBLEMS)), max_size=3, unique=True)
rounds = st.lists(wrongs, min_size=1, max_size=3)


# --- a second opinion on the columns --------------------------------------------------------------------------------


def holds(rule: ColumnRule, row: Row) -> bool:
    """Whether a row obeys a column rule: what the expectation is meant to say, in plain Python."""
    for test in rule.condition:
        value = row[test.field]
        met = {"empty": value is None, "filled": value is not None, "in": value in test.values}[test.op]
        if not met:
            return True
    value, given = row[rule.field], rule.arguments
    if rule.expectation == NOT_NULL:
        return value is not None
    if value is None:
        return True
    if rule.expectation == IN_SET:
        return value in given["value_set"]
    if rule.expectation == REGEX:
        return re.match(given["regex"], value) is not None
    assert rule.expectation in (BETWEEN, LENGTHS)
    size = len(value) if rule.expectation == LENGTHS else value
    return given.get("min_value", size) <= size <= given.get("max_value", size)


def plainly(table: Table, rows: pa.Table) -> list[Failure]:
    """As `failing_rows`, without words: 100 times as fast, so that many rounds can be judged."""
    return [
        Failure(row["submission_id"], table.name, row["row_number"], row["series"], rule.field, rule.rule)
        for row in rows.to_pylist()
        for rule in column_rules(table)
        if not holds(rule, row)
    ]


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "failing_rows", plainly)


def bare(failures: list[Failure]) -> Counter[tuple]:
    return Counter(failure[:6] for failure in failures)


def broken(valid: Valid, edits: list[str]) -> Filing:
    filing = valid()
    for name in edits:
        if name in EDITS:
            try:
                EDITS[name](filing)
            except LookupError:  # an earlier edit took the row away
                continue
    return filing


def test_great_expectations_and_plain_python_agree(valid: Valid, rows_of: RowsOf) -> None:
    tables = rows_of({name: broken(valid, [name]) for name in EDITS})
    for table in blueprint().sheet_tables:
        rows = tables[table.name].drop_columns(["sheet"])
        assert bare(failing_rows(table, rows)) == bare(plainly(table, rows))


# --- laws -----------------------------------------------------------------------------------------------------------


def outcome(verdict: Verdict, submission: str) -> dict[str, Any]:
    """Everything a verdict says about one filing."""
    return {
        "failures": Counter(f for f in verdict.failures if f.submission_id == submission),
        "rows": {
            n: [r for r in t.to_pylist() if r["submission_id"] == submission] for n, t in verdict.accepted.items()
        },
        "counts": {key[1]: value for key, value in verdict.counts.items() if key[0] == submission},
        "refused": submission in verdict.refused,
        "sites": [row for row in verdict.sites.to_pylist() if row["submission_id"] == submission],
    }


def problems_of(edits: list[list[str]]) -> dict[str, list[Problem]]:
    return {f"s{i}": [PROBLEMS[name] for name in mine if name in PROBLEMS] for i, mine in enumerate(edits)}


def filings_of(valid: Valid, edits: list[list[str]]) -> dict[str, Filing]:
    return {f"s{i}": broken(valid, mine) for i, mine in enumerate(edits)}


@pytest.mark.usefixtures("plain")
@few
@given(edits=rounds, seed=st.randoms(use_true_random=False))
def test_laws(edits: list[list[str]], seed: Random, valid: Valid, rows_of: RowsOf, settings: Round) -> None:
    """Every law on one round, since judging it once is what takes the time."""
    filings, problems = filings_of(valid, edits), problems_of(edits)
    tables = rows_of(filings)
    verdict = judge(tables, problems, settings)
    no_row_is_lost(verdict, tables)
    none_is_refused_without_a_word(verdict, tables, settings)
    accepted_rows_hang_together(verdict)
    order_changes_nothing(verdict, judge(shuffled(tables, seed), dict(reversed(problems.items())), settings))
    name = seed.choice(sorted(filings))
    alone = judge(rows_of({name: filings[name]}), {name: problems[name]}, settings)
    assert outcome(verdict, name) == outcome(alone, name)
    again = judge(verdict.accepted, {"leeg": []}, settings)
    assert again.accepted == verdict.accepted
    assert not again.refused


def shuffled(tables: Tables, seed: Random) -> Tables:
    return {
        name: rows.take(pa.array(seed.sample(range(rows.num_rows), rows.num_rows), pa.int64()))
        for name, rows in tables.items()
    }


def order_changes_nothing(first: Verdict, second: Verdict) -> None:
    assert Counter(first.failures) == Counter(second.failures)
    assert first.accepted == second.accepted
    assert (first.counts, first.refused, first.sites) == (second.counts, second.refused, second.sites)


def no_row_is_lost(verdict: Verdict, tables: Tables) -> None:
    """Rows in = rows accepted + rows refused, and an accepted row is the row that came."""
    for name, came in tables.items():
        filed, kept = ([tuple(row.values()) for row in rows.to_pylist()] for rows in (came, verdict.accepted[name]))
        assert not Counter(kept) - Counter(filed)
        rows_in, rows_kept = Counter(row[0] for row in filed), Counter(row[0] for row in kept)
        counted = {key[0]: value for key, value in verdict.counts.items() if key[1] == name}
        assert counted == {
            submission: (number, rows_kept[submission], number - rows_kept[submission])
            for submission, number in rows_in.items()
        }


def none_is_refused_without_a_word(verdict: Verdict, tables: Tables, settings: Round) -> None:
    """A row is refused when, and only when, an error is told of it, of its parent, its table or its filing."""
    errors = [f for f in verdict.failures if settings.severity(f.rule, f.table, f.field) == "error"]
    at_row = {(f.submission_id, f.table, f.row_number) for f in errors}
    parents = {(f.submission_id, f.table, f.field, f.value) for f in errors if f.rule == "reference_refused"}
    tables_of = {(f.submission_id, f.table, f.field) for f in errors if f.rule == "reference_without_table"}
    for name, came in tables.items():
        kept = verdict.accepted[name].select(["submission_id", "row_number"]).to_pylist()
        accepted = {(row["submission_id"], row["row_number"]) for row in kept}
        for row in came.to_pylist():
            submission, number = row["submission_id"], row["row_number"]
            told = {(submission, name, number), (submission, name, None), (submission, "", None)} & at_row
            orphan = {(submission, name, field, value) for field, value in row.items()} & parents
            astray = {(submission, name, field) for field, value in row.items() if value is not None} & tables_of
            assert bool(told or orphan or astray) != ((submission, number) in accepted), (name, row)
    filed = {name for rows in tables.values() for name in rows["submission_id"].to_pylist()}
    assert {f.submission_id for f in errors if f.rule == "submission_refused"} == verdict.refused & filed


def accepted_rows_hang_together(verdict: Verdict) -> None:
    """Keys are single, what a row refers to is accepted too, and of a refused filing nothing is."""
    for table in blueprint().sheet_tables:
        rows = verdict.accepted[table.name].to_pylist()
        keys = Counter((row["submission_id"], *(row[name] for name in table.primary_key)) for row in rows)
        assert set(keys.values()) <= {1}
        assert not verdict.refused & {row["submission_id"] for row in rows}
        for foreign in table.foreign_keys:
            (mine,), (theirs,) = foreign.fields, foreign.reference.fields
            parents = verdict.accepted[foreign.reference.resource].to_pylist()
            known = {(parent["submission_id"], parent[theirs]) for parent in parents}
            assert {(row["submission_id"], row[mine]) for row in rows if row[mine] is not None} <= known


def test_empty_submission_changes_nothing(valid: Valid, rows_of: RowsOf, settings: Round, plain: None) -> None:
    tables = rows_of({"s": broken(valid, ["site refused", "steep"])})
    without, beside = judge(tables, {}, settings), judge(tables, {"leeg": []}, settings)
    assert outcome(without, "s") == outcome(beside, "s")
    assert {failure.submission_id for failure in beside.failures} == {"s"}
    assert judge({}, {}, settings).failures == []


def test_none_of_many_filings_is_judged_otherwise_than_alone(
    valid: Valid, rows_of: RowsOf, settings: Round, plain: None
) -> None:
    """Every mistake at once: what is said of one filing is what is said of it beside one that is valid."""
    together = judge(rows_of({name: broken(valid, [name]) for name in EDITS}), {}, settings)
    for name in ("no sector", "site twice, not equal", "heat twice", "steep"):
        alone = judge(rows_of({name: broken(valid, [name]), "goed": valid()}), {}, settings)
        assert outcome(together, name) == outcome(alone, name)
        assert not outcome(alone, "goed")["failures"]


# --- what the laws say, once in plain sight -------------------------------------------------------------------------

Judged = Callable[..., Verdict]


@pytest.fixture
def judged(valid: Valid, rows_of: RowsOf, settings: Round, plain: None) -> Judged:
    """The verdict on the valid filing with some edits, in a round with some rules relaxed."""

    def run(
        *edits: Callable[[Filing], None], relaxed: tuple[str, ...] = (), problems: tuple[Problem, ...] = ()
    ) -> Verdict:
        filing = valid()
        for edit in edits:
            edit(filing)
        return judge(
            rows_of({"s": filing}), {"s": list(problems)}, settings.model_copy(update={"relaxed_rules": relaxed})
        )

    return run


def kept(verdict: Verdict, table: str) -> list[int]:
    return verdict.accepted[table]["row_number"].to_pylist()


def rules(verdict: Verdict) -> set[str]:
    return {failure.rule for failure in verdict.failures}


def test_valid_filing_is_accepted_whole(judged: Judged, valid: Valid) -> None:
    verdict = judged()
    assert verdict.failures == []
    assert {name: rows.num_rows for name, rows in verdict.accepted.items()} == {
        table.name: len(valid().rows(table.name)) for table in blueprint().sheet_tables
    }


def test_a_municipality_of_later_is_not_placed_and_says_so(
    valid: Valid, rows_of: RowsOf, settings: Round, plain: None
) -> None:
    filing = valid()
    filing.row("site").update(municipality_code="GM1961", city=None, latitude=None, longitude=None)
    verdict = judge(rows_of({"s": filing}), {}, settings.model_copy(update={"geography_year": 2018}))
    (said,) = (f for f in verdict.failures if f.rule == "municipality_later")
    assert said.value == "Vijfheerenlanden (GM1961)"
    assert said.allowed == "2019; deze ronde telt met de gemeenten van 2018"


def test_of_equal_copies_the_first_stays(judged: Judged) -> None:
    verdict = judged(add("connection", 1), add("connection", 1))
    assert kept(verdict, "connection") == [2, 3, 4]
    assert sorted(f.row_number or 0 for f in verdict.failures) == [5, 6]
    assert rules(verdict) == {"key_duplicate"}


def test_of_copies_that_differ_none_stays(judged: Judged) -> None:
    verdict = judged(add("connection", 1), add("connection", 1, pressure_bar=40.0))
    assert kept(verdict, "connection") == [2, 4]
    assert sorted(f.row_number or 0 for f in verdict.failures) == [3, 5, 6]


def test_rows_without_a_key_are_not_copies(judged: Judged) -> None:
    nameless = add("connection", 1, connection_id=None)
    assert rules(judged(nameless, nameless)) == {"required"}


def test_refused_site_refuses_its_children(judged: Judged, valid: Valid) -> None:
    verdict = judged(put("site", "is_ets", None))
    assert kept(verdict, "site") == [3]
    assert kept(verdict, "connection") == [4]
    assert {row["site_id"] for row in verdict.accepted["energy_demand"].to_pylist()} == {"V2"}
    assert [verdict.accepted[name].num_rows for name in ("project", "flexibility", "bottleneck")] == [0, 0, 0]
    assert rules(verdict) == {"required", "reference_refused"}
    assert not verdict.refused


def test_refused_project_refuses_the_bottleneck_that_names_it(judged: Judged) -> None:
    verdict = judged(put("project", "certainty", None), add("bottleneck", 0, bottleneck_id="K2", project_id=None))
    assert kept(verdict, "bottleneck") == [3]


@pytest.mark.parametrize(
    "edit",
    [
        put("company", "kvk_number", None),
        put("submission", "base_year", None),
        add("company", 0),
        remove("site", lambda row: False),
        lambda filing: [row.update(is_ets=None) for row in filing.rows("site")],
    ],
    ids=["company", "submission", "two companies", "no site", "no good site"],
)
def test_filing_that_cannot_stand_is_refused_whole(edit: Callable[[Filing], None], judged: Judged) -> None:
    verdict = judged(edit)
    assert verdict.refused == {"s"}
    assert all(rows.num_rows == 0 for rows in verdict.accepted.values())
    assert all(count.accepted == 0 < count.came == count.refused for count in verdict.counts.values())
    assert "submission_refused" in rules(verdict)


def test_sites_that_were_filed_are_told_whether_accepted_or_not(judged: Judged) -> None:
    verdict = judged(put("site", "is_ets", None))
    assert [(row["site_id"], row["accepted"]) for row in verdict.sites.to_pylist()] == [("V1", False), ("V2", True)]
    verdict = judged(put("company", "sector", None))
    assert [row["accepted"] for row in verdict.sites.to_pylist()] == [False, False]


def test_a_wrong_address_to_ask_at_refuses_nothing(judged: Judged) -> None:
    verdict = judged(put("submission", "contact_email", "energie voorbeeld.nl"))
    assert rules(verdict) == {"pattern"}
    assert verdict.refused == frozenset()
    assert all(count.came == count.accepted for count in verdict.counts.values())
    (row,) = verdict.accepted["submission"].to_pylist()
    assert row["contact_email"] == "energie voorbeeld.nl"
    assert judged(put("submission", "replaces_submission", "xyz")).refused == {"s"}


@pytest.mark.parametrize("name", ["pattern", "connection.ean_code.pattern"])
def test_relaxed_rule_only_warns(name: str, judged: Judged) -> None:
    edit = put("connection", "ean_code", "123", 1)
    assert kept(judged(edit), "connection") == [2, 4]
    relaxed = judged(edit, relaxed=(name,))
    assert kept(relaxed, "connection") == [2, 3, 4]
    assert rules(relaxed) == {"pattern"}


def test_rule_relaxed_for_another_field_still_refuses(judged: Judged) -> None:
    verdict = judged(put("connection", "ean_code", "123", 1), relaxed=("site.postcode.pattern",))
    assert kept(verdict, "connection") == [2, 4]


@pytest.mark.parametrize("problem", [Problem("number", "connection", "x", 3, "", 11, "pressure_bar", "veel")])
def test_cell_that_could_not_be_read_refuses_its_row(problem: Problem, judged: Judged) -> None:
    assert kept(judged(problems=(problem,)), "connection") == [2, 4]


def test_empty_cell_that_could_not_be_read_is_told_once(judged: Judged) -> None:
    problem = Problem("cell_error", "connection", "x", 3, "", 5, "grid_operator", "#N/A")
    verdict = judged(put("connection", "grid_operator", None, 1), problems=(problem,))
    assert rules(verdict) == {"cell_error"}


def test_doubled_heading_refuses_the_table_and_nothing_else(judged: Judged) -> None:
    verdict = judged(problems=(PROBLEMS["heading twice"],))
    assert kept(verdict, "connection") == []
    assert not verdict.refused
    assert kept(verdict, "site") == [2, 3]


def test_remarks_are_made_of_accepted_rows_only(judged: Judged) -> None:
    steep = demand("heat", years=[2050], value=400.0)
    assert rules(judged(steep)) == {"growth_high"}
    assert "growth_high" not in rules(judged(steep, demand("heat", years=[2050], unit=None)))


def test_ean_in_two_filings_is_told_in_both(tmp_path: Path, valid: Valid, rows_of: RowsOf, settings: Round) -> None:
    empty = beside(DataFolder(tmp_path), settings, schema("filed_sites").empty_table(), COUNTS.empty_table())
    other = valid()
    for index, row in enumerate(other.rows("connection")):
        row["ean_code"] = ean(2, 1, index)
    alone = {**empty, "connection": rows_of({"a": valid(), "b": other})["connection"]}
    assert round_failures(alone, settings) == []
    shared = {**empty, "connection": rows_of({"a": valid(), "b": valid(), "c": other})["connection"]}
    found = round_failures(shared, settings)
    assert [(f.submission_id, f.row_number) for f in found] == [(s, row) for s in "ab" for row in (2, 3, 4)]


def test_a_line_repeated_to_the_last_row_stays_cheap(
    rows_of: Callable[..., dict[str, pa.Table]], valid: Valid, settings: Round
) -> None:
    """Each copy once named all other copies: memory grew with the square of their number."""
    tables = rows_of({"s1": valid()})
    one = tables["flexibility"].slice(0, 1)
    copies = pa.concat_tables([one] * 15_000)
    place = copies.schema.get_field_index("row_number")
    tables["flexibility"] = copies.set_column(place, copies.schema.field(place), pa.array(range(2, 15_002), pa.int64()))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    verdict = judge(tables, {}, settings)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000
    assert sum(failure.rule == "key_duplicate" for failure in verdict.failures) == 14_999
    assert verdict.accepted["flexibility"].num_rows == 1


def all_negative(filing: Filing) -> None:
    for row in filing.rows("energy_demand")[1:]:
        row["value"] = -1.0


def test_filing_with_too_many_errors_is_refused_and_tells_a_few_of_each_kind(
    rows_of: RowsOf, valid: Valid, settings: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judged() -> tuple[Verdict, dict[str, Counter[str]]]:
        faulty, good = valid(), valid()
        all_negative(faulty)
        verdict = judge(rows_of({"fout": faulty, "goed": good}), {}, settings)
        rules = {
            name: Counter(f.rule for f in verdict.failures if f.submission_id == name) for name in ("fout", "goed")
        }
        return verdict, rules

    free, before = judged()
    assert before["fout"]["minimum"] > 5
    assert free.refused == frozenset()
    monkeypatch.setattr(judging, "MAX_ERRORS", 5)
    monkeypatch.setattr(judging, "FEW", 2)
    bounded, after = judged()
    assert bounded.refused == {"fout"}
    assert (after["fout"]["minimum"], after["fout"]["too_many_findings"], after["fout"]["submission_refused"]) == (
        2,
        1,
        1,
    )
    assert after["goed"] == before["goed"]
    for name in TABLES_OF_ALL:
        came, accepted, refused = bounded.counts["fout", name]
        assert (accepted, refused) == (0, came)


def test_what_only_warns_is_told_many_times_and_then_counted(
    rows_of: RowsOf, valid: Valid, settings: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> Counter[str]:
        filing = valid()
        all_years_alike = [row for row in filing.rows("energy_demand") if row["year"] in (settings.base_year, 2030)]
        filing.tables["energy_demand"] = all_years_alike
        verdict = judge(rows_of({"een": filing}), {}, settings)
        more.extend(f for f in verdict.failures if f.rule == "more_of_the_same")
        return Counter(f.rule for f in verdict.failures)

    more: list[Failure] = []
    absent = found()["year_absent"]
    assert absent > 1
    assert not more
    monkeypatch.setattr(judging, "MANY", 1)
    assert found()["year_absent"] == 1
    (failure,) = [f for f in more if f.value == blueprint().rules["year_absent"].title]
    assert failure.allowed == str(absent - 1)
