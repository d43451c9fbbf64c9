"""The mistakes that companies make in the address of a site, each with the rule that must report it.

Other mistakes are in `mistakes`.
"""

from __future__ import annotations

from assets.sample.edits import FilingEdit, put
from assets.workbooks.filing import Filing
from blueprint.geography import places

NOWHERE = {"municipality_code": None, "latitude": None, "longitude": None}
MAASTRICHT = "GM0935"


def in_bergen(filing: Filing) -> None:
    """Of two municipalities called Bergen, and nothing else that says which."""
    filing.row("site").update(NOWHERE, municipality_code="Bergen", postcode=None)


def by_its_name(filing: Filing) -> None:
    """Not a mistake: the name of the municipality where its code is asked."""
    site = filing.row("site")
    site["municipality_code"] = f"gemeente {places.municipality_name(site['municipality_code'])}"


def _site(**values: object) -> FilingEdit:
    def edit(filing: Filing) -> None:
        filing.row("site").update(values)

    return edit


def _at(latitude: float, longitude: float) -> FilingEdit:
    return _site(latitude=latitude, longitude=longitude)


def _far(field: str, southern: str, northern: str) -> FilingEdit:
    """A value of Limburg, or of Groningen for a site that lies in Maastricht."""

    def edit(filing: Filing) -> None:
        site = filing.row("site")
        site[field] = southern if site["municipality_code"] != MAASTRICHT else northern

    return edit


MISPLACED: tuple[tuple[str, str, FilingEdit], ...] = (
    ("municipality_abolished", "municipality_abolished", put("site", "municipality_code", "GM0003")),
    ("municipality_empty", "place_unknown", _site(**NOWHERE, city="Kerkdorp")),
    ("municipality_by_city", "place_derived", _site(**NOWHERE, city="Zwolle")),
    ("coordinate_elsewhere", "coordinate_elsewhere", _at(53.45, 5.77)),
    ("coordinate_swapped", "coordinate_swapped", _at(5.12, 52.09)),
    ("coordinate_abroad", "coordinate_outside", _at(50.85, 4.35)),
    ("coordinate_at_sea", "coordinate_at_sea", _at(53.3, 3.6)),
    ("coordinate_half", "coordinate_half", _site(latitude=52.09, longitude=None)),
    ("rd_half", "rd_half", _site(rd_x_m=None, rd_y_m=463_000.0)),
    ("rd_swapped", "rd_swapped", _site(rd_x_m=463_000.0, rd_y_m=155_000.0)),
    ("rd_abroad", "rd_outside", _site(latitude=None, longitude=None, rd_x_m=82_700.0, rd_y_m=319_000.0)),
    (
        "coordinates_apart",
        "coordinate_pairs_differ",
        _site(latitude=52.09, longitude=5.12, rd_x_m=155_000.0, rd_y_m=463_000.0),
    ),
    ("city_elsewhere", "city_elsewhere", _far("city", "Maastricht", "Groningen")),
    ("postcode_elsewhere", "postcode_elsewhere", _far("postcode", "6211AA", "9711AA")),
    ("postcode_po_box", "postcode_po_box", put("site", "postcode", "1000AA")),
)
