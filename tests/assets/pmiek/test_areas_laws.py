"""Checks what must hold of power, areas, gas and hydrogen whatever is filed: parts, weights, order, threads.

Worked examples stand in `test_areas_sql`; that the checks of the tables bite is tested in `test_checks`.
"""

from __future__ import annotations

import datetime as dt

from hypothesis import example, given
from hypothesis import strategies as st

from blueprint.load import blueprint
from tests.assets.cooked import Cook
from tests.assets.given import FEW, SEEDS, Filed, Row, differing, distinct, joined, shuffled, sums

MADE = ("site_connection", "pmiek_power_demand", "pmiek_area_demand", "pmiek_gas_heat_co2", "pmiek_hydrogen_branches")
NETWORKED = ("natural_gas", "green_gas", "hydrogen", "heat", "steam", "co2")
MEASURES = (
    "energy_pj", "electricity_twh", "mass_kt", "peak_sum_mw", "contracted_offtake_mw", "contracted_feed_in_mw",
    "requested_extra_mw", "project_extra_mw", "weighted_extra_mw", "project_extra_pj", "weighted_extra_pj",
    "project_extra_kt", "weighted_extra_kt", "connection_capacity_mva", "connection_capacity_mw",
    "pending_request_count", "flexible_mw", "flexible_more_offtake_mw", "flexible_less_feed_in_mw",
    "flexible_more_feed_in_mw", "own_generation_mw", "storage_mwh",
)  # fmt: skip
YEARLY = ("year", "scenario")

MEGAWATTS = st.sampled_from([None, 0.0, 0.1, 1.7, 33.333333])
PLACES = st.sampled_from(["GM0344", "GM0307", "GM0193", None])
NAMES = st.sampled_from([None, "Haven", "haven ", "HAVEN", "Lage  Weide", "lage weide", "Élan", " "])
MOMENTS = st.sampled_from([(2023, "base"), (2023, "base"), (2030, "plan"), (2030, "plan_high"), (2040, "plan")])
CONNECTIONS = st.fixed_dictionaries(
    {
        "grid_operator": st.sampled_from(["liander", "stedin", "tennet", "other_operator"]),
        "voltage_level_kv": st.sampled_from([None, 0.4, 10.0, 150.0, 380.0]),
        "substation": NAMES,
        "connection_capacity_mva": MEGAWATTS,
        "contracted_offtake_mw": MEGAWATTS,
        "contracted_feed_in_mw": MEGAWATTS,
        "pressure_bar": st.sampled_from([None, 0.1, 8.0, 41.0]),
        "capacity_m3_per_hour": st.sampled_from([None, 650.0]),
        "request_pending": st.booleans(),
        "requested_extra_mw": MEGAWATTS,
    }
)
PROJECTS = st.fixed_dictionaries(
    {
        "certainty": st.sampled_from(["idea", "design", "fid"]),
        "probability_pct": st.sampled_from([None, 0.0, 33.3, 100.0]),
        "commissioning_date": st.sampled_from([dt.date(year, 6, 1) for year in (2022, 2023, 2028, 2030, 2045)]),
        "delta_value": st.sampled_from([None, -2.5, 0.0, 10.0]),
        "delta_peak_mw": MEGAWATTS,
    }
)
FLEXIBILITY = st.fixed_dictionaries(
    {"flexible_mw": MEGAWATTS, "storage_mwh": MEGAWATTS, "own_generation_mw": MEGAWATTS}
)


@st.composite
def demand_rows(draw: st.DrawFn, carriers: st.SearchStrategy[str]) -> Row:
    year, scenario = draw(MOMENTS)
    carrier = draw(carriers)
    return {
        "year": year,
        "scenario": scenario,
        "carrier": carrier,
        "use": draw(st.sampled_from(["energetic", "energetic", "feedstock"])),
        "direction": draw(st.sampled_from(["offtake", "offtake", "supply"])),
        "value": draw(st.sampled_from([None, 0.0, 0.000001, 3.3, 7.25, 120.0])),
        "unit": "kt" if carrier == "co2" else "TJ",
        "peak_mw": draw(MEGAWATTS),
        "temperature_c": draw(st.sampled_from([None, 90.0, 180.0])),
    }


KEY = ("year", "scenario", "carrier", "use", "direction")


@st.composite
def filings(draw: st.DrawFn) -> Filed:
    """The rows of two or three companies, of one concern or not, with one or two sites each."""
    filed: Filed = {n: [] for n in ("company", "site", "connection", "energy_demand", "project", "flexibility")}
    # Of few carriers, or hardly ever two rows would come together in one cell of a sum.
    carriers = st.sampled_from(["electricity", draw(st.sampled_from(["hydrogen", "hydrogen", *NETWORKED]))])
    for number in range(1, draw(st.integers(2, 3)) + 1):
        own = {"submission_id": f"s{number}"}
        group = draw(st.sampled_from([None, "CONCERN"]))
        filed["company"].append({**own, "kvk_number": f"1000000{number}", "group_id": group})
        for site_id in draw(st.sampled_from([["V1"], ["V1", "V2"]])):
            here = {**own, "site_id": site_id}
            filed["site"].append({**here, "municipality_code": draw(PLACES), "business_park": draw(NAMES)})
            lines = distinct(draw(st.lists(demand_rows(carriers), min_size=2, max_size=6)), KEY)
            filed["energy_demand"] += [{**here, **line} for line in lines]
            for n, connection in enumerate(draw(st.lists(CONNECTIONS, max_size=3))):
                more = {"connection_id": f"{site_id}-{n}", "carrier": draw(carriers)}
                filed["connection"].append({**here, **more, **connection})
            for n, project in enumerate(draw(st.lists(PROJECTS, max_size=2))):
                carrier = draw(carriers)
                more = {"carrier_to": carrier, "delta_unit": "kt" if carrier == "co2" else "TJ"}
                filed["project"].append({**here, "project_id": f"{site_id}-{n}", **more, **project})
            for direction in draw(
                st.sampled_from([[], ["none"], ["less_offtake", "more_offtake"], ["less_feed_in", "more_feed_in"]])
            ):
                filed["flexibility"].append({**here, "flex_direction": direction, **draw(FLEXIBILITY)})
    return filed


def spelling(number: int, park: str) -> Filed:
    """A company with one site on this park and one line of demand."""
    here = {"submission_id": f"s{number}", "site_id": "V1"}
    demand = {"year": 2030, "scenario": "plan", "carrier": "electricity", "value": 1.0, "unit": "TJ"}
    return {
        "company": [{"submission_id": f"s{number}", "kvk_number": f"1000000{number}"}],
        "site": [{**here, "municipality_code": "GM0344", "business_park": park}],
        "energy_demand": [{**here, **demand}],
    }


TWO_SPELLINGS = joined(spelling(1, "HAVEN"), spelling(2, "Haven"))


@FEW
@given(filed=filings())
def test_every_kind_of_area_makes_the_same_province(cook: Cook, filed: Filed) -> None:
    made = cook(filed)
    assert made.breaches(*MADE) == []
    rows = made["pmiek_area_demand"].to_pylist()
    key = ("province_code", "carrier", "direction", *YEARLY)
    wholes = [
        sums([row for row in rows if row["area_kind"] == kind], key, MEASURES)
        for kind in blueprint().codes["area_kinds"].names
    ]
    assert all(whole == wholes[0] for whole in wholes)
    sites = [{**row, "peak_sum_mw": row["peak_mw"]} for row in made["site_demand"].to_pylist()]
    filed_sums = sums(sites, key, MEASURES[:4])
    assert {cell: found[:4] for cell, found in wholes[0].items() if any(found[:4])} == filed_sums


@FEW
@given(filed=filings())
def test_weighted_is_between_nothing_and_all_and_certainties_make_all(cook: Cook, filed: Filed) -> None:
    made = cook(filed)
    for name, key, pairs in (
        ("pmiek_power_demand", ("province_code", "grid_operator", "voltage_level", *YEARLY), [("mw",)]),
        ("pmiek_gas_heat_co2", ("province_code", "transporter", "carrier", "direction", *YEARLY), [("pj",), ("kt",)]),
    ):
        names = tuple(f"{kind}_extra_{unit}" for (unit,) in pairs for kind in ("project", "weighted"))
        rows = made[name].to_pylist()
        whole = sums([row for row in rows if row["certainty"] == "all"], key, names)
        assert sums([row for row in rows if row["certainty"] != "all"], key, names) == whole
    for row in made["pmiek_area_demand"].to_pylist():
        if row["project_extra_mw"] is not None:
            assert 0 <= row["weighted_extra_mw"] <= row["project_extra_mw"]


@FEW
@given(filed=filings(), seed=SEEDS)
def test_order_and_threads_change_nothing(cook: Cook, filed: Filed, seed: int) -> None:
    assert differing(cook(filed), cook(shuffled(filed, seed), threads=2), MADE) == []


@FEW
@example(filed=TWO_SPELLINGS, place="GM0344", park="Haven")
@given(filed=filings(), place=PLACES, park=NAMES)
def test_filing_of_nothing_changes_nothing(cook: Cook, filed: Filed, place: str | None, park: str | None) -> None:
    own = {"submission_id": "s9"}
    more = {
        **filed,
        "company": [*filed["company"], {**own, "kvk_number": "10000009"}],
        "site": [*filed["site"], {**own, "municipality_code": place, "business_park": park}],
    }
    assert differing(cook(filed), cook(more), MADE) == []
