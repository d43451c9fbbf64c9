"""Checks bottlenecks, casework, change between rounds, supply and areas on given rows, among them the documentation's.

What must hold of them whatever is filed is in `test_cases_laws`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from assets.rounds import Round
from tests.assets.cooked import Cook
from tests.assets.given import Row, picked

GRANTED: Row = {"consent_purpose": "case_based_approach", "granted": True}
SECOND: Row = {"submission_id": "s2"}
BOTH: dict[str, list[Row]] = {
    "company": [{}, {**SECOND, "kvk_number": "10000002"}],
    "submission": [{"submitted_on": dt.date(2026, 3, 31)}, {**SECOND, "submitted_on": dt.date(2026, 3, 31)}],
    "site": [{}, {**SECOND}],
}


@pytest.mark.parametrize(
    ("consent", "deadline", "in_a_group"),
    [
        ([], None, False),
        ([{**GRANTED, "granted": False}], None, False),
        ([{**GRANTED, "consent_purpose": "province_site_level"}], None, False),
        ([GRANTED], None, True),
        ([{**GRANTED, "valid_until": dt.date(2026, 3, 31)}], None, True),
        ([{**GRANTED, "valid_until": dt.date(2026, 3, 30)}], None, False),
        ([{**GRANTED, "valid_until": dt.date(2026, 3, 31)}], dt.date(2026, 4, 30), False),
    ],
)
def test_only_with_valid_consent_a_bottleneck_is_a_candidate(
    cook: Cook, consent: list[Row], deadline: dt.date | None, in_a_group: bool
) -> None:
    given = {**BOTH, "consent": consent, "bottleneck": [{"help_requested": True}]}
    made = cook(given, settings=Round(round="proef", deadline=deadline))
    assert made["case_candidates"].num_rows == in_a_group
    (without,) = picked(
        made["pmiek_bottlenecks"],
        "without_consent_count",
        province_code="PV26",
        bottleneck_kind="all",
        escalation="all",
    )
    assert without == (not in_a_group,)


def test_groups_stand_by_code_and_name_whatever_their_size(cook: Cook) -> None:
    given = {
        "company": [{}],
        "submission": [{}],
        "consent": [GRANTED],
        "site": [
            {"site_id": "V1", "business_park": "Zuid"},
            {"site_id": "V2", "business_park": "Aalhorst"},
            {"site_id": "V3", "municipality_code": "GM0193"},
        ],
        "project": [{"commissioning_date": dt.date(2029, 1, 1), "delta_peak_mw": 900.0}],
        "bottleneck": [
            {"bottleneck_id": "K1", "site_id": "V1", "project_id": "P1", "help_requested": True},
            {"bottleneck_id": "K2", "site_id": "V2", "help_requested": True},
            {"bottleneck_id": "K3", "site_id": "V2", "bottleneck_kind": "finance", "help_requested": True},
            {"bottleneck_id": "K4", "site_id": "V3", "help_requested": True},
        ],
    }
    found = picked(cook(given)["case_candidates"], "province_code", "bottleneck_kind", "area_name")
    assert found == [
        ("PV23", "grid_congestion", "Zwolle"),
        ("PV26", "grid_congestion", "Aalhorst"),
        ("PV26", "grid_congestion", "Zuid"),
        ("PV26", "finance", "Aalhorst"),
    ]


def test_hub_joins_sites_of_two_municipalities_and_names_both(cook: Cook) -> None:
    given = {
        **BOTH,
        "site": [{"business_park": "Lage Weide"}, {**SECOND, "municipality_code": "GM0307"}],
        "consent": [GRANTED, {**GRANTED, **SECOND}],
        "flexibility": [{"energy_hub": "Hub Midden"}, {**SECOND, "energy_hub": "hub  midden "}],
        "connection": [{**SECOND, "grid_operator": "stedin"}],
        "bottleneck": [{"help_requested": True}, {**SECOND, "help_requested": True}],
    }
    ((hub, towns, code, parties),) = picked(
        cook(given)["case_candidates"], "area_name", "municipality_names", "municipality_code", "parties"
    )
    assert (hub, towns, code) == ("Hub Midden", "Amersfoort; Utrecht", None)
    assert "Gemeente Amersfoort; Gemeente Utrecht; Stedin; TenneT" in parties


def test_an_unknown_operator_is_said_to_be_unknown(cook: Cook) -> None:
    given = {**BOTH, "consent": [GRANTED], "bottleneck": [{"help_requested": True}]}
    ((operators, parties),) = picked(cook(given)["case_candidates"], "operators_involved", "parties")
    assert operators is None
    assert "Netbeheerder (nog niet bekend)" in parties


def test_less_demand_does_not_wait(cook: Cook) -> None:
    gone: Row = {"carrier_to": "electricity", "delta_peak_mw": -5.0, "delta_value": -10.0, "delta_unit": "GWh"}
    gone["commissioning_date"] = dt.date(2029, 1, 1)
    made = cook({**BOTH, "project": [gone], "bottleneck": [{"project_id": "P1"}]})["pmiek_bottlenecks"]
    where = {"province_code": "PV26", "bottleneck_kind": "all", "escalation": "all"}
    assert picked(made, "waiting_mw", "waiting_pj", **where, certainty="all") == [(0, 0)]


def test_what_a_project_did_not_file_is_no_zero(cook: Cook) -> None:
    carbon: Row = {"carrier_to": "co2", "delta_value": 3.0, "delta_unit": "kt", "certainty": "fid"}
    carbon["commissioning_date"] = dt.date(2029, 1, 1)
    made = cook({**BOTH, "project": [carbon], "bottleneck": [{"project_id": "P1"}]})
    names = ("waiting_project_mw", "weighted_project_mw", "waiting_pj", "weighted_waiting_pj", "waiting_kt")
    assert picked(made["site_bottleneck"], *names) == [(None, None, None, None, 3)]
    where = {"province_code": "PV26", "bottleneck_kind": "all", "escalation": "all", "certainty": "fid"}
    assert picked(made["pmiek_bottlenecks"], "waiting_mw", *names, **where) == [(None, None, None, None, None, 3)]


def test_every_province_has_every_kind_and_level(cook: Cook) -> None:
    table = cook(BOTH)["pmiek_bottlenecks"]
    assert table.num_rows == 12 * 10 * 6
    assert set(table.column("cell_status").to_pylist()) == {"not_filed"}
    assert set(table.column("waiting_mw").to_pylist()) == {None}


HEAT: Row = {"carrier": "heat", "unit": "TJ"}
SUPPLY: Row = {**HEAT, "direction": "supply"}


@pytest.mark.parametrize(
    ("supply", "demand", "matched"),
    [
        ([(30, 90)], [(20, 70)], "0.02"),
        # 10 of what is hot for the hot demand, and what is left of it beside the lukewarm for the rest.
        ([(30, 50), (10, 150)], [(20, 120), (15, 40)], "0.025"),
        # The hot supply serves the hot demand, the lukewarm the rest: nothing is lost by a bad order.
        ([(10, 50), (5, 150)], [(4, 40), (4, 120)], "0.008"),
        ([(30, 59.9)], [(20, 60)], None),
        ([(30, 60)], [(20, 99.9)], "0.02"),
        ([(30, 700)], [(20, 500)], "0.02"),
        ([(30, None)], [(20, 40)], None),
        ([(30, 90)], [(0, 70)], None),
    ],
)
def test_what_fits_in_an_area(cook: Cook, supply: list, demand: list, matched: str | None) -> None:
    filed = [(SUPPLY, *one) for one in supply] + [(HEAT, *one) for one in demand]
    given = {
        "company": [{}],
        "site": [{"site_id": f"V{number}", "business_park": "Noord"} for number in range(len(filed))],
        "energy_demand": [
            {**base, "site_id": f"V{number}", "value": float(value), "temperature_c": celsius}
            for number, (base, value, celsius) in enumerate(filed)
        ],
    }
    made = cook(given)
    assert picked(made["area_opportunities"], "matched_pj") == ([(Decimal(matched),)] if matched else [])
    assert made.breaches("area_opportunities") == []


def test_a_site_does_not_supply_itself(cook: Cook) -> None:
    given = {
        "company": [{}],
        "site": [{"business_park": "Noord"}, {"site_id": "V2", "business_park": "Noord"}],
        "energy_demand": [
            {**SUPPLY, "value": 50.0, "temperature_c": 90.0},
            {**HEAT, "value": 30.0, "temperature_c": 70.0},
            {**HEAT, "site_id": "V2", "value": 10.0, "temperature_c": 70.0},
        ],
    }
    assert picked(cook(given)["area_opportunities"], "matched_pj") == [(Decimal("0.01"),)]
    alone = {**given, "site": given["site"][:1], "energy_demand": given["energy_demand"][:2]}
    assert cook(alone)["area_opportunities"].num_rows == 0


def at(x: float, y: float, **more: Any) -> Row:
    return {"rd_x_m": 136_000 + 1000 * x, "rd_y_m": 456_000 + 1000 * y, **more}


def test_a_user_counts_at_its_nearest_supplier_only(cook: Cook) -> None:
    given = {
        "company": [{}],
        "site": [
            at(0, 0, site_id="V1"),
            at(4, 0, site_id="V2", municipality_code="GM0307"),
            at(1, 0, site_id="V3"),
            at(14.01, 0, site_id="V4"),
        ],
        "energy_demand": [
            {**SUPPLY, "site_id": "V1", "value": 10.0, "temperature_c": 90.0},
            {**SUPPLY, "site_id": "V2", "value": 10.0, "temperature_c": 90.0},
            {**HEAT, "site_id": "V3", "value": 25.0, "temperature_c": 70.0},
            {**HEAT, "site_id": "V4", "value": 25.0, "temperature_c": 70.0},
        ],
    }
    found = picked(cook(given)["area_opportunities"], "area_id", "matched_pj", "nearest_km")
    assert found == [("GM0344", Decimal("0.01"), Decimal(1))]


def test_without_a_previous_round_nothing_changed(cook: Cook) -> None:
    given = {**BOTH, "energy_demand": [{"value": 3.0}]}
    assert cook(given)["round_change"].num_rows == 0


def test_other_factors_and_borders_are_the_method(cook: Cook) -> None:
    """In the previous round the same figure was converted otherwise, and lay in a province of then."""
    before: Row = {
        "submission_id": "oud", "kvk_number": "10000001", "site_id": "V1", "municipality_code": "GM0545",
        "province_code": "PV28", "year": 2023, "scenario": "base", "carrier": "electricity", "use": "energetic",
        "direction": "offtake", "value": 10.0, "unit": "TJ", "energy_pj": Decimal("0.009"),
    }  # fmt: skip
    given = {
        "company": [{}],
        "site": [{"municipality_code": "GM1961"}],
        "energy_demand": [{"value": 10.0}],
        "previous_company": [{"submission_id": "oud"}],
        "previous_site": [{"submission_id": "oud", "municipality_code": "GM0545"}],
        "previous_site_demand": [before],
    }
    made = cook(given)
    names = ("province_code", "change_reason", "energy_change_pj")
    assert picked(made["round_change"], *names) == [
        ("PV26", "all", Decimal("0.01")),
        ("PV26", "method", Decimal("0.01")),
        ("PV28", "all", Decimal("-0.009")),
        ("PV28", "method", Decimal("-0.009")),
    ]
    assert made.breaches("round_change") == []
