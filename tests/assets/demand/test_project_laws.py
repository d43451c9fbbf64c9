"""Checks what must hold of projects and paths whatever is filed: sums of parts, weights, certainty, order, threads.

Worked examples stand in `blueprint/examples` and are run by `test_project_examples`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.assets.cooked import Cook, Cooked
from tests.assets.demand.test_laws import KEY, PLACES
from tests.assets.given import FEW, SEEDS, Filed, Row, added, differing, distinct, shuffled, sums, together

SITE_LEVEL = ("site_project", "site_project_step", "site_path")
UNITS = {"electricity": "GWh", "natural_gas": "TJ", "hydrogen": "kt", "co2": "kt", "process_gas": "TJ"}
CARRIERS = st.sampled_from(list(UNITS))
MOMENTS = st.sampled_from([(2023, "base"), (2023, "base"), (2027, "plan"), (2030, "plan"), (2030, "plan_high")])
# More decimals than a table keeps, a decrease, nothing, and not filed.
DELTAS = st.sampled_from([0.1, 33.333333333, 100.0, 1e-9, -12.7, 0.0, None])
DEPENDENCIES = st.sampled_from([None, "", "permit", "grid_connection;subsidy", "nitrogen;nitrogen;permit"])
SITES = ("V1", "V2")


def demand(carriers: st.SearchStrategy[str]) -> st.SearchStrategy[Row]:
    return st.builds(
        lambda site, moment, carrier, use, direction, value: {
            "site_id": site, "year": moment[0], "scenario": moment[1], "carrier": carrier, "unit": UNITS[carrier],
            "use": use, "direction": direction, "value": value,
        },
        st.sampled_from(SITES), MOMENTS, carriers, st.sampled_from(["energetic", "energetic", "feedstock"]),
        st.sampled_from(["offtake", "offtake", "supply"]), st.sampled_from([None, 0.0, 5.5, 7.25, 812.4]),
    )  # fmt: skip


def projects(carriers: st.SearchStrategy[str]) -> st.SearchStrategy[Row]:
    return st.builds(
        lambda site, to, before, delta, peak, year, certainty, chance, needs, other, instead, co2: {
            "site_id": site, "carrier_to": to, "carrier_from": before, "delta_value": delta,
            "delta_unit": None if delta is None or to is None else UNITS[to], "delta_peak_mw": peak,
            "commissioning_date": dt.date(year, 7, 1), "certainty": certainty, "probability_pct": chance,
            "depends_on": needs, "alternative_without_grid": other, "alternative_carrier": instead,
            "technique": "heat_pump" if needs else None, "co2_reduction_kt": co2,
        },
        st.sampled_from(SITES), st.one_of(carriers, st.none()), st.one_of(carriers, st.none()), DELTAS,
        st.sampled_from([None, 0.3, 17.0, -2.5]), st.sampled_from([2020, 2023, 2024, 2029, 2029, 2031, 2050, 2060]),
        st.sampled_from(["idea", "idea", "design", "fid", "operational"]),
        st.sampled_from([None, 0.0, 33.3, 100.0, 140.0]), DEPENDENCIES, st.sampled_from([None, " ", "Later"]),
        st.sampled_from([None, None, "natural_gas", "electricity"]),
        st.sampled_from([None, 1.1, -0.4]),
    )  # fmt: skip


@st.composite
def filings_of_one(draw: st.DrawFn, few: list[str]) -> Filed:
    """One company's filing with two sites, demand at some moments and projects that may or may not explain it."""
    parks = st.sampled_from([None, "Lage Weide", "lage weide", "Hessenpoort"])
    sites = [{"site_id": s, "municipality_code": draw(PLACES), "business_park": draw(parks)} for s in SITES]
    carriers = st.sampled_from(few)
    streams = distinct(draw(st.lists(demand(carriers), min_size=2, max_size=10)), ("site_id", *KEY))
    changes = [{**row, "project_id": f"P{n}"} for n, row in enumerate(draw(st.lists(projects(carriers), max_size=6)))]
    return {"company": [{"sector": "food"}], "site": sites, "energy_demand": streams, "project": changes}


# Of few carriers, or hardly ever two filings would come together in one cell of a sum.
FILINGS = st.lists(CARRIERS, min_size=2, max_size=2).flatmap(
    lambda few: st.lists(filings_of_one(few), min_size=1, max_size=3)
)
MEASURES = ("energy_pj", "mass_kt")
PATH = ("province_code", "carrier", "use", "direction", "year", "scenario", "certainty")
PATH_SUMS = (
    "project_count", "site_count", "path_site_count", "company_count",
    *(f"{kind}_{measure}" for measure in MEASURES for kind in (
        "base", "delta", "unexplained", "plan", "without_projects", "weighted", "weighted_plan", "off_path",
        "weighted_off_path",
    )),
)  # fmt: skip
AREA = ("province_code", "area_level", "municipality_code", "business_park", "route", "certainty", "commissioning_year")
AREA_SUMS = (
    "project_count", "company_count", "delta_peak_mw", "weighted_peak_mw", "delta_energy_pj", "weighted_energy_pj",
    "co2_filed_count", "co2_reduction_kt", "weighted_co2_kt", "co2_factor_count", "co2_by_factor_kt",
    "weighted_co2_by_factor_kt",
)  # fmt: skip
NEED = (
    "province_code", "dependency", "carrier", "direction", "year", "certainty", "alternative_kind",
    "alternative_carrier",
)  # fmt: skip
NEED_SUMS = (
    "project_count", "company_count", "delta_peak_mw", "delta_energy_pj", "delta_mass_kt", "weighted_peak_mw",
    "weighted_energy_pj", "weighted_mass_kt",
)  # fmt: skip
PLAN = ("province_code", "carrier", "use", "direction", "year", "scenario", "sector", "certainty")
PLAN_SUMS = (
    "energy_pj", "mass_kt", "company_count", "site_count", "not_filed_count", "project_extra_pj", "weighted_extra_pj",
    "weighted_plan_energy_pj", "project_extra_kt", "weighted_extra_kt", "weighted_plan_mass_kt",
)  # fmt: skip
KIND = (
    "province_code", "municipality_code", "route", "technique", "carrier_from", "carrier_to", "certainty",
    "commissioning_year",
)  # fmt: skip
SUMMED = {
    "pmiek_energy_demand": (PLAN, PLAN_SUMS),
    "pmiek_project_path": (PATH, PATH_SUMS),
    "pmiek_projects": (AREA, AREA_SUMS),
    "pmiek_dependent_demand": (NEED, NEED_SUMS),
    "pmiek_conversion": (KIND, NEED_SUMS),
}


MADE = (*SITE_LEVEL, *SUMMED)


def one_spelling(made: Cooked, name: str) -> list[Row]:
    """The rows with the names of parks in lower case: which spelling is shown depends on who else files."""
    return [row | {"business_park": (row.get("business_park") or "").lower()} for row in made[name].to_pylist()]


@FEW
@given(filings=FILINGS)
def test_everything_adds_up(cook: Cook, filings: list[Filed]) -> None:
    assert cook(together(filings)).breaches(*MADE) == []


@FEW
@given(filings=FILINGS, cut=st.integers(0, 3))
def test_whole_is_the_sum_of_its_parts(cook: Cook, filings: list[Filed], cut: int) -> None:
    whole = cook(together(filings))
    left, right = cook(together(filings[:cut])), cook(together(filings[cut:], first=cut + 1))
    for name, (key, names) in SUMMED.items():
        total, one, other = (sums(one_spelling(made, name), key, names) for made in (whole, left, right))
        assert total == added(one, other)
    for name in SITE_LEVEL:
        parts = left[name].to_pylist() + right[name].to_pylist()
        assert sorted(whole[name].to_pylist(), key=str) == sorted(parts, key=str)


@FEW
@given(filings=FILINGS)
def test_the_provinces_are_the_sites(cook: Cook, filings: list[Filed]) -> None:
    """Added up in Python, from the projects themselves and not by the SQL of the path."""
    made = cook(together(filings))
    for measure in MEASURES:
        for row in made["pmiek_project_path"].to_pylist():
            if row["scenario"] != "plan" or row["year"] not in (2025, 2027, 2030, 2035, 2040, 2050):
                continue
            mine = [
                project
                for project in made["site_project"].to_pylist()
                if (project["province_code"], project["carrier_to"], project["use"], project["direction"])
                == (row["province_code"], row["carrier"], row["use"], row["direction"])
                and 2023 < project["commissioning_year"] <= row["year"]
                and row["certainty"] in ("all", project["certainty"])
            ]
            for kind, off in (("delta", "off_path"), ("weighted", "weighted_off_path")):
                shown = (row[f"{kind}_{measure}"] or 0) + (row[f"{off}_{measure}"] or 0)
                wanted = sum((project[f"{kind}_{measure}"] or 0) * running(project, row["year"]) for project in mine)
                # Each project is rounded by itself, to twelve decimals.
                assert abs(shown - wanted) <= len(mine) * Decimal("1e-11")


def running(project: Row, year: int) -> Decimal:
    """The part of the year that a project runs; all of them start on 1 July."""
    if project["commissioning_year"] < year:
        return Decimal(1)
    return Decimal((dt.date(year + 1, 1, 1) - dt.date(year, 7, 1)).days) / Decimal(
        (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days
    )


@FEW
@given(filings=FILINGS, seed=SEEDS)
def test_order_threads_and_an_empty_filing_change_nothing(cook: Cook, filings: list[Filed], seed: int) -> None:
    rows = together(filings)
    empty: Filed = {"company": [{}], "site": [{"municipality_code": "GM0193"}]}
    plain = cook(rows)
    for again in (cook(shuffled(rows, seed)), cook(rows, threads=8), cook(together([*filings, empty]))):
        assert differing(plain, again, MADE) == []


@FEW
@given(filings=FILINGS)
def test_what_is_certain_weighs_in_full_and_what_is_not_weighs_nothing(cook: Cook, filings: list[Filed]) -> None:
    rows = together(filings)
    for chance, share in ((100.0, 1), (0.0, 0)):
        sure = {**rows, "project": [{**project, "probability_pct": chance} for project in rows["project"]]}
        made = cook(sure)
        for row in made["site_project"].to_pylist():
            assert row["probability_source"] == "filed"
            for name in ("peak_mw", *MEASURES):
                assert row[f"weighted_{name}"] == (
                    None if row[f"delta_{name}"] is None else row[f"delta_{name}"] * share
                )
        for row in made["pmiek_project_path"].to_pylist():
            for measure in MEASURES:
                wanted = row[f"plan_{measure}"] if share else row[f"without_projects_{measure}"]
                assert row[f"weighted_plan_{measure}"] == wanted


@FEW
@given(filings=FILINGS)
def test_what_was_not_filed_is_empty_and_never_zero(cook: Cook, filings: list[Filed]) -> None:
    made = cook(together(filings))
    filed: dict[tuple, Decimal] = {}
    for row in made["site_demand"].to_pylist():
        amount = row["energy_pj"] if row["energy_pj"] is not None else row["mass_kt"]
        if amount is not None:
            filed[tuple(row[name] for name in ("submission_id", "site_id", *KEY))] = amount
    for row in made["site_path"].to_pylist():
        stream = (row["carrier"], row["use"], row["direction"])
        site = (row["submission_id"], row["site_id"])
        base = filed.get((*site, 2023, "base", *stream))
        plan = filed.get((*site, row["year"], row["scenario"], *stream))
        measure = "mass_kt" if row["carrier"] == "co2" else "energy_pj"
        assert (row[f"base_{measure}"], row[f"plan_{measure}"]) == (base, plan)
        assert (row[f"unexplained_{measure}"] is None) == (base is None or plan is None)
        assert (row["cell_status"] == "not_filed") == (base is None or plan is None)
