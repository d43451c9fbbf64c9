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


def test_park_of_a_site_without_figures_keeps_its_name(cook: Cook) -> None:
    site = {"site_id": "V1", **HUB, "business_park": "Haven"}
    table = cook({"company": [{}], "site": [site], "energy_demand": [{"site_id": "V1", "value": None}]})
    found = picked(table["pmiek_area_demand"], "area", "cell_status", "site_count", area_kind="business_park")
    assert found == [("Haven", "not_filed", 0)]


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


def test_hydrogen_without_a_connection_is_for_the_operator_that_expects_it(cook: Cook) -> None:
    """A future user of hydrogen has no connection to file; of another carrier the operator is not known."""
    plan = {"year": 2030, "scenario": "plan", "value": 5.0}
    lines = [{**plan, "carrier": "hydrogen"}, {**plan, "carrier": "natural_gas"}]
    begun = dt.date(2028, 6, 1)
    project = {"carrier_to": "hydrogen", "delta_value": 1.0, "delta_unit": "TJ", "commissioning_date": begun}
    made = cook({"company": [{}], "site": [HUB], "energy_demand": lines, "project": [project]})
    here = {"year": 2030, "scenario": "plan", "certainty": "all", "province_code": "PV26", "cell_status": "shown"}
    found = picked(made["pmiek_gas_heat_co2"], "carrier", "transporter", **here)
    assert sorted(found) == [("hydrogen", "hynetwork"), ("natural_gas", "unknown")]
    areas = picked(made["pmiek_area_demand"], "carrier", "grid_operator", "area", area_kind="grid_operator", **here)
    assert sorted(areas) == [("hydrogen", "hynetwork", "Hynetwork"), ("natural_gas", "unknown", "Onbekend")]
    assert made.breaches("pmiek_gas_heat_co2", "pmiek_area_demand") == []


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


def test_project_adds_from_its_own_day_on_and_nothing_before_the_base_year(cook: Cook) -> None:
    plan = {"carrier": "hydrogen", "year": 2030, "scenario": "plan", "value": 5.0}
    project = {"carrier_to": "hydrogen", "delta_value": 1.0, "delta_unit": "TJ"}
    projects = [
        {**project, "project_id": f"P{year}", "commissioning_date": dt.date(year, 6, 1)} for year in (2022, 2030, 2031)
    ]
    made = cook({"company": [{}], "site": [HUB], "energy_demand": [plan], "project": projects})
    names = ("certainty", "project_extra_pj")
    found = picked(made["pmiek_hydrogen_branches"], *names, year=2030, municipality_code="GM0344")
    # From 1 June, 214 of 365 days.
    part = Decimal("0.000586301370")
    assert found == [("all", part), ("idea", part)]
    assert made.breaches("pmiek_gas_heat_co2", "pmiek_hydrogen_branches") == []


def test_each_connection_counts_with_its_own_transporter_and_pressure(cook: Cook) -> None:
    gas = {"carrier": "natural_gas"}
    regional = {**gas, "grid_operator": "stedin", "pressure_bar": 8.0, "capacity_m3_per_hour": 500.0}
    national = {"grid_operator": "gasunie_transport_services", "pressure_bar": 40.0, "capacity_m3_per_hour": 7000.0}
    given = {
        "company": [{}],
        "site": [HUB],
        "connection": [regional, {**gas, **national, "connection_id": "A2"}],
        "energy_demand": [{**gas, "value": 36.0}],
    }
    made = cook(given)
    names = ("transporter", "pressure_class", "capacity_m3_per_hour", "energy_pj")
    assert picked(made["pmiek_gas_heat_co2"], *names, province_code="PV26", carrier="natural_gas") == [
        # Demand is filed per site, and stands at its main connection.
        ("gasunie_transport_services", "regional_transport", Decimal(7000), Decimal("0.036")),
        ("stedin", "distribution", Decimal(500), None),
    ]
    assert made.breaches("pmiek_gas_heat_co2") == []


@pytest.mark.parametrize(("filed", "weighted"), [(None, "0.1"), (60.0, "0.6"), (150.0, "0.1")])
def test_area_gas_hydrogen_and_power_weigh_alike(cook: Cook, filed: float | None, weighted: str) -> None:
    """A probability that a round let pass is no probability to weigh with: then the weight of the class counts."""
    project = {"commissioning_date": dt.date(2028, 6, 1), "probability_pct": filed}
    hydrogen = {**project, "carrier_to": "hydrogen", "delta_value": 1.0, "delta_unit": "PJ"}
    power = {**project, "carrier_to": "electricity", "delta_peak_mw": 1.0, "project_id": "P2"}
    plan = {"year": 2030, "scenario": "plan", "value": 1.0}
    made = cook({"company": [{}], "site": [HUB], "energy_demand": [plan], "project": [hydrogen, power]})
    here = {"province_code": "PV26", "year": 2030}
    area = {**here, "area_kind": "municipality", "carrier": "hydrogen"}
    for table, name, where in (
        ("pmiek_hydrogen_branches", "weighted_extra_pj", here),
        ("pmiek_gas_heat_co2", "weighted_extra_pj", {**here, "carrier": "hydrogen"}),
        ("pmiek_area_demand", "weighted_extra_pj", area),
        ("pmiek_area_demand", "weighted_extra_mw", {**area, "carrier": "electricity"}),
        ("pmiek_power_demand", "weighted_extra_mw", here),
    ):
        found = picked(made[table], "certainty", name, **where)
        assert found == [("all", Decimal(weighted)), ("idea", Decimal(weighted))], table


def test_area_shows_projects_per_certainty_and_what_a_site_only_supplies_as_supply(cook: Cook) -> None:
    co2 = {"carrier": "co2", "use": "feedstock", "direction": "supply", "unit": "kt", "year": 2030, "scenario": "plan"}
    project = {"carrier_to": "co2", "delta_unit": "kt", "commissioning_date": dt.date(2028, 6, 1)}
    given = {
        "company": [{}],
        "site": [HUB],
        "energy_demand": [{**co2, "value": 9.0}],
        "project": [
            {**project, "delta_value": 2.0},
            {**project, "delta_value": 4.0, "certainty": "fid", "project_id": "P2"},
        ],
    }
    made = cook(given)
    names = ("direction", "certainty", "mass_kt", "project_extra_kt", "weighted_extra_kt", "site_count")
    assert picked(made["pmiek_area_demand"], *names, area_kind="municipality", year=2030) == [
        ("supply", "all", Decimal(9), Decimal(6), Decimal("3.8"), 1),
        ("supply", "fid", None, Decimal(4), Decimal("3.6"), 1),
        ("supply", "idea", None, Decimal(2), Decimal("0.2"), 1),
    ]
    assert made.breaches("pmiek_area_demand") == []
