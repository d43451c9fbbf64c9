"""Rounds made up for the tests of releases: companies straight as the tables of which a release is made."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import numpy as np

from assets.disclosure.rules import Rules, TierRules
from assets.placing.decide import NOT_PLACED
from assets.release.make import Report, release
from assets.rounds import Round
from assets.store import DataFolder, write_table
from tests.assets.given import ROUND, Filed, Row, completed

TODAY = dt.date(2026, 11, 1)
SETTINGS = Round(round=ROUND)
RULES = Rules()
TIERS = TierRules(RULES, RULES)
PROVINCES = ("PV20", "PV24", "PV26", "PV27", "PV28", "PV30")
PLACES = {"PV20": "GM0014", "PV24": "GM0034", "PV26": "GM0344", "PV27": "GM0363", "PV28": "GM0599", "PV30": "GM0772"}
OPERATORS = {"PV20": "enexis", "PV24": "liander", "PV26": "stedin", "PV27": "liander", "PV28": "stedin"}
SECTORS = ("food", "chemicals", "metals", "paper", "glass")
CARRIERS = ("electricity", "natural_gas", "hydrogen", "heat")
TABLES = (
    *("site_demand", "site_connection", "company", "consent", "expected", "energy_demand", "connection"),
    *("site_project", "site_flexibility", "site_place", "site_bottleneck", "filed_sites", "register"),
)
NAMED = ("site", "submission", "project")
ROUTES, CERTAINTIES = ("electrification", "hydrogen", "process_efficiency_residual_heat"), ("idea", "design", "fid")
CO2, STUCK = "co2", ("grid_congestion", "finance")
SITE, RECOGNISED = "operator_site_level", "publication_identifiable"

# A stream of a site: carrier, direction, year and scenario; and what is filed there: energy (PJ) and peak (MW).
Use = tuple[str, str, int, str]
BASE, PLAN = ("offtake", 2023, "base"), ("offtake", 2030, "plan")
HIGH, LOW = ("offtake", 2030, "plan_high"), ("offtake", 2030, "plan_low")


@dataclass(frozen=True)
class Plan:
    """A project: its route, certainty and year, and what it changes: energy (PJ), peak (MW) and CO2 saved (kt)."""

    route: str = "electrification"
    certainty: str = "fid"
    year: int = 2029
    energy: float = 1.0
    peak: float | None = None
    co2: float | None = None


@dataclass(frozen=True)
class Site:
    """A site of a company. Of CO2 a use is kt. `group` None: no group was filed. `agrees` is what it consents to."""

    kvk: str
    uses: dict[Use, tuple[float, float]]
    site: str = "V1"
    group: str | None = None
    province: str | None = "PV26"
    sector: str = "food"
    operator: str = "stedin"
    agrees: tuple[str, ...] = ()
    scope: tuple[str | None, int | None, int | None] = (None, None, None)
    until: dt.date | None = None
    plans: tuple[Plan, ...] = ()
    storage: float | None = None
    stuck: tuple[str, ...] = ()
    municipality: str | None = None
    park: str | None = None
    flexible: float | None = None
    # What its submission is called: another letter is a filing anew.
    filing: str = "s"

    @property
    def place(self) -> str | None:
        return self.municipality or PLACES.get(self.province or "")

    @property
    def region(self) -> str:
        """The province as the tables have it: one that is not known has a code of its own."""
        return self.province or NOT_PLACED

    @property
    def holding(self) -> str:
        return self.group or self.kvk


def kvk(number: int) -> str:
    return f"6{number:07}"


def simple(number: int, value: float, carrier: str = "electricity", **more) -> Site:
    """A site with one figure in the base year."""
    return Site(kvk(number), {(carrier, *BASE): (value, round(value * 31.7, 6))}, **more)


def random_sites(seed: int, companies: int, provinces: int = 4, consenting: float = 0.3) -> list[Site]:
    """Companies with one to three sites, groups now and then, skewed amounts, and plans that mostly differ."""
    rng, more = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    found = []
    for number in range(companies):
        group = f"7{rng.integers(companies):07}" if rng.random() < 0.15 else None
        sector = str(rng.choice(SECTORS, p=[0.35, 0.25, 0.2, 0.15, 0.05]))
        agrees = tuple(purpose for purpose, share in ((SITE, consenting), (RECOGNISED, 0.1)) if rng.random() < share)
        for at in range(int(rng.choice([1, 2, 3], p=[0.75, 0.18, 0.07]))):
            province = PROVINCES[int(rng.integers(provinces))]
            operator = OPERATORS.get(province, "enexis")
            one = Site(kvk(number), _uses(rng), f"V{at + 1}", group, province, sector, operator, agrees)
            found.append(replace(one, **_extra(more, one.uses)))
    return found


def _uses(rng: np.random.Generator) -> dict[Use, tuple[float, float]]:
    uses: dict[Use, tuple[float, float]] = {}
    for carrier, share in zip(CARRIERS, (1.0, 0.7, 0.15, 0.2), strict=True):
        if rng.random() > share:
            continue
        value = float(rng.lognormal(0, 1.6)) * (rng.random() > 0.03)
        for stream, part in ((BASE, 1.0), (PLAN, rng.choice([1.0, rng.uniform(0.5, 1.6)], p=[0.4, 0.6]))):
            uses[carrier, *stream] = (round(value * part, 9), round(value * part * 30, 6))
        if rng.random() < 0.4:
            for stream, part in ((LOW, rng.uniform(0.7, 1.0)), (HIGH, rng.uniform(1.0, 1.3))):
                energy, peak = uses[carrier, *PLAN]
                uses[carrier, *stream] = (round(energy * part, 9), round(peak * part, 6))
        if rng.random() < 0.1:
            uses[carrier, "supply", 2023, "base"] = (round(float(rng.lognormal(-1, 1)), 9), 0.0)
    return uses


def _extra(rng: np.random.Generator, uses: dict[Use, tuple[float, float]]) -> dict:
    """Projects that add or save, a battery, flexible power and CO2, of some sites."""
    plans = tuple(
        Plan(
            str(rng.choice(ROUTES, p=[0.6, 0.2, 0.2])),
            str(rng.choice(CERTAINTIES)),
            int(rng.choice([2026, 2029, 2060])),
            round(float(rng.lognormal(-1, 1.2)) * (1 if rng.random() < 0.8 else -1), 9),
            round(float(rng.lognormal(1, 1.2)), 6) if rng.random() < 0.5 else None,
            round(float(rng.lognormal(1, 1.2)), 9) if rng.random() < 0.4 else None,
        )
        for _ in range(int(rng.choice([0, 1, 2], p=[0.4, 0.4, 0.2])))
    )
    storage, flexible = (round(float(rng.lognormal(0, 1)), 6) if rng.random() < 0.4 else None for _ in range(2))
    if rng.random() < 0.3:
        kt = float(rng.lognormal(2, 1.2))
        later = round(kt * float(rng.uniform(1, 2)), 9)
        captured = {(CO2, "supply", 2023, "base"): (round(kt, 9), 0.0), (CO2, "supply", 2030, "plan"): (later, 0.0)}
        uses = uses | captured
    stuck = tuple(sorted(kind for kind in STUCK if rng.random() < 0.3))
    return {"stuck": stuck, "plans": plans, "storage": storage, "flexible": flexible, "uses": uses}


def explained(sites: Iterable[Site], seed: int, share: float = 0.95) -> list[Site]:
    """The same sites, of which nearly all plan only what their projects add before 2030: few leave a rest."""
    rng, found = np.random.default_rng([seed, 2]), []
    for one in sites:
        uses, plans = dict(one.uses), tuple(replace(plan, year=min(plan.year, 2029)) for plan in one.plans)
        if rng.random() < share:
            for use in [use for use in uses if use[1:] == PLAN]:
                uses[use] = uses[use[0], *BASE]
            added, peak = ([getattr(plan, name) or 0.0 for plan in plans] for name in ("energy", "peak"))
            energy, power = uses["electricity", *PLAN]
            uses["electricity", *PLAN] = (max(round(energy + sum(added), 9), 0.0), round(power + sum(peak), 6))
        found.append(replace(one, uses=uses, plans=plans))
    return found


# Of those who did not agree that their operator sees them, so many do at every next release.
AGREES_LATER = 0.2


def changed(sites: list[Site], seed: int, share: float = 0.1) -> list[Site]:
    """The round a while later: some corrected, some left, some are new, some withdrew their consent or gave it."""
    rng, later = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    firms = sorted({site.kvk for site in sites})
    moved = set(rng.choice(firms, max(1, int(share * len(firms))), replace=False).tolist())
    left = set(rng.choice(firms, int(share * len(firms) / 4), replace=False).tolist())
    found = []
    for site in sites:
        if site.kvk in left:
            continue
        if site.kvk in moved:
            factor = float(rng.choice([rng.uniform(0.2, 3.0), rng.uniform(0.99, 1.01)]))
            uses = {use: (round(a * factor, 9), round(b * factor, 6)) for use, (a, b) in site.uses.items()}
            agrees = () if rng.random() < 0.3 else site.agrees
            plans = tuple(replace(plan, energy=round(plan.energy * factor, 9)) for plan in site.plans)
            site = replace(site, uses=uses, agrees=agrees, plans=plans)
        elif SITE not in site.agrees and later.random() < AGREES_LATER:
            site = replace(site, agrees=(*site.agrees, SITE))
        found.append(site)
    new = [
        replace(site, kvk=kvk(900_000 + seed % 1000 * 1000 + number))
        for number, site in enumerate(random_sites(seed + 1, int(share * len(firms) / 4)))
    ]
    return found + new


def filed(sites: Iterable[Site]) -> Filed:
    """The rows of the tables that a release reads."""
    found: Filed = {name: [] for name in (*TABLES, *NAMED)}
    seen: set[str] = set()
    for one in sites:
        own = {"submission_id": f"{one.filing}{one.kvk}"}
        same: Row = {
            **own,
            "round": ROUND,
            "kvk_number": one.kvk,
            "group_id": one.holding,
            "site_id": one.site,
            "province_code": one.region,
            "municipality_code": one.place,
        }
        if one.kvk not in seen:
            seen.add(one.kvk)
            who = {"kvk_number": one.kvk, "company_name": f"Zandkorrel {one.kvk} B.V.", "group_id": one.group}
            found["company"].append({**own, **who, "sector": one.sector})
            found["submission"].append({**own, "contact_email": f"chef@zandkorrel{one.kvk}.example"})
            for purpose in one.agrees:
                found["consent"].append(
                    {**own, "consent_purpose": purpose, "granted": True, "granted_on": dt.date(2026, 1, 1)}
                    | {"valid_until": one.until}
                    | dict(zip(("waiver_tables", "waiver_from_year", "waiver_until_year"), one.scope, strict=True))
                )
        name = {"site_name": f"Hof {one.kvk} {one.site}", "street": f"Zandweg bij {one.kvk}"}
        found["site"].append({**own, "site_id": one.site, **name, "municipality_code": same["municipality_code"]})
        for (carrier, direction, year, scenario), (energy, peak) in one.uses.items():
            place = {"year": year, "scenario": scenario, "carrier": carrier, "direction": direction, "use": "energetic"}
            amounts = {"mass_kt": _exact(energy, 12)} if carrier == CO2 else {"energy_pj": _exact(energy, 12)}
            amounts |= {} if carrier == CO2 else {"peak_mw": _exact(peak, 6)}
            found["site_demand"].append(
                {**same, **place, "sector": one.sector, "value": energy * 1000, "unit": "TJ", "origin": "measured"}
                | {"cell_status": "filed", "grid_operator": _operator(one, carrier), **amounts}
            )
        _plans_and_more(found, same, one)
        for carrier in sorted({use[0] for use in one.uses} - {CO2}):
            contract = max((peak for use, (_, peak) in one.uses.items() if use[0] == carrier), default=0.0)
            found["site_connection"].append(
                {**same, "connection_id": carrier, "carrier": carrier, "grid_operator": one.operator, "is_main": True}
                | {"contracted_offtake_mw": _exact(contract * 1.2, 6)}
            )
    return found


def _plans_and_more(found: Filed, same: Row, one: Site) -> None:
    place = {name: value for name, value in same.items() if name != "group_id"}
    found["site_place"].append({**place, "placed_by": "municipality", "business_park": one.park})
    for at, plan in enumerate(one.plans):
        numbers = {"delta_energy_pj": (plan.energy, 12), "delta_peak_mw": (plan.peak, 6)}
        numbers["co2_reduction_kt"] = (plan.co2, 12)
        found["site_project"].append(
            {**same, "project_id": f"P{at}", "route": plan.route, "certainty": plan.certainty}
            | {"commissioning_year": plan.year, "in_path": True, "probability_pct": Decimal(50)}
            | {"probability_source": "weight", "alternative_kind": "none", "first_year_pct": Decimal(100)}
            | {name: _exact(value, digits) for name, (value, digits) in numbers.items() if value is not None}
        )
    for at, kind in enumerate(one.stuck):
        found["site_bottleneck"].append({**same, "bottleneck_id": f"K{at}", "bottleneck_kind": kind})
    if one.flexible is not None or one.storage is not None:
        amounts = {"flexible_mw": one.flexible, "storage_mwh": one.storage}
        found["site_flexibility"].append(
            {**same, "grid_operator": _operator(one, "electricity"), "voltage_level": "unknown"}
            | {name: _exact(value, 6) for name, value in amounts.items() if value is not None}
        )


def _operator(one: Site, carrier: str) -> str:
    connected = {use[0] for use in one.uses} - {CO2}
    return one.operator if carrier in connected and one.operator else "unknown"


def _exact(value: float, digits: int) -> Decimal:
    return Decimal(f"{value:.{digits}f}")


def write(data: DataFolder, sites: Iterable[Site], seed: int | None = None) -> None:
    """The round in the data folder; with a seed, the rows in another order."""
    for name, rows in filed(sites).items():
        if seed is not None:
            np.random.default_rng(seed).shuffle(rows)  # type: ignore[arg-type]
        write_table(data, name, ROUND, completed(name, *rows))


def released(data: DataFolder, sites: Iterable[Site], rules: TierRules = TIERS, today: dt.date = TODAY) -> Report:
    """The next release of these sites."""
    write(data, sites)
    return release(data, SETTINGS, rules, today)


def folder(path: Path, name: str = "data") -> DataFolder:
    found = DataFolder(path / name)
    found.root.mkdir(parents=True, exist_ok=True)
    return found


def scaled(sites: Iterable[Site], factor: float) -> list[Site]:
    return [
        replace(copy.copy(one), uses={use: (a * factor, b * factor) for use, (a, b) in one.uses.items()})
        for one in sites
    ]
