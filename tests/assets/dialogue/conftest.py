"""Filings that fill every field of every table and use every code, and the intake that reads them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from assets.intake import bounded
from assets.intake.examine import Examined, Received, examine
from assets.rounds import Round
from assets.sample.figures import ean
from assets.sample.paths import conversion
from assets.workbooks.filing import Filing, Row
from blueprint.load import blueprint
from blueprint.model import REMARKS

DAY = dt.date(2026, 3, 31)
# Text that a spreadsheet would run, or that a careless writer would break.
HOSTILE = ("=1+1", "@SOM(A1)", "-2+3 regels", "+31 6 'nummer'", "'=al beveiligd", 'punt;komma "en" aanhaling')


@pytest.fixture(scope="session")
def settings() -> Round:
    return Round(round="2026-1", title="Proefronde 2026", deadline=dt.date(2026, 5, 31))


@pytest.fixture(scope="session")
def examined(settings: Round) -> Callable[[Mapping[str, Path]], Examined]:
    """Files by submission, read in this process and judged together."""

    def run(files: Mapping[str, Path]) -> Examined:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bounded, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])
            return examine([Received(name, path, path.name) for name, path in files.items()], settings)

    return run


@pytest.fixture(scope="session")
def filings(settings: Round) -> list[Filing]:
    """One filing with every field and code, and a small one for each further sector (a filing has one company)."""
    sectors = blueprint().codes["sectors"].filed
    return [
        _filing(number, settings, sector.code, sector.attributes["sbi2008"]) for number, sector in enumerate(sectors)
    ]


def codes(name: str) -> list[str]:
    return [code.code for code in blueprint().codes[name].filed]


def _filing(number: int, settings: Round, sector: str, prefixes: str) -> Filing:
    submission: Row = {
        "blueprint_version": blueprint().version,
        "round": settings.round,
        "base_year": settings.base_year,
        "submitted_on": DAY,
        "replaces_submission": "3f2a9c07b41d5e86",
        "contact_email": "energie@voorbeeld.example",
    }
    company: Row = {
        "kvk_number": f"0{9000000 + number}",
        "company_name": HOSTILE[number % len(HOSTILE)],
        "group_id": "87654321",
        "sector": sector,
        "sbi_code": (prefixes.split(";")[0] or "3299").ljust(2, "0"),
        "sbi_version": codes("sbi_versions")[number % 2],
        "trade_association": "FNLI",
    }
    tables = {"submission": [submission], "company": [company], "site": [_site(0)]}
    if number == 0:
        tables |= {"site": _sites(), "connection": _connections(), "energy_demand": _demand(settings)} | _plans()
    for name, rows in tables.items():
        if REMARKS in blueprint().tables[name].field_names:
            for row in rows:
                row[REMARKS] = HOSTILE[number % len(HOSTILE)]
    return Filing(f"f{number}", tables)


def _site(number: int, cluster: str = "cluster6") -> Row:
    return {
        "site_id": f"V{number}",
        "site_name": HOSTILE[number % len(HOSTILE)],
        "branch_number": f"00000000070{number}",
        "street": "Nijverheidsweg",
        "house_number": "12a",
        "postcode": "3011AA",
        "city": "Rotterdam",
        "municipality_code": "GM0599",
        "municipality_year": 2025,
        "latitude": 51.92,
        "longitude": 4.48,
        "rd_x_m": 92_500.0,
        "rd_y_m": 437_180.0,
        "business_park": "Haven",
        "is_ets": number != 6,
        "nea_permit_number": None if number == 6 else "NL-209900001",
        "co2_base_year_t": None if number == 6 else 18500.5,
        "industrial_cluster": cluster,
    }


def _sites() -> list[Row]:
    return [*(_site(number, cluster) for number, cluster in enumerate(codes("clusters"))), _site(6)]


def _served() -> list[tuple[str, str]]:
    """Every grid operator with a carrier that it transports, and every carrier."""
    known = {code.code: code.attributes["carriers"].split(";") for code in blueprint().codes["grid_operators"].filed}
    pairs = [(operator, carriers[0]) for operator, carriers in known.items()]
    return pairs + [("other_operator", c) for c in codes("carriers") if c not in {carrier for _, carrier in pairs}]


def _connections() -> list[Row]:
    statuses = cycle(codes("congestion_statuses"))
    return [
        {
            "connection_id": f"A{number}",
            "site_id": f"V{number % 7}",
            "carrier": carrier,
            "ean_code": ean(1, 1, number),
            "grid_operator": operator,
            "voltage_level_kv": 150.0,
            "substation": "Onderstation Zuid",
            "connection_capacity_mva": 100.0,
            "contracted_offtake_mw": 60.5,
            "contracted_feed_in_mw": 5.0,
            "pressure_bar": 8.0,
            "capacity_m3_per_hour": 650.0,
            "request_pending": number % 2 == 0,
            "requested_extra_mw": 1.5,
            "requested_on": dt.date(2024, 11, 15),
            "congestion_status": next(statuses),
            "has_quarter_hour_data": number % 2 == 1,
        }
        for number, (operator, carrier) in enumerate(_served())
    ]


def unit_of() -> dict[str, str]:
    """A unit for every carrier, so that together they use every unit there is."""
    found: dict[str, str] = {}
    for code in blueprint().codes["carriers"].filed:
        allowed = code.attributes["units"].split(";")[::-1]
        found[code.code] = next((unit for unit in allowed if unit not in found.values()), allowed[0])
    return found


def _demand(settings: Round) -> list[Row]:
    rows = []
    for carrier, unit in unit_of().items():
        mass = blueprint().codes["carriers"]
        use = next(code.attributes["default_use"] for code in mass.codes if code.code == carrier)
        rows += _stream(settings, carrier, unit, use, "offtake")
    rows += _stream(settings, "natural_gas", "TJ", "feedstock", "offtake", basis="HHV")
    unknown = {"site_id": "V0", "carrier": "heat", "use": "energetic", "direction": "supply", "unit": "TJ"}
    rows += [
        {**unknown, "year": year, "origin": "estimate", "not_filed_reason": "Nog niet bekend", "scenario": scenario}
        for year in settings.years
        for scenario in ("base" if year == settings.base_year else "plan",)
    ]
    return rows


def _stream(settings: Round, carrier: str, unit: str, use: str, direction: str, basis: str | None = None) -> list[Row]:
    """One flow in all years and scenarios: 100 GWh of energy, growing a little."""
    carriers = blueprint().codes["carriers"].codes
    (known,) = (code.attributes for code in carriers if code.code == carrier)
    in_energy = blueprint().units[unit].quantity == "energy"
    needed = basis or ("LHV" if known["gaseous"] == "true" and in_energy else None)
    found = []
    for scenario, origin in zip(codes("scenarios"), islice(cycle(codes("origins")), 4), strict=True):
        years = [year for year in settings.years if (year == settings.base_year) == (scenario == "base")]
        for place, year in enumerate(years):
            amount = 100.0 + place + {"plan_low": 0.25, "plan_high": 0.5}.get(scenario, 0.0)
            if known["quantity"] == "energy":
                amount = float(f"{amount * 0.0036 / conversion(carrier, unit, None):.9g}")
            if carrier == "hydrogen" and settings.base_year < year < 2026:
                amount = 0.0
            found.append(
                {
                    "site_id": "V0",
                    "year": year,
                    "scenario": scenario,
                    "carrier": carrier,
                    "use": use,
                    "direction": direction,
                    "value": amount,
                    "unit": unit,
                    "heating_value_basis": needed,
                    "peak_mw": 20.25 if carrier == "electricity" else None,
                    "temperature_c": 160.0 if carrier in ("heat", "steam") else None,
                    "origin": origin,
                }
            )
    return found


def _plans() -> dict[str, list[Row]]:
    carriers = codes("carriers")
    steps, means = (cycle(codes(name)) for name in ("certainty", "financial_instruments"))
    project: list[Row] = [
        {
            "project_id": f"P{number}",
            "site_id": "V0",
            "project_name": HOSTILE[number % len(HOSTILE)],
            "route": technique.attributes["routes"].split(";")[0],
            "technique": technique.code,
            "carrier_from": carriers[-1 - number % len(carriers)],
            "carrier_to": carrier,
            "delta_value": -4200.5 - number,
            "delta_unit": unit_of()[carrier],
            "delta_peak_mw": 1.5,
            "commissioning_date": dt.date(2051, 1, 1),
            "certainty": next(steps),
            "probability_pct": 60.0,
            "depends_on": ";".join(codes("dependencies")[: 1 + number % 6]),
            "co2_reduction_kt": 0.9,
            "financial_instrument": next(means),
            "alternative_without_grid": "De gasovens blijven langer in gebruik",
            "alternative_carrier": carrier,
        }
        for number, (technique, carrier) in enumerate(
            zip(blueprint().codes["techniques"].filed, cycle(carriers), strict=False)
        )
    ]
    directions = codes("flex_directions")
    flexibility: list[Row] = [
        {
            "site_id": f"V{number}",
            "flexible_mw": 0.8,
            "flex_direction": directions[number % len(directions)],
            "duration_h": 4.0,
            "events_per_year": 50,
            "storage_mwh": 2.0,
            "own_generation_mw": 1.2,
            "own_generation_type": kind,
            "energy_hub": "Energiehub Haven",
        }
        for number, kind in enumerate(codes("own_generation_types"))
    ]
    levels = cycle(codes("escalations"))
    bottleneck: list[Row] = [
        {
            "bottleneck_id": f"K{number}",
            "site_id": "V0",
            "bottleneck_kind": kind,
            "bottleneck_description": HOSTILE[number % len(HOSTILE)],
            "project_id": f"P{number}",
            "bottleneck_since": dt.date(2024, 6, 1),
            "help_requested": number % 2 == 0,
            "escalation": next(levels),
        }
        for number, kind in enumerate(codes("bottleneck_kinds"))
    ]
    consent: list[Row] = [
        {
            "consent_purpose": purpose,
            "granted": number % 2 == 0,
            "granted_on": DAY,
            "valid_until": dt.date(2028, 12, 31),
            "consent_sites": "V0",
            "waiver_tables": ";".join(codes("public_tables")),
            "waiver_from_year": 2030,
            "waiver_until_year": 2040,
            "signatory_role": "Directeur",
        }
        for number, purpose in enumerate(codes("consent_purposes"))
    ]
    return {"project": project, "flexibility": flexibility, "bottleneck": bottleneck, "consent": consent}


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


@pytest.fixture(scope="session")
def meant() -> Callable[[Filing], dict[str, list[Row]]]:
    """The rows of a filing with every field of its table, in one order."""

    def of(filing: Filing) -> dict[str, list[Row]]:
        tables = {table.name: table.field_names for table in blueprint().sheet_tables}
        return {
            name: in_order([{field: row.get(field) for field in tables[name]} for row in rows])
            for name, rows in filing.tables.items()
        }

    return of


@pytest.fixture(scope="session")
def kept() -> Callable[[Examined, str], dict[str, list[Row]]]:
    """The accepted rows of one filing, in the same order."""

    def of(result: Examined, submission_id: str) -> dict[str, list[Row]]:
        found = {}
        for name, rows in result.accepted.items():
            fields = blueprint().tables[name].field_names
            mine = [row for row in rows.to_pylist() if row["submission_id"] == submission_id]
            if mine:
                found[name] = in_order([{field: row[field] for field in fields} for row in mine])
        return found

    return of
