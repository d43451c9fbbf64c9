"""Checks power, areas, gas, heat, CO2 and hydrogen on given rows, among them the examples of the documentation.

What must hold whatever is filed is checked in `test_areas_laws`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tests.assets.cooked import Cook
from tests.assets.given import picked

HUB = {"municipality_code": "GM0344"}


def test_storage_and_own_generation_count_once(cook: Cook) -> None:
    solar = {"own_generation_mw": 3.0, "own_generation_type": "solar", "storage_mwh": 2.0}
    given = {
        "company": [{}],
        "site": [HUB],
        "flexibility": [
            {**solar, "flexible_mw": 1.0},
            {**solar, "flexible_mw": 0.5, "flex_direction": "less_feed_in"},
            {**solar, "flexible_mw": 9.0, "flex_direction": "none", "own_generation_type": "wind"},
        ],
    }
    made = cook(given)
    names = ("flexible_mw", "flexible_less_feed_in_mw", "own_generation_mw", "storage_mwh", "company_count")
    # Solar stands in two rows; wind is another installation. The row without flexible power flexes nothing.
    assert picked(made["pmiek_power_demand"], *names, province_code="PV26") == [
        (Decimal(1), Decimal("0.5"), Decimal(6), Decimal(2), 1)
    ]
    assert made.breaches("pmiek_power_demand") == []


def test_feed_in_and_requests_stand_apart_from_offtake(cook: Cook) -> None:
    asked = {"request_pending": True, "requested_extra_mw": 2.0}
    connection = {"grid_operator": "stedin", "voltage_level_kv": 10.0, "contracted_feed_in_mw": 1.5}
    given = {
        "company": [{}],
        "site": [HUB],
        "connection": [{**connection, **asked}, {**connection, **asked, "connection_id": "A2"}],
        "energy_demand": [{"value": 1.0, "unit": "GWh", "direction": "supply", "peak_mw": 1.25}],
    }
    made = cook(given)
    names = ("contracted_feed_in_mw", "feed_in_peak_sum_mw", "peak_sum_mw", "electricity_twh", "full_load_hours")
    rest = ("pending_request_count", "requested_extra_mw", "connection_count")
    assert picked(made["pmiek_power_demand"], *names, *rest, province_code="PV26") == [
        (Decimal(3), Decimal("1.25"), None, None, None, 2, Decimal(4), 2)
    ]
    assert made.breaches("pmiek_power_demand", "site_connection") == []


def test_full_load_hours_are_of_those_who_filed_both(cook: Cook) -> None:
    site = {"site_id": "V2"}
    given = {
        "company": [{}],
        "site": [HUB, {**HUB, **site}],
        "energy_demand": [
            {"value": 10.0, "unit": "GWh", "peak_mw": 2.0},
            {"value": 90.0, "unit": "GWh", "peak_mw": None, **site},
        ],
    }
    table = cook(given)["pmiek_power_demand"]
    assert picked(table, "electricity_twh", "peak_sum_mw", "full_load_hours", province_code="PV26") == [
        (Decimal("0.1"), Decimal(2), Decimal(5000))
    ]


def test_park_takes_its_commonest_spelling_and_stays_in_its_municipality(cook: Cook) -> None:
    parks = ["Haven ", "haven", "HAVEN", "haven"]
    sites = [{"site_id": f"V{n}", **HUB, "business_park": park} for n, park in enumerate(parks)]
    sites.append({"site_id": "V9", "municipality_code": "GM0307", "business_park": "Haven"})
    demand = [{"site_id": site["site_id"], "value": 1.0} for site in sites]
    table = cook({"company": [{}], "site": sites, "energy_demand": demand})["pmiek_area_demand"]
    assert picked(table, "municipality_code", "area", "site_count", area_kind="business_park") == [
        ("GM0307", "Haven", 1),
        ("GM0344", "haven", 4),
    ]


def test_stations_of_one_name_and_two_operators_are_two(cook: Cook) -> None:
    sites = [{"site_id": f"V{number}", **HUB} for number in range(3)]
    station = {"substation": "Lage Weide", "contracted_offtake_mw": 1.0}
    connections = [
        {"connection_id": "A0", "site_id": "V0", "grid_operator": "stedin", **station},
        {"connection_id": "A1", "site_id": "V1", "grid_operator": "stedin", **station, "substation": " lage  weide"},
        {"connection_id": "A2", "site_id": "V2", "grid_operator": "tennet", **station},
    ]
    made = cook({"company": [{}], "site": sites, "connection": connections})
    names = ("grid_operator", "area", "contracted_offtake_mw", "site_count")
    assert picked(made["pmiek_area_demand"], *names, area_kind="substation") == [
        ("stedin", "Lage Weide", Decimal(2), 2),
        ("tennet", "Lage Weide", Decimal(1), 1),
    ]
    assert made.breaches("pmiek_area_demand") == []


def test_site_without_a_place_is_in_an_area_too(cook: Cook) -> None:
    table = cook({"company": [{}], "site": [{"municipality_code": None}], "energy_demand": [{"value": 1.0}]})
    found = picked(table["pmiek_area_demand"], "province_code", "area_kind", "area", "municipality_code")
    assert found == [
        ("PV00", "business_park", "niet opgegeven", None),
        ("PV00", "grid_operator", "Onbekend", None),
        ("PV00", "municipality", "niet opgegeven", None),
        ("PV00", "substation", "niet opgegeven", None),
    ]


@pytest.mark.parametrize(
    ("bar", "expected"),
    [
        (0.1, "distribution"),
        (8.0, "distribution"),
        (8.1, "regional_transport"),
        (40.0, "regional_transport"),
        (66.0, "transport"),
        (None, "unknown"),
    ],
)
def test_pressure_class(cook: Cook, bar: float | None, expected: str) -> None:
    connection = {"carrier": "natural_gas", "grid_operator": "stedin", "pressure_bar": bar}
    demand = {"carrier": "natural_gas", "value": 1.0}
    made = cook({"company": [{}], "site": [HUB], "connection": [connection], "energy_demand": [demand]})
    assert picked(made["pmiek_gas_heat_co2"], "pressure_class", transporter="stedin") == [(expected,)]


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        (-5.0, "below_60"),
        (59.9, "below_60"),
        (60.0, "from_60"),
        (99.9, "from_60"),
        (100.0, "from_100"),
        (200.0, "from_200"),
        (500.0, "from_500"),
        (None, "unknown"),
    ],
)
def test_temperature_class(cook: Cook, degrees: float | None, expected: str) -> None:
    demand = {"carrier": "heat", "value": 1.0, "temperature_c": degrees}
    made = cook({"company": [{}], "site": [HUB], "energy_demand": [demand]})
    found = picked(
        made["pmiek_gas_heat_co2"], "temperature_class", "pressure_class", carrier="heat", cell_status="shown"
    )
    assert found == [(expected, "not_applicable")]


def test_zero_and_not_filed_differ_for_gas_and_hydrogen(cook: Cook) -> None:
    lines = [{"carrier": "hydrogen", "value": 0.0}, {"carrier": "green_gas", "value": None}]
    made = cook({"company": [{}], "site": [HUB], "energy_demand": lines})
    here = {"province_code": "PV26"}
    gas = dict(picked(made["pmiek_gas_heat_co2"], "carrier", "cell_status", **here))
    assert gas == dict.fromkeys(("natural_gas", "green_gas", "heat", "steam", "co2"), "not_filed") | {
        "hydrogen": "zero"
    }
    assert picked(made["pmiek_hydrogen_branches"], "cell_status", "hydrogen_kt", **here) == [("zero", Decimal(0))]
    silent = picked(made["pmiek_hydrogen_branches"], "cell_status", "energy_pj", province_code="PV29")
    assert silent == [("not_filed", None)]
    assert made.breaches("pmiek_gas_heat_co2", "pmiek_hydrogen_branches") == []


def test_project_before_the_base_year_or_after_the_moment_adds_nothing(cook: Cook) -> None:
    plan = {"carrier": "hydrogen", "year": 2030, "scenario": "plan", "value": 5.0}
    project = {"carrier_to": "hydrogen", "delta_value": 1.0, "delta_unit": "TJ"}
    projects = [
        {**project, "project_id": f"P{year}", "commissioning_date": dt.date(year, 6, 1)} for year in (2022, 2030, 2031)
    ]
    made = cook({"company": [{}], "site": [HUB], "energy_demand": [plan], "project": projects})
    found = picked(made["pmiek_hydrogen_branches"], "project_extra_pj", year=2030, municipality_code="GM0344")
    assert found == [(Decimal("0.001"),)]
    assert made.breaches("pmiek_gas_heat_co2", "pmiek_hydrogen_branches") == []
