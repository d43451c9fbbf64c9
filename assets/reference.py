"""Puts the Blueprint's code lists, conversions and geography, and a round's settings, into DuckDB as relations.

Facts only: no row of a company comes here.
"""

from __future__ import annotations

import math
import threading
from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa

from assets.case_facts import casework
from assets.rounds import Round
from blueprint.conversions import conversions, emission_factors, power_factor
from blueprint.geography import places
from blueprint.load import blueprint
from blueprint.model import Code, CodeList

if TYPE_CHECKING:
    import duckdb

PLAIN_LISTS = (
    "area_kinds",
    "uses",
    "directions",
    "scenarios",
    "clusters",
    "routes",
    "dependencies",
    "zero_emission_carriers",
    "other_sectors",
    "demand_scenarios",
)
FACTS_LOCK = threading.Lock()
# What stands behind the name of a company and is no part of it: a legal form, or something in brackets.
LEGAL_FORM = r"([\s,]+(\([^)]*\)|b\.?v\.?|n\.?v\.?|c\.?v\.?|v\.?o\.?f\.?))+$"
# How the name of a place is written, whatever the spaces in it; and whether what a company calls a place tells who it
# is: its name is in it, whatever its legal form.
# And a number with at most so many decimals, as people write it: 1.234,5; a number of hours that is never 0; and which
# part of its year is left on a day, itself counted.
MACROS = rf"""
create macro spelled(place) as nullif(trim(regexp_replace(place, '\s+', ' ', 'g')), '');
create macro tells_who(place, company_name) as coalesce(contains(
    lower(place),
    nullif(regexp_replace(lower(trim(company_name)), '{LEGAL_FORM}', ''), '')
), false);
create macro in_dutch(amount, decimals) as
    translate(rtrim(rtrim(format('{{:,.' || decimals || 'f}}', amount::double), '0'), '.'), ',.', '.,');
create macro hours_in_dutch(hours) as if(hours < 1, 'minder dan 1', in_dutch(hours, 1));
create macro rest_of_year(day) as
    date_diff('day', day, make_date(year(day) + 1, 1, 1))
    / date_diff('day', make_date(year(day), 1, 1), make_date(year(day) + 1, 1, 1));
"""
# Classes of a quantity: the list, and the attributes in which its bounds stand.
CLASS_LISTS = {
    "voltage_levels": ("from_kv", "below_kv"),
    "pressure_classes": ("above_bar", "up_to_bar"),
    "temperature_classes": ("at_least_c", "below_c"),
}


def register_reference(connection: duckdb.DuckDBPyConnection, settings: Round) -> None:
    """Make the relations that rules and aggregation join with.

    carriers, units, sectors, provinces, certainty, grid_operators, expected_operators (to whom a carrier goes where no
    connection was filed), classes and plain code lists; conversions (carrier, unit, basis, canon, factor as DOUBLE);
    emission_factors; power_factor (one row, MW per MVA); municipality; municipality_now (every code ever known, its
    successor and province in the round's geography year); ambiguous_municipality; scenario_mapping (which filed
    scenarios stand for one of the operators, the preferred first); industry_overlaps; estimate_bounds; settings (one
    row). And the macros spelled(place), tells_who(place, company_name), in_dutch(amount, decimals),
    hours_in_dutch(hours) and rest_of_year(day).
    """
    _keep_facts(connection)
    for name, rows in _of_round(settings).items():
        connection.register(name, rows)


def _keep_facts(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the relations that no round changes, once for all connections of a database: each time would cost more."""
    with FACTS_LOCK:
        if connection.execute("select 1 from duckdb_tables() where table_name = 'power_factor'").fetchall():
            return
        for name, rows in _facts().items():
            connection.register("fact", rows)
            connection.execute(f"create table {name} as from fact")
        connection.unregister("fact")
        connection.execute(MACROS)


@cache
def _facts() -> dict[str, pa.Table]:
    agreed = blueprint()
    lists = agreed.codes
    return {
        **{name: _plain(lists[name]) for name in PLAIN_LISTS},
        **{name: _classes(lists[name], *bounds) for name, bounds in CLASS_LISTS.items()},
        "carriers": _carriers(lists["carriers"]),
        "grid_operators": _grid_operators(lists["grid_operators"]),
        "expected_operators": _expected_operators(lists["grid_operators"]),
        "units": pa.table({"unit": list(agreed.units), "canon": [u.canon for u in agreed.units.values()]}),
        "sectors": _sectors(lists["sectors"]),
        "provinces": _provinces(lists["provinces"]),
        "certainty": _certainty(lists["certainty"]),
        "techniques": _techniques(lists["techniques"]),
        "conversions": _conversions(),
        "emission_factors": pa.table(
            {"carrier": list(emission_factors()), "factor": [float(f) for f in emission_factors().values()]}
        ),
        "power_factor": pa.table({"factor": pa.array([power_factor()], pa.decimal128(9, 6))}),
        "municipality": _municipalities(),
        "ambiguous_municipality": _ambiguous(),
        **casework(),
        "scenario_mapping": _scenario_mapping(lists["demand_scenarios"]),
        "industry_overlaps": pa.table(
            {
                "code": list(lists["industry_overlaps"].names),
                "counts": [code.attributes["counts"] for code in lists["industry_overlaps"].codes],
            }
        ),
        "estimate_bounds": pa.table(
            {
                "code": list(lists["estimate_bounds"].names),
                "bound": pa.array([int(c.attributes["bound"]) for c in lists["estimate_bounds"].codes], pa.int32()),
            }
        ),
    }


def _of_round(settings: Round) -> dict[str, pa.Table]:
    one = {
        "round": settings.round,
        "base_year": settings.base_year,
        "years": list(settings.years),
        "years_shown": ", ".join(map(str, settings.years)),
        "geography_year": settings.geography_year,
        "blueprint_version": settings.blueprint_version,
        "blueprint_versions": sorted({settings.blueprint_version, *blueprint().versions}),
        "factor_version": settings.factor_version,
        "deadline": settings.deadline,
        "previous_round": settings.previous_round,
        "interpolate": settings.interpolate,
        "impute": settings.impute,
    }
    return {
        "settings": pa.Table.from_pylist([one]),
        "municipality_now": _municipality_now(settings.geography_year),
    }


def _plain(codes: CodeList) -> pa.Table:
    return pa.table({"code": list(codes.names), "label": [code.label for code in codes.codes]})


def _classes(codes: CodeList, low: str, high: str) -> pa.Table:
    """A class without a bound is open on that side; one without any holds what is not known, or not asked."""
    bounded = [bool(code.attributes[low] or code.attributes[high]) for code in codes.codes]
    return pa.table(
        {
            "code": list(codes.names),
            "label": [code.label for code in codes.codes],
            "low": _bounds(codes, low, bounded, -math.inf),
            "high": _bounds(codes, high, bounded, math.inf),
            "carriers": pa.array([_parts(code, "carriers") for code in codes.codes], pa.list_(pa.string())),
            "position": list(range(len(codes.codes))),
        }
    )


def _bounds(codes: CodeList, attribute: str, bounded: list[bool], otherwise: float) -> pa.Array:
    values = [code.attributes[attribute] for code in codes.codes]
    open_sides = [otherwise if known else None for known in bounded]
    return pa.array([float(v) if v else side for v, side in zip(values, open_sides, strict=True)], pa.float64())


def _parts(code: Code, attribute: str) -> list[str]:
    return [part for part in code.attributes.get(attribute, "").split(";") if part]


def _grid_operators(codes: CodeList) -> pa.Table:
    carriers = pa.array([_parts(code, "carriers") for code in codes.codes], pa.list_(pa.string()))
    serves = pa.array([code.attributes["serves"] for code in codes.codes], pa.string())
    return _plain(codes).append_column("carriers", carriers).append_column("serves", serves)


def _expected_operators(codes: CodeList) -> pa.Table:
    """To whom a carrier goes when no connection was filed: future users of hydrogen have none."""
    pairs = [(carrier, code.code) for code in codes.codes for carrier in _parts(code, "expects")]
    return pa.table(
        {
            "carrier": pa.array([carrier for carrier, _ in pairs], pa.string()),
            "grid_operator": pa.array([operator for _, operator in pairs], pa.string()),
        }
    )


def _carriers(codes: CodeList) -> pa.Table:
    units = [code.attributes["units"].split(";") for code in codes.codes]
    return pa.table(
        {
            "code": list(codes.names),
            "label": [code.label for code in codes.codes],
            "quantity": [code.attributes["quantity"] for code in codes.codes],
            "default_use": [code.attributes["default_use"] for code in codes.codes],
            "units": units,
            "units_shown": [", ".join(names) for names in units],
            "position": list(range(len(codes.codes))),
        }
    )


def _sectors(codes: CodeList) -> pa.Table:
    prefixes = [[p for p in code.attributes["sbi2008"].split(";") if p] for code in codes.codes]
    filed = [code.attributes["filed"] == "true" for code in codes.codes]
    return pa.table(
        {
            "code": list(codes.names),
            "label": [code.label for code in codes.codes],
            "sbi2008": pa.array(prefixes, pa.list_(pa.string())),
            "filed": filed,
            "hours_from": _whole(codes, "hours_from"),
            "hours_to": _whole(codes, "hours_to"),
        }
    )


def _scenario_mapping(codes: CodeList) -> pa.Table:
    rows = [
        {"demand_scenario": code.code, "scenario": scenario, "preference": place}
        for code in codes.codes
        for place, scenario in enumerate(filter(None, code.attributes["scenarios"].split(";")), start=1)
    ]
    fields = [("demand_scenario", pa.string()), ("scenario", pa.string()), ("preference", pa.int32())]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def _whole(codes: CodeList, attribute: str) -> pa.Array:
    values = [code.attributes[attribute] for code in codes.codes]
    return pa.array([int(value) if value else None for value in values], pa.int32())


def _provinces(codes: CodeList) -> pa.Table:
    return pa.table(
        {
            "code": list(codes.names),
            "label": [code.label for code in codes.codes],
            "hydrogen_from": _whole(codes, "hydrogen_from"),
            "filed": [code.attributes["filed"] == "true" for code in codes.codes],
        }
    )


def _certainty(codes: CodeList) -> pa.Table:
    weights = [code.attributes["weight_pct"] for code in codes.codes]
    return pa.table(
        {
            "code": list(codes.names),
            "label": [code.label for code in codes.codes],
            "weight_pct": pa.array([float(weight) if weight else None for weight in weights], pa.float64()),
            "fid_or_further": [code.attributes["fid_or_further"] == "true" for code in codes.codes],
            "filed": [code.attributes["filed"] == "true" for code in codes.codes],
        }
    )


def _techniques(codes: CodeList) -> pa.Table:
    routes = pa.array([_parts(code, "routes") for code in codes.codes], pa.list_(pa.string()))
    return _plain(codes).append_column("routes", routes)


def _conversions() -> pa.Table:
    known = conversions()
    return pa.table(
        {
            "carrier": [c.carrier for c in known],
            "unit": [c.unit for c in known],
            "basis": [c.basis for c in known],
            "canon": [c.canon for c in known],
            "factor": [float(c.factor) for c in known],
        }
    )


def _municipalities() -> pa.Table:
    rows = places.read_rows("municipalities.csv")
    return pa.table(
        {
            "municipality_code": [row["municipality_code"] for row in rows],
            "municipality_name": [row["municipality_name"] for row in rows],
            "province_code": [row["province_code"] for row in rows],
            "valid_from": pa.array([int(row["valid_from"]) for row in rows], pa.int32()),
            "valid_until": pa.array(
                [int(row["valid_until"]) if row["valid_until"] else None for row in rows], pa.int32()
            ),
        }
    )


@cache
def _municipality_now(year: int) -> pa.Table:
    codes = sorted({row["municipality_code"] for row in places.read_rows("municipalities.csv")})
    current = [places.current_code(code, year) or code for code in codes]
    return pa.table(
        {
            "municipality_code": codes,
            "current_code": current,
            "municipality_name": [places.municipality_name(code) for code in current],
            "province_code": [places.province_of(code, year) for code in current],
            "was_split": [places.was_split(code) for code in codes],
        }
    )


def _ambiguous() -> pa.Table:
    names: dict[str, list[str]] = {}
    for row in places.read_rows("municipality_names.csv"):
        names.setdefault(row["name"], []).append(row["municipality_code"])
    several = {name: codes for name, codes in names.items() if len(codes) > 1}
    return pa.table(
        {
            "name": pa.array(list(several), pa.string()),
            "choices": pa.array(
                [" of ".join(_with_province(c) for c in codes) for codes in several.values()], pa.string()
            ),
        }
    )


def _with_province(code: str) -> str:
    province = places.province_of(code, places.LAST_YEAR)
    label = blueprint().codes["provinces"].label(province or "")
    return f"{code} ({places.municipality_name(code)}, {label})"
