"""Checks what the worked examples leave out: to which use and direction a project goes, and what may not be shown.

The examples themselves stand in `blueprint/examples`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from blueprint.load import blueprint
from tests.assets.cooked import Cook
from tests.assets.given import Row, picked

PLAIN: Row = {"commissioning_date": dt.date(2029, 1, 1), "delta_value": 1.0, "delta_unit": "PJ"}
GAS: Row = {"carrier_from": "natural_gas", "carrier_to": "electricity"}


def project(cook: Cook, *demand: Row, site: Row | None = None, company: Row | None = None, **more: Any) -> Row:
    """What becomes of one project beside this demand."""
    given = {
        "company": [company or {}],
        "site": [site or {}],
        "energy_demand": list(demand),
        "project": [{**PLAIN, **more}],
    }
    made = cook(given)
    assert made.breaches("site_project", "site_path", "pmiek_projects") == []
    return made["site_project"].to_pylist()[0]


@pytest.mark.parametrize(
    ("carrier", "filed", "expected"),
    [
        # Nothing filed: the usual use of the carrier.
        ("hydrogen", [], ("energetic", "offtake")),
        ("circular_feedstock", [], ("feedstock", "offtake")),
        # One use filed: that one; two: the usual one.
        ("hydrogen", [("feedstock", "offtake")], ("feedstock", "offtake")),
        ("hydrogen", [("feedstock", "offtake"), ("energetic", "offtake")], ("energetic", "offtake")),
        # Who only supplies CO2 supplies more of it; who only supplies heat still changes its demand.
        ("co2", [("feedstock", "supply")], ("feedstock", "supply")),
        ("co2", [("feedstock", "supply"), ("feedstock", "offtake")], ("feedstock", "offtake")),
        ("heat", [("energetic", "supply")], ("energetic", "offtake")),
    ],
)
def test_stream_that_a_project_changes(
    cook: Cook, carrier: str, filed: list[tuple[str, str]], expected: tuple[str, str]
) -> None:
    unit = "kt" if carrier in ("co2", "circular_feedstock") else "PJ"
    demand = [{"carrier": carrier, "use": use, "direction": way, "value": 1.0, "unit": unit} for use, way in filed]
    row = project(cook, *demand, carrier_to=carrier, delta_unit=unit)
    assert (row["use"], row["direction"]) == expected


@pytest.mark.parametrize(
    ("change", "reduction"),
    [
        (GAS, "56.4"),
        ({"carrier_from": "natural_gas", "carrier_to": "hydrogen"}, "56.4"),
        ({"carrier_from": "coal", "carrier_to": "natural_gas"}, "38.3"),
        # More gas, less gas, and nothing replaced.
        ({"carrier_to": "natural_gas"}, "-56.4"),
        ({"carrier_from": "natural_gas", "carrier_to": "natural_gas", "delta_value": -1.0}, "56.4"),
        ({"carrier_to": "electricity"}, "0"),
        # A fuel without a factor is not known, and not zero.
        ({"carrier_from": "process_gas", "carrier_to": "electricity"}, None),
        ({"carrier_from": "natural_gas", "carrier_to": "co2", "delta_unit": "kt"}, None),
        ({"carrier_from": "natural_gas", "carrier_to": None, "delta_value": None, "delta_unit": None}, None),
    ],
)
def test_co2_by_factor(cook: Cook, change: Row, reduction: str | None) -> None:
    row = project(cook, **change, probability_pct=50.0)
    assert row["co2_by_factor_kt"] == (None if reduction is None else Decimal(reduction))
    assert row["weighted_co2_by_factor_kt"] == (None if reduction is None else Decimal(reduction) / 2)


def test_feedstock_emits_nothing_that_a_factor_tells(cook: Cook) -> None:
    filed = {"carrier": "natural_gas", "use": "feedstock", "value": 1.0, "unit": "PJ"}
    assert project(cook, filed, carrier_to="natural_gas")["co2_by_factor_kt"] is None


@pytest.mark.parametrize(
    ("filed", "expected"),
    [
        (60.0, ("60", "filed")),
        (0.0, ("0", "filed")),
        # The weight of an idea; a probability above 100 passes only where a round or an analyst let it.
        (None, ("10", "weight")),
        (140.0, ("10", "weight")),
    ],
)
def test_probability_that_is_weighed_with(cook: Cook, filed: float | None, expected: tuple[str, str]) -> None:
    row = project(cook, **GAS, probability_pct=filed)
    assert (row["probability_pct"], row["probability_source"]) == (Decimal(expected[0]), expected[1])


def test_weights_are_data_with_a_source() -> None:
    codes = blueprint().codes["certainty"].filed
    assert all(code.attributes["weight_source"].startswith("Voorstel") for code in codes)


@pytest.mark.parametrize(
    ("park", "shown"),
    [("Lage Weide", "Lage Weide"), ("  ", None), ("Terrein BAKKERIJ Voorbeeld", None), (None, None)],
)
@pytest.mark.parametrize("name", ["Bakkerij Voorbeeld", "Bakkerij Voorbeeld (fictief) B.V. ", "Bakkerij Voorbeeld NV"])
def test_park_that_tells_who_it_is_has_no_name(cook: Cook, name: str, park: str | None, shown: str | None) -> None:
    row = project(cook, site={"business_park": park}, company={"company_name": name}, **GAS)
    assert row["business_park"] == shown


def test_no_area_of_a_table_for_pmiek_tells_who_it_is(cook: Cook) -> None:
    name = "Bakkerij Voorbeeld"
    given = {
        "submission": [{}],
        "company": [{"company_name": f"{name} B.V."}],
        "site": [{"business_park": f"Park {name}"}],
        "connection": [{"grid_operator": "stedin", "substation": f"{name} 10 kV", "contracted_offtake_mw": 8.0}],
        "energy_demand": [{"value": 1.0}],
        "flexibility": [{"energy_hub": f"Hub {name}", "flexible_mw": 1.0}],
        "bottleneck": [{"help_requested": True}],
        "consent": [{"consent_purpose": "case_based_approach", "granted": True}],
        "project": [{"carrier_to": "electricity", "commissioning_date": dt.date(2028, 1, 1), "delta_peak_mw": 1.0}],
    }
    made = cook(given)
    for table in (table for table in blueprint().tables.values() if table.kind == "pmiek"):
        for row in made[table.name].to_pylist():
            assert name.lower() not in str(row).lower(), table.name
    assert made["case_candidates"].num_rows == 1


def test_tables_for_pmiek_hold_no_name_or_number_of_a_company() -> None:
    hidden = {
        "project_name",
        "alternative_without_grid",
        "project_id",
        "site_id",
        "kvk_number",
        "group_id",
        "submission_id",
    }
    for name in ("pmiek_projects", "pmiek_project_path", "pmiek_dependent_demand", "pmiek_conversion"):
        assert hidden.isdisjoint(blueprint().tables[name].field_names)


def test_replaced_carrier_says_that_projects_replace_it(cook: Cook) -> None:
    demand = [
        {"carrier": "natural_gas", "value": 3.0, "unit": "PJ"},
        {"carrier": "natural_gas", "value": 2.0, "unit": "PJ", "year": 2030, "scenario": "plan"},
    ]
    given = {"company": [{}], "site": [{}], "energy_demand": demand, "project": [{**PLAIN, **GAS}]}
    names = ("year", "replacing_count", "unexplained_energy_pj", "replaced_energy_pj")
    made = cook(given)
    found = picked(made["site_path"], *names, carrier="natural_gas")
    assert (2027, 0, None, None) in found
    assert (2030, 1, Decimal(-1), Decimal(-1)) in found
    assert (2035, 1, None, None) in found
    summed = picked(made["pmiek_project_path"], "replaced_energy_pj", carrier="natural_gas", year=2030, certainty="all")
    assert (Decimal(-1),) in summed


def test_every_province_has_a_path_and_dependent_demand(cook: Cook) -> None:
    for name in ("pmiek_project_path", "pmiek_dependent_demand"):
        table = cook({})[name]
        assert len(set(table.column("province_code").to_pylist())) == 12
        assert set(table.column("carrier").to_pylist()) == set(blueprint().codes["carriers"].names)
        assert set(table.column("year").to_pylist()) == {2025, 2027, 2030, 2035, 2040, 2050}
