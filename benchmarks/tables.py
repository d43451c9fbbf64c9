"""Makes every table that SQL makes, of one round and the round before it, from rows that were accepted.

Run as `python -m benchmarks.tables`; `run` starts it and takes its time and memory. No file of a company is read here.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assets.parquet import write_parquet
from assets.recipes import RECIPES, make
from assets.rounds import Round
from assets.store import DataFolder, write_table
from blueprint.arrow import schema
from blueprint.geography import places
from blueprint.load import blueprint

COMPANIES, SITES_EACH, PROJECTS_EACH = 2000, 2, 10
CARRIERS = ("electricity", "natural_gas", "hydrogen", "heat", "co2")
UNITS = {"electricity": "MWh", "natural_gas": "TJ", "hydrogen": "TJ", "heat": "GJ", "co2": "kt"}
PLANS = ("plan", "plan_low", "plan_high")
YEARS = (2030, 2040, 2050)
BEFORE, NOW = "eerder", "meting"
# What every row of a filed table has, and what some cannot do without.
PLAIN = {
    "sheet": "blad", "row_number": 2, "series": "", "round": NOW, "origin": "measured", "settled_by": "none",
    "is_ets": True, "company_name": "Bedrijf", "request_pending": False, "accepted": True,
}  # fmt: skip
Row = dict[str, Any]
Tables = dict[str, list[Row]]


def settings(name: str) -> Round:
    """The round of which all is asked: estimates of both kinds, and a comparison with the round before."""
    previous = BEFORE if name == NOW else None
    return Round(round=name, target_years=(*YEARS, 2035), previous_round=previous, interpolate=True, impute=True)


def accepted(seed: int) -> Tables:
    """Rows of all filed tables: 2,000 companies with two sites, 50 lines of demand and five projects a site."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    sectors = [code.code for code in blueprint().codes["sectors"].codes if code.attributes["filed"] == "true"]
    towns = [row["municipality_code"] for row in places.read_rows("municipalities.csv") if not row["valid_until"]]
    made: Tables = {name: [] for name in (*_filed(), "register", "filed_sites", "expected")}
    for number in range(COMPANIES):
        own = {"submission_id": f"s{number:05d}"}
        kvk = f"{10_000_000 + number}"
        sector = rng.choice(sectors)
        made["company"].append({**own, "kvk_number": kvk, "sector": sector, "company_name": f"Bedrijf {number}"})
        made["submission"].append({**own, "submitted_on": dt.date(2026, 3, 1)})
        made["consent"].append({**own, "consent_purpose": "case_based_approach", "granted": number % 2 == 0})
        made["register"].append({**own, "round": NOW, "kvk_number": kvk, "state": "accepted", "file": f"{number}.xlsx"})
        for place in range(SITES_EACH):
            _site(made, own, f"V{place}", rng, rng.choice(towns))
            made["filed_sites"].append({**made["site"][-1], **own, "kvk_number": kvk, "sector": sector})
    for number in range(COMPANIES + COMPANIES // 4):
        line = {"kvk_number": f"{10_000_000 + number}", "province_code": rng.choice(["PV25", "PV26", "PV30"])}
        made["expected"].append({**line, "sector": rng.choice(sectors), "ets_emissions_t": rng.uniform(1e3, 1e5)})
    return made


def _filed() -> list[str]:
    return [table.name for table in blueprint().filed_tables]


def _site(made: Tables, own: Row, site: str, rng: random.Random, town: str) -> None:
    at = {**own, "site_id": site}
    point = {"rd_x_m": rng.uniform(30_000, 270_000), "rd_y_m": rng.uniform(310_000, 610_000)}
    park = f"Park {rng.randrange(5)}"
    made["site"].append({**at, "municipality_code": town, "business_park": park, **point})
    for carrier in ("electricity", "natural_gas"):
        operator = rng.choice(["liander", "enexis", "stedin"])
        asked = {"contracted_offtake_mw": rng.uniform(1, 50), "request_pending": True, "requested_extra_mw": 5.0}
        made["connection"].append(
            {**at, "connection_id": f"{site}-{carrier}", "carrier": carrier, "grid_operator": operator}
            | (asked | {"voltage_level_kv": 50.0, "substation": f"S{rng.randrange(200)}"} if carrier[0] == "e" else {})
        )
    defaults = {code.code: code.attributes["default_use"] for code in blueprint().codes["carriers"].codes}
    moments = [(2023, "base"), *((year, plan) for year in YEARS for plan in PLANS)]
    for carrier in CARRIERS:
        direction = "supply" if carrier in ("heat", "co2") and rng.random() < 0.2 else "offtake"
        line = {"carrier": carrier, "direction": direction, "unit": UNITS[carrier]}
        line |= {
            "use": defaults[carrier],
            "temperature_c": rng.choice([60.0, 90.0, 150.0]) if carrier == "heat" else None,
        }
        for year, scenario in moments:
            value = {"value": rng.uniform(1, 1000), "peak_mw": rng.uniform(1, 40)}
            made["energy_demand"].append({**at, **line, "year": year, "scenario": scenario, **value})
    for number in range(PROJECTS_EACH // SITES_EACH):
        made["project"].append(
            {
                **at, "project_id": f"{site}-P{number}", "carrier_to": rng.choice(CARRIERS[:3]), "delta_value": 5.0,
                "delta_unit": "TJ", "delta_peak_mw": 1.0,
                "commissioning_date": dt.date(rng.randrange(2024, 2050), 1, 1),
                "certainty": rng.choice(["idea", "design", "fid"]), "depends_on": "grid_connection;permit",
                "route": "electrification",
            }
        )  # fmt: skip
    made["flexibility"].append({**at, "flex_direction": "less_offtake", "storage_mwh": 3.0, "own_generation_mw": 1.0})
    kind = rng.choice(["grid_congestion", "finance", "permit_law"])
    made["bottleneck"].append(
        {**at, "bottleneck_id": f"{site}-K", "bottleneck_kind": kind, "help_requested": True, "escalation": "company"}
        | {"project_id": f"{site}-P0"}
    )


def others() -> list[Row]:
    """Demand of other sectors, and of all industry, per province, carrier, year and scenario of the operators."""
    provinces = [code.code for code in blueprint().codes["provinces"].codes if code.attributes["filed"] == "true"]
    sectors = [code.code for code in blueprint().codes["other_sectors"].codes if code.code != "all"]
    scenarios = [code.code for code in blueprint().codes["demand_scenarios"].codes if code.code != "base"]
    return [
        {
            "province_code": province, "other_sector": sector, "carrier": carrier, "direction": "offtake", "year": year,
            "demand_scenario": scenario, "value": 3.0, "unit": "PJ", "demand_source": "meting",
            "holds_industry": "cluster6_only" if sector == "industry" else None,
        }
        for province in provinces
        for sector in sectors
        for carrier in CARRIERS[:4]
        for year in YEARS
        for scenario in scenarios
    ]  # fmt: skip


def write(data: DataFolder) -> None:
    """Write both rounds, the earlier as far as it was run; and what an analyst loaded."""
    for name, seed in ((BEFORE, 1), (NOW, 2)):
        for table, lines in accepted(seed).items():
            write_table(data, table, name, _complete(table, lines))
    write_table(data, "findings", NOW, schema("findings").empty_table())
    write_parquet(data.reference / "other_demand.parquet", _complete("other_demand", others()))
    for recipe in RECIPES:
        if recipe.table in ("site_place", "site_demand"):
            make(data, settings(BEFORE), recipe)


def _complete(table: str, lines: list[Row]) -> pa.Table:
    wanted = schema(table)
    same = dict.fromkeys(wanted.names) | PLAIN
    complete = [{name: (same | line)[name] for name in wanted.names} for line in lines]
    return pa.Table.from_pylist(complete, schema=wanted)


def make_all(data: DataFolder) -> list[tuple[str, int, float]]:
    """Every table in its order: its name, rows and seconds."""
    took = []
    for recipe in RECIPES:
        begin = time.perf_counter()
        file = make(data, settings(NOW), recipe)
        took.append((recipe.table, pq.read_metadata(file).num_rows, time.perf_counter() - begin))
    return took


def main() -> None:
    """`write FOLDER` makes the accepted rows, `make FOLDER` the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=("write", "make"))
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    if asked.step == "write":
        write(DataFolder(asked.folder))
        return
    for name, rows, seconds in make_all(DataFolder(asked.folder)):
        print(f"{name:28} {rows:8} rijen {seconds:6.2f} s")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
