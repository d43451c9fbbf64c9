"""Checks the four pMIEK tables on rows whose outcome was worked out by hand.

The demand that they begin with is checked in `tests/assets/demand`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueprint.load import blueprint
from tests.assets.cooked import Cook
from tests.assets.given import QUICK, SEEDS, Row, differing, one, only, shuffled, values

TWELVE = {f"PV{number}" for number in range(20, 32)}


def plan(value: float | None, year: int = 2030, **more: Any) -> Row:
    return {"year": year, "scenario": "plan", "unit": "GWh", "value": value, **more}


def base(value: float | None, **more: Any) -> Row:
    return {"unit": "GWh", "value": value, **more}


PAPER: Row = {"submission_id": "s2"}
COMPANIES: list[Row] = [{}, {**PAPER, "kvk_number": "10000002", "sector": "paper"}]
# Both in the province of Utrecht.
SITES: list[Row] = [{}, {**PAPER, "municipality_code": "GM0307"}]
ENERGY: dict[str, list[Row]] = {
    "company": COMPANIES,
    "site": SITES,
    "energy_demand": [
        base(100.0),
        plan(150.0),
        plan(120.0, 2040),
        base(50.0, **PAPER),
        plan(None, **PAPER),
        base(1.0, direction="supply"),
        plan(4.0, direction="supply"),
        base(8.0, carrier="natural_gas", use="feedstock"),
        {"carrier": "co2", "use": "feedstock", "value": 4.0, "unit": "kt"},
        {"carrier": "co2", "use": "feedstock", "value": 1.0, "unit": "kt", "year": 2030, "scenario": "plan"},
    ],
    "project": [
        {"project_id": "P1", "certainty": "fid", "commissioning_date": dt.date(2028, 7, 1), "delta_value": 10.0},
        {"project_id": "P2", "certainty": "idea", "commissioning_date": dt.date(2030, 1, 1), "delta_value": 30.0},
        {"project_id": "P3", "certainty": "idea", "commissioning_date": dt.date(2035, 1, 1), "delta_value": 60.0},
        {"project_id": "P4", "certainty": "idea", "commissioning_date": dt.date(2028, 1, 1), "delta_value": -5.0},
    ],
}
for project in ENERGY["project"]:
    project |= {"carrier_to": "electricity", "delta_unit": "GWh"}
CELL = {
    "province_code": "PV26",
    "carrier": "electricity",
    "use": "energetic",
    "direction": "offtake",
    "certainty": "all",
}


@pytest.fixture(scope="module")
def energy(cook: Cook) -> pa.Table:
    return cook(ENERGY)["pmiek_energy_demand"]


@pytest.mark.parametrize(
    ("year", "sector", "status", "twh", "companies", "sites", "not_filed", "change"),
    [
        (2023, "food", "shown", "0.1", 1, 1, 0, None),
        (2023, "paper", "shown", "0.05", 1, 1, 0, None),
        (2023, "all", "shown", "0.15", 2, 2, 0, None),
        (2030, "food", "shown", "0.15", 1, 1, 0, "50"),
        (2030, "paper", "not_filed", None, 0, 1, 1, None),
        (2030, "all", "shown", "0.15", 1, 2, 1, None),
        (2040, "food", "shown", "0.12", 1, 1, 0, "20"),
        (2040, "paper", "not_filed", None, 0, 0, 0, None),
        (2040, "all", "shown", "0.12", 1, 1, 0, None),
    ],
)
def test_energy_cell(
    energy: pa.Table,
    year: int,
    sector: str,
    status: str,
    twh: str | None,
    companies: int,
    sites: int,
    not_filed: int,
    change: str | None,
) -> None:
    row = one(energy, year=year, sector=sector, **CELL)
    amount = None if twh is None else Decimal(twh)
    assert values(row, "cell_status", "electricity_twh") == (status, amount)
    assert row["energy_pj"] == (None if amount is None else amount * Decimal("3.6"))
    assert values(row, "company_count", "site_count", "not_filed_count") == (companies, sites, not_filed)
    assert row["change_from_base_pct"] == (None if change is None else Decimal(change))


@pytest.mark.parametrize(
    ("year", "sector", "direction", "share"),
    [
        # 10 of 10 + 30 GWh is decided in 2030; less demand is no part of the growth.
        (2030, "food", "offtake", "25"),
        (2030, "all", "offtake", "25"),
        (2040, "food", "offtake", "10"),
        (2030, "paper", "offtake", None),
        (2030, "food", "supply", None),
        (2023, "food", "offtake", None),
    ],
)
def test_share_of_decided_projects(energy: pa.Table, year: int, sector: str, direction: str, share: str | None) -> None:
    row = one(energy, **{**CELL, "direction": direction}, year=year, sector=sector)
    assert row["fid_share_pct"] == (None if share is None else Decimal(share))


def test_project_of_half_way_the_year_counts_for_the_rest_of_it(cook: Cook) -> None:
    late = {**ENERGY["project"][0], "project_id": "P1", "commissioning_date": dt.date(2030, 7, 1)}
    made = cook({**ENERGY, "project": [late]})
    amounts = {year: one(made["pmiek_energy_demand"], **CELL, year=year, sector="food") for year in (2030, 2040)}
    # 184 of 365 days of 10 GWh, and a decided project weighs 90%.
    assert amounts[2030]["project_extra_pj"] == Decimal("0.018147945205")
    assert amounts[2030]["weighted_plan_energy_pj"] == Decimal("0.54") - Decimal("0.001814794520")
    assert amounts[2040]["project_extra_pj"] == Decimal("0.036")


def test_project_of_who_filed_no_plan_is_in_no_plan(cook: Cook) -> None:
    silent = {**ENERGY["project"][0], **PAPER}
    made = cook({**ENERGY, "project": [silent]})
    row = one(made["pmiek_energy_demand"], **CELL, year=2030, sector="all")
    assert values(row, "project_extra_pj", "weighted_plan_energy_pj") == (None, Decimal("0.54"))
    assert made.breaches("pmiek_energy_demand") == []


def test_change_of_supply_and_of_mass_is_against_their_own_base(energy: pa.Table) -> None:
    supply = one(energy, **{**CELL, "direction": "supply"}, year=2030, sector="all")
    assert values(supply, "electricity_twh", "change_from_base_pct") == (Decimal("0.004"), Decimal(300))
    co2 = one(energy, province_code="PV26", carrier="co2", year=2030, sector="food", certainty="all")
    assert values(co2, "energy_pj", "mass_kt", "change_from_base_pct") == (None, Decimal(1), Decimal(-75))


def test_every_province_carrier_and_sector_has_a_row(energy: pa.Table) -> None:
    agreed = blueprint()
    moments = ((2023, "base"), (2030, "plan"), (2040, "plan"))
    lines = {
        (*moment, carrier.code, carrier.attributes["default_use"], "offtake")
        for moment in moments
        for carrier in agreed.codes["carriers"].codes
    }
    # What was filed beside that has rows too, in the years it was filed for.
    lines |= {(*moment, "electricity", "energetic", "supply") for moment in moments[:2]}
    lines |= {(2023, "base", "natural_gas", "feedstock", "offtake")}
    names = ("province_code", "year", "scenario", "carrier", "use", "direction", "sector")
    found = [values(row, *names) for row in energy.to_pylist() if row["certainty"] == "all"]
    sectors = agreed.codes["sectors"].names
    expected = {(province, *line, sector) for province in TWELVE for line in lines for sector in sectors}
    assert set(found) == expected
    assert len(found) == len(expected)


def test_province_without_filings_is_not_filed(energy: pa.Table) -> None:
    silent = only(energy, province_code="PV29")
    assert {row["province_name"] for row in silent} == {"Zeeland"}
    names = ("cell_status", "energy_pj", "mass_kt", "company_count", "not_filed_count", "change_from_base_pct")
    assert {values(row, *names) for row in silent} == {("not_filed", None, None, 0, 0, None)}


def test_zero_is_not_the_same_as_not_filed(cook: Cook) -> None:
    given = {"company": [{}], "site": [{}], "energy_demand": [base(0.0), plan(3.0), base(None, carrier="heat")]}
    table = cook(given)["pmiek_energy_demand"]
    zero = one(table, **CELL, year=2023, sector="food")
    assert values(zero, "cell_status", "energy_pj") == ("zero", Decimal(0))
    assert one(table, **{**CELL, "carrier": "heat"}, year=2023, sector="food")["cell_status"] == "not_filed"
    # Growth from nothing has no percentage.
    assert one(table, **CELL, year=2030, sector="food")["change_from_base_pct"] is None


def test_projects_that_cancel_out_are_no_zero(cook: Cook) -> None:
    """More here and less there, each with a chance of its own: what is weighed is not nothing."""
    change = {"carrier_to": "electricity", "delta_unit": "GWh", "certainty": "fid", "depends_on": "permit"}
    change |= {"commissioning_date": dt.date(2029, 1, 1)}
    given = {
        "company": [{}],
        "site": [{}],
        "connection": [{"grid_operator": "liander"}],
        "energy_demand": [base(0.0), plan(0.0)],
        "project": [
            {**change, "delta_value": 10.0, "delta_peak_mw": 2.0, "probability_pct": 90.0},
            {**change, "project_id": "P2", "delta_value": -10.0, "delta_peak_mw": -2.0, "probability_pct": 10.0},
        ],
    }
    made = cook(given)
    of_plan = {**CELL, "year": 2030, "sector": "all"}
    cells = {
        "site_path": {"carrier": "electricity", "year": 2030},
        "pmiek_energy_demand": of_plan,
        "pmiek_energy_demand/fid": {**of_plan, "certainty": "fid"},
        "pmiek_power_demand": {"grid_operator": "liander", "year": 2030, "certainty": "fid"},
        "pmiek_project_path": {**CELL, "year": 2030},
        "pmiek_project_path/fid": {**CELL, "year": 2030, "certainty": "fid"},
        "pmiek_dependent_demand": {
            "province_code": "PV26",
            "carrier": "electricity",
            "dependency": "permit",
            "year": 2030,
            "certainty": "all",
            "alternative_kind": "all",
        },
    }
    found = {name: one(made[name.partition("/")[0]], **cell)["cell_status"] for name, cell in cells.items()}
    assert found == dict.fromkeys(cells, "shown")


def test_a_peak_without_demand_is_filed(cook: Cook) -> None:
    carriers = ("electricity", "hydrogen")
    given = {"company": [{}], "site": [{}]}
    given["energy_demand"] = [plan(None, carrier=carrier, peak_mw=2.0) for carrier in carriers]
    made = cook(given)
    where = {"province_code": "PV26", "year": 2030}
    rows = [
        one(made["pmiek_power_demand"], **where, certainty="all"),
        *(one(made["pmiek_area_demand"], **where, area_kind="municipality", carrier=carrier) for carrier in carriers),
        one(made["pmiek_gas_heat_co2"], **where, carrier="hydrogen"),
        one(made["pmiek_hydrogen_branches"], **where),
    ]
    assert [values(row, "cell_status", "peak_sum_mw") for row in rows] == [("shown", 2)] * 5


def test_a_request_of_unknown_size_is_no_zero(cook: Cook) -> None:
    given = {"company": [{}], "site": [{}], "connection": [{"grid_operator": "liander", "request_pending": True}]}
    made = cook(given)
    (power,) = only(made["pmiek_power_demand"], grid_operator="liander")
    area = one(made["pmiek_area_demand"], area_kind="grid_operator", certainty="all")
    names = ("cell_status", "pending_request_count", "requested_extra_mw")
    assert values(power, *names) == values(area, *names) == ("shown", 1, None)


def test_two_filings_of_one_kvk_number_count_as_one_company(cook: Cook) -> None:
    given = {
        "company": [{}, {**PAPER}],
        "site": [{}, {**PAPER, "site_id": "V2"}],
        "energy_demand": [base(1.0), base(1.0, **PAPER, site_id="V2")],
    }
    row = one(cook(given)["pmiek_energy_demand"], **CELL, sector="all", year=2023)
    assert values(row, "company_count", "site_count") == (1, 2)


def test_not_placed_has_rows_only_when_something_is_not_placed(cook: Cook, energy: pa.Table) -> None:
    assert only(energy, province_code="PV00") == []
    given = {"company": [{}], "site": [{"municipality_code": None}], "energy_demand": [base(36.0)]}
    row = one(cook(given)["pmiek_energy_demand"], **{**CELL, "province_code": "PV00"}, year=2023, sector="all")
    assert values(row, "province_name", "energy_pj") == ("Niet geplaatst", Decimal("0.1296"))


V2: Row = {"site_id": "V2"}
POWER: dict[str, list[Row]] = {
    "company": [{}, {**PAPER, "kvk_number": "10000002", "sector": "paper"}],
    "site": [{}, V2, {**PAPER, "municipality_code": "GM0307"}],
    "connection": [
        {
            "connection_id": "A1",
            "grid_operator": "liander",
            "voltage_level_kv": 10.0,
            "contracted_offtake_mw": 5.0,
            "requested_extra_mw": 7.0,
        },
        {
            "connection_id": "A2",
            "grid_operator": "tennet",
            "voltage_level_kv": 150.0,
            "contracted_offtake_mw": 20.0,
            "request_pending": True,
            "requested_extra_mw": 3.0,
        },
        {**PAPER, "grid_operator": "liander", "voltage_level_kv": 20.0, "contracted_offtake_mw": 2.5},
        {"connection_id": "G1", "carrier": "natural_gas", "grid_operator": "stedin", "contracted_offtake_mw": 99.0},
    ],
    "energy_demand": [
        base(80.0, peak_mw=12.5),
        plan(90.0, peak_mw=15.25),
        base(1.0, peak_mw=44.0, direction="supply"),
        base(5.0, peak_mw=1.5, **V2),
        base(9.0, peak_mw=2.0, **PAPER),
        plan(9.0, peak_mw=None, **PAPER),
    ],
    "project": [
        # The weight of a feasibility study is 25 %; a filed probability goes before a weight.
        {"project_id": "P1", "certainty": "feasibility", "delta_peak_mw": 10.0},
        {"project_id": "P2", "certainty": "idea", "delta_peak_mw": 5.0, "probability_pct": 60.0},
        {"project_id": "P3", "certainty": "idea", "delta_peak_mw": 1.0, "probability_pct": 0.0},
    ],
    "flexibility": [{"flexible_mw": 2.75}, {"flexible_mw": 0.5, "flex_direction": "more_offtake"}],
}
for project in POWER["project"]:
    project |= {"carrier_to": "electricity", "commissioning_date": dt.date(2028, 7, 1)}
HIGH = {"province_code": "PV26", "grid_operator": "tennet", "voltage_level": "hv"}
MIDDLE = {"province_code": "PV26", "grid_operator": "liander", "voltage_level": "mv"}
NONE = {"province_code": "PV26", "grid_operator": "unknown", "voltage_level": "unknown"}
MEGAWATTS = ("contracted_offtake_mw", "peak_sum_mw", "requested_extra_mw", "project_extra_mw", "weighted_extra_mw")
REST = ("flexible_mw", "connection_count", "company_count")


@pytest.fixture(scope="module")
def power(cook: Cook) -> pa.Table:
    return cook(POWER)["pmiek_power_demand"]


@pytest.mark.parametrize(
    ("place", "year", "megawatts", "rest"),
    [
        # The peak of V1 stands at its largest contract, and there alone.
        (HIGH, 2023, ("20", "12.5", "3", None, None), ("2.75", 1, 1)),
        (HIGH, 2030, ("20", "15.25", "3", "16", "5.5"), ("2.75", 1, 1)),
        # The extra power that was asked for at A1 is not pending any more.
        (MIDDLE, 2023, ("7.5", "2", None, None, None), (None, 2, 2)),
        (MIDDLE, 2030, ("7.5", None, None, None, None), (None, 2, 2)),
        # V2 filed demand but no connection.
        (NONE, 2023, (None, "1.5", None, None, None), (None, 0, 1)),
    ],
)
def test_power_cell(power: pa.Table, place: Row, year: int, megawatts: tuple, rest: tuple) -> None:
    row = one(power, **place, year=year, certainty="all")
    assert values(row, *MEGAWATTS) == tuple(text and Decimal(text) for text in megawatts)
    assert values(row, *REST) == (rest[0] and Decimal(rest[0]), *rest[1:])
    assert values(row, "cell_status", "coincident_peak_mw") == ("shown", None)


def test_power_per_certainty_shows_projects_only(power: pa.Table) -> None:
    lines = [row for row in power.to_pylist() if row["certainty"] != "all"]
    names = ("grid_operator", "year", "certainty", *MEGAWATTS, *REST)
    assert [values(row, *names) for row in lines] == [
        ("tennet", 2030, "feasibility", None, None, None, Decimal(10), Decimal("2.5"), None, None, None),
        ("tennet", 2030, "idea", None, None, None, Decimal(6), Decimal(3), None, None, None),
    ]


def test_every_province_is_in_the_power_table(power: pa.Table) -> None:
    assert set(power.column("province_code").to_pylist()) == TWELVE
    silent = only(power, province_code="PV29")
    names = ("grid_operator", "voltage_level", "year", "certainty", "cell_status", *MEGAWATTS, *REST)
    nothing = ("not_filed", *(None,) * len(MEGAWATTS), None, 0, 0)
    assert [values(row, *names) for row in silent] == [
        ("unknown", "unknown", 2023, "all", *nothing),
        ("unknown", "unknown", 2030, "all", *nothing),
    ]


@pytest.mark.parametrize(
    ("kilovolt", "level"),
    [(0.4, "lv"), (1, "mv"), (34.9, "mv"), (35, "iv"), (110, "hv"), (219.9, "hv"), (220, "ehv"), (None, "unknown")],
)
def test_voltage_level(cook: Cook, kilovolt: float | None, level: str) -> None:
    connection = {"grid_operator": "stedin", "voltage_level_kv": kilovolt, "contracted_offtake_mw": 0.0}
    given = {"company": [{}], "site": [{}], "connection": [connection], "energy_demand": [base(0.0, peak_mw=0.0)]}
    row = one(cook(given)["pmiek_power_demand"], grid_operator="stedin")
    assert values(row, "voltage_level", "cell_status", "contracted_offtake_mw") == (level, "zero", Decimal(0))


def test_projects_are_counted_per_place_route_certainty_and_year(cook: Cook) -> None:
    plain = {
        "commissioning_date": dt.date(2029, 5, 1),
        "carrier_to": "electricity",
        "delta_value": 100.0,
        "delta_unit": "GWh",
    }
    given = {
        "company": COMPANIES,
        "site": SITES,
        "project": [
            {**plain, "delta_peak_mw": 1.25, "co2_reduction_kt": 3.5},
            {**plain, "project_id": "P2", "delta_peak_mw": 2.0, "delta_value": None, "delta_unit": None},
            {**plain, "project_id": "P3", "certainty": "fid"},
            {**plain, "project_id": "P4", "commissioning_date": dt.date(2030, 1, 1), "delta_value": -50.0},
            # CO2 is no energy.
            {**plain, "project_id": "P5", "route": "ccs_ccu", "carrier_to": "co2", "delta_unit": "kt"},
            {**plain, **PAPER},
        ],
    }
    names = ("municipality_name", "route", "certainty", "commissioning_year", "project_count", "company_count")
    sums = ("delta_peak_mw", "delta_energy_pj", "co2_reduction_kt")
    table = cook(given)["pmiek_projects"]
    assert [values(row, *names, *sums) for row in only(table, area_level="municipality")] == [
        ("Amersfoort", "electrification", "idea", 2029, 1, 1, None, Decimal("0.36"), None),
        ("Utrecht", "ccs_ccu", "idea", 2029, 1, 1, None, None, None),
        ("Utrecht", "electrification", "fid", 2029, 1, 1, None, Decimal("0.36"), None),
        ("Utrecht", "electrification", "idea", 2029, 2, 1, Decimal("3.25"), Decimal("0.36"), Decimal("3.5")),
        ("Utrecht", "electrification", "idea", 2030, 1, 1, None, Decimal("-0.18"), None),
    ]
    assert {values(row, "province_code", "cell_status") for row in table.to_pylist()} == {("PV26", "shown")}


def filed(number: int, site_id: str = "V1", accepted: bool = True, place: str | None = "GM0344", **more: Any) -> Row:
    own = {"submission_id": f"s{number}", "kvk_number": f"1000000{number}"}
    return {**own, "site_id": site_id, "accepted": accepted, "municipality_code": place, **more}


COUNTS = ("filed_count", "accepted_count", "refused_count", "site_count")


def test_coverage_counts_accepted_and_refused_companies(cook: Cook) -> None:
    given = {
        "filed_sites": [
            filed(1),
            filed(1, "V2"),
            filed(1, "V3", place="GM0193"),
            # Refused as a whole; a sector that could not be read counts as other.
            filed(2, accepted=False, sector="paper"),
            filed(3, accepted=False, sector="nonsense"),
            # Part of its sites refused: accepted in Utrecht, refused in Zwolle.
            filed(4),
            filed(4, "V2", accepted=False, place="GM0193"),
            # Two filings without a readable KvK number are two companies.
            filed(5, accepted=False, kvk_number=None),
            filed(6, accepted=False, kvk_number=None),
            # Not counted again: an older filing, and one nobody can place.
            filed(7, "V9", kvk_number="10000001", place="GM0193"),
            filed(8, accepted=False, place="Nergenshuizen"),
        ],
        "register": [
            {"submission_id": f"s{number}", "file": f"{number}.xlsx", "state": state}
            for number, state in enumerate(
                ("accepted", "returned", "returned", "accepted_with_remarks", "returned", "returned", "superseded"),
                start=1,
            )
        ]
        + [{"submission_id": "s8", "file": "8.xlsx", "state": "returned"}]
        + [{"submission_id": "s1", "file": "again.xlsx", "state": "duplicate"}],
    }
    table = cook(given)["pmiek_coverage"]
    cells = {
        values(row, "province_code", "sector"): values(row, *COUNTS) for row in table.to_pylist() if row["filed_count"]
    }
    assert cells == {
        ("PV00", "all"): (1, 0, 1, 0),
        ("PV00", "food"): (1, 0, 1, 0),
        ("PV23", "all"): (2, 1, 1, 1),
        ("PV23", "food"): (2, 1, 1, 1),
        ("PV26", "all"): (6, 2, 4, 3),
        ("PV26", "food"): (4, 2, 2, 3),
        ("PV26", "other"): (1, 0, 1, 0),
        ("PV26", "paper"): (1, 0, 1, 0),
    }
    assert {row["cell_status"] for row in table.to_pylist() if row["filed_count"]} == {"shown"}


def test_coverage_counts_waived_findings(cook: Cook) -> None:
    waived = {"submission_id": "s1", "rule": "pattern", "severity": "error", "message": "x", "settled_by": "waiver"}
    given = {
        "filed_sites": [
            {"municipality_code": "GM0344", "accepted": True},
            {"municipality_code": "GM0014", "site_id": "V2", "accepted": True},
            {"submission_id": "s2", "kvk_number": "10000002", "municipality_code": "GM0344", "accepted": True},
        ],
        "register": [{"file": "1"}, {"file": "2", "submission_id": "s2"}, {"file": "3", "state": "duplicate"}],
        "findings": [waived, waived, {**waived, "settled_by": "explanation"}, {**waived, "settled_by": "none"}],
    }
    table = cook(given)["pmiek_coverage"]
    cells = {(r["province_code"], r["sector"]): r["waived_count"] for r in table.to_pylist()}
    assert cells.pop(("PV26", "food")) == cells.pop(("PV26", "all")) == 2
    assert cells.pop(("PV20", "food")) == cells.pop(("PV20", "all")) == 2
    assert set(cells.values()) == {0}


def test_coverage_has_every_province_and_sector(cook: Cook) -> None:
    table = cook({})["pmiek_coverage"]
    sectors = blueprint().codes["sectors"].names
    expected = {(province, sector) for province in TWELVE for sector in sectors}
    assert {values(row, "province_code", "sector") for row in table.to_pylist()} == expected
    assert {values(row, "cell_status", *COUNTS, "invited_count") for row in table.to_pylist()} == {
        ("not_filed", 0, 0, 0, 0, None)
    }


def invited(number: int, province: str = "PV26", sector: str = "food", **more: Any) -> Row:
    return {"kvk_number": f"1000000{number}", "province_code": province, "sector": sector, **more}


def answer(number: int, state: str = "accepted", **more: Any) -> Row:
    own = {"submission_id": f"s{number}", "file": f"{number}.xlsx", "kvk_number": f"1000000{number}"}
    return {**own, "state": state, **more}


# Invited: 1 accepted, 2 returned, 3 missing, 4 files elsewhere and under another sector, 5 returned without a site,
# 6 withdrew. Not invited: 7, and 4 where it files.
LISTED: dict[str, list[Row]] = {
    "expected": [
        invited(1, is_ets=True, ets_emissions_t=300.0),
        invited(1, site_name="Tweede", is_ets=True, ets_emissions_t=100.0),
        invited(2, is_ets=True, ets_emissions_t=100.0),
        invited(3, is_ets=True),
        invited(3, "PV29"),
        invited(4, is_ets=True, ets_emissions_t=500.0),
        invited(5, "PV23", "glass"),
        invited(6, "PV23", "glass"),
    ],
    "filed_sites": [
        filed(1),
        filed(2, accepted=False),
        filed(4, place="GM0193", sector="paper"),
        filed(6, place="GM0193"),
        filed(7),
    ],
    "register": [
        answer(1),
        answer(2, "returned"),
        answer(4, "accepted_with_remarks"),
        answer(5, "returned"),
        answer(6, "withdrawn"),
        answer(7),
        answer(8, "unreadable", kvk_number=None),
    ],
}
ANSWERS = ("invited_count", *COUNTS[:3], "missing_count", "elsewhere_count", "uninvited_count", "ets_share_pct")


def test_coverage_says_who_is_missing(cook: Cook) -> None:
    made = cook(LISTED)
    assert made.breaches("pmiek_coverage") == []
    cells = {
        values(row, "province_code", "sector"): values(row, *ANSWERS) for row in made["pmiek_coverage"].to_pylist()
    }
    assert {key: found for key, found in cells.items() if found[0] or found[1]} == {
        ("PV23", "all"): (2, 2, 1, 1, 1, 0, 1, None),
        ("PV23", "glass"): (2, 1, 0, 1, 1, 0, 0, None),
        ("PV23", "paper"): (0, 1, 1, 0, 0, 0, 1, None),
        ("PV26", "all"): (4, 3, 2, 1, 1, 1, 1, Decimal("40.0")),
        ("PV26", "food"): (4, 3, 2, 1, 1, 1, 1, Decimal("40.0")),
        ("PV29", "all"): (1, 0, 0, 0, 1, 0, 0, None),
        ("PV29", "food"): (1, 0, 0, 0, 1, 0, 0, None),
    }
    assert cells["PV30", "all"] == (0, 0, 0, 0, 0, 0, 0, None)


def test_invitations_say_what_each_company_answered(cook: Cook) -> None:
    names = ("kvk_number", "province_code", "sector", "state", "submission_id", "site_count")
    assert [values(row, *names) for row in cook(LISTED)["invitations"].to_pylist()] == [
        ("10000001", "PV26", "food", "accepted", "s1", 1),
        ("10000002", "PV26", "food", "returned", "s2", 0),
        ("10000003", "PV26", "food", "missing", None, 0),
        ("10000003", "PV29", "food", "missing", None, 0),
        ("10000004", "PV26", "food", "accepted_with_remarks", "s4", 0),
        ("10000005", "PV23", "glass", "returned", "s5", 0),
        ("10000006", "PV23", "glass", "missing", None, 0),
    ]


def test_of_several_filings_the_one_that_counts_is_the_answer(cook: Cook) -> None:
    answers = [
        answer(1, "returned", submission_id="s3", file="3.xlsx", submitted_on=dt.date(2026, 3, 1)),
        answer(1, submitted_on=dt.date(2026, 2, 1)),
        answer(1, "superseded", submission_id="s0", file="0.xlsx", submitted_on=dt.date(2026, 1, 1)),
    ]
    given = {"expected": [invited(1)], "register": answers, "filed_sites": [filed(1)]}
    row = one(cook(given)["invitations"])
    assert values(row, "state", "submission_id") == ("accepted", "s1")
    given["register"] = [answers[0], answer(1, "unreadable", submitted_on=dt.date(2026, 4, 1))]
    assert values(one(cook(given)["invitations"]), "state", "submission_id") == ("returned", "s3")


@QUICK
@given(
    st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["PV23", "PV26"]), st.sampled_from(["food", "glass"]))),
    st.lists(
        st.tuples(
            st.integers(0, 6),
            st.sampled_from(["GM0193", "GM0344", None]),
            st.sampled_from(["food", "paper", None]),
            st.sampled_from(blueprint().codes["submission_states"].names),
        ),
        unique_by=lambda line: line[0],
    ),
    SEEDS,
)
def test_coverage_balances_whoever_files(cook: Cook, listed: list[tuple], answers: list[tuple], seed: int) -> None:
    states = [(number, state) for number, *_, state in answers if state != "missing"]
    made_given: dict[str, list[Row]] = {
        "expected": [invited(*line) for line in listed],
        "register": [answer(number, state) for number, state in states],
        "filed_sites": [
            filed(number, accepted=state.startswith("accepted"), place=place, sector=sector)
            for number, place, sector, state in answers
            if state not in ("missing", "unreadable") and (sector or place)
        ],
    }
    made = cook(made_given)
    assert made.breaches("pmiek_coverage") == []
    again = cook(shuffled(made_given, seed), threads=2)
    assert differing(made, again, ("invitations", "pmiek_coverage")) == []


def test_every_table_names_round_and_versions(cook: Cook) -> None:
    made = cook({**ENERGY, "filed_sites": [filed(1)], "register": [{"file": "1.xlsx"}]})
    agreed = blueprint()
    names = ("round", "blueprint_version", "factor_version")
    for name in ("pmiek_energy_demand", "pmiek_power_demand", "pmiek_projects", "pmiek_coverage"):
        found = {values(row, *names) for row in made[name].to_pylist()}
        assert found == {("proef", agreed.version, agreed.factor_version)}
