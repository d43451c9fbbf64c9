"""Writes made-up plans for infrastructure, in the form in which an analyst loads real ones.

No operator announced any of these; they go with the fictional companies of `companies`.
"""

from __future__ import annotations

from pathlib import Path

from assets import records
from blueprint.load import blueprint

FILE = "voorbeeld-infrastructuur.csv"
PLANS = """\
V-001;Uitbreiding onderstation;;GM0047;Elektriciteit;Enexis;2031;2033;40;Ontwerp
V-002;Nieuw hoogspanningsstation;Groningen;;Elektriciteit;TenneT;2035;;300;Investeringsbesluit
V-003;Regionale waterstofleiding;;GM0106;Waterstof;Hynetwork;2036;2038;;Haalbaarheid
V-004;Verzwaring middenspanningsnet;;GM0405;Elektriciteit;Liander;2036;;60;Ontwerp
V-005;Warmtenet bedrijvenpark;;GM0405;Warmte;;2029;;;Idee
V-006;Nieuw onderstation;;GM1900;Elektriciteit;Liander;2030;2032;80;Realisatie
V-007;CO2-leiding;Fryslân;;CO2;;2037;;;Idee
V-008;Nieuw onderstation;;GM0995;Elektriciteit;Liander;2030;;100;Investeringsbesluit
V-009;Eerste deel landelijk waterstofnet;Zuid-Holland;;Waterstof;Hynetwork;2027;2028;;Realisatie
"""


def write_sample_plans(folder: Path) -> Path:
    """Write the plans as one file; returns it."""
    names = blueprint().tables["infrastructure"].field_names
    path = folder / FILE
    rows = [dict(zip(names, (*plan.split(";"), "verzonnen"), strict=True)) for plan in PLANS.splitlines()]
    records.write(path, names, rows)
    return path
