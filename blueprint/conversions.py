"""Works out, for every carrier, unit and heating value basis, the one factor that gives PJ on LHV or kt.

Only units.csv and factors.csv are read; amounts are converted elsewhere, in SQL.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import NamedTuple

from blueprint.load import blueprint
from blueprint.model import Blueprint, Factor, Unit

ENERGY, MASS = "PJ", "kt"
BASES = ("", "LHV", "HHV")


class Conversion(NamedTuple):
    """An amount of `carrier` in `unit` on `basis` ('' = not stated) times `factor` is an amount in `canon`."""

    carrier: str
    unit: str
    basis: str
    canon: str
    factor: Decimal


@cache
def conversions() -> tuple[Conversion, ...]:
    """Every conversion the Blueprint allows, in its own order."""
    return tuple(derive(blueprint()))


def derive(agreed: Blueprint) -> list[Conversion]:
    """All conversions of `agreed`; a unit that the carrier may not be filed in has none."""
    found = []
    for carrier in agreed.codes["carriers"].codes:
        for name in carrier.attributes["units"].split(";"):
            unit = agreed.units[name]
            for basis in BASES:
                canon, factor = _convert(agreed, carrier.code, carrier.attributes["quantity"], unit, basis)
                if factor is not None:
                    found.append(Conversion(carrier.code, name, basis, canon, factor))
    return found


def emission_factors(agreed: Blueprint | None = None) -> dict[str, Decimal]:
    """kt CO2 per PJ on LHV for each carrier that has one."""
    known = agreed or blueprint()
    return {f.carrier: f.factor for f in known.factors if f.from_unit == ENERGY and f.to_unit == MASS}


def power_factor(agreed: Blueprint | None = None) -> Decimal:
    """How many MW one MVA of a connection can carry, as the Blueprint declares it."""
    known = agreed or blueprint()
    return next(f.factor for f in known.factors if (f.from_unit, f.to_unit) == ("MVA", "MW"))


def _convert(agreed: Blueprint, carrier: str, quantity: str, unit: Unit, basis: str) -> tuple[str, Decimal | None]:
    if quantity == "mass":
        return MASS, unit.factor if unit.quantity == "mass" else None
    if unit.quantity == "energy":
        if basis != "HHV":
            return ENERGY, unit.factor
        to_lhv = _factor(agreed, carrier, ENERGY, "HHV")
        return ENERGY, unit.factor * to_lhv.factor if to_lhv else None
    # A volume or a mass of fuel says nothing about a heating value; its factor gives LHV whatever basis is stated.
    per_canon = _factor(agreed, carrier, unit.canon, "")
    return ENERGY, unit.factor * per_canon.factor if per_canon else None


def _factor(agreed: Blueprint, carrier: str, from_unit: str, basis: str) -> Factor | None:
    for factor in agreed.factors:
        if (factor.carrier, factor.from_unit, factor.basis, factor.to_unit) == (carrier, from_unit, basis, ENERGY):
            return factor
    return None
