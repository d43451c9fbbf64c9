"""Draws the energy of one fictional site: its use in the base year, its plans to 2050 and the projects behind them.

Which company and place the site belongs to, and its connections, are drawn in `companies`.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass

from assets.sample.figures import rounded
from assets.sample.paths import DIGITS, MWH_PER_PJ, SiteEnergy, Step, Stream, conversion
from assets.sample.profiles import (
    CERTAINTY_BY_START,
    ELECTRICITY_UNITS,
    FUEL_UNITS,
    PROBABILITY,
    START_YEARS,
    Profile,
)
from blueprint.conversions import emission_factors

SCENARIOS_NARROW = (("plan", 1.0),)
SCENARIOS_WIDE = (("plan_low", 0.7), ("plan", 1.0), ("plan_high", 1.3))
HIGHEST = 1.3
# A demand never grows more than this over its base, also in the high plan: within what the rules call usual.
LARGEST_GROWTH = 5.0
DRIFT = (0.0002, 0.0005)  # per year, either way: enough to make years differ, too little to need a project
SOLAR_HOURS = 900
TECHNIQUES = {
    "Warmteterugwinning uit rookgassen": "heat_recovery",
    "Elektrische boiler of oven": "electric_boiler",
    "Industriële warmtepomp": "heat_pump",
    "Uitbreiding datahallen": "expansion",
    "Waterstofbranders": "hydrogen_burner",
    "Warmte van een buurbedrijf": "heat_offtake",
    "Levering van restwarmte": "residual_heat_supply",
    "CO2-afvang": "carbon_use",
    "Meer gerecyclede grondstof": "recycling",
}


def draw_energy(rng: random.Random, site_id: str, profile: Profile, co2_t: float, hydrogen_from: int) -> SiteEnergy:
    """The energy of a site whose fuel emits `co2_t` t CO2 a year, with plans drawn from its sector's routes.

    `hydrogen_from` is the first year of a hydrogen network in its province.
    """
    fuel = co2_t / 1000 / float(emission_factors()["natural_gas"])
    ratio = rng.uniform(*profile.electricity)
    scenarios = SCENARIOS_WIDE if rng.random() < 0.3 else SCENARIOS_NARROW
    energy = SiteEnergy(site_id, [], [], scenarios, rng.choice(profile.routes))
    electricity = fuel * ratio
    hours = rng.uniform(*profile.full_load_hours)
    unit = rng.choice(ELECTRICITY_UNITS)
    peak = electricity * MWH_PER_PJ / hours
    _add(rng, energy, Stream("electricity", unit, None, electricity, peak_mw=peak, origin="metered"))
    for carrier, share in profile.fuels:
        _add(rng, energy, _fuel(rng, carrier, fuel * share))
    if profile.feedstock:
        carrier, share = profile.feedstock
        stream = _fuel(rng, carrier, fuel * share)
        stream.use = "feedstock"
        _add(rng, energy, stream)
    if rng.random() < profile.steam:
        _add(
            rng, energy, _fuel(rng, "steam", fuel * rng.uniform(0.1, 0.3), temperature=rng.choice((150, 165, 180, 220)))
        )
    if rng.random() < 0.25:
        _add_solar(rng, energy)
    _draw_plans(rng, energy, fuel, co2_t, hydrogen_from)
    return energy


def _fuel(rng: random.Random, carrier: str, amount: float, temperature: float | None = None) -> Stream:
    unit, basis = rng.choice(FUEL_UNITS[carrier])
    return Stream(carrier, unit, basis, amount, temperature_c=temperature)


def _add(rng: random.Random, energy: SiteEnergy, stream: Stream) -> Stream:
    stream.drift = rng.choice((-1, 1)) * rng.uniform(*DRIFT)
    energy.streams.append(stream)
    return stream


def _add_solar(rng: random.Random, energy: SiteEnergy) -> None:
    power = rounded(rng.uniform(0.2, 2.5), 2)
    stream = Stream("electricity", "MWh", None, power * SOLAR_HOURS / MWH_PER_PJ, direction="supply", peak_mw=power)
    stream.origin = "metered"
    _add(rng, energy, stream)


def _draw_plans(rng: random.Random, energy: SiteEnergy, fuel: float, co2_t: float, hydrogen_from: int) -> None:
    start = rng.choice(START_YEARS)
    gas = energy.stream("natural_gas")
    saved = 0.0
    if gas is not None and energy.route in ("none", "electric", "hydrogen") and rng.random() < 0.7:
        saved = gas.base * rng.uniform(0.06, 0.12)
        first = START_YEARS[0]
        start = max(start, START_YEARS[1])
        gas.steps.append(Step(first, -saved))
        project = ("process_efficiency_residual_heat", "natural_gas", "natural_gas", gas, -saved, first)
        _project(rng, energy, *project, "Warmteterugwinning uit rookgassen")
    available = (gas.base - saved) * 0.95 / HIGHEST if gas is not None else 0.0
    _ROUTES[energy.route](_Plan(rng, energy, start, available, fuel, co2_t, hydrogen_from))


@dataclass(frozen=True)
class _Plan:
    """What a route may draw on: `available` is the gas in PJ that it may replace."""

    rng: random.Random
    energy: SiteEnergy
    start: int
    available: float
    fuel: float
    co2_t: float
    hydrogen_from: int

    def replace_gas(self, share: float, start: int) -> float:
        gas = self.energy.stream("natural_gas")
        assert gas is not None
        gas.steps.append(Step(start, -share * self.available))
        return share * self.available


def _electrify(plan: _Plan, share: tuple[float, float], efficiency: tuple[float, float], name: str) -> None:
    """Replace a share of the gas by electricity at `efficiency` PJ of electricity per PJ of gas."""
    stream = plan.energy.stream("electricity")
    assert stream is not None
    per_gas = plan.rng.uniform(*efficiency)
    largest = LARGEST_GROWTH * stream.base / HIGHEST / (per_gas * plan.available)
    gas = plan.replace_gas(min(plan.rng.uniform(*share), largest), plan.start)
    _more_electricity(plan, stream, gas * per_gas, "natural_gas", name)


def _more_electricity(plan: _Plan, stream: Stream, amount: float, before: str | None, name: str) -> None:
    hours = plan.rng.uniform(4200, 7600)
    step = Step(plan.start, amount, amount * MWH_PER_PJ / hours)
    stream.steps.append(step)
    _project(
        plan.rng, plan.energy, "electrification", before, "electricity", stream, amount, plan.start, name, step.peak_mw
    )


def _boiler(plan: _Plan) -> None:
    _electrify(plan, (0.3, 0.85), (0.85, 0.97), "Elektrische boiler of oven")


def _heat_pump(plan: _Plan) -> None:
    _electrify(plan, (0.35, 0.6), (0.30, 0.42), "Industriële warmtepomp")


def _growth(plan: _Plan) -> None:
    stream = plan.energy.stream("electricity")
    assert stream is not None
    _more_electricity(plan, stream, stream.base * plan.rng.uniform(0.5, 2.8), None, "Uitbreiding datahallen")


def _hydrogen(plan: _Plan) -> None:
    start = max(plan.start, next(year for year in START_YEARS if year >= plan.hydrogen_from))
    amount = plan.replace_gas(plan.rng.uniform(0.3, 0.9), start)
    unit, basis = plan.rng.choice(FUEL_UNITS["hydrogen"])
    stream = _add(plan.rng, plan.energy, Stream("hydrogen", unit, basis, 0.0))
    stream.steps.append(Step(start, amount))
    _project(plan.rng, plan.energy, "hydrogen", "natural_gas", "hydrogen", stream, amount, start, "Waterstofbranders")


def _heat_offtake(plan: _Plan) -> None:
    amount = plan.replace_gas(plan.rng.uniform(0.3, 0.5), plan.start) * 0.9
    stream = _add(plan.rng, plan.energy, _fuel(plan.rng, "heat", 0.0, temperature=plan.rng.choice((90, 110, 120))))
    stream.steps.append(Step(plan.start, amount))
    route = "process_efficiency_residual_heat"
    _project(
        plan.rng, plan.energy, route, "natural_gas", "heat", stream, amount, plan.start, "Warmte van een buurbedrijf"
    )


def _heat_supply(plan: _Plan) -> None:
    stream = _fuel(plan.rng, "heat", 0.0, temperature=plan.rng.choice((45, 70, 85, 95)))
    stream.direction = "supply"
    _add(plan.rng, plan.energy, stream).steps.append(Step(plan.start, plan.fuel * plan.rng.uniform(0.05, 0.2)))
    # Supply is no demand: the project states no change of what the site takes.
    route = "process_efficiency_residual_heat"
    _project(plan.rng, plan.energy, route, None, None, None, 0.0, plan.start, "Levering van restwarmte")


def _capture(plan: _Plan) -> None:
    stream = Stream("co2", plan.rng.choice(("t", "kt")), None, 0.0, use="feedstock", direction="supply")
    amount = plan.co2_t / 1000 * plan.rng.uniform(0.4, 0.8)
    _add(plan.rng, plan.energy, stream).steps.append(Step(plan.start, amount))
    _project(plan.rng, plan.energy, "ccs_ccu", None, "co2", stream, amount, plan.start, "CO2-afvang")


def _circular(plan: _Plan) -> None:
    base = plan.co2_t / 1000 * plan.rng.uniform(0.05, 0.3)
    stream = _add(plan.rng, plan.energy, Stream("circular_feedstock", "t", None, base, use="feedstock"))
    amount = base * plan.rng.uniform(0.5, 3.0)
    stream.steps.append(Step(plan.start, amount))
    carrier = "circular_feedstock"
    _project(
        plan.rng, plan.energy, "circularity", None, carrier, stream, amount, plan.start, "Meer gerecyclede grondstof"
    )


_ROUTES: dict[str, Callable[[_Plan], None]] = {
    "electric": _boiler,
    "heat_pump": _heat_pump,
    "growth": _growth,
    "hydrogen": _hydrogen,
    "heat_offtake": _heat_offtake,
    "heat_supply": _heat_supply,
    "capture": _capture,
    "circular": _circular,
    "none": lambda plan: None,
}


def _project(
    rng: random.Random,
    energy: SiteEnergy,
    route: str,
    carrier_from: str | None,
    carrier_to: str | None,
    stream: Stream | None,
    amount: float,
    start: int,
    name: str,
    peak_mw: float | None = None,
) -> None:
    """File the project behind a change of `amount` PJ (or kt); it states no basis, so HHV becomes TJ on LHV."""
    certainty = rng.choice(CERTAINTY_BY_START[start])
    unit = None if stream is None else ("TJ" if stream.basis == "HHV" else stream.unit)
    delta = rounded(amount / conversion(carrier_to, unit, None), DIGITS) if carrier_to and unit else None
    needs = {"electrification": "grid_connection", "hydrogen": "hydrogen_network"}.get(route)
    depends = [need for need in (needs, rng.choice(("subsidy", "business_case", "permit", "nitrogen"))) if need]
    energy.projects.append(
        {
            "site_id": energy.site_id,
            "project_name": name,
            "route": route,
            "technique": TECHNIQUES[name],
            "carrier_from": carrier_from,
            "carrier_to": carrier_to,
            "delta_value": delta,
            "delta_unit": unit,
            "delta_peak_mw": None if peak_mw is None else rounded(peak_mw, 4),
            "commissioning_date": dt.date(start, rng.choice((1, 4, 7, 10)), 1),
            "certainty": certainty,
            "probability_pct": float(PROBABILITY[certainty]),
            "depends_on": ";".join(depends),
            "financial_instrument": rng.choice(("sde_plus_plus", "veki", "dei_plus", "eia", "own_funds", None)),
            "alternative_without_grid": "De huidige installatie blijft langer in gebruik" if peak_mw else None,
            "alternative_carrier": carrier_from if peak_mw else None,
        }
    )
