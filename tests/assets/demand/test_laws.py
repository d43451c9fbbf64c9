"""Checks what must hold of demand and pMIEK tables whatever is filed: sums of parts, order, threads, units.

Worked examples stand in `test_demand_sql` and `test_pmiek_sql`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blueprint.conversions import conversions

Cook = Callable[..., dict[str, pa.Table]]
Row = dict[str, Any]
Filed = dict[str, list[Row]]

HEAVY = [HealthCheck.too_slow, HealthCheck.data_too_large]
QUICK = settings(max_examples=12, deadline=None, suppress_health_check=HEAVY)
FEW = settings(max_examples=4, deadline=None, suppress_health_check=HEAVY)

# Abolished (GM0545, GM0457), of two provinces, and none at all.
PLACES = st.sampled_from(["GM0344", "GM0193", "GM0545", "GM1961", "GM0457", None])
MOMENTS = st.sampled_from([(2023, "base"), (2030, "plan"), (2030, "plan_high")])
CARRIERS = st.sampled_from(["electricity", "natural_gas", "hydrogen", "co2"])
FACTORS = {(c.carrier, c.unit, c.basis): c.factor for c in conversions()}
# PJ or kt: at most 1000, to the 9th decimal, so that TWh (a factor 1/3.6) never lies between two 12th decimals.
AMOUNTS = st.one_of(st.just(Decimal(0)), st.decimals(0, 1000, places=9), st.none())
SUMMED = ("energy_pj", "electricity_twh", "mass_kt", "company_count", "site_count", "not_filed_count")


@st.composite
def demand_rows(draw: st.DrawFn, carrier: str) -> Row:
    year, scenario = draw(MOMENTS)
    unit, basis = draw(st.sampled_from([key[1:] for key in FACTORS if key[0] == carrier]))
    amount = draw(AMOUNTS)
    return {
        "year": year,
        "scenario": scenario,
        "carrier": carrier,
        "use": draw(st.sampled_from(["energetic", "feedstock"])),
        "direction": draw(st.sampled_from(["offtake", "offtake", "supply"])),
        "value": None if amount is None else float(amount / FACTORS[(carrier, unit, basis)]),
        "unit": unit,
        "heating_value_basis": basis or None,
        "peak_mw": draw(st.sampled_from([None, 0.0, 1.1, 20.3])) if carrier == "electricity" else None,
    }


KEY = ("year", "scenario", "carrier", "use", "direction")


def distinct(lines: list[Row], names: tuple[str, ...]) -> list[Row]:
    return list({tuple(line[name] for name in names): line for line in lines}.values())


@st.composite
def companies(draw: st.DrawFn) -> Filed:
    """One company's filing with one or two sites, without its number."""
    filed: Filed = {"company": [{"sector": draw(st.sampled_from(["food", "paper"]))}], "site": []}
    for name in ("energy_demand", "connection", "project", "flexibility"):
        filed[name] = []
    for site_id in draw(st.sampled_from([["V1"], ["V1", "V2"]])):
        site = {"site_id": site_id}
        filed["site"].append({**site, "municipality_code": draw(PLACES)})
        lines = draw(st.lists(CARRIERS.flatmap(demand_rows), max_size=4))
        filed["energy_demand"] += [{**site, **line} for line in distinct(lines, KEY)]
        for number in range(draw(st.integers(0, 2))):
            filed["connection"].append({**site, "connection_id": f"{site_id}-{number}", **draw(CONNECTIONS)})
        for number in range(draw(st.integers(0, 2))):
            filed["project"].append({**site, "project_id": f"{site_id}-{number}", **draw(PROJECTS)})
        if draw(st.booleans()):
            filed["flexibility"].append({**site, "flexible_mw": draw(MEGAWATTS)})
    return filed


MEGAWATTS = st.sampled_from([0.1, 0.2, 1.7, 33.333, 100.0])
CONNECTIONS = st.fixed_dictionaries(
    {
        "grid_operator": st.sampled_from(["liander", "stedin"]),
        "voltage_level_kv": st.sampled_from([0.4, 10.0, 150.0]),
        "contracted_offtake_mw": MEGAWATTS,
        "request_pending": st.booleans(),
        "requested_extra_mw": MEGAWATTS,
    }
)
PROJECTS = st.fixed_dictionaries(
    {
        "certainty": st.sampled_from(["idea", "design", "fid"]),
        "probability_pct": st.sampled_from([None, 33.3]),
        "commissioning_date": st.dates(),
        "carrier_to": st.just("electricity"),
        "delta_value": MEGAWATTS,
        "delta_unit": st.just("GWh"),
        "delta_peak_mw": MEGAWATTS,
    }
)
ROUNDS_OF_FILINGS = st.lists(companies(), min_size=1, max_size=4)


def together(filings: list[Filed], first: int = 1) -> Filed:
    """The rows of several filings, each under its own submission and KvK number."""
    joined: Filed = {name: [] for name in filings[0]} if filings else {}
    for number, filing in enumerate(filings, start=first):
        own = {"submission_id": f"s{number}"}
        for name, lines in filing.items():
            joined[name] += [{**line, **own} for line in lines]
        joined["company"][-1]["kvk_number"] = f"1000000{number}"
    return joined


def sums(table: pa.Table, names: tuple[str, ...], key: tuple[str, ...]) -> dict[tuple, tuple]:
    """The cells with anything in them; what is absent or null counts for nothing in a sum."""
    cells = {tuple(row[k] for k in key): tuple(row[n] or 0 for n in names) for row in table.to_pylist()}
    return {place: values for place, values in cells.items() if any(values)}


def added(one: dict[tuple, tuple], other: dict[tuple, tuple]) -> dict[tuple, tuple]:
    zero = (0,) * max(len(values) for values in [(), *one.values(), *other.values()])
    return {
        place: tuple(a + b for a, b in zip(one.get(place, zero), other.get(place, zero), strict=True))
        for place in one | other
    }


@QUICK
@given(filings=ROUNDS_OF_FILINGS, cut=st.integers(0, 4))
def test_whole_is_the_sum_of_its_parts(cook: Cook, filings: list[Filed], cut: int) -> None:
    whole = cook(together(filings), stages=("demand",))
    left = cook(together(filings[:cut]), stages=("demand",))
    right = cook(together(filings[cut:], first=cut + 1), stages=("demand",))
    for name, place in (
        ("municipality_demand", ("province_code", "municipality_code")),
        ("province_demand", ("province_code",)),
        ("national_demand", ()),
    ):
        key = (*place, *KEY, "sector")
        assert sums(whole[name], SUMMED, key) == added(sums(left[name], SUMMED, key), sums(right[name], SUMMED, key))


@FEW
@given(filings=ROUNDS_OF_FILINGS, cut=st.integers(0, 4))
def test_pmiek_whole_is_the_sum_of_its_parts(cook: Cook, filings: list[Filed], cut: int) -> None:
    whole = cook(together(filings))
    left, right = cook(together(filings[:cut])), cook(together(filings[cut:], first=cut + 1))
    energy = ("province_code", *KEY, "sector")
    power = ("province_code", "grid_operator", "voltage_level", "year", "scenario", "certainty")
    # Contracts and flexibility are shown at every moment of the round, so only the peaks add up row by row.
    for name, key, names in (
        ("pmiek_energy_demand", energy, SUMMED),
        ("pmiek_power_demand", power, ("peak_sum_mw",)),
        (
            "pmiek_projects",
            ("province_code", "area_level", "municipality_code", "route", "certainty", "commissioning_year"),
            ("project_count", "company_count", "delta_peak_mw", "delta_energy_pj"),
        ),
    ):
        assert sums(whole[name], names, key) == added(sums(left[name], names, key), sums(right[name], names, key))


@FEW
@given(filings=ROUNDS_OF_FILINGS, seed=st.integers(0, 1000))
def test_order_of_rows_changes_nothing(cook: Cook, filings: list[Filed], seed: int) -> None:
    given_rows = together(filings)
    shuffled = {name: random.Random(seed).sample(lines, len(lines)) for name, lines in given_rows.items()}
    assert cook(shuffled) == cook(given_rows)


@FEW
@given(filings=ROUNDS_OF_FILINGS)
def test_number_of_threads_changes_nothing(cook: Cook, filings: list[Filed]) -> None:
    given_rows = together(filings)
    alone = cook(given_rows, threads=1)
    assert cook(given_rows, threads=2) == alone
    assert cook(given_rows, threads=8) == alone


@FEW
@given(filings=ROUNDS_OF_FILINGS, place=PLACES)
def test_filing_without_demand_changes_nothing(cook: Cook, filings: list[Filed], place: str | None) -> None:
    empty = {name: [] for name in filings[0]} | {"company": [{}], "site": [{"municipality_code": place}]}
    before, after = cook(together(filings)), cook(together([*filings, empty]))
    assert after["site_place"].num_rows == before["site_place"].num_rows + 1
    assert {**after, "site_place": None} == {**before, "site_place": None}


@QUICK
@given(filings=ROUNDS_OF_FILINGS)
def test_every_step_reconciles(cook: Cook, filings: list[Filed]) -> None:
    assert cook(together(filings), stages=("demand",), checked=True)["breaches"].to_pylist() == []


@FEW
@given(filings=ROUNDS_OF_FILINGS)
def test_pmiek_reconciles(cook: Cook, filings: list[Filed]) -> None:
    assert cook(together(filings), checked=True)["breaches"].to_pylist() == []


@QUICK
@given(carrier=CARRIERS, amount=st.decimals(0, 1000, places=9))
def test_same_amount_in_another_unit_is_the_same(cook: Cook, carrier: str, amount: Decimal) -> None:
    ways = [(key[1:], factor) for key, factor in FACTORS.items() if key[0] == carrier]
    lines = [
        {
            "site_id": f"V{number}",
            "carrier": carrier,
            "value": float(amount / factor),
            "unit": unit,
            "heating_value_basis": basis or None,
        }
        for number, ((unit, basis), factor) in enumerate(ways)
    ]
    filed = {"company": [{}], "site": [{"site_id": line["site_id"]} for line in lines], "energy_demand": lines}
    made = cook(filed, stages=("demand",))
    column = "mass_kt" if carrier == "co2" else "energy_pj"
    assert set(made["site_demand"].column(column).to_pylist()) == {amount}
    assert made["national_demand"].column(column).to_pylist() == [amount * len(ways)]
    if carrier == "electricity":
        assert len(set(made["site_demand"].column("electricity_twh").to_pylist())) == 1
