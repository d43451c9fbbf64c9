"""Judges the demand of other sectors that an analyst loads: its places, its units, and what would count twice.

Reading and keeping the file is done in `assets.intake.reference_files`; adding it up in `pmiek_combined_demand.sql`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from assets.intake.expectations import Failure
from assets.intake.lists import failure, place_row, province_label
from blueprint.conversions import ENERGY, conversions
from blueprint.geography import places
from blueprint.load import blueprint

NAME = "other_demand"
CELL = ("province_code", "carrier", "direction", "year", "demand_scenario")
KEPT = "wat al eerder is geladen"
Row = dict[str, Any]


def judge(lines: list[Row], year: int, kept: list[Row], source: str) -> Iterator[Failure]:
    """The breaches in rows that were read, beside those `kept` from before; fills in place and source.

    `year` is that of the municipalities; `source` is the one of the whole file.
    """
    for row in lines:
        yield from place_row(row, NAME, year)
        yield from _old_place(row, year)
        yield from _amount(row)
        row["demand_source"] = row["demand_source"] or source
    whole = [row for row in lines if all(row[name] is not None for name in (*CELL, "other_sector"))]
    yield from _place_twice(whole, year)
    yield from _industry_twice(whole, kept, year)


def _old_place(row: Row, year: int) -> Iterator[Failure]:
    code = row["municipality_code"]
    now = places.current_code(code, year) if code else None
    if now and now != code:
        yield failure(NAME, row, "municipality_code", "list_municipality_old", _named(code), _named(now))


def _amount(row: Row) -> Iterator[Failure]:
    """What cannot be turned into PJ: a carrier that is a mass, a unit, or a heating value without a factor."""
    carrier, unit, basis = row["carrier"], row["unit"], row["heating_value_basis"]
    carriers = blueprint().codes["carriers"]
    if carrier in carriers.where("quantity", "mass"):
        energy = ", ".join(carriers.label(code) for code in carriers.where("quantity", "energy"))
        yield failure(NAME, row, "carrier", "list_no_energy", carrier, energy)
    elif carrier in carriers.names and unit in blueprint().units:
        known = _units(carrier)
        if unit not in {each for each, _ in known}:
            allowed = ", ".join(sorted({each for each, _ in known}))
            yield failure(NAME, row, "unit", "unit_not_allowed", unit, allowed)
        elif (unit, basis or "") not in known:
            label = blueprint().codes["heating_value_bases"].label("LHV")
            yield failure(NAME, row, "heating_value_basis", "basis_without_factor", basis, label)


@cache
def _units(carrier: str) -> frozenset[tuple[str, str]]:
    return frozenset((c.unit, c.basis) for c in conversions() if (c.carrier, c.canon) == (carrier, ENERGY))


def _place_twice(lines: list[Row], year: int) -> Iterator[Failure]:
    """A province beside its own municipalities, or a municipality beside one that went up in it."""
    cells: dict[tuple, list[Row]] = defaultdict(list)
    for row in lines:
        cells[(row["other_sector"], *(row[name] for name in CELL))].append(row)
    for rows in cells.values():
        parts = [row for row in rows if row["municipality_code"]]
        whole = [row for row in rows if not row["municipality_code"]]
        if parts and whole:
            where = f"regel {parts[0]['row_number']} ({_named(parts[0]['municipality_code'])})"
            yield failure(NAME, whole[0], "province_code", "list_place_twice", _province(whole[0]), where)
        own = {row["municipality_code"]: row for row in parts}
        for row in parts:
            now = _now(row, year)
            if now != row["municipality_code"] and now in own:
                where = f"regel {own[now]['row_number']} ({_named(now)})"
                yield failure(
                    NAME, row, "municipality_code", "list_place_twice", _named(row["municipality_code"]), where
                )


def _industry_twice(lines: list[Row], kept: list[Row], year: int) -> Iterator[Failure]:
    """Two rows of different sectors that both hold the industry of one place."""
    renewed = {(row["other_sector"], *(row[name] for name in CELL)) for row in lines}
    stays = [row for row in kept if (row["other_sector"], *(row[name] for name in CELL)) not in renewed]
    claims: dict[tuple, list[tuple[Row, str]]] = defaultdict(list)
    numbered = [(row, KEPT) for row in stays] + [(row, f"regel {row['row_number']}") for row in lines]
    for row, where in numbered:
        if row["holds_industry"] in _industry():
            key = tuple(row[name] for name in CELL)
            double = next((said for other, said in claims[key] if _meets(row, other, year)), None)
            if double:
                yield failure(NAME, row, "holds_industry", "list_industry_twice", row["holds_industry"], double)
            claims[key].append((row, where))


@cache
def _industry() -> frozenset[str]:
    known = blueprint().codes["industry_overlaps"].codes
    return frozenset(code.code for code in known if code.attributes["counts"] != "both")


def _meets(row: Row, other: Row, year: int) -> bool:
    places_of = {_now(row, year), _now(other, year)}
    return row["other_sector"] != other["other_sector"] and (None in places_of or len(places_of) == 1)


def _now(row: Row, year: int) -> str | None:
    code = row["municipality_code"]
    return places.current_code(code, year) or code if code else None


def _named(code: str | None) -> str:
    return f"{code} ({places.municipality_name(code)})" if code else ""


def _province(row: Row) -> str:
    return province_label(row["province_code"])
