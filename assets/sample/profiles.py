"""The parameters of the fictional companies: per sector their names, size, energy and plans, as small tables.

Drawing from these tables is done in `companies` and `paths`. The figures are orders of magnitude, no statistics.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data"

# Seventeen places, prime to the twelve provinces: every sector meets every province, and large sectors come often.
SECTOR_CYCLE = (
    "food", "chemicals", "ceramics", "paper", "plastics", "metals", "food", "glass", "waste_recycling", "ict",
    "chemicals", "food", "other", "oil_gas_exploration", "paper", "ceramics", "food",
)  # fmt: skip

SMALLEST_T, LARGEST_T = 1_500.0, 240_000.0  # t CO2 of a site; larger ones are in the five clusters
ETS_FROM_T = 5_000.0


@dataclass(frozen=True)
class Profile:
    """What sites of one sector have in common.

    `subsectors` name the real sites whose size is drawn, times `scale`. `electricity` is PJ of electricity per PJ
    of fuel. `fuels` split the fuel over carriers, gas first. `feedstock` is (carrier, PJ per PJ of fuel).
    `routes` are drawn from for the plans of a site. `steam` is the share of sites that buy steam.
    """

    names: tuple[str, ...]
    sbi: tuple[str, ...]
    subsectors: tuple[str, ...]
    scale: float
    electricity: tuple[float, float]
    full_load_hours: tuple[int, int]
    routes: tuple[str, ...]
    fuels: tuple[tuple[str, float], ...] = (("natural_gas", 1.0),)
    feedstock: tuple[str, float] | None = None
    steam: float = 0.0
    several_sites: float = 0.15


PAPER, GLASS, MINERAL = "Paper and printing", "Glass", "Non-metallic mineral products"
CHEMICAL, METAL, STEEL = "Chemical industry", "Non-ferrous metals", "Iron and steel"

PROFILES: dict[str, Profile] = {
    "ceramics": Profile(
        ("Steenfabriek", "Dakpannenfabriek", "Tegelfabriek", "Vuurvaste Steen"),
        ("2332", "2331", "2320"), (MINERAL,), 1.0, (0.10, 0.18), (5500, 7500),
        ("hydrogen", "electric", "hydrogen", "none"),
    ),
    "food": Profile(
        ("Zuivelfabriek", "Brouwerij", "Aardappelverwerking", "Bakkerij", "Margarinefabriek", "Slachterij"),
        ("1051", "1105", "1031", "1071", "1042", "1011"), (PAPER,), 0.7, (0.35, 0.70), (4200, 7000),
        ("electric", "electric", "heat_pump", "heat_offtake", "none"), steam=0.15, several_sites=0.35,
    ),
    "chemicals": Profile(
        ("Chemische Fabriek", "Harsfabriek", "Verffabriek", "Zeepfabriek"),
        ("2014", "2016", "2030", "2041"), (CHEMICAL,), 0.8, (0.25, 0.50), (6000, 7900),
        ("hydrogen", "electric", "capture", "circular"), feedstock=("natural_gas", 0.35), steam=0.4,
    ),
    "metals": Profile(
        ("IJzergieterij", "Zinkwerken", "Smederij", "Aluminiumgieterij"),
        ("2451", "2443", "2453"), (METAL, STEEL), 0.9, (0.60, 1.40), (4500, 7500),
        ("electric", "hydrogen", "circular"), several_sites=0.2,
    ),
    "paper": Profile(
        ("Papierfabriek", "Kartonfabriek", "Golfkarton"),
        ("1712", "1721"), (PAPER,), 1.0, (0.30, 0.55), (6500, 7900),
        ("electric", "heat_pump", "heat_supply", "electric"), steam=0.3,
    ),
    "glass": Profile(
        ("Glasfabriek", "Flessenfabriek", "Glasvezelfabriek"),
        ("2313", "2314"), (GLASS,), 1.0, (0.15, 0.30), (7000, 7900),
        ("electric", "hydrogen", "heat_supply"),
    ),
    "waste_recycling": Profile(
        ("Afvalverwerking", "Recyclingbedrijf", "Slibverwerking"),
        ("3821", "3832", "3700"), (PAPER,), 0.8, (0.20, 0.40), (5500, 7500),
        ("capture", "heat_supply", "circular"), fuels=(("natural_gas", 0.25), ("waste", 0.55), ("biomass", 0.20)),
    ),
    "ict": Profile(
        ("Datacenter", "Rekencentrum"),
        ("6311",), (GLASS,), 0.9, (0.6, 1.6), (7000, 7900),
        ("growth", "growth", "heat_supply"), fuels=(), several_sites=0.3,
    ),
    "oil_gas_exploration": Profile(
        ("Gaswinning", "Olieveld", "Boorbedrijf"),
        ("0620", "0610", "0910"), (MINERAL,), 1.2, (0.20, 0.45), (6000, 7800),
        ("electric", "capture"), fuels=(("natural_gas", 1.0),), several_sites=0.3,
    ),
    "plastics": Profile(
        ("Kunststoffabriek", "Folieblazerij", "Spuitgieterij", "Rubberfabriek"),
        ("2221", "2222", "2219"), (MINERAL,), 0.35, (1.2, 2.4), (4000, 6500),
        ("circular", "electric", "none"), several_sites=0.25,
    ),
    "other": Profile(
        ("Textielververij", "Wasserij", "Houtdrogerij", "Asfaltcentrale"),
        ("1330", "9601", "1610", "2399"), (MINERAL,), 0.6, (0.25, 0.60), (3200, 5500),
        ("electric", "heat_pump", "none"), fuels=(("natural_gas", 0.85), ("oil", 0.15)),
    ),
}  # fmt: skip

SECOND_NAMES = (
    "De Wielewaal", "De Grutto", "De Kievit", "De Kemphaan", "De Roerdomp", "De Lepelaar", "De Zwarte Stern",
    "De IJsvogel", "De Blauwborst", "De Rietzanger", "De Tureluur", "De Watersnip", "De Putter", "De Nachtegaal",
    "Het Klaverblad", "Het Vlas", "De Eikelhof", "De Lindelaan", "Het Rietland", "De Elzenkamp", "De Zandbank",
    "Het Achterveld", "De Morgenster", "De Avondzon", "Het Hoge Water", "De Regenboog", "De Noordewind",
    "Het Zuiderlicht", "De Waterlelie", "De Dotterbloem", "Het Fluitenkruid", "De Korenbloem", "De Klaproos",
)  # fmt: skip
STREETS = ("Voorbeeldweg", "Verzonnenlaan", "Fabrieksweg", "Nijverheidsstraat", "Ambachtsweg", "Energieweg")
PARKS = ("Bedrijventerrein Oost", "De Voorbeeldhof", "Industrieterrein Noord", "Businesspark Zuid")
ROLES = ("Directeur", "Manager energie", "Hoofd techniek", "Vestigingsmanager")

# Years in which a plan can start: no filed years, so that the first filed year after it shows the whole change.
START_YEARS = (2026, 2028, 2029, 2032, 2033, 2034, 2037)
CERTAINTY_BY_START = {
    2026: ("fid", "realisation"), 2028: ("fid", "design"), 2029: ("design", "feasibility"),
    2032: ("feasibility", "design"), 2033: ("feasibility",), 2034: ("feasibility", "idea"), 2037: ("idea",),
}  # fmt: skip
PROBABILITY = {"idea": 20, "feasibility": 45, "design": 65, "fid": 90, "realisation": 95}

ELECTRICITY_UNITS = ("MWh", "MWh", "GWh", "MWh", "GWh", "TJ", "kWh")
# Carrier to (unit, heating value basis); a basis is stated for a gas in energy.
FUEL_UNITS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "natural_gas": (("m3", None), ("mln_m3", None), ("MWh", "HHV"), ("GJ", "LHV"), ("TJ", "LHV"), ("GWh", "HHV")),
    "hydrogen": (("t", None), ("kt", None), ("mln_m3", None), ("GWh", "LHV"), ("TJ", "HHV")),
    "oil": (("t", None), ("GJ", None)),
    "biomass": (("TJ", None), ("GJ", None)),
    "waste": (("TJ", None), ("PJ", None)),
    "steam": (("GJ", None), ("TJ", None)),
    "heat": (("GJ", None), ("MWh", None)),
}

# Contracted MW up to which a connection has this voltage in kV, and who may operate it.
VOLTAGES = ((0.16, 0.4), (12.0, 10.0), (45.0, 50.0), (100_000.0, 150.0))
TRANSMISSION_KV = 110.0


class Place(NamedTuple):
    """A gemeente in which a fictional site may lie."""

    municipality_code: str
    municipality_name: str
    city: str
    province_code: str
    postcode_digits: str
    latitude: float
    longitude: float
    grid_operator: str


@cache
def places() -> dict[str, tuple[Place, ...]]:
    """The places of every province, by province code."""
    found: dict[str, list[Place]] = {}
    for row in _read("places.csv"):
        values = {**row, "latitude": float(row["latitude"]), "longitude": float(row["longitude"])}
        found.setdefault(row["province_code"], []).append(Place(**values))
    return {province: tuple(rows) for province, rows in sorted(found.items())}


@cache
def site_sizes(sector: str) -> tuple[float, ...]:
    """t CO2 of the real sites that sites of this sector are like, within bounds and scaled, in order."""
    profile = PROFILES[sector]
    scaled = [
        float(row["ets_emissions_t"]) * profile.scale
        for row in _read("site_sizes.csv")
        if row["subsector"] in profile.subsectors
    ]
    return tuple(sorted(size for size in scaled if SMALLEST_T <= size <= LARGEST_T))


@cache
def _read(name: str) -> tuple[dict[str, str], ...]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))
