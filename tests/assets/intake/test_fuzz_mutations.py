"""One change of one cell of a valid filing gives exactly its findings there, and takes exactly the rows that must fall.

A short run of the engine in `tests/fuzz`; the long one is `python -m benchmarks.fuzz`.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from assets.intake import judge as judging
from tests.fuzz.expected import Finding
from tests.fuzz.filings import draw_filing
from tests.fuzz.forms import FORMATS, Format, make_form
from tests.fuzz.mutations import mutations
from tests.fuzz.trial import LAYOUTS, draw_layouts, draw_mutations, try_cases

SEED, NUMBER = 20_261, 200


@pytest.mark.parametrize("kind", FORMATS)
def test_every_field_of_every_table_is_changed(kind: Format) -> None:
    form = make_form(draw_filing(1), kind)
    changed = {(p.table, p.field) for p in form.places() if any(mutations(form, p))}
    everything = {(p.table, p.field) for p in form.places()} - {("submission", "number_notation")}
    assert changed == everything
    assert len(everything) > 90


def test_one_change_gives_its_findings_and_no_other(tmp_path: Path) -> None:
    tried = list(try_cases(draw_mutations(SEED, NUMBER), tmp_path))
    assert len(tried) == NUMBER
    assert [(one.name, one.wrong) for one in tried if one.wrong] == []


def test_a_year_before_our_tables_begin_says_nothing_of_the_municipality(tmp_path: Path) -> None:
    """The forms lie in municipalities that existed when the tables begin; rare among the changes that are drawn."""
    early = (case for case in draw_mutations(SEED, 10_000) if "municipality_year" in case.name and "its m" in case.name)
    tried = list(try_cases(islice(early, 2 * len(FORMATS)), tmp_path))
    assert len(tried) == 2 * len(FORMATS)
    assert [(one.name, one.wrong) for one in tried if one.wrong] == []


def test_the_same_in_another_layout_is_read_the_same(tmp_path: Path) -> None:
    tried = list(try_cases(draw_layouts(SEED, len(FORMATS) * len(LAYOUTS)), tmp_path))
    assert [(one.name, one.wrong) for one in tried if one.wrong] == []
    assert len(tried) == len(FORMATS) * len(LAYOUTS)


def test_a_rule_that_is_silent_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine can fail: without the rule on keys it misses a finding and sees a row too many."""
    monkeypatch.setattr(judging, "_duplicates", lambda connection, table: [])
    twins = (case for case in draw_mutations(SEED, 10_000) if "key of another row" in case.name)
    wrong = " ".join(text for one in try_cases(islice(twins, 2), tmp_path) for text in one.wrong)
    assert "not found: Finding(rule='key_duplicate'" in wrong
    assert "wrongly accepted" in wrong


def test_a_value_that_is_read_otherwise_is_noticed(tmp_path: Path) -> None:
    case = next(case for case in draw_mutations(SEED, NUMBER) if case.outcome.accepted)
    place = next(place for place in case.outcome.accepted if place[0] == "site")
    case.outcome.accepted[place] = {**case.outcome.accepted[place], "site_name": "anders"}
    case.outcome.findings.add(Finding("file_empty"))
    ((tried),) = try_cases([case], tmp_path)
    assert any(text.startswith("wrong value") for text in tried.wrong)
    assert any(text.startswith("not found") for text in tried.wrong)
    assert tried.path.exists()
