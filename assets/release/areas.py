"""Which sum over an operator's area stands beside which public figures.

Who was shown which sum is in `known`, what it tells in `insight`.
"""

from __future__ import annotations

from collections.abc import Mapping

CARRIER = "energy_carrier"
STREAM = ("carrier", "direction", "year", "scenario")
PEAK, POWER = "peak", ("electricity", "offtake")
# Of each carrier (empty: whatever the carrier) the sites that make up a sum that is known.
Area = Mapping[str, frozenset[str]]


def carrier_in(codes: Mapping[str, str | int], has_carriers: bool, stream: tuple) -> str | None:
    """Under which carrier a stream of operators stands in a public one, with these codes; None when it does not."""
    carrier, direction, *moment = stream
    if moment != [codes.get("year"), codes.get("scenario")]:
        return None
    if has_carriers:
        return carrier if direction == codes.get("direction") else None
    return "" if (carrier, direction) == POWER and codes.get("power_measure") == PEAK else None


def measure_of(has_carriers: bool) -> str:
    """Which figure of operators is that of a public stream."""
    return "energy_pj" if has_carriers else "peak_mw"
