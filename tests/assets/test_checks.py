"""Checks that every check of a written table holds when all is well and bites when one thing is wrong."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.check_list import CHECKS, FILED
from assets.checks import breaches, key_breaches
from assets.recipes import RECIPES, MissingTable, make
from assets.rounds import Round
from assets.store import DataFolder, read_table, write_table
from blueprint.load import blueprint
from blueprint.model import TIERS

Row = dict[str, Any]
Rows = Callable[..., pa.Table]
Change = Callable[[list[Row]], list[Row]]

SETTINGS = Round(round="proef", previous_round="eerder", interpolate=True)
BY_NAME = {check.name: check for check in CHECKS}
# A release looks at the keys of its own tables.
UNKEYED = ("filed", "reference", *TIERS)
KEYED = [t.name for t in blueprint().tables.values() if t.kind not in UNKEYED and t.primary_key]
SECOND = {"submission_id": "s2"}
CAPACITY = {"connection_capacity_mva": 6.0}
GIVEN: dict[str, list[Row]] = {
    "submission": [{"round": "proef"}, {"round": "proef", **SECOND}],
    "company": [{}, {**SECOND, "kvk_number": "10000002", "sector": "paper"}],
    "site": [
        {"rd_x_m": 148_000.0, "rd_y_m": 460_000.0},
        {"site_id": "V2", "municipality_code": "GM0193"},
        {**SECOND, "municipality_code": "GM0307", "rd_x_m": 153_000.0, "rd_y_m": 463_000.0},
    ],
    "connection": [{"grid_operator": "liander", "voltage_level_kv": 10.0, "contracted_offtake_mw": 5.0} | CAPACITY],
    "energy_demand": [
        {"value": 3.0, "peak_mw": 1.5},
        {"site_id": "V2", "value": 4.0},
        {"site_id": "V2", "value": 5.0, "year": 2030, "scenario": "plan"},
        {"year": 2030, "scenario": "plan", "value": None},
        {"year": 2035, "scenario": "plan", "value": 9.0},
        {**SECOND, "value": 5.0, "carrier": "co2", "use": "feedstock", "unit": "kt"},
        {"carrier": "heat", "direction": "supply", "value": 8.0, "temperature_c": 90.0},
        {**SECOND, "carrier": "heat", "value": 6.0, "temperature_c": 70.0},
    ],
    "project": [
        {
            "commissioning_date": dt.date(2030, 1, 1),
            "carrier_to": "electricity",
            "delta_value": 2.0,
            "delta_unit": "TJ",
            "delta_peak_mw": 1.0,
            "depends_on": "permit;subsidy",
        }
    ],
    "flexibility": [{"storage_mwh": 4.0, "own_generation_mw": 3.0}],
    "bottleneck": [
        {"project_id": "P1"},
        {"bottleneck_id": "K2", "bottleneck_kind": "finance", "project_id": "P1", "help_requested": True},
        {**SECOND, "bottleneck_id": "K3", "help_requested": True},
    ],
    "consent": [{**SECOND, "consent_purpose": "case_based_approach", "granted": True}],
    "filed_sites": [{"accepted": True, "municipality_code": "GM0344"}],
    "register": [
        {"file": "een.xlsx", "kvk_number": "10000001"},
        {"file": "twee.xlsx", **SECOND, "kvk_number": "10000002"},
    ],
    "expected": [{}, {"kvk_number": "10000009", "company_name": "Stille Fabriek B.V."}],
    "findings": [{"round": "proef", "rule": "project_path", "severity": "warning", "message": "Let op."}],
}


def status(number: int) -> list[Row]:
    """The lines of submission_status of one filing: the whole file, then each table."""
    own = f"s{number}"
    counts = {name: sum(row.get("submission_id", "s1") == own for row in GIVEN[name]) for name in FILED if GIVEN[name]}
    lines = {"*": sum(counts.values()), **counts}
    same = {"round": "proef", "submission_id": own, "file": f"{number}.xlsx", "state": "accepted", "rows_refused": 0}
    return [{**same, "table_name": name, "rows_in": n, "rows_accepted": n} for name, n in lines.items()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, rows: Rows) -> DataFolder:
    """A round in which everything is as it should be."""
    data = DataFolder(tmp_path_factory.mktemp("whole"))
    for name, lines in {**GIVEN, "submission_status": [*status(1), *status(2)]}.items():
        write_table(data, name, "proef", rows(name, *lines))
    for name in ("company", "site", "connection", "energy_demand"):
        write_table(data, name, "eerder", rows(name, *GIVEN[name][:1]))
    before = Round(round="eerder")
    for recipe in RECIPES:
        if recipe.table in ("site_place", "site_connection", "site_demand"):
            make(data, before, recipe)
    for recipe in RECIPES:
        make(data, SETTINGS, recipe)
    return data


@pytest.fixture
def data(whole: DataFolder, tmp_path: Path) -> DataFolder:
    shutil.copytree(whole.root, tmp_path / "data")
    return DataFolder(tmp_path / "data")


def rewrite(data: DataFolder, table: str, change: Change) -> None:
    before = read_table(data, table, "proef")
    after = pa.Table.from_pylist(change(before.to_pylist()), schema=before.schema)
    assert not after.equals(before), "the change changed nothing"
    write_table(data, table, "proef", after)


def changed(name: str, value: Any, **where: Any) -> Change:
    """Set a column of the first row where these columns hold these values; `value` may be a function of the old one."""

    def change(lines: list[Row]) -> list[Row]:
        row = next(row for row in lines if all(row[key] == wanted for key, wanted in where.items()))
        row[name] = value(row[name]) if callable(value) else value
        return lines

    return change


def without(**where: Any) -> Change:
    return lambda lines: [row for row in lines if not all(row[key] == value for key, value in where.items())]


def more(by: str) -> Callable[[Decimal], Decimal]:
    return lambda old: old + Decimal(by)


def added(**values: Any) -> Change:
    return lambda lines: [*lines, {**lines[0], **values}]


PJ = {"carrier": "electricity", "year": 2023}
MOVED_PLACE = {"province_code": "PV26", "municipality_code": "GM0344", **PJ}
UTRECHT = {"province_code": "PV26", "sector": "food"}
CELL = {"province_code": "PV26", "demand_scenario": "base", "direction": "offtake", **PJ}
INDUSTRY = {"other_sector": "industry", "part_kind": "filed", **CELL}
WHOLE = {"other_sector": "all", **CELL}
LATER = {"carrier": "electricity", "year": 2035}
PATH = {"province_code": "PV26", **LATER}
A_BIT = "0.000000000001"
FOOD = {"sector": "food", "certainty": "all", **PATH}
IN_PLAN = {"sector": "food", "certainty": "idea", **PATH}
HIGH = {"grid_operator": "liander", "certainty": "all"}
PARK = {"area_kind": "business_park", "province_code": "PV26", "year": 2023, "carrier": "electricity"}
ALL_BOTTLENECKS = {"province_code": "PV26", "bottleneck_kind": "all", "escalation": "all"}
BREAKS: list[tuple[str, str, Change]] = [
    ("rows_balance", "submission_status", changed("rows_refused", 1, table_name="site")),
    ("rows_balance", "energy_demand", without(site_id="V2")),
    ("rows_balance", "consent", added(consent_purpose="pmiek")),
    ("rows_balance", "submission_status", changed("state", "returned", table_name="site")),
    ("refusals_explained", "submission_status", changed("rows_refused", 1, table_name="site")),
    ("no_errors", "findings", changed("severity", "error")),
    ("all_sites_placed", "site_place", changed("placed_by", "not_placed")),
    ("all_rows_converted", "site_demand", changed("energy_pj", None, **PJ)),
    ("all_rows_converted", "site_demand", changed("value", 3.1, **PJ)),
    ("all_rows_converted", "site_demand", without(site_id="V2")),
    ("all_rows_converted", "site_demand", added()),
    ("sites_make_municipalities", "municipality_demand", changed("energy_pj", more("0.000000000001"), **PJ)),
    ("sites_make_municipalities", "municipality_demand", changed("mass_kt", more("1"), carrier="co2")),
    ("sites_make_municipalities", "municipality_demand", changed("municipality_code", "GM0307", **MOVED_PLACE)),
    ("sites_make_municipalities", "municipality_demand", without(province_code="PV23")),
    ("municipalities_make_provinces", "province_demand", changed("electricity_twh", more("-0.000000000001"), **PJ)),
    ("municipalities_make_provinces", "province_demand", changed("province_code", "PV29", province_code="PV23")),
    ("municipalities_make_provinces", "province_demand", without(province_code="PV23")),
    ("provinces_make_nation", "national_demand", changed("energy_pj", more("0.000000000001"), **PJ)),
    ("provinces_make_nation", "national_demand", changed("sector", "metals", **PJ)),
    ("provinces_make_nation", "national_demand", without(carrier="co2")),
    ("pmiek_equals_demand", "pmiek_energy_demand", changed("energy_pj", Decimal(1), province_code="PV29")),
    (
        "pmiek_equals_demand",
        "pmiek_energy_demand",
        changed("energy_pj", more("0.000000000001"), province_code="PV26", sector="all", **PJ, direction="offtake"),
    ),
    ("pmiek_equals_demand", "pmiek_energy_demand", without(province_code="PV26", sector="food", **PJ)),
    ("estimates_capped", "pmiek_energy_demand", changed("cell_status", "shown", cell_status="too_much_estimated")),
    ("estimates_capped", "pmiek_energy_demand", changed("cell_status", "too_much_estimated", **UTRECHT, **PJ)),
    ("estimates_capped", "pmiek_energy_demand", changed("estimated_pj", Decimal(1), **UTRECHT, **PJ)),
    ("estimates_capped", "estimated_demand", lambda _: []),
    ("combined_adds_up", "pmiek_combined_demand", changed("energy_pj", more("1"), **WHOLE)),
    ("combined_adds_up", "pmiek_combined_demand", changed("counted_pj", Decimal(0), **INDUSTRY)),
    ("combined_adds_up", "pmiek_combined_demand", changed("left_out_pj", Decimal(1), **INDUSTRY)),
    ("combined_adds_up", "pmiek_combined_demand", without(**WHOLE)),
    ("combined_equals_sources", "pmiek_combined_demand", changed("energy_pj", more("1"), **INDUSTRY)),
    ("combined_equals_sources", "pmiek_combined_demand", changed("energy_pj", Decimal(1), part_kind="loaded")),
    ("combined_equals_sources", "pmiek_combined_demand", without(**INDUSTRY)),
    ("all_provinces_there", "pmiek_energy_demand", without(province_code="PV29")),
    (
        "power_equals_contracts",
        "pmiek_power_demand",
        lambda lines: [
            row | {"contracted_offtake_mw": Decimal("5.000001")} if row["contracted_offtake_mw"] else row
            for row in lines
        ],
    ),
    (
        "power_equals_contracts",
        "pmiek_power_demand",
        lambda lines: [row | {"peak_sum_mw": Decimal(2)} if row["peak_sum_mw"] else row for row in lines],
    ),
    ("power_equals_contracts", "pmiek_power_demand", changed("connection_capacity_mva", more("1"), **HIGH)),
    ("power_equals_contracts", "pmiek_power_demand", changed("pending_request_count", 7, **HIGH)),
    ("power_equals_contracts", "pmiek_power_demand", changed("contracted_feed_in_mw", Decimal(1), **HIGH)),
    ("power_equals_contracts", "pmiek_power_demand", changed("storage_mwh", more("1"), **HIGH)),
    ("power_equals_contracts", "pmiek_power_demand", changed("own_generation_mw", Decimal(1), **HIGH)),
    ("power_equals_contracts", "pmiek_power_demand", changed("electricity_twh", more("0.000000000001"), **HIGH)),
    ("connections_complete", "site_connection", lambda _: []),
    ("connections_complete", "site_connection", changed("is_main", False)),
    ("connections_complete", "site_connection", changed("contracted_offtake_mw", more("0.000001"))),
    ("connections_complete", "site_connection", changed("connection_capacity_mw", more("1"))),
    ("areas_make_provinces", "pmiek_area_demand", changed("energy_pj", more("0.000000000001"), **PARK)),
    ("areas_make_provinces", "pmiek_area_demand", changed("peak_sum_mw", more("1"), **PARK)),
    ("areas_make_provinces", "pmiek_area_demand", changed("contracted_offtake_mw", more("0.000001"), **PARK)),
    ("areas_make_provinces", "pmiek_area_demand", changed("weighted_extra_pj", Decimal(1), **PARK)),
    ("areas_make_provinces", "pmiek_area_demand", changed("province_code", "PV20", **PARK)),
    ("areas_make_provinces", "pmiek_area_demand", without(area_kind="grid_operator")),
    ("areas_make_provinces", "pmiek_area_demand", lambda _: []),
    ("gas_equals_demand", "pmiek_gas_heat_co2", changed("co2_kt", more("0.000000000001"), cell_status="shown")),
    ("gas_equals_demand", "pmiek_gas_heat_co2", changed("energy_pj", Decimal(1), carrier="heat")),
    ("gas_equals_demand", "pmiek_gas_heat_co2", changed("project_extra_kt", Decimal(1), carrier="co2")),
    ("gas_equals_demand", "pmiek_gas_heat_co2", without(carrier="co2")),
    ("hydrogen_equals_demand", "pmiek_hydrogen_branches", changed("energy_pj", Decimal(1))),
    ("hydrogen_equals_demand", "pmiek_hydrogen_branches", changed("supply_pj", Decimal(1))),
    ("hydrogen_equals_demand", "pmiek_hydrogen_branches", changed("weighted_extra_pj", Decimal(1))),
    ("projects_complete", "pmiek_projects", changed("project_count", 2)),
    ("projects_complete", "pmiek_projects", lambda _: []),
    ("conversion_complete", "pmiek_conversion", changed("project_count", 2)),
    ("conversion_complete", "pmiek_conversion", changed("weighted_energy_pj", more(A_BIT))),
    ("conversion_complete", "pmiek_conversion", lambda _: []),
    ("dependent_demand_complete", "pmiek_dependent_demand", without(alternative_kind="none")),
    ("coverage_balances", "pmiek_coverage", changed("missing_count", 2, **UTRECHT)),
    ("coverage_balances", "pmiek_coverage", changed("uninvited_count", 1, **UTRECHT)),
    ("coverage_balances", "pmiek_coverage", changed("refused_count", 1, **UTRECHT)),
    ("coverage_balances", "pmiek_coverage", changed("invited_count", None, **UTRECHT)),
    ("coverage_balances", "pmiek_coverage", without(**UTRECHT)),
    ("coverage_balances", "expected", added(kvk_number="10000008")),
    ("coverage_balances", "expected", lambda _: []),
    ("coverage_balances", "invitations", changed("state", "accepted", state="missing")),
    ("projects_complete", "pmiek_projects", changed("weighted_energy_pj", more(A_BIT), area_level="business_park")),
    ("projects_complete", "pmiek_projects", without(area_level="business_park")),
    ("projects_once", "site_project", changed("weighted_peak_mw", Decimal("1.1"))),
    ("projects_once", "site_project", changed("weighted_energy_pj", Decimal("0.0021"))),
    ("projects_once", "site_project", changed("probability_pct", Decimal(101))),
    ("projects_once", "site_project", changed("delta_energy_pj", None)),
    ("projects_once", "site_project", changed("site_id", "V2")),
    ("projects_once", "site_project", added(project_id="P2")),
    ("projects_once", "site_project", lambda _: []),
    ("path_adds_up", "site_path", changed("unexplained_energy_pj", more(A_BIT), **LATER, site_id="V1")),
    ("path_adds_up", "site_path", changed("unexplained_energy_pj", Decimal(0), site_id="V1", year=2030)),
    ("path_adds_up", "site_path", changed("weighted_plan_energy_pj", more(A_BIT), **LATER, site_id="V1")),
    ("path_adds_up", "site_path", changed("delta_energy_pj", more(A_BIT), site_id="V1", year=2030)),
    ("path_adds_up", "site_path", changed("weighted_energy_pj", more(A_BIT), site_id="V1", year=2030)),
    ("path_adds_up", "site_path", without(site_id="V1", year=2040)),
    ("path_adds_up", "site_path", without(site_id="V1", year=2035)),
    ("path_adds_up", "site_project_step", changed("counts_from_year", 2031)),
    ("steps_make_projects", "site_project", changed("commissioning_year", 2031)),
    ("steps_make_projects", "site_project_step", changed("delta_energy_pj", more(A_BIT))),
    ("steps_make_projects", "site_project_step", changed("weighted_peak_mw", more("0.000001"))),
    ("steps_make_projects", "site_project_step", changed("is_first", False)),
    ("steps_make_projects", "site_project_step", lambda _: []),
    ("certainties_make_plans", "pmiek_energy_demand", changed("weighted_extra_pj", more(A_BIT), **IN_PLAN)),
    ("certainties_make_plans", "pmiek_energy_demand", changed("project_extra_pj", more(A_BIT), **IN_PLAN)),
    ("certainties_make_plans", "pmiek_energy_demand", changed("weighted_plan_energy_pj", more(A_BIT), **FOOD)),
    ("certainties_make_plans", "pmiek_energy_demand", without(**IN_PLAN)),
    ("certainties_make_plans", "pmiek_energy_demand", without(sector="food", **LATER)),
    ("path_equals_sites", "pmiek_project_path", changed("base_energy_pj", more(A_BIT), **PATH, certainty="all")),
    ("path_equals_sites", "pmiek_project_path", changed("weighted_energy_pj", more(A_BIT), **PATH, certainty="all")),
    ("path_equals_sites", "pmiek_project_path", changed("delta_energy_pj", more(A_BIT), **PATH, certainty="idea")),
    ("path_equals_sites", "pmiek_project_path", changed("province_code", "PV29", **PATH, certainty="idea")),
    ("path_equals_sites", "pmiek_project_path", changed("without_projects_energy_pj", None, **PATH, certainty="all")),
    ("path_equals_sites", "pmiek_project_path", without(**PATH, certainty="all")),
    ("path_equals_sites", "pmiek_project_path", without(**PATH, certainty="idea")),
    ("dependent_demand_complete", "pmiek_dependent_demand", without(dependency="subsidy")),
    ("dependent_demand_complete", "pmiek_dependent_demand", without(dependency="all")),
    (
        "dependent_demand_complete",
        "pmiek_dependent_demand",
        changed("weighted_energy_pj", more(A_BIT), **PATH, dependency="all", certainty="all"),
    ),
    (
        "dependent_demand_complete",
        "pmiek_dependent_demand",
        changed("delta_peak_mw", more("0.000001"), **PATH, dependency="permit", certainty="idea"),
    ),
    (
        "dependent_demand_complete",
        "pmiek_dependent_demand",
        changed("project_count", 2, **PATH, dependency="permit", certainty="all"),
    ),
    ("bottlenecks_complete", "pmiek_bottlenecks", changed("bottleneck_count", 4, **ALL_BOTTLENECKS)),
    ("bottlenecks_complete", "pmiek_bottlenecks", changed("without_consent_count", 0, **ALL_BOTTLENECKS)),
    ("bottlenecks_complete", "site_bottleneck", without(bottleneck_id="K3")),
    ("waiting_counted_once", "pmiek_bottlenecks", changed("waiting_project_mw", Decimal(4), **ALL_BOTTLENECKS)),
    ("waiting_counted_once", "pmiek_bottlenecks", changed("waiting_mw", Decimal(5), **ALL_BOTTLENECKS)),
    ("waiting_counted_once", "pmiek_bottlenecks", changed("waiting_pj", Decimal(1), **ALL_BOTTLENECKS)),
    ("waiting_counted_once", "pmiek_bottlenecks", changed("weighted_project_mw", more("0.000001"), certainty="idea")),
    ("waiting_counted_once", "pmiek_bottlenecks", without(certainty="idea")),
    ("areas_make_provinces", "pmiek_area_demand", changed("connection_capacity_mva", Decimal(7), **PARK)),
    ("areas_make_provinces", "pmiek_area_demand", changed("storage_mwh", Decimal(7), **PARK)),
    ("help_is_a_case_or_counted", "case_candidates", changed("bottleneck_count", 2)),
    ("help_is_a_case_or_counted", "case_candidates", lambda _: []),
    ("changes_add_up", "round_change", changed("energy_change_pj", more("0.000000000001"), change_reason="all")),
    ("changes_add_up", "round_change", without(change_reason="new_company")),
    ("changes_add_up", "round_change", changed("change_reason", "moved_site", change_reason="new_company")),
    ("changes_add_up", "round_change", lambda _: []),
    ("supply_equals_demand", "pmiek_supply", changed("energy_pj", Decimal(1), carrier="heat")),
    ("supply_equals_demand", "pmiek_supply", without(carrier="heat", year=2023)),
    ("storage_complete", "pmiek_storage", changed("storage_mwh", Decimal(8), own_generation_type="all")),
    ("storage_complete", "pmiek_storage", changed("own_generation_mw", Decimal(2), own_generation_type="unknown")),
    ("nothing_promised_twice", "area_opportunities", changed("matched_pj", Decimal(1))),
    ("nothing_promised_twice", "area_opportunities", added(area_id="GM0001")),
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_check_holds_when_all_is_well(whole: DataFolder, check: Any) -> None:
    assert breaches(whole, SETTINGS, check) == 0


@pytest.mark.parametrize(
    ("name", "table", "change"), BREAKS, ids=[f"{number}-{name}" for number, (name, _, _) in enumerate(BREAKS)]
)
def test_check_bites(data: DataFolder, name: str, table: str, change: Change) -> None:
    rewrite(data, table, change)
    assert breaches(data, SETTINGS, BY_NAME[name]) > 0


def test_rows_are_counted_in_every_filed_table() -> None:
    assert set(FILED) == {table.name for table in blueprint().sheet_tables}


def test_every_check_is_made_to_bite() -> None:
    assert {name for name, _, _ in BREAKS} == set(BY_NAME)


def test_refused_row_with_an_error_is_explained(data: DataFolder) -> None:
    rewrite(data, "submission_status", changed("rows_refused", 1, table_name="site"))
    rewrite(data, "findings", added(severity="error", submission_id="s1", table_name="site"))
    assert breaches(data, SETTINGS, BY_NAME["refusals_explained"]) == 0


def test_a_round_without_a_list_breaks_nothing(data: DataFolder, rows: Rows) -> None:
    write_table(data, "expected", "proef", rows("expected"))
    for recipe in RECIPES:
        make(data, SETTINGS, recipe)
    assert breaches(data, SETTINGS, BY_NAME["coverage_balances"]) == 0
    assert set(read_table(data, "pmiek_coverage", "proef").column("invited_count").to_pylist()) == {None}


def test_a_round_without_demand_breaks_nothing(data: DataFolder, rows: Rows) -> None:
    for name in ("energy_demand", "project", "connection"):
        write_table(data, name, "proef", rows(name))
    for recipe in RECIPES:
        make(data, SETTINGS, recipe)
    asked = [check for check in CHECKS if check.stage != "intake"]
    assert {check.name: breaches(data, SETTINGS, check) for check in asked} == {check.name: 0 for check in asked}


@pytest.mark.parametrize("table", KEYED)
def test_keys_are_unique_and_a_double_is_found(data: DataFolder, table: str) -> None:
    assert key_breaches(data, SETTINGS, table) == 0
    rewrite(data, table, added())
    assert key_breaches(data, SETTINGS, table) == 1


def test_double_key_with_an_empty_part_is_found(data: DataFolder) -> None:
    rewrite(data, "pmiek_projects", lambda lines: [{**lines[0], "municipality_code": None}] * 2)
    assert key_breaches(data, SETTINGS, "pmiek_projects") == 1


def test_table_without_a_key_has_no_double(whole: DataFolder) -> None:
    assert blueprint().tables["findings"].primary_key == ()
    assert key_breaches(whole, SETTINGS, "findings") == 0


def test_table_that_was_never_made_or_with_other_fields_is_not_an_empty_one(data: DataFolder) -> None:
    data.table("province_demand", "proef").unlink()
    with pytest.raises(MissingTable, match=r"Vraag per provincie \(province_demand\)"):
        breaches(data, SETTINGS, BY_NAME["provinces_make_nation"])
    place = data.table("site_place", "proef")
    pq.write_table(pq.ParquetFile(place).read().drop_columns(["municipality_name"]), place)
    with pytest.raises(MissingTable, match="site_place"):
        make(data, SETTINGS, next(recipe for recipe in RECIPES if recipe.table == "site_demand"))
    place.unlink()
    with pytest.raises(MissingTable, match="site_place"):
        make(data, SETTINGS, next(recipe for recipe in RECIPES if recipe.table == "site_demand"))
