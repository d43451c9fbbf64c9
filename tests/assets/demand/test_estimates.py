"""Estimates of a round that asks for them: worked examples, what is never estimated, and that nothing else changes."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assets.rounds import Round

Cook = Callable[..., dict[str, pa.Table]]
Row = dict[str, Any]
Given = dict[str, list[Row]]
OFF = Round(round="proef")
INTERPOLATE = Round(round="proef", interpolate=True)
IMPUTE = Round(round="proef", impute=True)
BOTH = Round(round="proef", interpolate=True, impute=True)
# A round takes a second: making a failing one smaller would take minutes.
UNSHRUNK = [Phase.explicit, Phase.reuse, Phase.generate]
FEW = hypothesis_settings(max_examples=4, deadline=None, phases=UNSHRUNK, suppress_health_check=[HealthCheck.too_slow])


def filed(value: float | None, year: int = 2023, **more: Any) -> Row:
    return {"year": year, "scenario": "base" if year == 2023 else "plan", "unit": "PJ", "value": value, **more}


def one_site(*demand: Row) -> Given:
    return {"company": [{}], "site": [{}], "energy_demand": list(demand)}


def estimated(made: dict[str, pa.Table]) -> list[tuple]:
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
    made = cook(one_site(*demand), INTERPOLATE, stages=("demand",))
    assert estimated(made) == found
    assert {row["estimate_kind"] for row in made["estimated_demand"].to_pylist()} <= {"interpolated"}


@FEW
@given(start=st.integers(0, 900), step=st.decimals(0, 3, places=9))
def test_a_straight_path_gives_itself_back(cook: Cook, start: int, step: Decimal) -> None:
    def on_the_line(year: int) -> Decimal:
        return start + step * (year - 2023)

    given_rows = one_site(filed(float(start)), filed(float(on_the_line(2050)), 2050))
    made = cook(given_rows, INTERPOLATE, stages=("demand",))
    assert made["estimated_demand"].num_rows == 5
    for row in made["estimated_demand"].to_pylist():
        assert abs(row["energy_pj"] - on_the_line(row["year"])) <= Decimal("1e-11")


def company(number: int, pj: float, tonnes: float | None, state: str = "accepted", sector: str = "food") -> Given:
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


def together(*parts: Given) -> Given:
    return {name: [row for part in parts for row in part.get(name, [])] for name in {n for p in parts for n in p}}


FIVE = [company(number, 10.0, 1000.0) for number in range(1, 6)]


def imputed(made: dict[str, pa.Table]) -> list[tuple]:
    names = ("kvk_number", "province_code", "sector", "year", "carrier", "respondent_count")
    rows = made["estimated_demand"].to_pylist()
    return [(*(row[name] for name in names), float(row["energy_pj"])) for row in rows]


def test_who_filed_nothing_has_the_energy_per_tonne_of_the_sector(cook: Cook) -> None:
    # 50 PJ on 5,000 tonnes: 0.01 PJ per tonne, of 700 tonnes.
    made = cook(together(*FIVE, company(6, 0, 700.0, "missing")), IMPUTE, checked=True)
    assert imputed(made) == [("10000006", "PV26", "food", 2023, "electricity", 5, 7.0)]
    assert made["breaches"].to_pylist() == []
    cell = power(made)
    assert (cell["energy_pj"], cell["estimated_pj"], cell["imputed_share_pct"]) == (50, 7, Decimal("12.3"))
    (row,) = [r for r in made["pmiek_coverage"].to_pylist() if (r["province_code"], r["sector"]) == ("PV26", "food")]
    assert row["imputed_share_pct"] == Decimal("12.3")


def power(made: dict[str, pa.Table], sector: str = "food", year: int = 2023) -> Row:
    wanted = {"province_code": "PV26", "sector": sector, "year": year, "carrier": "electricity"}
    (row,) = [row for row in made["pmiek_energy_demand"].to_pylist() if wanted.items() <= row.items()]
    return row


@pytest.mark.parametrize(
    "given_rows",
    [
        # Four respondents do not speak for a sector, nor do five of which one has no known emissions.
        together(*FIVE[:4], company(6, 0, 700.0, "missing")),
        together(*FIVE[:4], company(5, 10.0, None), company(6, 0, 700.0, "missing")),
        together(*FIVE, company(6, 0, None, "missing")),
        together(*FIVE, company(6, 0, 700.0, "missing", "glass")),
        # Who was sent back has filed something: that is to be mended, not estimated.
        together(*FIVE, {**company(6, 0, 700.0, "returned"), "company": [], "site": [], "energy_demand": []}),
    ],
)
def test_without_enough_to_go_by_nothing_is_imputed(cook: Cook, given_rows: Given) -> None:
    assert imputed(cook(given_rows, IMPUTE, stages=("demand",))) == []


def test_emissions_of_the_eu_ets_stand_in_for_those_of_the_list(cook: Cook) -> None:
    installation = {"nea_permit_number": "NL-1", "installation_name": "Hal", "kvk_number": "10000006"}
    emissions = [{**installation, "year": year, "verified_emissions_t": 300.0} for year in (2022, 2023)]
    made = cook(
        together(*FIVE, company(6, 0, None, "missing"), {"ets_emissions": emissions}), IMPUTE, stages=("demand",)
    )
    assert [row[-1] for row in imputed(made)] == [3.0]


@pytest.mark.parametrize(
    ("tonnes", "status", "share"), [(1250.0, "shown", "20.0"), (1251.0, "too_much_estimated", "20.0")]
)
def test_more_than_a_fifth_estimated_is_not_shown(cook: Cook, tonnes: float, status: str, share: str) -> None:
    made = cook(together(*FIVE, company(6, 0, tonnes, "missing")), IMPUTE, checked=True)
    cell = power(made)
    assert (cell["cell_status"], cell["imputed_share_pct"]) == (status, Decimal(share))
    figures = [cell[name] for name in ("energy_pj", "electricity_twh", "estimated_pj", "change_from_base_pct")]
    assert (figures == [None] * 4) == (status != "shown")
    assert made["breaches"].to_pylist() == []
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


def listed(drawn: list[tuple]) -> Given:
    parts = []
    for number, (state, tonnes, lines) in enumerate(drawn, start=1):
        part = company(number, 0, tonnes, state)
        if state != "missing":
            part["energy_demand"] = [filed(value, year, submission_id=f"s{number}") for year, value in lines]
        parts.append(part)
    return together({"expected": []}, *parts)


@FEW
@given(drawn=COMPANIES, seed=st.integers(0, 99))
def test_estimates_stand_beside_and_change_nothing_else(cook: Cook, drawn: list[tuple], seed: int) -> None:
    given_rows = listed(drawn)
    off, both = cook(given_rows, OFF, checked=True), cook(given_rows, BOTH, checked=True)
    assert (off["breaches"].num_rows, both["breaches"].num_rows) == (0, 0)
    assert off["estimated_demand"].num_rows == 0
    assert set(off["pmiek_energy_demand"].column("imputed_share_pct").to_pylist()) == {Decimal(0)}
    for name in ("site_demand", "municipality_demand", "province_demand", "national_demand", "pmiek_power_demand"):
        assert both[name] == off[name]
    # Each half is what it is by itself.
    apart = [cook(given_rows, one, stages=("demand",))["estimated_demand"].num_rows for one in (INTERPOLATE, IMPUTE)]
    assert sum(apart) == both["estimated_demand"].num_rows
    shuffled = {name: random.Random(seed).sample(lines, len(lines)) for name, lines in given_rows.items()}
    assert cook(shuffled, BOTH, threads=1) | {"breaches": None} == both | {"breaches": None}


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
