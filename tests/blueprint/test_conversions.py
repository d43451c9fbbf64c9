"""Checks the conversions against values worked out by hand, and that no allowed unit goes without one.

The factors themselves, and where they are from, stand in factors.csv.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from blueprint.conversions import conversions, emission_factors
from blueprint.load import blueprint

FACTORS = {(c.carrier, c.unit, c.basis): (c.canon, c.factor) for c in conversions()}


@pytest.mark.parametrize(
    ("carrier", "unit", "basis", "canon", "factor"),
    [
        ("electricity", "TWh", "", "PJ", "3.6"),
        ("electricity", "kWh", "", "PJ", "0.0000000036"),
        ("heat", "GJ", "", "PJ", "0.000001"),
        ("natural_gas", "mln_m3", "", "PJ", "0.03165"),
        ("natural_gas", "m3", "", "PJ", "0.00000003165"),
        # A volume says nothing about a heating value: the same whatever basis is stated.
        ("natural_gas", "m3", "HHV", "PJ", "0.00000003165"),
        ("natural_gas", "MWh", "LHV", "PJ", "0.0000036"),
        # 1 MWh HHV is 3.6 GJ HHV; times 31.65/35.17 is 3.2396929 GJ LHV.
        ("natural_gas", "MWh", "HHV", "PJ", "0.0000032396929201"),
        ("hydrogen", "kt", "", "PJ", "0.12"),
        ("hydrogen", "kg", "", "PJ", "0.00000012"),
        ("hydrogen", "mln_m3", "", "PJ", "0.0108"),
        ("hydrogen", "m3", "", "PJ", "0.0000000108"),
        ("oil", "t", "", "PJ", "0.0000427"),
        ("co2", "kg", "", "kt", "0.000001"),
        ("circular_feedstock", "t", "", "kt", "0.001"),
    ],
)
def test_conversion_is_what_a_hand_calculation_gives(
    carrier: str, unit: str, basis: str, canon: str, factor: str
) -> None:
    found_canon, found = FACTORS[carrier, unit, basis]
    assert found_canon == canon
    assert abs(found - Decimal(factor)) <= Decimal(factor) * Decimal("1e-12")


def test_the_hhv_factors_are_the_quotients_of_the_heating_values() -> None:
    assert FACTORS["natural_gas", "PJ", "HHV"][1] == round(Decimal("31.65") / Decimal("35.17"), 12)
    assert FACTORS["hydrogen", "PJ", "HHV"][1] == round(Decimal("120.0") / Decimal("141.9"), 12)


def test_process_gas_on_hhv_has_no_conversion() -> None:
    bases = {basis for carrier, _, basis in FACTORS if carrier == "process_gas"}
    assert bases == {"", "LHV"}


def test_mass_is_never_turned_into_energy_for_co2_and_feedstock() -> None:
    canons = {carrier: canon for (carrier, _, _), (canon, _) in FACTORS.items()}
    assert {carrier for carrier, canon in canons.items() if canon == "kt"} == {"co2", "circular_feedstock"}


def test_every_unit_a_carrier_may_be_filed_in_has_one_conversion_without_a_basis() -> None:
    allowed = {
        (carrier.code, unit)
        for carrier in blueprint().codes["carriers"].codes
        for unit in carrier.attributes["units"].split(";")
    }
    without_basis = [(c.carrier, c.unit) for c in conversions() if c.basis == ""]
    assert len(without_basis) == len(set(without_basis))
    assert set(without_basis) == allowed


def test_every_conversion_is_positive_and_exact() -> None:
    assert all(isinstance(c.factor, Decimal) and c.factor > 0 for c in conversions())


def test_emission_factors_are_kt_co2_per_pj() -> None:
    assert emission_factors() == {
        "natural_gas": Decimal("56.4"),
        "oil": Decimal("74.3"),
        "coal": Decimal("94.7"),
        "coke": Decimal("106.8"),
    }
