"""One valid filing, written out, and the ways in which the tests of the intake put filings to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assets.intake import bounded
from assets.intake.examine import Examined, Received, examine
from assets.rounds import Round
from assets.sample.figures import ean
from assets.workbooks.filing import Filing
from blueprint.arrow import row_schema
from blueprint.load import blueprint

YEARS = (2023, 2025, 2027, 2030, 2035, 2040, 2050)
Row = dict[str, Any]


@pytest.fixture(scope="session")
def settings() -> Round:
    return Round(round="2026-1", base_year=YEARS[0], target_years=YEARS[1:], geography_year=2025)


@pytest.fixture(scope="session")
def valid() -> Callable[[], Filing]:
    """A filing about which there is nothing to say: two sites, four streams, a row in every table."""
    return lambda: Filing("geldig", {"submission": [_submission()], "company": [_company()], **_sites(), **_plans()})


@pytest.fixture(scope="session")
def rows_of() -> Callable[[Mapping[str, Filing]], dict[str, pa.Table]]:
    """The typed rows of filings by submission, as the reader gives them of files in long form."""
    return _rows_of


@pytest.fixture(scope="session")
def examined(settings: Round) -> Callable[[Mapping[str, Path]], Examined]:
    """Files by submission, read in this process and judged together."""

    def run(files: Mapping[str, Path]) -> Examined:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bounded, "read_many", lambda paths, work, *_: [(path, work(path)) for path in paths])
            return examine([Received(name, path, path.name) for name, path in files.items()], settings)

    return run


def _submission() -> Row:
    return {
        "blueprint_version": blueprint().version,
        "round": "2026-1",
        "base_year": 2023,
        "submitted_on": dt.date(2026, 3, 31),
        "contact_email": "energie@voorbeeld.example",
    }


def _company() -> Row:
    return {
        "kvk_number": "98000001",
        "company_name": "Bakkerij Voorbeeld (fictief) B.V.",
        "sector": "food",
        "sbi_code": "1071",
        "sbi_version": "2008",
    }


def _sites() -> dict[str, list[Row]]:
    electric = {"carrier": "electricity", "grid_operator": "stedin", "voltage_level_kv": 20.0, "request_pending": False}
    gas = {"carrier": "natural_gas", "grid_operator": "stedin", "pressure_bar": 8.0, "request_pending": False}
    common = {"industrial_cluster": "cluster6", "is_ets": False}
    permit = {"is_ets": True, "nea_permit_number": "NL-209900001", "co2_base_year_t": 20_000.0}
    power = {"connection_capacity_mva": 10.0, "contracted_offtake_mw": 8.0}
    return {
        "site": [
            {**common, **permit, "site_id": "V1", "site_name": "Vestiging Utrecht", "municipality_code": "GM0344"},
            {**common, "site_id": "V2", "site_name": "Vestiging Goes", "municipality_code": "GM0664"},
        ],
        "connection": [
            {**electric, **power, "connection_id": "V1-E1", "site_id": "V1", "ean_code": ean(1, 1, 1)},
            {**gas, "connection_id": "V1-G1", "site_id": "V1", "ean_code": ean(1, 1, 2)},
            {**electric, **power, "connection_id": "V2-E1", "site_id": "V2", "ean_code": ean(1, 2, 1)},
        ],
        "energy_demand": [
            *_stream("V1", "electricity", "GWh", (40.0, 42.0, 44.0, 50.0, 52.0, 54.0, 56.0), peak_mw=7.5),
            *_stream(
                "V1", "natural_gas", "TJ", (355.0, 350.0, 340.0, 320.0, 300.0, 280.0, 260.0), heating_value_basis="LHV"
            ),
            *_stream("V2", "electricity", "GWh", (20.0, 21.0, 22.0, 23.0, 24.0, 25.0, 26.0), peak_mw=4.0),
            *_stream("V2", "heat", "TJ", (30.0, 31.0, 32.0, 33.0, 34.0, 35.0, 36.0), temperature_c=120.0),
        ],
    }


def _stream(site_id: str, carrier: str, unit: str, values: tuple[float, ...], **more: Any) -> list[Row]:
    same = {"site_id": site_id, "carrier": carrier, "unit": unit, "use": "energetic", "direction": "offtake", **more}
    return [
        {
            **same,
            "year": year,
            "value": value,
            "scenario": "base" if year == YEARS[0] else "plan",
            "origin": "metered" if year == YEARS[0] else "estimate",
        }
        for year, value in zip(YEARS, values, strict=True)
    ]


def _plans() -> dict[str, list[Row]]:
    project = {
        "project_id": "P1",
        "site_id": "V1",
        "route": "electrification",
        "carrier_from": "natural_gas",
        "carrier_to": "electricity",
        "delta_value": 10.0,
        "delta_unit": "GWh",
        "delta_peak_mw": 0.5,
        "commissioning_date": dt.date(2029, 1, 1),
        "certainty": "design",
        "depends_on": "grid_connection;permit",
    }
    bottleneck = {
        "bottleneck_id": "K1",
        "site_id": "V1",
        "bottleneck_kind": "grid_congestion",
        "bottleneck_description": "Het extra vermogen komt later dan het project het nodig heeft.",
        "project_id": "P1",
        "help_requested": True,
    }
    return {
        "project": [project],
        "flexibility": [{"site_id": "V1", "flex_direction": "less_offtake", "flexible_mw": 0.8, "events_per_year": 50}],
        "bottleneck": [bottleneck],
        "consent": [{"consent_purpose": "operator_site_level", "granted": True, "granted_on": dt.date(2026, 3, 31)}],
    }


def _rows_of(filings: Mapping[str, Filing]) -> dict[str, pa.Table]:
    tables = {}
    for table in blueprint().sheet_tables:
        rows = [
            {"submission_id": name, "sheet": table.title, "row_number": number, "series": "", **row}
            for name, filing in filings.items()
            for number, row in enumerate(filing.tables.get(table.name, []), start=2)
        ]
        tables[table.name] = pa.Table.from_pylist(rows, schema=row_schema(table))
    return tables
