"""Every mistake of the sample is found by the rules that it names, and what is only unusual is read right."""

from __future__ import annotations

import hashlib
from collections import defaultdict

import pytest

from assets.intake.examine import Received, examine
from assets.rounds import Round
from assets.sample.companies import ROUND, generate
from assets.sample.mistakes import MISTAKES, READ_RIGHT, UNREADABLE, write_faulty
from assets.workbooks.filing import Filing
from assets.workbooks.write import write_xlsx
from blueprint.load import blueprint

YEARS = (2023, 2025, 2027, 2030, 2035, 2040, 2050)
# Not made by a mistake in one file: two files or rounds, other figures, the reader's clock, limits met before, not yet.
ELSEWHERE = {
    "identical_file", "superseded", "superseded_other_name", "newer_refused", "same_day_filings",
    "ean_in_two_filings", "file_changed", "reader_timeout", "reader_memory", "reader_crashed", "sheet_absent",
    "part_not_csv", "row_too_long", "imputed", "below_usual_size", "ets_denied", "ets_filed_other",
    "ets_versus_energy", "previous_change", "previous_copied", "previous_jump", "previous_site_gone",
    "previous_site_moved", "province_share_high", "municipality_later",
    "superseded_other_sender", "replaces_other_company", "replaces_unknown", "too_many_findings", "more_of_the_same",
    "sheet_unfilled", "withdrawn", "list_place_differs", "list_ets_differs", "list_name_differs",
    # In a table that an analyst loads, never in a filing: see test_reference_files.py, test_other_demand.py and
    # test_infrastructure.py.
    "list_municipality_unknown", "list_operator_carrier", "list_encoding",
    "list_is_filing", "list_municipality_name", "list_not_recognised",
    "list_municipality_old", "list_place_twice", "list_industry_twice", "list_no_energy",
    "list_plan_years", "list_plan_past",
    # Asked of a whole round, beside a table that an analyst may replace: test_second_source.py, test_operators.py.
    "operator_elsewhere", "operator_voltage",
}  # fmt: skip


def suitable(filing: Filing) -> bool:
    """One site under the ETS on gas alone, with an address, and a first project on electricity."""
    site, projects = filing.row("site"), filing.rows("project")
    carriers = {row["carrier"] for row in filing.rows("energy_demand")}
    return (
        len(filing.rows("site")) == 1
        and site["is_ets"]
        and site["postcode"] is not None
        and carriers == {"electricity", "natural_gas"}
        and bool(projects)
        and projects[0]["carrier_to"] == "electricity"
    )


@pytest.fixture(scope="module")
def clean() -> Filing:
    return next(filing for filing in generate(companies=300) if suitable(filing))


@pytest.fixture(scope="module")
def found(clean: Filing, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, set[str]]]:
    """Per mistake the rules that were reported, by severity; '' is the filing without a mistake."""
    folder = tmp_path_factory.mktemp("mistakes")
    write_xlsx(clean, folder / "clean", YEARS)
    received = []
    for name, mistake in MISTAKES.items():
        write_faulty(clean, [mistake], folder / name, YEARS)
    for path in sorted(folder.iterdir()):
        digest = hashlib.sha256(path.read_bytes() + path.name.encode()).hexdigest()
        received.append(Received(digest[:16], path, path.name))
    rules: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for finding in examine(received, Round(round=ROUND)).findings:
        rules[finding["file"]][finding["severity"]].add(finding["rule"])
    return rules


def test_without_a_mistake_nothing_is_found(found: dict[str, dict[str, set[str]]]) -> None:
    assert found.get("clean", {}) == {}


@pytest.mark.parametrize("name", list(MISTAKES))
def test_mistake_is_found(name: str, found: dict[str, dict[str, set[str]]]) -> None:
    reported = {rule for rules in found[name].values() for rule in rules}
    assert set(MISTAKES[name].rules) <= reported


@pytest.mark.parametrize("name", [mistake.name for mistake in READ_RIGHT])
def test_what_is_unusual_is_read_right(name: str, found: dict[str, dict[str, set[str]]]) -> None:
    assert not found[name].get("error")
    assert not found[name].get("warning")


@pytest.mark.parametrize("name", [mistake.name for mistake in UNREADABLE])
def test_unreadable_file_gives_one_finding(name: str, found: dict[str, dict[str, set[str]]]) -> None:
    assert found[name] == {"error": set(MISTAKES[name].rules)}


def test_every_rule_has_a_mistake() -> None:
    covered = {rule for mistake in MISTAKES.values() for rule in mistake.rules}
    assert set(blueprint().rules) - covered == ELSEWHERE


def test_apply_leaves_the_filing_alone(clean: Filing) -> None:
    before = clean.copy()
    for mistake in MISTAKES.values():
        mistake.apply(clean)
    assert clean == before
