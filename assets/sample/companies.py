"""Generates fictional companies and what they file: every province, every sector, plans to 2050, from one seed.

Files and mistakes do not belong here; the parameters stand in `profiles`.
"""

from __future__ import annotations

import datetime as dt
import math
import random

from assets.sample.figures import ean, rounded
from assets.sample.paths import SiteEnergy
from assets.sample.plans import draw_energy
from assets.sample.profiles import (
    ETS_FROM_T,
    PARKS,
    PROFILES,
    ROLES,
    SECOND_NAMES,
    SECTOR_CYCLE,
    STREETS,
    TRANSMISSION_KV,
    VOLTAGES,
    Place,
    places,
    site_sizes,
)
from assets.workbooks.filing import Filing, Row
from blueprint.load import blueprint

ROUND = "voorbeeld-2026"
FIRST_DAY, LAST_DAY = dt.date(2026, 2, 2), dt.date(2026, 5, 29)
KVK_PREFIX = "98"
FICTIONAL = "(fictief)"
# A few companies belong to one concern: the contributor that protection of figures counts.
CONCERN_EVERY, CONCERN_SIZE = 9, 2
HOURS_OF_GAS = 4500
M3_PER_PJ = 1e6 / 0.03165


def generate(seed: int = 2026, companies: int = 60, round_name: str = ROUND) -> list[Filing]:
    """The filings of so many fictional companies, valid and with few remarks.

    A company depends on the seed and its own number only, so a larger round begins with the same companies.
    """
    return [_filing(seed, number, round_name) for number in range(companies)]


def company_name(number: int, sector: str) -> str:
    """A name that is no other company's of the round, and says that the company does not exist."""
    kinds = PROFILES[sector].names
    turn = number // len(SECTOR_CYCLE)
    kind = kinds[(number + turn) % len(kinds)]
    again = number // (len(kinds) * len(SECOND_NAMES))
    return f"{kind} {SECOND_NAMES[number % len(SECOND_NAMES)]}{f' {again + 1}' if again else ''} {FICTIONAL} B.V."


def _filing(seed: int, number: int, round_name: str) -> Filing:
    rng = random.Random(f"{seed}/{number}")  # noqa: S311 - fictional figures, no secrets
    sector = SECTOR_CYCLE[number % len(SECTOR_CYCLE)]
    filing = Filing(f"b{number + 1:03d}", {table.name: [] for table in blueprint().sheet_tables})
    filing.rows("submission").append(_submission(rng, filing.name, round_name))
    filing.rows("company").append(_company(rng, number, sector))
    provinces = list(places())
    count = 1 if rng.random() >= PROFILES[sector].several_sites else rng.choice((2, 2, 3))
    chosen = [provinces[number % len(provinces)]]
    chosen += rng.sample([p for p in provinces if p != chosen[0]], count - 1)
    for index, province in enumerate(chosen, start=1):
        _add_site(rng, filing, number, index, rng.choice(places()[province]), sector)
    filing.rows("consent").extend(_consents(rng, filing.row("submission")["submitted_on"]))
    if count > 1 and number % 2:
        for row in filing.rows("consent"):
            if row["consent_purpose"] == "operator_site_level":
                row["consent_sites"] = "V1"
    return filing


def _submission(rng: random.Random, name: str, round_name: str) -> Row:
    agreed = blueprint()
    days = (LAST_DAY - FIRST_DAY).days
    return {
        "blueprint_version": agreed.version,
        "round": round_name,
        "base_year": agreed.base_year,
        "submitted_on": FIRST_DAY + dt.timedelta(days=rng.randrange(days)),
        "contact_email": f"energie@{name}.example",
    }


def _company(rng: random.Random, number: int, sector: str) -> Row:
    profile = PROFILES[sector]
    in_concern = number % CONCERN_EVERY < CONCERN_SIZE
    return {
        "kvk_number": f"{KVK_PREFIX}{number:06d}",
        "company_name": company_name(number, sector),
        "group_id": f"CONCERN-{number // CONCERN_EVERY + 1}" if in_concern else None,
        "sector": sector,
        "sbi_code": rng.choice(profile.sbi),
        "sbi_version": "2008",
    }


def _add_site(rng: random.Random, filing: Filing, number: int, index: int, place: Place, sector: str) -> None:
    site_id = f"V{index}"
    co2_t = rng.choice(site_sizes(sector)) * rng.uniform(0.85, 1.15)
    profile = PROFILES[sector]
    is_ets = bool(profile.fuels) and co2_t >= ETS_FROM_T
    provinces = {code.code: code for code in blueprint().codes["provinces"].codes}
    hydrogen_from = int(provinces[place.province_code].attributes["hydrogen_from"])
    energy = draw_energy(rng, site_id, profile, co2_t, hydrogen_from)
    filing.rows("site").append(_site(rng, number, site_id, place, is_ets, co2_t))
    years = (blueprint().base_year, *blueprint().target_years)
    connections = _connections(rng, energy, number, index, place, years)
    filing.rows("connection").extend(connections)
    filing.rows("energy_demand").extend(energy.rows(years))
    for project in energy.projects:
        filing.rows("project").append({"project_id": f"P{len(filing.rows('project')) + 1}", **project})
    if rng.random() < 0.5:
        filing.rows("flexibility").append(_flexibility(rng, energy))
    _add_bottleneck(rng, filing, energy, waiting=bool(connections[0]["request_pending"]))


def _site(rng: random.Random, number: int, site_id: str, place: Place, is_ets: bool, co2_t: float) -> Row:
    has_address = rng.random() < 0.8
    has_coordinate = rng.random() < 0.5
    return {
        "site_id": site_id,
        "site_name": f"Vestiging {place.city}",
        "branch_number": f"0000{number:06d}{int(site_id[1:]):02d}" if rng.random() < 0.5 else None,
        "street": rng.choice(STREETS) if has_address else None,
        "house_number": str(rng.randrange(1, 120)) if has_address else None,
        "postcode": f"{place.postcode_digits}ZZ" if has_address else None,
        "city": place.city,
        "municipality_code": place.municipality_code,
        "municipality_year": blueprint().geography_year if rng.random() < 0.3 else None,
        "latitude": round(place.latitude + rng.uniform(-0.008, 0.008), 5) if has_coordinate else None,
        "longitude": round(place.longitude + rng.uniform(-0.008, 0.008), 5) if has_coordinate else None,
        "business_park": rng.choice(PARKS) if rng.random() < 0.4 else None,
        "is_ets": is_ets,
        "nea_permit_number": f"NL-2099{number:05d}" if is_ets else None,
        "co2_base_year_t": float(round(co2_t * rng.uniform(0.92, 1.08))) if is_ets else None,
        "industrial_cluster": "cluster6",
    }


def _connections(
    rng: random.Random, energy: SiteEnergy, number: int, index: int, place: Place, years: tuple[int, ...]
) -> list[Row]:
    rows = [_electric_connection(rng, energy, number, index, place, years)]
    gas = energy.stream("natural_gas")
    if gas is not None:
        flow = sum(s.base for s in energy.streams if s.carrier == "natural_gas") * M3_PER_PJ / HOURS_OF_GAS
        rows.append(
            {
                "connection_id": f"{energy.site_id}-G1",
                "site_id": energy.site_id,
                "carrier": "natural_gas",
                "ean_code": ean(number, index, 2),
                "grid_operator": place.grid_operator if flow < 5000 else "gasunie_transport_services",
                "pressure_bar": 8.0 if flow < 5000 else 40.0,
                "capacity_m3_per_hour": rounded(flow * rng.uniform(1.1, 1.4), 3),
                "request_pending": False,
            }
        )
    return rows


def _electric_connection(
    rng: random.Random, energy: SiteEnergy, number: int, index: int, place: Place, years: tuple[int, ...]
) -> Row:
    highest = energy.highest_peak(years)
    stream, supply = energy.stream("electricity"), energy.stream("electricity", direction="supply")
    assert stream is not None
    contracted = _up(stream.peak_mw * rng.uniform(1.03, 1.25))
    pending = highest > contracted and rng.random() < 0.85
    if highest > contracted and not pending:
        contracted = _up(highest * 1.05)
    feed_in = _up(supply.peak_mw * 1.1) if supply else None
    capacity = _up(max(contracted, feed_in or 0.0) * rng.uniform(1.1, 1.6))
    voltage = next(kv for below, kv in VOLTAGES if capacity < below)
    congestion = rng.choice(("0", "1", "2", "3", "3"))
    return {
        "connection_id": f"{energy.site_id}-E1",
        "site_id": energy.site_id,
        "carrier": "electricity",
        "ean_code": ean(number, index, 1),
        "grid_operator": "tennet" if voltage > TRANSMISSION_KV else place.grid_operator,
        "voltage_level_kv": voltage,
        "substation": f"Station {place.city} (voorbeeld)" if rng.random() < 0.4 else None,
        "connection_capacity_mva": capacity,
        "contracted_offtake_mw": contracted,
        "contracted_feed_in_mw": feed_in,
        "request_pending": pending,
        "requested_extra_mw": _up((highest - contracted) * 1.02) if pending else None,
        "requested_on": dt.date(rng.randrange(2022, 2026), rng.randrange(1, 13), 15) if pending else None,
        "congestion_status": congestion,
        "has_quarter_hour_data": True,
    }


def _flexibility(rng: random.Random, energy: SiteEnergy) -> Row:
    stream, supply = energy.stream("electricity"), energy.stream("electricity", direction="supply")
    assert stream is not None
    own = rounded(supply.peak_mw * 1.2, 3) if supply else None
    return {
        "site_id": energy.site_id,
        "flexible_mw": rounded(stream.peak_mw * rng.uniform(0.05, 0.3), 3),
        "flex_direction": rng.choice(("less_offtake", "less_offtake", "more_offtake")),
        "duration_h": rng.choice((0.5, 1.0, 2.0, 4.0)),
        "events_per_year": rng.choice((20, 50, 100, 250)),
        "storage_mwh": rng.choice((None, None, 2.0, 8.0)),
        "own_generation_mw": own,
        "own_generation_type": "solar" if own else None,
        "energy_hub": "Energiehub Voorbeeld" if rng.random() < 0.2 else None,
    }


def _add_bottleneck(rng: random.Random, filing: Filing, energy: SiteEnergy, waiting: bool) -> None:
    kinds = {
        "hydrogen": ("hydrogen_infrastructure", "Er is nog geen aansluiting op een waterstofnet toegezegd."),
        "capture": ("co2_infrastructure", "Er is geen leiding om de afgevangen CO2 af te voeren."),
        "heat_supply": ("heat_steam_infrastructure", "Er is nog geen warmtenet dat de restwarmte kan afnemen."),
    }
    kind = kinds.get(energy.route)
    if waiting:
        kind = ("grid_congestion", "Het extra vermogen komt later dan het project het nodig heeft.")
    if kind is None or rng.random() < 0.3:
        return
    mine = [project["project_id"] for project in filing.rows("project") if project["site_id"] == energy.site_id]
    help_requested = rng.random() < 0.4
    filing.rows("bottleneck").append(
        {
            "bottleneck_id": f"K{len(filing.rows('bottleneck')) + 1}",
            "site_id": energy.site_id,
            "bottleneck_kind": kind[0],
            "bottleneck_description": kind[1],
            "project_id": mine[-1] if mine else None,
            "bottleneck_since": dt.date(rng.randrange(2022, 2026), rng.randrange(1, 13), 1),
            "help_requested": help_requested,
            "escalation": rng.choice(("company", "case_team")) if help_requested else None,
        }
    )


def _consents(rng: random.Random, on: dt.date) -> list[Row]:
    if rng.random() < 0.2:
        return []
    chances = {
        "operator_site_level": 0.8,
        "province_site_level": 0.7,
        "publication_identifiable": 0.15,
        "case_based_approach": 0.5,
    }
    return [
        {
            "consent_purpose": purpose,
            "granted": rng.random() < chance,
            "granted_on": on,
            "valid_until": dt.date(2028, 12, 31),
            "signatory_role": rng.choice(ROLES),
        }
        for purpose, chance in chances.items()
    ]


def _up(value: float) -> float:
    """The value rounded up to hundredths: a contract is not below the peak that it must carry."""
    return math.ceil(value * 100) / 100
