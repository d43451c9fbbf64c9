"""Estimates of a round that asks for them: worked examples, what is never estimated, and that nothing else changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.rounds import Round
from tests.assets.cooked import Cook, Cooked
from tests.assets.given import FEW, SEEDS, Filed, Row, differing, joined, one, shuffled

CAPPED = ("pmiek_energy_demand", "pmiek_coverage", "pmiek_combined_demand")
OFF = Round(round="proef")
INTERPOLATE = Round(round="proef", interpolate=True)
IMPUTE = Round(round="proef", impute=True)
BOTH = Round(round="proef", interpolate=True, impute=True)


def filed(value: float | None, year: int = 2023, **more: Any) -> Row:
    return {"year": year, "scenario": "base" if year == 2023 else "plan", "unit": "PJ", "value": value, **more}


def one_site(*demand: Row) -> Filed:
    return {"company": [{}], "site": [{}], "energy_demand": list(demand)}


def estimated(made: Cooked) -> list[tuple]:
    rows = made["estimated_demand"].to_pylist()
    return [(row["scenario"], row["year"], float(row["energy_pj"])) for row in rows]


@pytest.mark.parametrize(
    ("demand", "found"),
    [
        ([filed(10.0), filed(24.0, 2030)], [("plan", 2025, 14.0), ("plan", 2027, 18.0)]),
        # Only between two filed years: 2035 is not followed by one, and nothing came before 2030.
        ([filed(24.0, 2030), filed(30.0, 2040)], [("plan", 2035, 27.0)]),
        ([filed(10.0)], []),
        ([filed(24.0, 2030)], []),
        # Left open on purpose is no gap, and no end of a line either.
        ([filed(10.0), filed(None, 2025), filed(24.0, 2030)], [("plan", 2027, 18.0)]),
        ([filed(None), filed(24.0, 2030)], []),
        # Each plan begins in the base year, and goes its own way.
        (
            [filed(10.0), filed(17.0, 2030, scenario="plan_low"), filed(0.0, 2025)],
            [("plan_low", 2025, 12.0), ("plan_low", 2027, 14.0)],
        ),
        # Another use is another line.
        ([filed(10.0), filed(24.0, 2030, use="feedstock")], []),
    ],
)
def test_years_between_two_filed_ones(cook: Cook, demand: list[Row], found: list[tuple]) -> None:
    made = cook(one_site(*demand), INTERPOLATE)
    assert estimated(made) == found
    assert {row["estimate_kind"] for row in made["estimated_demand"].to_pylist()} <= {"interpolated"}


@FEW
@given(start=st.integers(0, 900), step=st.decimals(0, 3, places=9))
def test_a_straight_path_gives_itself_back(cook: Cook, start: int, step: Decimal) -> None:
    def on_the_line(year: int) -> Decimal:
        return start + step * (year - 2023)

    given_rows = one_site(filed(float(start)), filed(float(on_the_line(2050)), 2050))
    made = cook(given_rows, INTERPOLATE)
    assert made["estimated_demand"].num_rows == 5
    for row in made["estimated_demand"].to_pylist():
        assert abs(row["energy_pj"] - on_the_line(row["year"])) <= Decimal("1e-11")


def company(number: int, pj: float, tonnes: float | None, state: str = "accepted", sector: str = "food") -> Filed:
    """One invited company with one site in Utrecht; without an answer its demand is not filed."""
    own = {"submission_id": f"s{number}", "kvk_number": f"1000000{number}"}
    listed = {"kvk_number": own["kvk_number"], "sector": sector, "is_ets": True, "ets_emissions_t": tonnes}
    if state == "missing":
        return {"expected": [listed]}
    from_it = {"submission_id": own["submission_id"]}
    return {
        "expected": [listed],
        "register": [{**own, "state": state}],
        "filed_sites": [{**own, "sector": sector, "municipality_code": "GM0344", "accepted": True}],
        "company": [{**own, "sector": sector}],
        "site": [from_it],
        "energy_demand": [{**from_it, "unit": "PJ", "value": pj}],
    }


FIVE = [company(number, 10.0, 1000.0) for number in range(1, 6)]


def imputed(made: Cooked) -> list[tuple]:
    names = ("kvk_number", "province_code", "sector", "year", "carrier", "respondent_count")
    rows = made["estimated_demand"].to_pylist()
    return [(*(row[name] for name in names), float(row["energy_pj"])) for row in rows]


def test_who_filed_nothing_has_the_energy_per_tonne_of_the_sector(cook: Cook) -> None:
    # 50 PJ on 5,000 tonnes: 0.01 PJ per tonne, of 700 tonnes.
    made = cook(joined(*FIVE, company(6, 0, 700.0, "missing")), IMPUTE)
    assert imputed(made) == [("10000006", "PV26", "food", 2023, "electricity", 5, 7.0)]
    assert made.breaches(*CAPPED) == []
    cell = power(made)
    assert (cell["energy_pj"], cell["estimated_pj"], cell["imputed_share_pct"]) == (50, 7, Decimal("12.3"))
    row = one(made["pmiek_coverage"], province_code="PV26", sector="food")
    assert row["imputed_share_pct"] == Decimal("12.3")


def power(made: Cooked, sector: str = "food", year: int = 2023) -> Row:
    table = made["pmiek_energy_demand"]
    return one(table, province_code="PV26", sector=sector, year=year, carrier="electricity")


@pytest.mark.parametrize(
    "given_rows",
    [
        # Four respondents do not speak for a sector, nor do five of which one has no known emissions.
        joined(*FIVE[:4], company(6, 0, 700.0, "missing")),
        joined(*FIVE[:4], company(5, 10.0, None), company(6, 0, 700.0, "missing")),
        joined(*FIVE, company(6, 0, None, "missing")),
        joined(*FIVE, company(6, 0, 700.0, "missing", "glass")),
        # Who was sent back has filed something: that is to be mended, not estimated.
        joined(*FIVE, {**company(6, 0, 700.0, "returned"), "company": [], "site": [], "energy_demand": []}),
    ],
)
def test_without_enough_to_go_by_nothing_is_imputed(cook: Cook, given_rows: Filed) -> None:
    assert imputed(cook(given_rows, IMPUTE)) == []


def test_emissions_of_the_eu_ets_stand_in_for_those_of_the_list(cook: Cook) -> None:
    installation = {"nea_permit_number": "NL-1", "installation_name": "Hal", "kvk_number": "10000006"}
    emissions = [{**installation, "year": year, "verified_emissions_t": 300.0} for year in (2022, 2023)]
    made = cook(joined(*FIVE, company(6, 0, None, "missing"), {"ets_emissions": emissions}), IMPUTE)
    assert [row[-1] for row in imputed(made)] == [3.0]


@pytest.mark.parametrize(
    ("tonnes", "status", "share"), [(1250.0, "shown", "20.0"), (1251.0, "too_much_estimated", "20.0")]
)
def test_more_than_a_fifth_estimated_is_not_shown(cook: Cook, tonnes: float, status: str, share: str) -> None:
    made = cook(joined(*FIVE, company(6, 0, tonnes, "missing")), IMPUTE)
    cell = power(made)
    assert (cell["cell_status"], cell["imputed_share_pct"]) == (status, Decimal(share))
    figures = [cell[name] for name in ("energy_pj", "electricity_twh", "estimated_pj", "change_from_base_pct")]
    assert (figures == [None] * 4) == (status != "shown")
    assert made.breaches(*CAPPED) == []
    combined = [
        row["cell_status"]
        for row in made["pmiek_combined_demand"].to_pylist()
        if (row["province_code"], row["carrier"], row["part_kind"]) == ("PV26", "electricity", "filed")
    ]
    assert combined == [status]


COMPANIES = st.lists(
    st.tuples(
        st.sampled_from(["accepted", "accepted", "missing"]),
        st.sampled_from([None, 100.0, 333.3]),
        st.lists(
            st.tuples(st.sampled_from([2023, 2025, 2030, 2040]), st.one_of(st.none(), st.integers(0, 99).map(float))),
            unique_by=lambda line: line[0],
            max_size=3,
        ),
    ),
    max_size=8,
)


def listed(drawn: list[tuple]) -> Filed:
    parts = []
    for number, (state, tonnes, lines) in enumerate(drawn, start=1):
        part = company(number, 0, tonnes, state)
        if state != "missing":
            part["energy_demand"] = [filed(value, year, submission_id=f"s{number}") for year, value in lines]
        parts.append(part)
    return joined({"expected": []}, *parts)


@FEW
@given(drawn=COMPANIES, seed=SEEDS)
def test_estimates_stand_beside_and_change_nothing_else(cook: Cook, drawn: list[tuple], seed: int) -> None:
    given_rows = listed(drawn)
    off, both = cook(given_rows, OFF), cook(given_rows, BOTH)
    assert off["estimated_demand"].num_rows == 0
    assert set(off["pmiek_energy_demand"].column("imputed_share_pct").to_pylist()) == {Decimal(0)}
    assert both.breaches(*CAPPED[:2]) == []
    # Each half is what it is by itself.
    apart = [cook(given_rows, half)["estimated_demand"].num_rows for half in (INTERPOLATE, IMPUTE)]
    assert sum(apart) == both["estimated_demand"].num_rows
    again = cook(shuffled(given_rows, seed), BOTH, threads=2)
    assert differing(both, again, ("estimated_demand", *CAPPED[:2])) == []
    beside = ("site_demand", "municipality_demand", "province_demand", "national_demand", "pmiek_power_demand")
    assert differing(off, both, beside) == []


@FEW
@given(drawn=COMPANIES)
def test_shown_figures_are_the_same_with_estimates(cook: Cook, drawn: list[tuple]) -> None:
    key = ("province_code", "year", "scenario", "carrier", "use", "direction", "sector")

    def cells(settings: Round) -> dict[tuple, Row]:
        rows = cook(listed(drawn), settings)["pmiek_energy_demand"].to_pylist()
        return {tuple(row[name] for name in key): row for row in rows}

    off = cells(OFF)
    for place, row in cells(BOTH).items():
        before = off.get(place, {"energy_pj": None})
        hidden = row["cell_status"] == "too_much_estimated"
        assert row["energy_pj"] == (None if hidden else before["energy_pj"])
        assert hidden == (row["imputed_share_pct"] > 20) or row["imputed_share_pct"] == 20
