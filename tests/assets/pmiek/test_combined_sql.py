"""All sectors beside one another: worked examples, and that industry is never twice whatever the loaded tables hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.assets.cooked import Cook, Cooked
from tests.assets.given import QUICK, SEEDS, Filed, Row, joined, shuffled

NAME = "pmiek_combined_demand"


def site(number: int, place: str | None, *demand: Row) -> Filed:
    own = {"submission_id": f"s{number}"}
    return {
        "company": [{**own, "kvk_number": f"1000000{number}"}],
        "site": [{**own, "municipality_code": place}],
        "energy_demand": [{**own, "year": 2030, "scenario": "plan", "unit": "PJ", **row} for row in demand],
    }


def loaded(value: float | None, sector: str = "industry", place: str | None = None, **more: Any) -> Row:
    row = {"province_code": "PV26", "municipality_code": place, "other_sector": sector, "carrier": "electricity"}
    row |= {
        "holds_industry": None,
        "peak_mw": None,
        "direction": "offtake",
        "year": 2030,
        "demand_scenario": "ip2026_km",
        "value": value,
        "unit": "PJ",
    }
    return row | {"demand_source": "bron", **more}


def cell(made: Cooked, sector: str = "all", **more: Any) -> Row:
    kinds = {"all": "together"}
    wanted = {
        "province_code": "PV26",
        "other_sector": sector,
        "part_kind": kinds.get(sector, "loaded"),
        "carrier": "electricity",
        "direction": "offtake",
        "year": 2030,
        "demand_scenario": "ip2026_km",
        **more,
    }
    found = [row for row in near(made, wanted["year"]) if wanted.items() <= row.items()]
    assert len(found) == 1, wanted
    return found[0]


def near(made: Cooked, year: int) -> list[Row]:
    """The rows of Utrecht and Zeeland in a year: the whole table has thousands, mostly without a figure."""
    chosen = pc.field("year").isin([year]) & pc.field("province_code").isin(["PV26", "PV29"])
    return made[NAME].filter(chosen & pc.field("carrier").isin(["electricity", "natural_gas"])).to_pylist()


def amounts(row: Row) -> tuple:
    return tuple(None if row[n] is None else float(row[n]) for n in ("energy_pj", "counted_pj", "left_out_pj"))


UTRECHT, AMERSFOORT = "GM0344", "GM0307"
TWO = joined(site(1, UTRECHT, {"value": 10.0, "peak_mw": 4.0}), site(2, AMERSFOORT, {"value": 3.0, "peak_mw": 2.0}))


@pytest.mark.parametrize(
    ("others", "filed", "other", "whole"),
    [
        ([loaded(25.0, holds_industry="none")], (13, 13, 0), (25, 25, 0), (38, 38, 0)),
        ([loaded(25.0, holds_industry="all_industry")], (13, 0, 13), (25, 25, 0), (25, 25, 13)),
        ([loaded(12.0, holds_industry="cluster6_only")], (13, 13, 0), (12, 0, 12), (13, 13, 12)),
        # Only what was filed in that municipality is in the loaded row.
        ([loaded(25.0, place=UTRECHT, holds_industry="all_industry")], (13, 3, 10), (25, 25, 0), (28, 28, 10)),
        # Nobody filed in Zeist, so the loaded companies count.
        ([loaded(5.0, place="GM0355", holds_industry="cluster6_only")], (13, 13, 0), (5, 5, 0), (18, 18, 0)),
        # A row without energy holds no energy of the industry.
        ([loaded(None, peak_mw=9.0, holds_industry="all_industry")], (13, 13, 0), (None, None, None), (13, 13, 0)),
    ],
)
def test_industry_counts_once(cook: Cook, others: list[Row], filed: tuple, other: tuple, whole: tuple) -> None:
    made = cook({**TWO, "other_demand": others})
    assert amounts(cell(made, "industry", part_kind="filed")) == filed
    assert amounts(cell(made, "industry")) == other
    assert amounts(cell(made)) == whole
    assert made.breaches(NAME) == []


def test_each_part_names_its_source(cook: Cook) -> None:
    rows = [loaded(1.0, "mobility", demand_source="ElaadNL"), loaded(2.0, "agriculture", demand_source="WUR")]
    row = cell(cook({**TWO, "other_demand": rows}))
    parts = "Landbouw: WUR | Industrie: Opgaven van bedrijven, ronde proef | Mobiliteit: ElaadNL"
    assert row["demand_source"] == parts


def test_plan_of_the_company_stands_for_the_scenario_and_the_next_one_where_it_is_not_there(cook: Cook) -> None:
    filed = joined(
        site(1, UTRECHT, {"value": 10.0}, {"value": 15.0, "scenario": "plan_high"}), site(2, UTRECHT, {"value": 3.0})
    )
    made = cook(filed)
    found = {
        name: (cell(made, demand_scenario=name)["energy_pj"], cell(made, demand_scenario=name)["other_plan_count"])
        for name in ("ip2026_km", "ip2026_ev", "ip2026_ha")
    }
    assert found == {
        "ip2026_km": (Decimal(13), 0),
        "ip2026_ev": (Decimal(18), 1),
        "ip2026_ha": (Decimal(13), 2),
    }


def test_base_year_stands_there_once(cook: Cook) -> None:
    made = cook(site(1, UTRECHT, {"value": 10.0, "year": 2023, "scenario": "base"}))
    assert {row["demand_scenario"] for row in near(made, 2023)} == {"base"}
    assert cell(made, year=2023, demand_scenario="base")["energy_pj"] == 10


def test_what_is_absent_is_a_row(cook: Cook) -> None:
    made = cook(TWO)
    assert cell(made, "mobility")["cell_status"] == "not_loaded"
    assert cell(made, province_code="PV29")["cell_status"] == "not_filed"
    assert amounts(cell(made, "mobility")) == (None, None, None)


def test_gas_on_the_higher_heating_value_and_an_abolished_municipality(cook: Cook) -> None:
    gas = {"carrier": "natural_gas", "heating_value_basis": "HHV"}
    made = cook({"other_demand": [loaded(10.0, "agriculture", "GM0545", **gas)]})
    # Leerdam became Vijfheerenlanden, in the province of Utrecht.
    row = cell(made, "agriculture", carrier="natural_gas")
    assert row["energy_pj"] == Decimal("8.99914700028")
    assert made.breaches(NAME) == []


PLACES = [None, UTRECHT, AMERSFOORT]
AMOUNTS = st.one_of(st.none(), st.integers(0, 50).map(float))


@st.composite
def rounds(draw: st.DrawFn) -> Filed:
    """Filings, and loaded rows that the load would let through: one row a place may hold the same industry."""
    filings = [
        site(
            number,
            draw(st.sampled_from(PLACES)),
            *(
                {"value": draw(AMOUNTS), "peak_mw": draw(AMOUNTS), "scenario": scenario}
                for scenario in draw(st.sets(st.sampled_from(["plan", "plan_high"])))
            ),
        )
        for number in range(1, draw(st.integers(1, 4)))
    ]
    rows = []
    for scenario in ("ip2026_km", "ip2026_ev"):
        whole = draw(st.booleans())
        for place in [None] if whole else draw(st.sets(st.sampled_from(PLACES[1:]))):
            for sector in draw(st.sets(st.sampled_from(["mobility", "other", "industry"]), max_size=2)):
                holds = draw(st.sampled_from(["none", "all_industry", "cluster6_only"]))
                holds = None if sector == "mobility" else "none" if sector == "other" else holds
                more = {"holds_industry": holds, "demand_scenario": scenario, "peak_mw": draw(AMOUNTS)}
                rows.append(loaded(draw(AMOUNTS), sector, place, **more))
    # One row that is always there, so that the cells of 2030 are.
    rows += [loaded(0.0, "generation", demand_scenario=scenario) for scenario in ("ip2026_km", "ip2026_ev")]
    return {"other_demand": rows, **joined(*filings)}


@QUICK
@given(came=rounds(), seed=SEEDS)
def test_industry_is_never_twice(cook: Cook, came: Filed, seed: int) -> None:
    made = cook(came)
    assert made.breaches(NAME) == []
    for scenario, plans in (("ip2026_km", ["plan"]), ("ip2026_ev", ["plan_high", "plan"])):
        for measure, name in (("value", "energy_pj"), ("peak_mw", "peak_sum_mw")):
            expected = worked_out(came, scenario, plans, measure)
            assert (cell(made, demand_scenario=scenario)[name] or 0) == expected
    assert cook(shuffled(came, seed), threads=2)[NAME] == made[NAME]


def worked_out(rows: Filed, scenario: str, plans: list[str], measure: str) -> float:
    """The sum in plain Python: each filed value where no loaded row holds it, each loaded row unless it gives way."""
    places = {row["submission_id"]: row["municipality_code"] for row in rows.get("site", [])}
    chosen: dict[str, Row] = {}
    for row in rows.get("energy_demand", []):
        if row["scenario"] in plans and row["value"] is not None:
            best = chosen.get(row["submission_id"])
            if best is None or plans.index(row["scenario"]) < plans.index(best["scenario"]):
                chosen[row["submission_id"]] = row
    ours = [(places[name], row[measure]) for name, row in chosen.items() if row[measure] is not None]
    # A site that could not be placed is in no province.
    ours = [(place, amount) for place, amount in ours if place]
    others = [r for r in rows["other_demand"] if r["demand_scenario"] == scenario and r[measure] is not None]
    total = 0.0
    for place, amount in ours:
        held = [r for r in others if r["holds_industry"] == "all_industry" and r["municipality_code"] in (None, place)]
        total += 0 if held else amount
    for row in others:
        filed = [amount for place, amount in ours if row["municipality_code"] in (None, place)]
        total += 0 if row["holds_industry"] == "cluster6_only" and filed else row[measure]
    return total


def test_only_electricity_has_twh(cook: Cook) -> None:
    """Also where what was filed stands beside a loaded row that counts in its place."""
    gas = loaded(30.0, carrier="natural_gas", heating_value_basis="LHV", holds_industry="all_industry")
    power = loaded(36.0, holds_industry="all_industry")
    both = {**TWO, "other_demand": [gas, power]}
    made = cook(both)
    assert cell(made, carrier="natural_gas")["electricity_twh"] is None
    assert cell(made)["electricity_twh"] == Decimal(10)
