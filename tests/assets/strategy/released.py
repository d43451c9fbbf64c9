"""Releases made up for the tests of public documents: in each province another kind of figures.

What firms filed in the same round is in `made`; no figure here comes from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from assets.release.codes import total_of
from assets.release.ledger import NOTE, PARTS, PUBLIC
from assets.release.public import write_public
from assets.store import DataFolder
from assets.strategy.released import dimensions, value_of
from blueprint.load import blueprint
from tests.assets.given import Row, completed
from tests.assets.strategy.made import ALONE, EMPTY, HOSTILE, SETTINGS, SINGLE, THOUSAND


def publish(data: DataFolder, rows: Mapping[str, list[Row]], number: int = 1) -> None:
    """A release of these rows, straight to its files and its note."""
    folder = data.release(SETTINGS.round, number) / PUBLIC
    hashes = {}
    for name, given in rows.items():
        key = blueprint().tables[name].primary_key
        same: Row = {"round": SETTINGS.round, "release": number, "blueprint_version": "v", "factor_version": "f"}
        if name != "public_coverage":
            same |= {one: total_of(one) for one in dimensions(name)}
        complete = sorted(({**same, **row} for row in given), key=lambda row: tuple(row[field] for field in key))
        hashes[name] = write_public(folder / f"{name}.parquet", completed(name, *complete))
    place: Path = data.ledger(SETTINGS.round) / f"{number:03}" / NOTE
    place.parent.mkdir(parents=True, exist_ok=True)
    note = {name: kind() for name, kind in PARTS.items()} | {"release": number, "tables": hashes}
    place.write_text(json.dumps(note), encoding="utf-8")


def figure(name: str, region: str, value: str, status: str = "shown", **codes: object) -> Row:
    """A row of a public table: a number as text, or a status; every dimension that is not named is at its total."""
    known = value.lstrip("-")[0].isdigit()
    found: Row = {"region_code": region, "region_name": region, "figure_status": status if known else value, **codes}
    field = value_of(name)
    assert field
    found[field] = Decimal(value) if known else None
    bands = {"company_band": "3-5" if known else None}
    return found if name == "public_round_change" else found | bands


def by_year(name: str, region: str, values: Mapping[int, str], status: str = "shown", **codes: object) -> list[Row]:
    """The same figure over the years, as planned."""
    return [
        figure(name, region, value, status, year=year, scenario="base" if year == 2023 else "plan", **codes)
        for year, value in values.items()
    ]


def energy(region: str, carrier: str, values: Mapping[int, str], status: str = "shown") -> list[Row]:
    return by_year("public_energy_demand", region, values, status, energy_carrier=carrier, direction="offtake")


def power(region: str, operator: str, measure: str, values: Mapping[int, str]) -> list[Row]:
    return by_year("public_power_demand", region, values, operator_code=operator, power_measure=measure)


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
        *energy("PV21", "hydrogen", {2023: "0.000", 2030: "0.100", 2040: "0.200", 2050: "withheld"}),
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
        *power("PV21", "all", "flexible_less_offtake", {2023: "2.7"}),
        *power("NL", "all", "own_generation", {2023: "88.8"}),
        *power("PV21", "all", "own_generation", {2023: "not_filed"}),
        *power(ALONE, "all", "contracted_offtake", {2023: "withheld"}),
        *power(ALONE, "all", "peak", dict.fromkeys((2023, 2030, 2050), "withheld")),
        *power(EMPTY, "all", "contracted_offtake", {2023: "not_filed"}),
    ]
    bands = [{"region_code": code.code, "region_name": code.label, "invited_band": "0-2", "accepted_band": "0-2"}
             for code in blueprint().codes["provinces"].codes]  # fmt: skip
    plans = _of_plans()
    return {
        "public_energy_demand": [*found, *plans.pop("supply")],
        "public_power_demand": watts,
        "public_coverage": bands,
        **plans,
    }


def _of_plans() -> dict[str, list[Row]]:
    """What is told of plans: some of the province, some of the country only, some withheld."""
    heat, mass = "public_energy_demand", "public_material_flows"
    change, kinds = "public_round_change", blueprint().codes["bottleneck_kinds"].names
    both: Row = {"previous_round": "vorig", "previous_release": 1, "direction": "offtake"}
    given = {
        mass: [*by_year(mass, "NL", {2023: "0.0", 2030: "12.5", 2050: "withheld"}, material="co2", direction="supply"),
               *by_year(mass, "NL", {2023: "not_filed", 2030: "3.4"}, material="co2", direction="offtake")],
        "public_storage": [figure("public_storage", "NL", "321.5")],
        "public_project_energy": [
            *_crossed("public_project_energy", "PV21", "4.321", "withheld"),
            *_crossed("public_project_energy", EMPTY, "not_filed", "not_filed"),
            *_crossed("public_project_energy", ALONE, "withheld", "withheld"),
            *_crossed("public_project_energy", "NL", "44.100", "2.200"),
        ],
        "public_project_power": _crossed("public_project_power", "NL", "71.5", "3.5"),
        "public_project_co2": _crossed("public_project_co2", "PV21", "not_filed", "18.4"),
        "public_bottlenecks": [
            {"region_code": region, "region_name": region, "bottleneck_kind": kind, "company_band": band,
             "figure_status": status}
            for region, band, status in (("NL", "11+", "shown"), ("PV21", "3-5", "carried_forward"),
                                         (ALONE, "0-2", "shown"))
            for kind in kinds
        ],
        change: [*by_year(change, "PV21", {2023: "0.125", 2030: "-0.375"}, energy_carrier="all", **both),
                 *by_year(change, "PV21", {2023: "0.625", 2030: "withheld"}, energy_carrier="electricity", **both),
                 *by_year(change, "PV21", {2030: "-0.875"}, energy_carrier="hydrogen", **both),
                 *by_year(change, "NL", {2023: "0.000", 2030: "withheld"}, energy_carrier="all", **both)],
    }  # fmt: skip
    supply = by_year(heat, "PV21", {2023: "0.011", 2030: "withheld", 2050: "0.033"}, energy_carrier="heat",
                     direction="supply")  # fmt: skip
    return given | {"supply": supply}


def _crossed(name: str, region: str, more: str, less: str) -> list[Row]:
    """As on a step that shows routes by certainty and by year; each figure of its own, so that none is mistaken."""

    def row(value: str, at: int, codes: dict[str, str], way: str) -> Row:
        known = value[0].isdigit()
        return figure(name, region, str(Decimal(value) + at) if known else value, change_direction=way, **codes)

    crossings = [{}, {"project_route": "hydrogen"}, {"project_certainty": "fid"}, {"phase_in": "2030"},
                 {"project_route": "hydrogen", "project_certainty": "fid"},
                 {"project_route": "hydrogen", "phase_in": "later"}]  # fmt: skip
    return [
        row(value, at, codes, way)
        for at, codes in enumerate(crossings)
        for way, value in (("more", more), ("less", less))
    ]


def finer_rows(rows: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """The release of a finer step: each row again for one code of every dimension that the texts do not tell of."""
    codes = {"municipality_code": "GM0080", "park_code": "GM0080 elders", "operator_code": "liander", "sector": "food"}
    found = {}
    for name, given in rows.items():
        told = {"operator_code"} if name == "public_power_demand" else set()
        finer = (
            [] if name == "public_coverage" else [one for one in dimensions(name) if one in codes and one not in told]
        )
        value = None if name == "public_coverage" else value_of(name)
        found[name] = [*given, *(_other(row, value) | {one: codes[one]} for row in given for one in finer)]
    return found


def _other(row: Row, value: str | None) -> Row:
    return row | {value: row[value] + 1} if value and row.get(value) is not None else row
