"""Draws valid filings in which every field of every table is filled somewhere, and about which there is nothing to say.

They are made so that a refused row draws few other remarks after it; which ones do, is told in `expected`.
"""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from typing import Any

from assets.rounds import Round
from assets.sample.figures import ean
from assets.workbooks.filing import Filing, Row
from blueprint.geography.locate import in_degrees
from blueprint.load import blueprint

YEARS = (2023, 2025, 2027, 2030, 2035, 2040, 2050)
SETTINGS = Round(round="2026-1", base_year=YEARS[0], target_years=YEARS[1:], geography_year=2025)
# A latitude, a longitude and a postcode in the middle of each, and who has the net there.
MUNICIPALITIES = {
    "GM0344": (52.09, 5.12, "3511AB", "stedin"),
    "GM0664": (51.504, 3.889, "4461AA", "stedin"),
    "GM0193": (52.512, 6.094, "8011AB", "enexis"),
    "GM0014": (53.219, 6.567, "9711AA", "enexis"),
    "GM0363": (52.373, 4.893, "1011AB", "liander"),
    "GM0599": (51.922, 4.479, "3011AA", "stedin"),
}
SECTORS = (("food", "1071"), ("chemicals", "2014"), ("paper", "17.12"), ("metals", "2420"))
CO2_T_PER_TJ = 56.4


@cache
def _in_metres(latitude: float, longitude: float) -> tuple[float, float]:
    (position,) = in_degrees([(latitude, longitude)])
    assert position is not None
    return position.x, position.y


def draw_filing(seed: int) -> Filing:
    """A filing of two or three sites; the same seed gives the same filing."""
    rng = random.Random(f"filing/{seed}")
    filing = Filing(f"f{seed}", {table.name: [] for table in blueprint().sheet_tables})
    filing.rows("submission").append(_submission(rng))
    filing.rows("company").append(_company(rng))
    for number in range(1, rng.choice((3, 3, 4))):
        _add_site(rng, filing, seed, number)
    for purpose in ("operator_site_level", "province_site_level"):
        filing.rows("consent").append(
            {
                "consent_purpose": purpose,
                "granted": rng.random() < 0.5,
                "granted_on": _day(rng),
                "valid_until": dt.date(2030, 12, 31),
                "signatory_role": "Directeur",
            }
        )
    return filing


def _day(rng: random.Random, year: int = 2025) -> dt.date:
    return dt.date(year, 1, 1) + dt.timedelta(days=rng.randrange(365))


def _amount(rng: random.Random, low: float, high: float) -> float:
    return round(rng.uniform(low, high), 3)


def _submission(rng: random.Random) -> Row:
    return {
        "blueprint_version": blueprint().version,
        "round": SETTINGS.round,
        "base_year": SETTINGS.base_year,
        "submitted_on": _day(rng, 2026),
        "replaces_submission": f"{rng.getrandbits(64):016x}",
        "contact_email": "energie@voorbeeld.example",
    }


def _company(rng: random.Random) -> Row:
    sector, sbi = rng.choice(SECTORS)
    return {
        "kvk_number": f"98{rng.randrange(10**6):06d}",
        "company_name": "Voorbeeld & Zonen <fictief> B.V.",
        "group_id": "CONCERN-1",
        "sector": sector,
        "sbi_code": sbi,
        "sbi_version": "2008",
        "trade_association": "VNCI",
    }


def _add_site(rng: random.Random, filing: Filing, seed: int, number: int) -> None:
    site, municipality = f"V{number}", rng.choice(tuple(MUNICIPALITIES))
    latitude, longitude, postcode, operator = MUNICIPALITIES[municipality]
    x, y = _in_metres(latitude, longitude)
    is_ets = number == 1 or rng.random() < 0.5
    gas, power = _amount(rng, 200, 900), _amount(rng, 20, 90)
    permit = {"nea_permit_number": "NL-209900001", "co2_base_year_t": round(gas * CO2_T_PER_TJ)}
    filing.rows("site").append(
        {
            "site_id": site,
            "site_name": f"Fabriek {number}",
            "branch_number": f"0000{rng.randrange(10**7, 10**8)}",
            "street": "Voorbeeldweg",
            "house_number": f"{rng.randrange(1, 200)}a",
            "postcode": postcode,
            "city": "Kerkdorp",
            "municipality_code": municipality,
            "municipality_year": 2025,
            # Within the municipality, or a remark would follow: test_rules.py has those.
            "latitude": latitude,
            "longitude": longitude,
            "rd_x_m": round(x),
            "rd_y_m": round(y),
            "business_park": "Lage Weide",
            "is_ets": is_ets,
            "industrial_cluster": "cluster6",
            **(permit if is_ets else {}),
        }
    )
    filing.rows("connection").extend(_connections(rng, site, seed, number, operator, gas))
    streams = _streams(rng, site, gas, power)
    filing.rows("energy_demand").extend(streams)
    growth = next(r["value"] for r in streams if r["year"] == 2030 and r["scenario"] == "plan") - power
    filing.rows("project").append(_project(rng, site, number, growth))
    filing.rows("flexibility").extend(_flexibility(rng, site))
    filing.rows("bottleneck").append(
        {
            "bottleneck_id": f"K{number}",
            "site_id": site,
            "bottleneck_kind": "grid_congestion",
            "bottleneck_description": "Het extra vermogen komt later dan het project het nodig heeft.",
            "project_id": f"P{number}",
            "bottleneck_since": _day(rng),
            "help_requested": True,
            "escalation": "company",
        }
    )


def _connections(rng: random.Random, site: str, seed: int, number: int, operator: str, gas_tj: float) -> list[Row]:
    """One for electricity and one for gas, so wide that a nought too many in the demand is still possible."""
    contracted = _amount(rng, 30, 40)
    pending = rng.random() < 0.6
    asked = {"requested_extra_mw": _amount(rng, 1, 5), "requested_on": _day(rng)} if pending else {}
    kilovolt = rng.choice((10.0, 20.0, 150.0))
    power = {
        "connection_id": f"{site}-E1",
        "site_id": site,
        "carrier": "electricity",
        "ean_code": ean(seed % 10**6, number, 1),
        "grid_operator": "tennet" if kilovolt > 110 else operator,
        "voltage_level_kv": kilovolt,
        "substation": "Lage Weide",
        "connection_capacity_mva": round(contracted + 5, 3),
        "contracted_offtake_mw": contracted,
        "contracted_feed_in_mw": _amount(rng, 1, 9),
        "request_pending": pending,
        **asked,
        "congestion_status": rng.choice("0123"),
        "has_quarter_hour_data": True,
    }
    gas = {
        "connection_id": f"{site}-G1",
        "site_id": site,
        "carrier": "natural_gas",
        "ean_code": ean(seed % 10**6, number, 2),
        "grid_operator": operator,
        "pressure_bar": _amount(rng, 1, 40),
        "capacity_m3_per_hour": round(gas_tj * _amount(rng, 40, 60), 3),
        "request_pending": False,
        "has_quarter_hour_data": False,
    }
    return [power, gas]


def _streams(rng: random.Random, site: str, gas: float, power: float) -> list[Row]:
    rows = _stream(rng, site, "electricity", "GWh", power, peak=True)
    rows += _stream(rng, site, "electricity", "GWh", round(power * 1.01, 3), peak=True, scenario="plan_low")[1:]
    rows += _stream(rng, site, "natural_gas", "TJ", gas, heating_value_basis="LHV")
    if rng.random() < 0.5:
        rows += _stream(rng, site, "heat", "TJ", _amount(rng, 20, 60), temperature_c=_amount(rng, 60, 200))
    if rng.random() < 0.5:
        rows += _stream(rng, site, "co2", "kt", _amount(rng, 2, 9), use="feedstock")
    return rows


def _stream(
    rng: random.Random, site: str, carrier: str, unit: str, first: float, peak: bool = False,
    scenario: str = "plan", **more: Any,
) -> list[Row]:  # fmt: skip
    """A path that grows a little every year, so that no year resembles another and none stands out."""
    rows, value = [], first
    for year in YEARS:
        is_base = year == YEARS[0]
        row = {
            "site_id": site,
            "year": year,
            "scenario": "base" if is_base else scenario,
            "carrier": carrier,
            "use": "energetic",
            "direction": "offtake",
            "value": value,
            "unit": unit,
            "origin": "metered" if is_base else "estimate",
            **({"peak_mw": round(value / 5, 3)} if peak else {}),
            **more,
        }
        rows.append(row)
        value = round(value * rng.uniform(1.02, 1.06), 3)
    return rows


def _project(rng: random.Random, site: str, number: int, growth: float) -> Row:
    return {
        "project_id": f"P{number}",
        "site_id": site,
        "project_name": "Elektrische oven",
        "route": "electrification",
        "technique": "electric_furnace",
        "carrier_from": "natural_gas",
        "carrier_to": "electricity",
        "delta_value": round(growth, 3),
        "delta_unit": "GWh",
        "delta_peak_mw": _amount(rng, 0.1, 2),
        "commissioning_date": _day(rng, 2029),
        "certainty": "design",
        "probability_pct": float(rng.randrange(1, 100)),
        "depends_on": "grid_connection;permit",
        "co2_reduction_kt": _amount(rng, 1, 9),
        "financial_instrument": "veki",
        "alternative_without_grid": "Langer door met gas.",
        "alternative_carrier": "natural_gas",
    }


def _flexibility(rng: random.Random, site: str) -> list[Row]:
    return [
        {
            "site_id": site,
            "flexible_mw": _amount(rng, 0.1, 3),
            "flex_direction": direction,
            "duration_h": float(rng.randrange(1, 9)),
            "events_per_year": rng.randrange(1, 200),
            "storage_mwh": _amount(rng, 1, 9),
            "own_generation_mw": _amount(rng, 1, 9),
            "own_generation_type": "solar",
            "energy_hub": "Hub Lage Weide",
        }
        for direction in ("less_offtake", "more_offtake")
    ]
