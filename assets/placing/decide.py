"""Decides where a site lies: which evidence wins, how sure that is, and what says otherwise.

The order of the evidence is that of the code list `placements`; what each piece says is gathered in `evidence`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from assets.placing.evidence import ADDRESS, SCHEMA, outlined, site_evidence
from blueprint.geography import places
from blueprint.geography.locate import outlines
from blueprint.load import blueprint
from blueprint.model import Code

NOT_PLACED, AT_SEA = "PV00", "PVNZ"
# Nearer to its border than this, the outlines are too rough to be sure of the municipality.
NEAR_BORDER_M = 500.0
# Rows are told apart by one number each, that a column may not outgrow.
MOST_NUMBERS = 1 << 62
KEY = ("submission_id", "row_number", "series", "site_id")
DECIDED = pa.schema(
    [
        *SCHEMA,
        ("municipality_code", pa.string()),
        ("municipality_name", pa.string()),
        ("province_code", pa.string()),
        ("placed_by", pa.string()),
        ("placement_sureness", pa.string()),
        ("placement_conflicts", pa.string()),
    ]
)
Row = dict[str, Any]


def place(sites: pa.Table, year: int) -> pa.Table:
    """One row per filed row of `site`, in their order: the evidence, and where the site lies in `year`.

    Every site gets a province: its own, the North Sea (PVNZ) or 'not placed' (PV00). `placement_conflicts` names the
    evidence that says otherwise, with ';' between.
    """
    # A firm with many sites writes one address many times, and each costs as much as another.
    one_of_each, which = _different(sites.select(ADDRESS))
    found = site_evidence(one_of_each.to_pylist(), year)
    empty = dict.fromkeys(SCHEMA.names)
    decided = pa.Table.from_pylist([row | _decision(empty | row, year) for row in found], schema=DECIDED)
    placed = sites.select(KEY)
    for name, column in zip(decided.column_names, decided.take(pa.array(which)).columns, strict=True):
        placed = placed.append_column(name, column)
    return placed


def _different(rows: pa.Table) -> tuple[pa.Table, np.ndarray]:
    """One row of each of the different rows, and for every row which of these it is."""
    which, number = np.zeros(rows.num_rows, dtype=np.int64), 1
    for column in rows.columns:
        encoded = column.combine_chunks().dictionary_encode()
        width = len(encoded.dictionary) + 1
        if number * width > MOST_NUMBERS:
            found, which = np.unique(which, return_inverse=True)
            number = len(found)
        codes = encoded.indices.cast(pa.int64()).fill_null(width - 1)
        which, number = which * width + codes.to_numpy(), number * width
    _, one_of_each, which = np.unique(which, return_index=True, return_inverse=True)
    return rows.take(pa.array(one_of_each, pa.int64())), which


def _decision(row: Row, year: int) -> Row:
    order = {code: position for position, code in enumerate(_placements())}
    placed_by, code = min(_candidates(row, year), key=lambda found: order[found[0]])
    province = places.province_of(code, year) if code else AT_SEA if placed_by == "offshore" else NOT_PLACED
    conflicts = dict(_conflicts(row, code, province, year))
    return {
        "municipality_code": code,
        "municipality_name": places.municipality_name(code) if code else None,
        "province_code": province,
        "placed_by": placed_by,
        "placement_sureness": _sureness(row, placed_by, conflicts),
        "placement_conflicts": ";".join(conflicts) or None,
    }


def _candidates(row: Row, year: int) -> Iterator[tuple[str, str | None]]:
    """Every way in which the site can be placed, with the municipality that it gives."""
    by_code, by_coordinate, by_city = (row[f"municipality_by_{name}"] for name in ("code", "coordinate", "city"))
    yield "not_placed", None
    if by_code:
        ways = {"succession": "succession", "split": "split", "narrowed": "name_narrowed"}
        yield ways.get(row["code_reading"], "municipality_code"), by_code
    if row["code_reading"] == "split" and by_coordinate:
        yield "split_by_coordinate", by_coordinate
    # A typed digit goes wrong sooner than the name of a city.
    if by_coordinate and not (by_city and _province(by_city, year) != _province(by_coordinate, year)):
        yield "coast" if row["coordinate_where"] == "coast" else "coordinate", by_coordinate
    if row["coordinate_where"] == "sea":
        yield "offshore", None
    if by_city:
        yield "city_narrowed" if row["city_reading"] == "narrowed" else "city", by_city


def _conflicts(row: Row, code: str | None, province: str | None, year: int) -> Iterator[tuple[str, bool]]:
    """The evidence that says otherwise, and whether it says another province."""
    by_code, by_coordinate, by_city = (row[f"municipality_by_{name}"] for name in ("code", "coordinate", "city"))
    if by_code and by_code != code and row["code_reading"] != "split":
        yield "code", _province(by_code, year) != province
    if by_coordinate and by_coordinate != code:
        elsewhere = _province(by_coordinate, year) != province
        if elsewhere or (row["coordinate_where"] == "land" and row["border_m"] > NEAR_BORDER_M):
            yield "coordinate", elsewhere
    if row["coordinate_where"] in ("sea", "abroad") and province != AT_SEA and code:
        yield "coordinate", True
    if by_city and _province(by_city, year) != province:
        yield "city", True
    elif by_city and _other_city(row, code):
        yield "city", False
    by_postcode = row["municipality_by_postcode"]
    if row["province_by_postcode"] and code and row["province_by_postcode"] != province:
        yield "postcode", True
    elif by_postcode and code and _metres_apart(*sorted((by_postcode, code)), year) > NEAR_BORDER_M:
        yield "postcode", False


def _other_city(row: Row, code: str | None) -> bool:
    """Whether the city is another municipality of the province, and no village of the one where the site was placed."""
    if code in (None, row["municipality_by_city"], *row["villages"]) or row["code_reading"] == "split":
        return False
    # At the border the outlines are too rough to say that it is not the city.
    return code != row["municipality_by_coordinate"] or bool(row["municipality_by_code"]) or not _near_border(row)


def _sureness(row: Row, placed_by: str, conflicts: dict[str, bool]) -> str:
    sureness = _placements()[placed_by].attributes["sureness"]
    if sureness == "none":
        return sureness
    if any(conflicts.values()):
        return "unsure"
    # Two that agree with each other weigh as much as the one that was followed.
    if len(conflicts) > 1:
        return "unsure"
    near = placed_by == "coordinate" and _near_border(row)
    return "probable" if sureness == "sure" and (near or conflicts) else sureness


def _near_border(row: Row) -> bool:
    return row["border_m"] is not None and row["border_m"] < NEAR_BORDER_M


@cache
def _metres_apart(one: str, other: str, year: int) -> float:
    """How far two municipalities lie apart; 0 for neighbours, since a postcode can lie in two of them."""
    if one == other:
        return 0.0
    import shapely

    drawn = outlines()
    shapes = [[drawn[part] for part in outlined(code, year) if part in drawn] for code in (one, other)]
    return min((float(shapely.distance(a, b)) for a in shapes[0] for b in shapes[1]), default=0.0)


@cache
def _placements() -> dict[str, Code]:
    """The ways of placing, the one that wins first."""
    codes = blueprint().codes["placements"].codes
    return {code.code: code for code in sorted(codes, key=lambda code: int(code.attributes["order"]))}


def _province(code: str, year: int) -> str | None:
    return places.province_of(code, year)
