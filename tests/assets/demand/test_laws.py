"""Checks what must hold of demand and pMIEK tables whatever is filed: sums of parts, order, threads, units.

Worked examples stand in `test_demand_sql` and `test_pmiek_sql`.
"""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from blueprint.conversions import conversions
from tests.assets.cooked import Cook
from tests.assets.given import FEW, QUICK, SEEDS, Filed, Row, added, differing, distinct, shuffled, sums, together

SUMS = ("municipality_demand", "province_demand", "national_demand")
PMIEK = ("pmiek_energy_demand", "pmiek_power_demand", "pmiek_projects")
MADE = ("site_demand", *SUMS, *PMIEK)

# Abolished (GM0545, GM0457), of two provinces, and none at all.
PLACES = st.sampled_from(["GM0344", "GM0344", "GM0193", "GM0545", "GM1961", "GM0457", None])
MOMENTS = st.sampled_from([(2023, "base"), (2023, "base"), (2030, "plan"), (2030, "plan_high")])
CARRIERS = st.sampled_from(["electricity", "natural_gas", "hydrogen", "co2"])
FACTORS = {(c.carrier, c.unit, c.basis): c.factor for c in conversions()}
# PJ or kt: at most 1000, to the 9th decimal, so that TWh (a factor 1/3.6) never lies between two 12th decimals.
AMOUNTS = st.one_of(st.decimals(0, 1000, places=9), st.sampled_from([Decimal(0), Decimal(7), Decimal(9), None]))
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
        "use": draw(st.sampled_from(["energetic", "energetic", "feedstock"])),
        "direction": draw(st.sampled_from(["offtake", "offtake", "supply"])),
        "value": None if amount is None else float(amount / FACTORS[(carrier, unit, basis)]),
        "unit": unit,
        "heating_value_basis": basis or None,
        "peak_mw": draw(st.sampled_from([None, 0.0, 1.1, 20.3])) if carrier == "electricity" else None,
    }


KEY = ("year", "scenario", "carrier", "use", "direction")


@st.composite
def companies(draw: st.DrawFn, few: list[str]) -> Filed:
    """One company's filing of these carriers with one or two sites, without its number."""
    filed: Filed = {"company": [{"sector": draw(st.sampled_from(["food", "paper"]))}], "site": []}
    for name in ("energy_demand", "connection", "project", "flexibility"):
        filed[name] = []
    for site_id in draw(st.sampled_from([["V1"], ["V1", "V2"]])):
        site = {"site_id": site_id}
        filed["site"].append({**site, "municipality_code": draw(PLACES)})
        lines = draw(st.lists(st.sampled_from(few).flatmap(demand_rows), min_size=2, max_size=6))
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
# Of few carriers, or hardly ever two filings would come together in one cell of a sum.
ROUNDS_OF_FILINGS = st.lists(CARRIERS, min_size=1, max_size=2).flatmap(
    lambda few: st.lists(companies(few), min_size=2, max_size=4)
)


@FEW
@given(filings=ROUNDS_OF_FILINGS, cut=st.integers(0, 4))
def test_whole_is_the_sum_of_its_parts(cook: Cook, filings: list[Filed], cut: int) -> None:
    whole = cook(together(filings))
    left, right = cook(together(filings[:cut])), cook(together(filings[cut:], first=cut + 1))
    energy = ("province_code", *KEY, "sector")
    power = ("province_code", "grid_operator", "voltage_level", "year", "scenario", "certainty")
    place = ("province_code", "area_level", "municipality_code", "business_park")
    # Contracts and flexibility are shown at every moment of the round, so only the peaks add up row by row.
    for name, key, names in (
        ("municipality_demand", ("municipality_code", *energy), SUMMED),
        ("province_demand", energy, SUMMED),
        ("national_demand", energy[1:], SUMMED),
        ("pmiek_energy_demand", energy, SUMMED),
        ("pmiek_power_demand", power, ("peak_sum_mw",)),
        (
            "pmiek_projects",
            (*place, "route", "certainty", "commissioning_year"),
            ("project_count", "company_count", "delta_peak_mw", "delta_energy_pj"),
        ),
    ):
        assert sums(whole[name], key, names) == added(sums(left[name], key, names), sums(right[name], key, names))


@FEW
@given(filings=ROUNDS_OF_FILINGS, seed=SEEDS)
def test_order_of_rows_changes_nothing(cook: Cook, filings: list[Filed], seed: int) -> None:
    rows = together(filings)
    assert differing(cook(rows), cook(shuffled(rows, seed)), ("site_place", *MADE)) == []


@FEW
@given(filings=ROUNDS_OF_FILINGS)
def test_number_of_threads_changes_nothing(cook: Cook, filings: list[Filed]) -> None:
    rows = together(filings)
    assert differing(cook(rows, threads=1), cook(rows, threads=8), MADE) == []


@FEW
@given(filings=ROUNDS_OF_FILINGS, place=PLACES)
def test_filing_without_demand_changes_nothing(cook: Cook, filings: list[Filed], place: str | None) -> None:
    empty: Filed = {"company": [{}], "site": [{"municipality_code": place}]}
    before, after = cook(together(filings)), cook(together([*filings, empty]))
    assert after["site_place"].num_rows == before["site_place"].num_rows + 1
    assert differing(before, after, MADE) == []


@QUICK
@given(filings=ROUNDS_OF_FILINGS)
def test_everything_reconciles(cook: Cook, filings: list[Filed]) -> None:
    assert cook(together(filings)).breaches(*MADE) == []


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
    made = cook(filed)
    column = "mass_kt" if carrier == "co2" else "energy_pj"
    assert set(made["site_demand"].column(column).to_pylist()) == {amount}
    assert made["national_demand"].column(column).to_pylist() == [amount * len(ways)]
    if carrier == "electricity":
        assert len(set(made["site_demand"].column("electricity_twh").to_pylist())) == 1
