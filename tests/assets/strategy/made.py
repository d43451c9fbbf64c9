"""A round made up for the tests of strategy documents: one province per kind of trouble, and a release beside it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from assets.recipes import RECIPES
from assets.release.ledger import NOTE, PUBLIC
from assets.release.public import write_public
from assets.rounds import Round
from assets.store import DataFolder, write_table
from blueprint.load import blueprint
from tests.assets.given import Filed, Row, completed

SETTINGS = Round(round="proef", title="Proefronde", target_years=(2030, 2040, 2050))
HARM = '<script>alert("x")</script>'
LONG = "Vereenigde " * 18 + "Fabriek"
FRISIAN = "Súdwesthoeke Tsjûkemarster Brijfabryk"
# What each province is there for.
EMPTY, ALONE, PLENTY, SINGLE, THOUSAND, HOSTILE = "PV22", "PV20", "PV26", "PV23", "PV24", "PV25"
PLACES = {ALONE: "GM0014", "PV21": "GM0080", SINGLE: "GM0141", THOUSAND: "GM0034", HOSTILE: "GM0200", PLENTY: "GM0344"}
INTERNAL = (
    "pmiek_coverage", "pmiek_area_demand", "pmiek_energy_demand", "pmiek_combined_demand", "pmiek_project_path",
    "pmiek_power_demand", "pmiek_hydrogen_branches", "pmiek_supply", "pmiek_projects", "pmiek_bottlenecks",
    "area_opportunities", "case_candidates", "round_change", "site_place",
)  # fmt: skip
AS_FILED = ("site", "company")


def demand(
    code: str, scale: float = 1.0, late: float = 1.0, carriers: tuple[str, ...] = ("electricity", "natural_gas")
):
    """The rows of a firm over all years, in TJ; `late` is what becomes of the amounts after 2030."""
    rows = []
    for number, carrier in enumerate(carriers):
        for year in SETTINGS.years:
            value = round(scale * (100 + 20 * number) * (late if year > 2030 else 1), 3)
            scenarios = ("base",) if year == 2023 else ("plan", "plan_low", "plan_high")
            for shift, scenario in enumerate(scenarios):
                rows.append({"submission_id": code, "year": year, "scenario": scenario, "carrier": carrier,
                             "value": value * (1, 1, 0.9, 1.2)[shift + (len(scenarios) > 1)],
                             "peak_mw": value / 20 if carrier == "electricity" else None})  # fmt: skip
    return rows


def firm(code: str, province: str, name: str = "Fabriek B.V.", sector: str = "food", **more) -> Filed:
    """One firm with a site, a connection, demand, a project and a bottleneck."""
    own: Row = {"submission_id": code}
    connection = {**own, "grid_operator": "stedin", "contracted_offtake_mw": 4.5, "substation": f"Station {name[:20]}",
                  "requested_extra_mw": 3.0, "request_pending": True, "voltage_level_kv": 10.0}  # fmt: skip
    project = {**own, "carrier_to": "electricity", "delta_value": 12.0, "delta_unit": "TJ", "delta_peak_mw": 1.5,
               "commissioning_date": dt.date(2029, 1, 1), "certainty": "fid", "co2_reduction_kt": 2.5}  # fmt: skip
    return {
        "company": [{**own, "kvk_number": f"1{int(code[1:]):07}", "company_name": name, "sector": sector}],
        "site": [{**own, "site_name": name, "municipality_code": PLACES[province], "business_park": name[:60],
                  "latitude": 53.2, "longitude": 5.8, "co2_base_year_t": 12000.0}],
        "connection": [connection],
        "energy_demand": demand(code, **more),
        "project": [project],
        "bottleneck": [{**own, "help_requested": True}],
        "filed_sites": [{**own, "accepted": True, "kvk_number": f"1{int(code[1:]):07}", "sector": sector,
                         "municipality_code": PLACES[province]}],
        "register": [{**own, "kvk_number": f"1{int(code[1:]):07}"}],
    }  # fmt: skip


def trouble() -> Filed:
    """A province per kind of trouble; PV22 and the ones not named here have no firm at all."""
    firms = [
        firm("s1", ALONE),
        firm("s2", "PV21", FRISIAN),
        firm("s3", SINGLE, carriers=("hydrogen",)),
        firm("s4", THOUSAND, late=1000.0),
        firm("s5", HOSTILE, HARM),
        firm("s6", HOSTILE, LONG, "paper"),
        *(firm(f"s{n}", PLENTY, f"Bedrijf {n}", "glass", scale=n / 3, late=1.1) for n in range(7, 12)),
    ]
    names = {name for each in firms for name in each}
    return {name: [row for each in firms for row in each.get(name, [])] for name in names}


def write_round(data: DataFolder, tables: Mapping[str, pa.Table], filed: Filed) -> None:
    """The tables of which a confidential document is made."""
    assert set(INTERNAL) <= {recipe.table for recipe in RECIPES}
    for name in INTERNAL:
        write_table(data, name, SETTINGS.round, tables[name])
    for name in AS_FILED:
        write_table(data, name, SETTINGS.round, completed(name, *filed.get(name, [])))


def publish(data: DataFolder, rows: Mapping[str, list[Row]], number: int = 1) -> None:
    """A release of these rows, straight to its files and its note."""
    folder = data.release(SETTINGS.round, number) / PUBLIC
    hashes = {}
    for name, given in rows.items():
        key = blueprint().tables[name].primary_key
        same: Row = {"round": SETTINGS.round, "release": number, "blueprint_version": "v", "factor_version": "f"}
        complete = sorted(({**same, **row} for row in given), key=lambda row: tuple(row[field] for field in key))
        hashes[name] = write_public(folder / f"{name}.parquet", completed(name, *complete))
    place: Path = data.ledger(SETTINGS.round) / f"{number:03}" / NOTE
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"release": number, "tables": hashes, "steps": {}, "behind": {}}), encoding="utf-8")


def energy(region: str, carrier: str, values: Mapping[int, str], status: str = "shown") -> list[Row]:
    """Public figures of a region by year: a number as text, or a status."""
    rows = []
    for year, value in values.items():
        known = value[0].isdigit()
        rows.append(
            {"region_code": region, "region_name": region, "sector": "all", "energy_carrier": carrier,
             "direction": "offtake", "year": year, "scenario": "base" if year == 2023 else "plan",
             "figure_status": status if known else value, "energy_pj": Decimal(value) if known else None,
             "company_band": "3-5" if known else None}
        )  # fmt: skip
    return rows


def power(region: str, operator: str, measure: str, values: Mapping[int, str]) -> list[Row]:
    rows = []
    for year, value in values.items():
        known = value[0].isdigit()
        rows.append(
            {"region_code": region, "region_name": region, "operator_code": operator, "power_measure": measure,
             "year": year, "scenario": "base" if year == 2023 else "plan",
             "figure_status": "shown" if known else value, "power_mw": Decimal(value) if known else None,
             "company_band": "3-5" if known else None}
        )  # fmt: skip
    return rows


def released_rows() -> dict[str, list[Row]]:
    """A release in which each province has another kind of figures."""
    hidden = dict.fromkeys(SETTINGS.years, "withheld")
    nobody = dict.fromkeys(SETTINGS.years, "not_filed")
    rising = {2023: "1.500", 2030: "1.750", 2040: "2.250", 2050: "2.500"}
    part = {2023: "0.500", 2030: "withheld", 2040: "0.750", 2050: "0.800"}
    wild = {2023: "0.001", 2030: "2.000", 2040: "2.000", 2050: "2.000"}
    found = [
        *energy("NL", "all", rising), *energy("NL", "electricity", rising),
        *energy(ALONE, "all", hidden), *energy(ALONE, "electricity", hidden),
        *energy("PV21", "all", rising), *energy("PV21", "electricity", part), *energy("PV21", "natural_gas", hidden),
        *energy("PV21", "heat", {**nobody, 2023: "0.000"}, "zero"),
        *energy(EMPTY, "all", nobody), *energy(EMPTY, "electricity", nobody),
        *energy(SINGLE, "all", rising), *energy(SINGLE, "hydrogen", rising),
        *energy(THOUSAND, "all", wild), *energy(THOUSAND, "electricity", wild),
        *energy(HOSTILE, "all", rising), *energy(HOSTILE, "electricity", rising, "carried_forward"),
    ]  # fmt: skip
    later = {2023: "9.0", 2030: "14.5", 2050: "withheld"}
    watts = [
        *power("PV21", "all", "contracted_offtake", {2023: "10.5"}),
        *power("PV21", "all", "peak", later),
        *power("PV21", "liander", "contracted_offtake", {2023: "withheld"}),
        *power("PV21", "liander", "peak", {2023: "9.0"}),
        *power(ALONE, "all", "contracted_offtake", {2023: "withheld"}),
        *power(ALONE, "all", "peak", dict.fromkeys((2023, 2030, 2050), "withheld")),
        *power(EMPTY, "all", "contracted_offtake", {2023: "not_filed"}),
    ]
    bands = [{"region_code": code.code, "region_name": code.label, "invited_band": "0-2", "accepted_band": "0-2"}
             for code in blueprint().codes["provinces"].codes]  # fmt: skip
    return {"public_energy_demand": found, "public_power_demand": watts, "public_coverage": bands}
