"""Checks what must hold of bottlenecks, casework, change, supply and areas whatever is filed: sums, order, threads.

Worked examples stand in `test_cases_sql`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.assets.cooked import Cook, Cooked
from tests.assets.given import FEW, SEEDS, Filed, Row, added, differing, distinct, shuffled, sums, together

TABLES = (
    "site_bottleneck", "pmiek_bottlenecks", "case_candidates", "round_change", "pmiek_supply", "pmiek_storage",
    "area_opportunities",
)  # fmt: skip
PLACES = st.sampled_from(["GM0344", "GM0193", "GM0545", None])
KINDS = st.sampled_from(["grid_congestion", "connection_time", "co2_infrastructure", "finance"])
LEVELS = st.sampled_from([None, "company", "regieteam"])
MEGAWATTS = st.sampled_from([None, -1.5, 0.1, 0.2, 33.333])
PARKS = st.sampled_from([None, "Noord", " noord", "Zuid"])
STREAMS = st.sampled_from([("heat", "TJ"), ("steam", "GJ"), ("electricity", "GWh"), ("co2", "kt"), ("hydrogen", "t")])


@st.composite
def demand(draw: st.DrawFn, few: list[tuple[str, str]]) -> Row:
    carrier, unit = draw(st.sampled_from(few))
    year, scenario = draw(st.sampled_from([(2023, "base"), (2023, "base"), (2030, "plan")]))
    warm = carrier in ("heat", "steam")
    return {
        "carrier": carrier, "unit": unit, "year": year, "scenario": scenario,
        "direction": draw(st.sampled_from(["offtake", "supply"])),
        "value": draw(st.sampled_from([None, 0.0, 0.1, 0.7, 12.25, 333.333])),
        "temperature_c": draw(st.sampled_from([None, 40.0, 60.0, 150.0, 600.0])) if warm else None,
    }  # fmt: skip


@st.composite
def filings(draw: st.DrawFn, few: list[tuple[str, str]]) -> Filed:
    """One company's filing of these carriers with one or two sites, without its number."""
    filed: Filed = {"company": [{}], "submission": [{"submitted_on": dt.date(2026, 3, 1)}]}
    for name in ("site", "energy_demand", "connection", "project", "flexibility", "bottleneck", "consent"):
        filed[name] = []
    for site_id in draw(st.sampled_from([["V1"], ["V1", "V2"]])):
        own = {"site_id": site_id}
        x, y = draw(st.tuples(st.integers(0, 40), st.integers(0, 5)))
        place = {"rd_x_m": 130_000.0 + 1000 * x, "rd_y_m": 455_000.0 + 1000 * y} if draw(st.booleans()) else {}
        filed["site"].append({**own, "municipality_code": draw(PLACES), "business_park": draw(PARKS), **place})
        key = ("carrier", "year", "scenario", "direction")
        lines = distinct(draw(st.lists(demand(few), max_size=5)), key)
        filed["energy_demand"] += [{**own, **line} for line in lines]
        if draw(st.booleans()):
            asked = {"request_pending": True, "requested_extra_mw": draw(st.sampled_from([0.1, 50.0]))}
            filed["connection"].append({**own, "connection_id": site_id, "grid_operator": "liander", **asked})
        carrier, unit = draw(st.sampled_from([(None, "GWh"), ("electricity", "GWh"), ("co2", "kt")]))
        filed["project"].append(
            {
                **own, "project_id": f"P-{site_id}", "commissioning_date": dt.date(2029, 1, 1), "carrier_to": carrier,
                "delta_peak_mw": draw(MEGAWATTS), "delta_value": draw(MEGAWATTS), "delta_unit": unit,
            }
        )  # fmt: skip
        if draw(st.booleans()):
            stored = {"storage_mwh": draw(st.sampled_from([None, 0.3])), "own_generation_mw": 0.1}
            filed["flexibility"].append({**own, **stored, "energy_hub": draw(st.sampled_from([None, "Hub"]))})
    sites = [site["site_id"] for site in filed["site"]]
    for number in range(draw(st.integers(0, 4))):
        filed["bottleneck"].append(
            {
                "bottleneck_id": f"K{number}", "site_id": draw(st.sampled_from(sites)), "bottleneck_kind": draw(KINDS),
                "escalation": draw(LEVELS), "help_requested": draw(st.booleans()),
                "project_id": draw(st.sampled_from([None, *(f"P-{site_id}" for site_id in sites)])),
            }
        )  # fmt: skip
    if draw(st.booleans()):
        filed["consent"].append({"consent_purpose": "case_based_approach", "granted": draw(st.booleans())})
    return filed


# Of few carriers, or hardly ever two filings would come together in one cell of a sum.
ROUNDS = st.lists(STREAMS, min_size=1, max_size=2).flatmap(lambda few: st.lists(filings(few), min_size=1, max_size=4))


def previous(made: Cooked, filed: Filed) -> dict[str, Any]:
    """What the next round reads of this one."""
    names = ("company", "site", "connection")
    return {f"previous_{name}": filed[name] for name in names} | {"previous_site_demand": made["site_demand"]}


CELL = ("province_code", "bottleneck_kind", "escalation", "certainty")
WAITING = ("waiting_mw", "waiting_project_mw", "waiting_request_mw", "waiting_pj", "waiting_kt")
WEIGHTED = ("weighted_project_mw", "weighted_waiting_pj", "weighted_waiting_kt")
COUNTS = ("bottleneck_count", "site_count", "company_count", "help_requested_count", "without_consent_count")
STREAM = ("carrier", "year", "scenario")
ADDITIVE = (
    ("pmiek_bottlenecks", CELL, (*COUNTS, *WAITING, *WEIGHTED)),
    ("case_candidates", ("province_code", "bottleneck_kind", "area_id"), ("bottleneck_count", *WAITING)),
    (
        "pmiek_supply",
        ("province_code", "municipality_code", "temperature_class", *STREAM),
        ("energy_pj", "mass_kt", "company_count", "site_count", "not_filed_count"),
    ),
    (
        "pmiek_storage",
        ("province_code", "municipality_code", "own_generation_type"),
        ("own_generation_mw", "storage_mwh", "company_count", "site_count"),
    ),
)


@FEW
@given(filed=ROUNDS, cut=st.integers(0, 4))
def test_whole_is_the_sum_of_its_parts(cook: Cook, filed: list[Filed], cut: int) -> None:
    whole = cook(together(filed))
    left, right = cook(together(filed[:cut])), cook(together(filed[cut:], first=cut + 1))
    for name, key, names in ADDITIVE:
        assert sums(whole[name], key, names) == added(sums(left[name], key, names), sums(right[name], key, names))


@FEW
@given(before=ROUNDS, now=ROUNDS)
def test_everything_reconciles_beside_a_previous_round(cook: Cook, before: list[Filed], now: list[Filed]) -> None:
    given_before, given_now = together(before), together(now)
    made = cook({**given_now, **previous(cook(given_before), given_before)})
    assert made.breaches(*(name for name in TABLES if name != "site_bottleneck")) == []


@FEW
@given(filed=ROUNDS)
def test_the_same_round_again_changes_nothing(cook: Cook, filed: list[Filed]) -> None:
    rows = together(filed)
    changes = cook({**rows, **previous(cook(rows), rows)})["round_change"].to_pylist()
    assert {row["change_reason"] for row in changes} <= {"all"}
    assert {row["energy_change_pj"] or row["mass_change_kt"] or Decimal(0) for row in changes} <= {Decimal(0)}


@FEW
@given(filed=ROUNDS, seed=SEEDS)
def test_order_and_threads_change_nothing(cook: Cook, filed: list[Filed], seed: int) -> None:
    rows = together(filed)
    beside = previous(cook(rows), rows)
    known, again = cook({**rows, **beside}), cook({**shuffled(rows, seed), **beside}, threads=8)
    assert differing(known, again, TABLES) == []


@FEW
@given(filed=ROUNDS, place=PLACES)
def test_an_empty_submission_changes_nothing(cook: Cook, filed: list[Filed], place: str | None) -> None:
    rows = together(filed)
    beside = previous(cook(rows), rows)
    empty: Filed = {"company": [{}], "submission": [{}], "site": [{"municipality_code": place}]}
    known, after = cook({**rows, **beside}), cook({**together([*filed, empty]), **beside})
    assert differing(known, after, TABLES) == []


@FEW
@given(filed=ROUNDS)
def test_another_user_never_makes_less_fit(cook: Cook, filed: list[Filed]) -> None:
    """Within one park, where everybody is in reach of everybody."""
    rows = together(filed)
    for site in rows["site"]:
        site |= {"business_park": "Noord", "municipality_code": "GM0344", "rd_x_m": None, "rd_y_m": None}
    more = together([*filed, _user()])
    more["site"] = [*rows["site"], more["site"][-1]]
    known, after = (sums(cook(one)["area_opportunities"], STREAM, ("matched_pj", "matched_kt")) for one in (rows, more))
    assert all(after[key] >= fits for key, fits in known.items())


def _user() -> Filed:
    line = {"carrier": "heat", "unit": "TJ", "value": 5.0, "temperature_c": 40.0}
    site = {"business_park": "Noord", "municipality_code": "GM0344"}
    return {"company": [{}], "submission": [{}], "site": [site], "energy_demand": [line]}
