"""A round made up for the tests of strategy documents: one province per kind of trouble; releases are in `released`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pyarrow as pa

from assets.recipes import RECIPES
from assets.rounds import Round
from assets.store import DataFolder, write_table
from tests.assets.cooked import Cook
from tests.assets.given import Filed, Row, completed, joined

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
    "pmiek_dependent_demand", "area_opportunities", "case_candidates", "round_change", "site_place",
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
               "commissioning_date": dt.date(2029, 1, 1), "certainty": "fid", "co2_reduction_kt": 2.5,
               "depends_on": "grid_connection;permit",
               "alternative_carrier": "natural_gas" if code in ("s7", "s8") else None}  # fmt: skip
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
    return joined(*firms, more_of("s7", 1.0), more_of("s8", 3.0))


def more_of(code: str, scale: float) -> Filed:
    """What a firm files besides: hydrogen and CO2 that it needs, heat and CO2 that it delivers, and its flexibility."""
    streams = [("hydrogen", "offtake", "TJ", 40.0), ("heat", "supply", "TJ", 7.0), ("co2", "supply", "kt", 3.0)]
    rows: list[Row] = [
        {"submission_id": code, "carrier": carrier, "direction": direction, "unit": unit, "year": year,
         "scenario": "base" if year == 2023 else "plan", "value": value * scale * (0 if year == 2023 else year - 2020),
         "temperature_c": 90.0 if carrier == "heat" else None}
        for carrier, direction, unit, value in streams for year in SETTINGS.years
    ]  # fmt: skip
    own = {"submission_id": code, "flexible_mw": 1.5 * scale, "storage_mwh": 4.0 * scale, "own_generation_mw": 0.5}
    return {"energy_demand": rows, "flexibility": [own]}


def write_round(data: DataFolder, tables: Mapping[str, pa.Table], filed: Filed) -> None:
    """The tables of which a confidential document is made."""
    assert set(INTERNAL) <= {recipe.table for recipe in RECIPES}
    for name in INTERNAL:
        write_table(data, name, SETTINGS.round, tables[name])
    for name in AS_FILED:
        write_table(data, name, SETTINGS.round, completed(name, *filed.get(name, [])))


def changed() -> tuple[Filed, Filed]:
    """The plenty of this round and of the one before: somebody came, somebody left and somebody filed otherwise."""
    before = [firm(f"s{n}", PLENTY, f"Bedrijf {n}", "glass", scale=float(n)) for n in (7, 8, 9)]
    now = [firm(f"s{n}", PLENTY, f"Bedrijf {n}", "glass", scale=scale) for n, scale in ((7, 7.0), (8, 20.0), (10, 4.0))]
    return joined(*before), joined(*now)


def with_previous(cook: Cook, before: Filed, now: Filed) -> Mapping[str, pa.Table]:
    """What the recipes make of a round beside the one before."""
    settings = SETTINGS.model_copy(update={"previous_round": "vorig"})
    earlier = {f"previous_{name}": before[name] for name in ("company", "site", "connection")}
    made = cook(before, SETTINGS)["site_demand"]
    return cook({**now, **earlier, "previous_site_demand": made}, settings)
