"""Checks the demand tables on rows whose outcome was worked out by hand.

That they hold for any rows is checked in `test_laws`.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from assets.rounds import Round
from tests.assets.cooked import Cook
from tests.assets.given import Row, picked

COMPANY: list[Row] = [{}]
SITE: list[Row] = [{}]
SUMS = ("municipality_demand", "province_demand", "national_demand")
AMOUNTS = ("energy_pj", "electricity_twh", "mass_kt")


def one_site(*demand: Row) -> dict[str, list[Row]]:
    return {"company": COMPANY, "site": SITE, "energy_demand": list(demand)}


def dec(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("carrier", "value", "unit", "basis", "pj", "twh", "kt"),
    [
        # 100 GWh is 360 TJ; 3.6 PJ is 1 TWh.
        ("electricity", 100.0, "GWh", None, "0.36", "0.1", None),
        ("electricity", 1.5, "TWh", None, "5.4", "1.5", None),
        ("electricity", 2.0, "kWh", None, "0.0000000072", "0.000000002", None),
        ("heat", 7.0, "TJ", None, "0.007", None, None),
        # 31.65 MJ a normal m3 of Groningen gas, on the lower heating value.
        ("natural_gas", 2000000.0, "m3", None, "0.0633", None, None),
        ("natural_gas", 2.0, "mln_m3", "HHV", "0.0633", None, None),
        ("natural_gas", 1.0, "TWh", "LHV", "3.6", None, None),
        # 0.0036 x 0.899914700028, to the 12th decimal.
        ("natural_gas", 1000.0, "MWh", "HHV", "0.003239692920", None, None),
        # 120 MJ a kilogram.
        ("hydrogen", 5000.0, "t", None, "0.6", None, None),
        ("hydrogen", 10.0, "PJ", "HHV", "8.45665961945", None, None),
        ("hydrogen", 1.0, "mln_m3", None, "0.0108", None, None),
        ("oil", 10.0, "kt", None, "0.427", None, None),
        ("co2", 2500.0, "t", None, None, None, "2.5"),
        ("circular_feedstock", 1500.0, "kg", None, None, None, "0.0015"),
    ],
)
def test_filed_amount_becomes_pj_twh_or_kt(
    cook: Cook,
    carrier: str,
    value: float,
    unit: str,
    basis: str | None,
    pj: str | None,
    twh: str | None,
    kt: str | None,
) -> None:
    filed = {"carrier": carrier, "value": value, "unit": unit, "heating_value_basis": basis}
    made = cook(one_site(filed))
    for name in ("site_demand", *SUMS):
        assert picked(made[name], *AMOUNTS) == [(dec(pj), dec(twh), dec(kt))]
    assert picked(made["site_demand"], "value", "unit", "heating_value_basis") == [(value, unit, basis)]


def test_site_demand_carries_company_place_and_peak(cook: Cook) -> None:
    demand = {"value": 1.0, "unit": "GWh", "peak_mw": 0.25, "origin": "estimate"}
    given = {
        "company": [
            {"group_id": "CONCERN-1", "sector": "paper"},
            {"submission_id": "s2", "kvk_number": "10000002", "sector": "ict"},
        ],
        "site": [{}, {"submission_id": "s2", "municipality_code": "GM0193"}],
        "energy_demand": [demand, {**demand, "submission_id": "s2"}],
    }
    table = cook(given)["site_demand"]
    names = ("round", "submission_id", "kvk_number", "group_id", "site_id", "sector", "municipality_code")
    assert picked(table, *names, "province_code", "peak_mw", "origin") == [
        ("proef", "s1", "10000001", "CONCERN-1", "V1", "paper", "GM0344", "PV26", Decimal("0.25"), "estimate"),
        ("proef", "s2", "10000002", "10000002", "V1", "ict", "GM0193", "PV23", Decimal("0.25"), "estimate"),
    ]


PLACE = ("filed_municipality_code", "municipality_year", "municipality_code", "province_code", "placed_by")


@pytest.mark.parametrize(
    ("geography_year", "filed", "expected"),
    [
        # Leerdam went from Zuid-Holland to Vijfheerenlanden in Utrecht on 1 January 2019.
        (2018, "GM0545", ("GM0545", 2018, "GM0545", "PV28", "municipality_code")),
        (2019, "GM0545", ("GM0545", 2019, "GM1961", "PV26", "succession")),
        (2025, "GM0545", ("GM0545", 2025, "GM1961", "PV26", "succession")),
        (2025, "GM1961", ("GM1961", 2025, "GM1961", "PV26", "municipality_code")),
        # Vijfheerenlanden did not exist yet.
        (2018, "GM1961", ("GM1961", 2018, None, "PV00", "not_placed")),
        # Weesp joined Amsterdam in the course of 2022; what counts is 1 January.
        (2022, "GM0457", ("GM0457", 2022, "GM0457", "PV27", "municipality_code")),
        (2023, "GM0457", ("GM0457", 2023, "GM0363", "PV27", "succession")),
        (2025, "GM9999", ("GM9999", 2025, None, "PV00", "not_placed")),
        (2025, None, (None, 2025, None, "PV00", "not_placed")),
    ],
)
def test_site_is_placed_in_the_rounds_geography(
    cook: Cook, geography_year: int, filed: str | None, expected: tuple
) -> None:
    settings = Round(round="proef", geography_year=geography_year)
    given = {"company": COMPANY, "site": [{"municipality_code": filed}], "energy_demand": [{"value": 5.0}]}
    made = cook(given, settings)
    assert picked(made["site_place"], *PLACE) == [expected]
    assert picked(made["municipality_demand"], "province_code", "municipality_code") == [(expected[3], expected[2])]
    assert picked(made["province_demand"], "province_code", "energy_pj") == [(expected[3], Decimal("0.005"))]
    assert picked(made["national_demand"], "energy_pj") == [(Decimal("0.005"),)]


def test_filed_year_of_the_municipality_code_is_kept(cook: Cook) -> None:
    given = {"company": COMPANY, "site": [{"municipality_code": "GM0545", "municipality_year": 2018}]}
    made = cook(given)
    assert picked(made["site_place"], *PLACE) == [("GM0545", 2018, "GM1961", "PV26", "succession")]
    assert picked(made["site_place"], "municipality_name", "province_name") == [("Vijfheerenlanden", "Utrecht")]


def test_not_placed_counts_apart_and_in_the_nation(cook: Cook) -> None:
    given = {
        "company": COMPANY,
        "site": [{}, {"site_id": "V2", "municipality_code": None}],
        "energy_demand": [{"value": 3.0}, {"site_id": "V2", "value": 4.0}],
    }
    made = cook(given)
    assert picked(made["province_demand"], "province_code", "province_name", "energy_pj") == [
        ("PV00", "Niet geplaatst", Decimal("0.004")),
        ("PV26", "Utrecht", Decimal("0.003")),
    ]
    assert picked(made["national_demand"], "energy_pj", "company_count", "site_count") == [(Decimal("0.007"), 1, 2)]


def test_status_tells_zero_from_not_filed(cook: Cook) -> None:
    def filed(carrier: str, *values: float | None) -> list[Row]:
        return [{"carrier": carrier, "site_id": f"V{n}", "value": value} for n, value in enumerate(values, start=1)]

    given = {
        "company": COMPANY,
        "site": [{}, {"site_id": "V2"}],
        "energy_demand": [
            *filed("electricity", 1.0, None),
            *filed("heat", 0.0, None),
            *filed("steam", None, None),
            *filed("coal", 0.0, 0.0),
            *filed("coke", 2.0, 0.0),
        ],
    }
    made = cook(given)
    expected = [
        ("coal", "zero", Decimal(0), 0),
        ("coke", "shown", Decimal("0.002"), 0),
        ("electricity", "shown", Decimal("0.001"), 1),
        ("heat", "zero", Decimal(0), 1),
        ("steam", "not_filed", None, 2),
    ]
    for name in SUMS:
        assert picked(made[name], "carrier", "cell_status", "energy_pj", "not_filed_count") == expected
    sites = picked(made["site_demand"], "carrier", "site_id", "cell_status")
    assert [line for line in sites if line[0] == "heat"] == [("heat", "V1", "zero"), ("heat", "V2", "not_filed")]


def test_years_that_nobody_filed_are_absent(cook: Cook) -> None:
    plans = [{"year": year, "scenario": "plan", "value": 1.0} for year in (2030, 2050)]
    made = cook(one_site({"value": 1.0}, *plans))
    for name in ("site_demand", *SUMS):
        assert picked(made[name], "year", "scenario") == [(2023, "base"), (2030, "plan"), (2050, "plan")]


def test_feedstock_and_supply_stand_apart(cook: Cook) -> None:
    given = one_site(
        {"carrier": "natural_gas", "value": 5.0},
        {"carrier": "natural_gas", "value": 7.0, "use": "feedstock"},
        {"carrier": "natural_gas", "value": 2.0, "direction": "supply"},
    )
    made = cook(given)
    for name in SUMS:
        assert picked(made[name], "use", "direction", "energy_pj") == [
            ("energetic", "offtake", Decimal("0.005")),
            ("energetic", "supply", Decimal("0.002")),
            ("feedstock", "offtake", Decimal("0.007")),
        ]


def test_sectors_and_municipalities_add_up(cook: Cook) -> None:
    # Utrecht (stad) and Amersfoort in PV26, Zwolle in PV23; two food companies and one of paper.
    def company(number: int, sector: str, place: str, value: float) -> tuple[Row, Row, Row]:
        own = {"submission_id": f"s{number}"}
        return (
            {**own, "kvk_number": f"1000000{number}", "sector": sector},
            {**own, "municipality_code": place},
            {
                **own,
                "value": value,
                "unit": "GWh",
            },
        )

    parts = [
        company(1, "food", "GM0344", 100.0),
        company(2, "food", "GM0307", 50.0),
        company(3, "paper", "GM0344", 25.0),
        company(4, "food", "GM0193", 10.0),
    ]
    companies, sites, demand = (list(column) for column in zip(*parts, strict=True))
    made = cook({"company": companies, "site": sites, "energy_demand": demand})
    cell = ("sector", "electricity_twh", "company_count", "site_count")
    assert picked(made["municipality_demand"], "province_code", "municipality_name", *cell) == [
        ("PV23", "Zwolle", "food", Decimal("0.01"), 1, 1),
        ("PV26", "Amersfoort", "food", Decimal("0.05"), 1, 1),
        ("PV26", "Utrecht", "food", Decimal("0.1"), 1, 1),
        ("PV26", "Utrecht", "paper", Decimal("0.025"), 1, 1),
    ]
    assert picked(made["province_demand"], "province_code", *cell) == [
        ("PV23", "food", Decimal("0.01"), 1, 1),
        ("PV26", "food", Decimal("0.15"), 2, 2),
        ("PV26", "paper", Decimal("0.025"), 1, 1),
    ]
    assert picked(made["national_demand"], *cell) == [
        ("food", Decimal("0.16"), 3, 3),
        ("paper", Decimal("0.025"), 1, 1),
    ]


def test_large_sums_are_exact_to_the_last_decimal(cook: Cook) -> None:
    # A sum of doubles of this size is off in the 10th decimal.
    sites = [{"site_id": f"V{number}"} for number in range(3000)]
    demand = [{**site, "value": 333.333333333333, "unit": "PJ"} for site in sites]
    made = cook({"company": COMPANY, "site": sites, "energy_demand": demand})
    for name in SUMS:
        assert picked(made[name], "energy_pj") == [(Decimal("999999.999999999"),)]
    assert made.breaches(*SUMS) == []


def test_company_with_two_sites_counts_once(cook: Cook) -> None:
    given = {
        "company": COMPANY,
        "site": [{}, {"site_id": "V2"}],
        "energy_demand": [{"value": 1.0}, {"site_id": "V2", "value": 1.0}],
    }
    made = cook(given)
    assert picked(made["province_demand"], "company_count", "site_count") == [(1, 2)]


def test_nothing_filed_still_gives_every_province_a_row_that_says_so(cook: Cook) -> None:
    made = cook({})
    filled = {name: table for name, table in made.items() if table.num_rows}
    assert set(filled) == {
        "pmiek_coverage",
        "pmiek_energy_demand",
        "pmiek_power_demand",
        "pmiek_combined_demand",
        "pmiek_project_path",
        "pmiek_dependent_demand",
        "pmiek_gas_heat_co2",
        "pmiek_hydrogen_branches",
        "pmiek_bottlenecks",
        "pmiek_supply",
        "pmiek_storage",
    }
    for name, table in filled.items():
        assert len(set(table.column("province_code").to_pylist())) == 12
        absent = {"not_filed", "not_loaded"} if name == "pmiek_combined_demand" else {"not_filed"}
        assert set(table.column("cell_status").to_pylist()) == absent


def test_an_amount_without_a_factor_is_caught_by_the_check(cook: Cook) -> None:
    # There is no factor for process gas on the higher heating value; the intake refuses it, this proves it anyway.
    filed = {"carrier": "process_gas", "value": 1.0, "heating_value_basis": "HHV"}
    made = cook(one_site(filed))
    assert picked(made["site_demand"], "energy_pj", "value") == [(None, 1.0)]
    assert [row["check"] for row in made.breaches("site_demand", *SUMS)] == ["all_rows_converted"]
