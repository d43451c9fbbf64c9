"""Every rule bites: a valid filing broken in one way gives that rule at that cell, and nothing that is not declared."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pyarrow as pa
import pytest

from assets.intake import bounded, withdrawals
from assets.intake import judge as judging
from assets.intake.examine import Examined, Received, examine
from assets.intake.expectations import KEY, ValidationBroken, failing_rows
from assets.intake.judge import Verdict, judge
from assets.intake.sheets import FileRule, UnreadableFile, column_letters
from assets.intake.take_in import take_in
from assets.rounds import Round, write_round
from assets.sample import damage
from assets.sample.edits import (
    add,
    cell,
    demand,
    extra_column,
    extra_sheet,
    far_away,
    heading_over,
    headings_again,
    hidden_row,
    hidden_sheet,
    merged,
    put,
    remove,
    title,
    title_above,
    without_column,
    without_sheet,
)
from assets.sample.figures import ean
from assets.store import DataFolder, read_table
from assets.workbooks.draft import Draft, Formatted, Formula, draft, headings
from assets.workbooks.filing import Filing
from assets.workbooks.write import csv_texts, pack, write_xlsx, xlsx_bytes
from blueprint.column_rules import ColumnRule, column_rules
from blueprint.load import blueprint
from blueprint.model import Field, Table

YEARS = (2023, 2025, 2027, 2030, 2035, 2040, 2050)
# Nothing estimates yet, so no figure can be marked as estimated; the step that does brings its own test.
NOT_USED_YET = {"imputed"}
# Only a zip of CSV files can break these: see test_extract.py.
IN_CSV = {"part_not_csv", "row_too_long"}
# Only the previous round, the EU ETS or a whole province can tell these: see test_second_source.py.
BESIDE_A_SECOND_SOURCE = {
    "ets_denied",
    "ets_filed_other",
    "ets_versus_energy",
    "operator_elsewhere",
    "operator_voltage",
    "previous_change",
    "previous_copied",
    "previous_jump",
    "previous_site_gone",
    "previous_site_moved",
    "province_share_high",
}
# Rules of what an analyst loads: see test_expected.py, test_reference_files.py, test_other_demand.py and
# test_infrastructure.py.
IN_LIST = {
    "list_encoding",
    "list_ets_differs",
    "list_industry_twice",
    "list_municipality_name",
    "list_municipality_old",
    "list_municipality_unknown",
    "list_name_differs",
    "list_no_energy",
    "list_is_filing",
    "list_not_recognised",
    "list_operator_carrier",
    "list_place_differs",
    "list_place_twice",
    "list_plan_past",
    "list_plan_years",
}
# See test_take_in.py and test_judge.py.
ELSEWHERE = {"municipality_later", "replaces_other_company", "too_many_findings", "more_of_the_same"}
REFUSED = frozenset({"submission_refused"})
ORPHANED = frozenset({"submission_refused", "reference_without_table"})


class Found(NamedTuple):
    """A finding as far as it says what is wrong and where."""

    rule: str
    table: str | None = None
    row: int | None = None
    cell: str | None = None


@dataclass(frozen=True)
class Case:
    """One way to break the valid filing: all findings it must give, but for those of the rules in `also`.

    The first of `found` is the rule that the case is about.
    """

    name: str
    found: tuple[Found, ...]
    filing: Callable[[Filing], None] | None = None
    draft: Callable[[Draft], None] | None = None
    data: Callable[[bytes], bytes] | None = None
    csv: bool = False
    also: frozenset[str] = frozenset()

    @property
    def rule(self) -> str:
        return self.found[0].rule


def at(rule: str, table: str, field: str, row: int = 2, year: int | None = None) -> Found:
    """A finding at the cell of a field in the form as it is handed out; row 2 is the first below the headings."""
    columns = headings(blueprint().tables[table], YEARS)
    wide = blueprint().tables[table].wide
    name = "value" if wide and field == wide.key else field
    place = next(p for p, (known, column_year, _) in enumerate(columns) if (known.name, column_year) == (name, year))
    return Found(rule, table, row, f"{column_letters(place + 1)}{row}")


def beside(rule: str, table: str, row: int = 1) -> Found:
    """A finding in the first column to the right of the form."""
    return Found(rule, table, row, f"{column_letters(len(headings(blueprint().tables[table], YEARS)) + 1)}{row}")


def site(**values: Any) -> Callable[[Filing], None]:
    """A third site, on which nothing hangs."""
    base = {"site_id": "V3", "municipality_code": "GM0664", "is_ets": False, "industrial_cluster": "cluster6"}
    return add("site", **{**base, **values})


def empty(table: str) -> Callable[[Filing], None]:
    """No row at all in a table."""

    def edit(filing: Filing) -> None:
        filing.tables[table] = []

    return edit


def stream(**values: Any) -> Callable[[Filing], None]:
    """A fifth stream, in the base year only."""
    base = {"site_id": "V2", "year": 2023, "scenario": "base", "use": "energetic", "direction": "offtake"}
    return add("energy_demand", **{**base, "value": 10.0, "origin": "metered", **values})


def path(site_id: str, carrier: str, unit: str, values: Sequence[float], **more: Any) -> Callable[[Filing], None]:
    """A stream in all years."""

    def edit(filing: Filing) -> None:
        for year, value in zip(YEARS, values, strict=True):
            scenario = "base" if year == YEARS[0] else "plan"
            row = {"year": year, "scenario": scenario, "value": value, **more}
            stream(site_id=site_id, carrier=carrier, unit=unit, **row)(filing)

    return edit


def both(*edits: Callable[[Any], None]) -> Callable[[Any], None]:
    def edit(subject: Any) -> None:
        for one in edits:
            one(subject)

    return edit


def one_cell_beside(table: str, heading: str, row: int, value: Any) -> Callable[[Draft], None]:
    def edit(drafted: Draft) -> None:
        extra_column(table, heading)(drafted)
        drafted.sheet(table).rows[row - 1][-1] = value

    return edit


def without_headings(table: str) -> Callable[[Draft], None]:
    def edit(drafted: Draft) -> None:
        del drafted.sheet(table).rows[0]

    return edit


# --- the file as a whole, sheets and headings -----------------------------------------------------------------------

FILES = tuple(
    Case(name, (Found(rule),), data=change, csv=csv)
    for name, rule, change, csv in (
        ("empty", "file_empty", damage.emptied, False),
        ("pdf", "file_not_recognised", damage.as_pdf, False),
        ("password", "file_password", damage.with_password, False),
        ("old xls", "file_old_xls", damage.as_old_xls, False),
        ("cut off", "file_damaged", damage.cut_off, False),
        ("too large", "file_too_large", damage.too_large, False),
        ("macros", "file_macros", damage.with_macros, False),
        ("expanding", "file_expands_too_much", damage.expanding, False),
        ("entities", "file_entities", damage.with_entities, False),
        ("empty zip", "file_no_sheets", damage.as_empty_zip, False),
        ("path outside", "file_unsafe_names", damage.path_outside, True),
        ("zip in zip", "file_nested_zip", damage.zip_in_zip, True),
        ("latin1", "csv_encoding", damage.latin1, True),
    )
)
FAR = (Case("far cell", (Found("file_far_cell"),), draft=far_away("site", 25_000, "x")),)

SHEETS = (
    Case("no company sheet", (Found("sheet_missing", "company"),), draft=without_sheet("company"), also=REFUSED),
    Case("no site sheet", (Found("sheet_missing", "site"),), draft=without_sheet("site"), also=ORPHANED),
    Case(
        "site sheet twice",
        (Found("sheet_double", "site"),),
        draft=extra_sheet("site", [["Vestiging", "Plaats"], ["V9", "Goes"]]),
        also=ORPHANED,
    ),
    Case("a letter", (Found("sheet_unknown"),), draft=extra_sheet("Toelichting", [["Zie onze brief"]])),
    Case("hidden sheet", (Found("sheet_hidden", "connection"),), draft=hidden_sheet("connection")),
    Case("load profile", (Found("sheet_not_used"),), draft=extra_sheet(title("load_profile"), [["Aansluiting"]])),
    Case("hidden row", (Found("row_hidden", "energy_demand", 4, "A4"),), draft=hidden_row("energy_demand", 3)),
    Case("no headings", (Found("header_missing", "site"),), draft=without_headings("site"), also=ORPHANED),
    Case("title above", (Found("header_moved", "site", 2, "A2"),), draft=title_above("site", ["Onze vestigingen"])),
    Case(
        "heading twice",
        (beside("header_double", "energy_demand"),),
        draft=extra_column("energy_demand", "Energiedrager"),
        also=REFUSED,
    ),
    Case(
        "years beside and below each other",
        (beside("header_mixed", "energy_demand"),),
        draft=extra_column("energy_demand", "Waarde"),
        also=REFUSED,
    ),
    Case(
        "headings once more",
        (Found("header_repeated", "consent", 3, "A3"),),
        draft=headings_again("consent"),
    ),
    Case(
        "values without a heading",
        (beside("column_without_heading", "energy_demand", 2),),
        draft=extra_column("energy_demand", "", "zie bijlage"),
    ),
    Case(
        "one heading over three years",
        tuple(at("header_lost", "energy_demand", "value", 3, year) for year in (2025, 2027)),
        draft=heading_over("energy_demand", "value", 2023, 3),
        also=REFUSED,
    ),
    Case(
        "a year without its heading",
        (at("header_lost", "energy_demand", "value", 3, 2030),),
        draft=cell("energy_demand", "value", None, 0, 2030),
        also=REFUSED,
    ),
    Case("no demand sheet", (Found("sheet_absent"),), draft=without_sheet("energy_demand")),
    Case("no demand row", (Found("sheet_unfilled", "energy_demand"),), empty("energy_demand")),
    Case(
        "filed in the year 9999",
        (at("submitted_on_unlikely", "submission", "submitted_on"),),
        filing=put("submission", "submitted_on", dt.date(9999, 12, 31)),
        also=REFUSED,
    ),
    Case(
        "own column",
        (beside("header_unknown", "energy_demand"),),
        draft=extra_column("energy_demand", "Ons kenmerk", "a"),
    ),
    Case(
        "no unit column",
        (Found("header_required", "energy_demand", 1, "A1"),),
        draft=without_column("energy_demand", "unit"),
        also=REFUSED,
    ),
    Case("no site", (Found("no_row", "site"),), filing=remove("site", lambda row: False), also=ORPHANED),
)

# --- cells ----------------------------------------------------------------------------------------------------------

BAR = ("connection", "pressure_bar")
CELLS = (
    Case("#N/A", (at("cell_error", *BAR, 3),), draft=cell(*BAR, Formula("=NA()", "#N/A"), 2)),
    Case("#REF!", (at("cell_error", *BAR, 3),), draft=cell(*BAR, Formula("=B1", "#REF!"), 2)),
    Case(
        "formula without value",
        (at("formula_without_value", *BAR, 3),),
        draft=cell(*BAR, Formula(damage.FORMULA, 4), 2),
        data=damage.without_results,
    ),
    Case(
        "a value of another file",
        (at("cell_linked", *BAR, 3),),
        draft=cell(*BAR, Formula("='[1]Blad 1'!A1", 4), 2),
    ),
    Case(
        "merged",
        (at("cell_merged", "site", "business_park"),),
        filing=put("site", "business_park", "Voorbeeldpark"),
        draft=merged("site", "business_park", 1, 2),
    ),
    Case("text in a number", (at("number", *BAR, 3),), draft=cell(*BAR, "8 bar", 2)),
    Case("a number beyond all bounds", (at("number_too_large", *BAR, 3),), draft=cell(*BAR, 1e25, 2)),
    Case("two ways to read", (at("number_ambiguous", *BAR, 3),), draft=cell(*BAR, "1.234", 2)),
    Case("percentage", (at("number_percent", *BAR, 3),), draft=cell(*BAR, Formatted(0.08, "0%"), 2)),
    Case(
        "half an event",
        (at("integer", "flexibility", "events_per_year"),),
        draft=cell("flexibility", "events_per_year", 50.5),
    ),
    Case(
        "neither yes nor no",
        (at("boolean", "connection", "has_quarter_hour_data"),),
        draft=cell("connection", "has_quarter_hour_data", "soms"),
    ),
    Case(
        "no such day",
        (at("date", "bottleneck", "bottleneck_since"),),
        draft=cell("bottleneck", "bottleneck_since", "31-02-2024"),
    ),
    Case(
        "EAN as a number",
        (at("lost_digits", "connection", "ean_code"),),
        draft=cell("connection", "ean_code", 871699000000010020),
    ),
    Case(
        "branch as a number",
        (at("leading_zeros", "site", "branch_number"),),
        draft=cell("site", "branch_number", 1234567890),
    ),
    Case(
        "stream without a value",
        (Found("energy_row_empty", "energy_demand", 10),),
        filing=stream(carrier="oil", unit="t", value=None),
    ),
)

# --- one column -----------------------------------------------------------------------------------------------------

COLUMNS = (
    Case(
        "no operator",
        (at("required", "connection", "grid_operator", 3),),
        filing=put("connection", "grid_operator", None, 1),
    ),
    Case(
        "no voltage",
        (at("required_if", "connection", "voltage_level_kv"),),
        filing=put("connection", "voltage_level_kv", None),
    ),
    Case(
        "no column for the voltage",
        (Found("required_if", "connection", 2), Found("required_if", "connection", 4)),
        draft=without_column("connection", "voltage_level_kv"),
    ),
    Case(
        "no columns for two years of which the peaks are there",
        tuple(Found("required_if", "energy_demand", row) for row in (3, 3, 7, 7)),
        draft=both(without_column("energy_demand", "value", 2025), without_column("energy_demand", "value", 2027)),
        also=frozenset({"year_absent"}),
    ),
    Case(
        "unknown operator",
        (at("code", "connection", "grid_operator", 3),),
        filing=put("connection", "grid_operator", "Nuon", 1),
    ),
    Case("unknown unit", (at("code", "energy_demand", "unit", 10),), filing=stream(carrier="oil", unit="vaten")),
    Case(
        "unknown dependency",
        (at("code", "project", "depends_on", 3),),
        filing=add("project", 0, project_id="P2", depends_on="permit;het weer", delta_value=None),
    ),
    Case(
        "short EAN", (at("pattern", "connection", "ean_code", 3),), filing=put("connection", "ean_code", "8716990", 1)
    ),
    Case("negative pressure", (at("minimum", *BAR, 3),), filing=put(*BAR, -1.0, 1)),
    Case(
        "high voltage",
        (at("maximum", "connection", "voltage_level_kv"),),
        filing=put("connection", "voltage_level_kv", 501.0),
    ),
    Case(
        "more than certain",
        (at("maximum", "project", "probability_pct", 3),),
        filing=add("project", 0, project_id="P2", probability_pct=100.5, delta_value=None, delta_unit=None),
    ),
    Case(
        "project without a site",
        (at("required", "project", "site_id", 3),),
        filing=add("project", 0, project_id="P2", site_id=None, delta_value=None, delta_unit=None),
    ),
    Case("long text", (at("length", "flexibility", "energy_hub"),), filing=put("flexibility", "energy_hub", "x" * 201)),
)

# --- structure ------------------------------------------------------------------------------------------------------

STRUCTURE = (
    Case(
        "two companies",
        (at("one_row_only", "company", "kvk_number"), at("one_row_only", "company", "kvk_number", 3)),
        filing=add("company", 0, kvk_number="98999999"),
        also=REFUSED,
    ),
    Case("connection twice", (at("key_duplicate", "connection", "connection_id", 5),), filing=add("connection", 0)),
    Case(
        "two streams under one key",
        (
            at("key_duplicate", "energy_demand", "site_id", 10),
            at("key_duplicate", "energy_demand", "site_id", 11),
        ),
        filing=both(stream(carrier="oil", unit="t"), stream(carrier="oil", unit="t", value=11.0, origin="estimate")),
    ),
    Case(
        "no such site",
        (at("reference_unknown", "connection", "site_id", 3),),
        filing=put("connection", "site_id", "V77", 1),
    ),
    Case(
        "project at no such site",
        (at("reference_unknown", "project", "site_id", 3),),
        filing=add("project", 0, project_id="P2", site_id="V77", delta_value=None, delta_unit=None),
    ),
    Case(
        "site refused",
        (at("reference_refused", "connection", "site_id", 3), at("required", "site", "is_ets", 4)),
        filing=both(site(is_ets=None), put("connection", "site_id", "V3", 1)),
    ),
    Case(
        "no site sheet, which five sheets refer to",
        (
            at("reference_without_table", "connection", "site_id"),
            at("reference_without_table", "energy_demand", "site_id"),
            at("reference_without_table", "project", "site_id"),
            at("reference_without_table", "flexibility", "site_id"),
            at("reference_without_table", "bottleneck", "site_id"),
        ),
        draft=without_sheet("site"),
        also=frozenset({"submission_refused", "sheet_missing"}),
    ),
    Case(
        "no sector",
        (Found("submission_refused"), at("required", "company", "sector")),
        filing=put("company", "sector", None),
    ),
)

# --- rows of one filing ---------------------------------------------------------------------------------------------

OIL = (2.0, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6)
STEAM = (10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6)
HEAT, HEAT_PLAN = {"carrier": "heat", "unit": "TJ", "temperature_c": 120.0}, 9
ERRORS = (
    Case(
        "other version",
        (at("blueprint_version_unknown", "submission", "blueprint_version"),),
        filing=put("submission", "blueprint_version", "2019.4"),
        also=REFUSED,
    ),
    Case(
        "other round",
        (at("round_other", "submission", "round"),),
        filing=put("submission", "round", "2024-1"),
        also=REFUSED,
    ),
    Case(
        "other base year",
        (at("base_year_other", "submission", "base_year"),),
        filing=put("submission", "base_year", 2021),
        also=REFUSED,
    ),
    Case(
        "check digit",
        (at("ean_check_digit", "connection", "ean_code"),),
        filing=put("connection", "ean_code", "871687100000000014"),
    ),
    Case(
        "consent for the site of another",
        (at("consent_site_unknown", "consent", "consent_sites"),),
        filing=put("consent", "consent_sites", "V1; V99"),
    ),
    Case(
        "no such municipality",
        (at("municipality_unknown", "site", "municipality_code", 4),),
        filing=site(municipality_code="GM9999"),
    ),
    Case(
        "not yet a municipality",
        (at("municipality_unknown", "site", "municipality_code", 4),),
        filing=site(municipality_code="GM1979", municipality_year=2019),
    ),
    Case(
        "Bergen",
        (at("municipality_ambiguous", "site", "municipality_code", 4),),
        filing=site(municipality_code="Bergen"),
    ),
    Case(
        "power in m3", (at("unit_not_allowed", "energy_demand", "unit", 10),), filing=stream(carrier="coal", unit="m3")
    ),
    Case(
        "project in m3",
        (at("delta_unit_not_allowed", "project", "delta_unit", 3),),
        filing=add("project", 0, project_id="P2", delta_unit="m3"),
    ),
    Case(
        "process gas on HHV",
        (at("basis_without_factor", "energy_demand", "heating_value_basis", 10),),
        filing=stream(carrier="process_gas", unit="TJ", heating_value_basis="HHV"),
    ),
    Case(
        "CO2 as energy", (at("use_not_allowed", "energy_demand", "use", 10),), filing=stream(carrier="co2", unit="kt")
    ),
    Case(
        "demand without a peak",
        (at("full_load_hours_high", "energy_demand", "peak_mw", 10, 2023),),
        filing=stream(carrier="electricity", unit="GWh", direction="supply", peak_mw=0.0),
    ),
    Case(
        "more hours than a year",
        (at("full_load_hours_high", "energy_demand", "peak_mw", 10, 2023),),
        filing=stream(carrier="electricity", unit="GWh", direction="supply", peak_mw=1.0),
    ),
    Case(
        "2029",
        (beside("year_not_asked", "energy_demand", HEAT_PLAN),),
        draft=one_cell_beside("energy_demand", "2029", HEAT_PLAN, 33.5),
    ),
    Case(
        "2031, without the peak that electricity would need",
        (beside("year_not_asked", "energy_demand", 3),),
        draft=one_cell_beside("energy_demand", "2031", 3, 51.0),
    ),
    Case(
        "plan in the base year",
        (at("base_year_scenario", "energy_demand", "scenario", 10),),
        filing=stream(**HEAT, direction="supply", scenario="plan"),
    ),
    Case(
        "base in a plan year",
        (at("base_year_scenario", "energy_demand", "scenario", 10),),
        filing=stream(**HEAT, direction="supply", year=2030),
    ),
)

REMARKS = (
    Case(
        "Appingedam",
        (at("municipality_abolished", "site", "municipality_code", 4),),
        filing=site(municipality_code="GM0003"),
    ),
    Case(
        "a municipality that ended before our tables begin",
        (at("municipality_abolished", "site", "municipality_code", 4),),
        filing=site(municipality_code="GM0140", municipality_year=2016, latitude=53.13, longitude=5.72),
        also=frozenset({"place_derived"}),
    ),
    Case(
        "Goes in Amsterdam",
        (at("coordinate_elsewhere", "site", "latitude", 4),),
        filing=site(latitude=52.37, longitude=4.89),
    ),
    Case(
        "Rotterdam with a coordinate in Noord-Holland",
        (
            at("coordinate_elsewhere", "site", "latitude", 4),
            at("place_derived", "site", "municipality_code", 4),
        ),
        filing=site(municipality_code=None, postcode="3011AA", city="Rotterdam", latitude=52.63, longitude=4.75),
    ),
    Case(
        "latitude and longitude swapped",
        (at("coordinate_swapped", "site", "latitude", 4),),
        filing=site(latitude=3.89, longitude=51.5),
    ),
    Case(
        "RD x and y swapped",
        (at("rd_swapped", "site", "rd_x_m", 4),),
        filing=site(rd_x_m=391_000.0, rd_y_m=51_000.0),
    ),
    Case(
        "Brussels",
        (at("coordinate_outside", "site", "latitude", 4),),
        filing=site(latitude=50.85, longitude=4.35),
    ),
    Case(
        "degrees of another country",
        (at("coordinate_outside", "site", "latitude", 4),),
        filing=site(latitude=10.0, longitude=20.0),
    ),
    Case("RD in Brussels", (at("rd_outside", "site", "rd_x_m", 4),), filing=site(rd_x_m=82_700.0, rd_y_m=319_000.0)),
    Case(
        "RD of nowhere",
        (at("rd_outside", "site", "rd_x_m", 4),),
        filing=site(rd_x_m=1.0, rd_y_m=2.0),
    ),
    Case(
        "a bakery at sea",
        (at("coordinate_at_sea", "site", "latitude", 4),),
        filing=site(latitude=53.3, longitude=3.6),
    ),
    Case("no longitude", (at("coordinate_half", "site", "latitude", 4),), filing=site(latitude=51.504)),
    Case("no RD x", (at("rd_half", "site", "rd_x_m", 4),), filing=site(rd_y_m=391_000.0)),
    Case(
        "RD in the next village",
        (at("coordinate_pairs_differ", "site", "rd_x_m", 4),),
        filing=site(latitude=51.504, longitude=3.889, rd_x_m=50_500.0, rd_y_m=391_500.0),
    ),
    Case("Veenendaal in Zeeland", (at("city_elsewhere", "site", "city", 4),), filing=site(city="Veenendaal")),
    Case("Middelburg in Goes", (at("city_elsewhere", "site", "city", 4),), filing=site(city="Middelburg")),
    Case(
        "postcode of Vlissingen in Goes",
        (at("postcode_elsewhere", "site", "postcode", 4),),
        filing=site(postcode="4381AA"),
    ),
    Case("postcode in Utrecht", (at("postcode_elsewhere", "site", "postcode", 4),), filing=site(postcode="3511AA")),
    Case("postcode of a box", (at("postcode_po_box", "site", "postcode", 4),), filing=site(postcode="4460AA")),
    Case(
        "which Bergen the coordinate says",
        (at("place_derived", "site", "municipality_code", 4),),
        filing=site(municipality_code="Bergen", latitude=52.67, longitude=4.70),
    ),
    Case(
        "which Bergen the postcode says",
        (at("place_derived", "site", "municipality_code", 4),),
        filing=site(municipality_code="Bergen", postcode="5854AA"),
    ),
    Case(
        "a bakery that never sleeps",
        (at("full_load_hours_unusual", "energy_demand", "peak_mw", 6, 2023),),
        filing=put("energy_demand", "value", 34.1, 14),
    ),
    Case(
        "no municipality",
        (at("place_unknown", "site", "postcode", 4),),
        filing=site(municipality_code=None, postcode="4461AA", city="Kloetinge"),
    ),
    Case(
        "eight times",
        (at("growth_high", "energy_demand", "value", HEAT_PLAN, 2050),),
        filing=demand("heat", years=[2050], value=240.0),
    ),
    Case(
        "a thousandth",
        (at("thousandfold_jump", "energy_demand", "value", HEAT_PLAN, 2035),),
        filing=demand("heat", years=[2035], value=0.034),
    ),
    Case(
        "a millionth",
        (at("thousandfold_jump", "energy_demand", "value", HEAT_PLAN, 2035),),
        filing=demand("heat", years=[2035], value=0.000034),
    ),
    Case(
        "few hours",
        (at("full_load_hours_low", "energy_demand", "value", 11, 2050),),
        filing=both(
            path("V2", "oil", "GWh", (2.0, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6)), demand("oil", years=[2050], peak_mw=30.0)
        ),
    ),
    Case(
        "not even one hour",
        (at("full_load_hours_low", "energy_demand", "value", 11, 2050),),
        filing=both(path("V2", "oil", "GWh", OIL), demand("oil", years=[2050], peak_mw=30_000.0)),
    ),
    Case(
        "four years the same",
        (at("same_every_year", "energy_demand", "value", HEAT_PLAN, 2025),),
        filing=demand("heat", years=[2025, 2027, 2030, 2035], value=31.0),
    ),
    Case(
        "contract too large",
        (at("contracted_above_capacity", "connection", "contracted_offtake_mw"),),
        filing=put("connection", "connection_capacity_mva", 7.9),
    ),
    Case(
        "feed-in too large",
        (at("feed_in_above_capacity", "connection", "contracted_feed_in_mw"),),
        filing=put("connection", "contracted_feed_in_mw", 10.1),
    ),
    Case(
        "contract in MVA",
        (at("power_mva_as_mw", "connection", "contracted_offtake_mw"),),
        filing=put("connection", "contracted_offtake_mw", 10.0),
    ),
    Case(
        "contract in kW",
        (
            at("capacity_in_kva", "connection", "connection_capacity_mva"),
            at("power_in_kw", "connection", "contracted_offtake_mw"),
        ),
        filing=both(
            put("connection", "contracted_offtake_mw", 8000.0), put("connection", "connection_capacity_mva", 10_000.0)
        ),
    ),
    Case(
        "contract in kW on the high-voltage net",
        (at("power_in_kw", "connection", "contracted_offtake_mw"),),
        filing=both(
            put("connection", "contracted_offtake_mw", 8000.0),
            put("connection", "connection_capacity_mva", None),
            put("connection", "voltage_level_kv", 150.0),
        ),
    ),
    Case(
        "request in kW",
        (at("requested_in_kw", "connection", "requested_extra_mw"),),
        filing=both(
            put("connection", "request_pending", True),
            put("connection", "requested_on", dt.date(2025, 1, 1)),
            put("connection", "requested_extra_mw", 3000.0),
        ),
    ),
    Case(
        "peak of a project in kW",
        (at("project_in_kw", "project", "delta_peak_mw"),),
        filing=put("project", "delta_peak_mw", 1500.0),
    ),
    Case(
        "flexible power in kW",
        (at("flexible_in_kw", "flexibility", "flexible_mw"),),
        filing=put("flexibility", "flexible_mw", 800.0),
    ),
    Case(
        "connection in kVA",
        (at("capacity_in_kva", "connection", "connection_capacity_mva"),),
        filing=put("connection", "connection_capacity_mva", 6000.0),
    ),
    Case(
        "own generation in kW",
        (at("generation_in_kw", "flexibility", "own_generation_mw"),),
        filing=put("flexibility", "own_generation_mw", 1200.0),
    ),
    Case(
        "storage in kWh",
        (at("storage_in_kwh", "flexibility", "storage_mwh"),),
        filing=put("flexibility", "storage_mwh", 2000.0),
    ),
    Case(
        "gas of TenneT",
        (at("operator_carrier", "connection", "grid_operator", 3),),
        filing=put("connection", "grid_operator", "tennet", 1),
    ),
    Case(
        "peak too large",
        (at("peak_above_contract", "energy_demand", "peak_mw", 3, 2050),),
        filing=put("energy_demand", "peak_mw", 8.1, 6),
    ),
    Case(
        "peak of thousands of megawatts",
        (at("peak_above_contract", "energy_demand", "peak_mw", 3, 2050),),
        also=frozenset({"full_load_hours_low"}),
        filing=put("energy_demand", "peak_mw", 1_600.0, 6),
    ),
    Case(
        "CO2 and gas",
        (at("ets_versus_fuel", "site", "co2_base_year_t"),),
        filing=put("site", "co2_base_year_t", 40_000.0),
    ),
    Case("SBI of a farm", (at("sbi_versus_sector", "company", "sbi_code"),), filing=put("company", "sbi_code", "0111")),
    Case(
        "early hydrogen",
        (at("hydrogen_before_network", "energy_demand", "year", 11, 2030),),
        filing=path("V1", "hydrogen", "t", (0.0, 0.0, 0.0, 5.0, 6.0, 7.0, 8.0)),
    ),
    Case(
        "growth not explained",
        (at("project_path", "project", "delta_value"),),
        filing=put("project", "delta_value", 1.0),
    ),
    Case(
        "growth not explained in kWh",
        (at("project_path", "project", "delta_value"),),
        filing=both(put("project", "delta_value", 49_368_500.0), put("project", "delta_unit", "kWh")),
    ),
    Case(
        "growth not explained by half a year either",
        (at("project_path", "project", "delta_value"),),
        filing=both(put("project", "delta_value", 40.0), put("project", "commissioning_date", dt.date(2030, 7, 1))),
    ),
    Case(
        "growth not explained by projects in two units",
        (at("project_path", "project", "delta_value"),),
        filing=both(
            put("project", "delta_value", 1.0), add("project", 0, project_id="P2", delta_value=500.0, delta_unit="MWh")
        ),
    ),
    Case(
        "technique of another route",
        (at("technique_route", "project", "technique"),),
        filing=put("project", "technique", "hydrogen_burner"),
    ),
    Case(
        "project in the base year",
        (at("project_before_base", "project", "commissioning_date"),),
        filing=put("project", "commissioning_date", dt.date(2023, 12, 31)),
    ),
    Case(
        "probability as a share of one",
        (at("probability_fraction", "project", "probability_pct"),),
        filing=put("project", "probability_pct", 0.6),
    ),
    Case(
        "the same change twice",
        (at("project_double", "project", "delta_value", 3), at("project_path", "project", "delta_value")),
        filing=add("project", 0, project_id="P2", commissioning_date=dt.date(2029, 12, 31)),
    ),
    Case(
        "the same change in another unit",
        (at("project_double", "project", "delta_value", 3), at("project_path", "project", "delta_value")),
        filing=add("project", 0, project_id="P2", delta_value=10_000.0, delta_unit="MWh"),
    ),
    Case(
        "Chemelot", (at("other_cluster", "site", "industrial_cluster", 4),), filing=site(industrial_cluster="chemelot")
    ),
    Case(
        "gas in GWh where MWh was meant",
        tuple(at("gas_versus_capacity", "energy_demand", "value", row, year) for row, year in ((4, 2023), (5, 2025))),
        filing=both(
            put("connection", "capacity_m3_per_hour", 2_000.0, 1),
            demand("natural_gas", unit="GWh", value=lambda row: row["value"] * 1_000 / 3.6),
        ),
        also=frozenset({"ets_versus_fuel"}),
    ),
    Case(
        "gas in MWh where GWh was meant",
        (at("gas_versus_capacity", "energy_demand", "value", 4, 2023),),
        filing=both(
            put("connection", "capacity_m3_per_hour", 2_000.0, 1),
            demand("natural_gas", unit="MWh", value=lambda row: row["value"] / 3.6),
        ),
        also=frozenset({"ets_versus_fuel"}),
    ),
    Case(
        "a little more gas than the connection lets through",
        (at("gas_versus_capacity", "energy_demand", "value", 4, 2023),),
        filing=put("connection", "capacity_m3_per_hour", 1_276.0, 1),
    ),
    Case(
        "more gas than the connection lets through, as fuel and as feedstock together",
        (at("gas_versus_capacity", "energy_demand", "value", 4, 2023),),
        filing=both(
            put("connection", "capacity_m3_per_hour", 1_280.0, 1),
            stream(
                site_id="V1", carrier="natural_gas", use="feedstock", unit="TJ", heating_value_basis="LHV", value=5.0
            ),
        ),
        also=frozenset({"year_absent"}),
    ),
    Case(
        "steam in TWh where GWh was meant",
        tuple(at("above_usual_size", "energy_demand", "value", row, year) for row, year in ((10, 2023), (11, 2050))),
        filing=path("V2", "steam", "TWh", STEAM, temperature_c=180.0),
    ),
    Case(
        "gas in GWh where MWh was meant, and no capacity",
        tuple(at("above_usual_size", "energy_demand", "value", row, year) for row, year in ((4, 2023), (5, 2025))),
        filing=demand("natural_gas", unit="GWh", value=lambda row: row["value"] * 1_000 / 3.6),
        also=frozenset({"ets_versus_fuel"}),
    ),
    Case(
        "steam in MWh where GWh was meant",
        (at("carrier_out_of_proportion", "energy_demand", "value", 10, 2023),),
        filing=path("V2", "steam", "MWh", STEAM, temperature_c=180.0),
    ),
    Case(
        "steam that was divided by a thousand, and then filed in GWh",
        (at("carrier_out_of_proportion", "energy_demand", "value", 10, 2023),),
        filing=path("V2", "steam", "GWh", [value / 1_000 for value in STEAM], temperature_c=180.0),
    ),
    Case(
        "steam in TWh where GWh was meant, beside little heat",
        (at("carrier_out_of_proportion", "energy_demand", "value", 10, 2023),),
        filing=both(
            path("V2", "steam", "TWh", [value / 2 for value in STEAM], temperature_c=180.0),
            demand("heat", value=lambda row: row["value"] / 2),
        ),
    ),
    Case(
        "hydrogen that comes later in MWh where GWh was meant",
        (at("carrier_out_of_proportion", "energy_demand", "value", 11, 2050),),
        filing=path("V2", "hydrogen", "MWh", (0.0, 0.0, 0.0, 0.0, 10.0, 10.1, 10.2), heating_value_basis="LHV"),
    ),
    Case(
        "gas in kWh where GWh was meant, and no capacity",
        (at("carrier_out_of_proportion", "energy_demand", "value", 4, 2023),),
        filing=demand("natural_gas", unit="kWh", value=lambda row: row["value"] / 3.6),
        also=frozenset({"ets_versus_fuel"}),
    ),
    Case(
        "gas as fuel and as feedstock together in TWh where GWh was meant",
        (at("carrier_out_of_proportion", "energy_demand", "value", 10, 2023),),
        filing=path(
            "V1", "natural_gas", "PJ", (7.0, 7.1, 7.2, 7.3, 7.4, 7.5, 7.6), use="feedstock", heating_value_basis="LHV"
        ),
    ),
    Case(
        "heat in GWh where TJ was meant, in the base year alone",
        (at("thousandfold_jump", "energy_demand", "value", 8, 2023),),
        filing=demand("heat", years=[2023], value=0.034),
    ),
    Case(
        "small site",
        (at("below_usual_size", "site", "site_id", 4),),
        filing=both(site(), path("V3", "electricity", "GWh", (5.0, 5.1, 5.2, 5.3, 5.4, 5.5, 5.6), peak_mw=1.0)),
    ),
    Case(
        "no 2040",
        (at("year_absent", "energy_demand", "year", HEAT_PLAN, 2040),),
        filing=remove("energy_demand", lambda row: (row["carrier"], row["year"]) != ("heat", 2040)),
    ),
    Case(
        "no base year and no 2040",
        (at("year_absent", "energy_demand", "year", 8, 2023),),
        filing=remove(
            "energy_demand", lambda row: (row["carrier"], row["year"]) not in (("heat", 2023), ("heat", 2040))
        ),
    ),
    Case(
        "no 2040, and no column for it",
        (*(Found("year_absent", "energy_demand", row) for row in (3, 5, 7, HEAT_PLAN)),),
        draft=both(without_column("energy_demand", "value", 2040), without_column("energy_demand", "peak_mw", 2040)),
    ),
    Case(
        "no 2040, in a form that has the years below each other",
        (Found("year_absent", "energy_demand", 24),),
        filing=remove("energy_demand", lambda row: (row["carrier"], row["year"]) != ("heat", 2040)),
        csv=True,
    ),
)

# --- what is summed over rows is not compared when one of those rows is refused ------------------------------------

A_YEAR_REFUSED = demand("electricity", years=[2050], value=-1.0)
# By rule: the case that breaks it, and what more is wrong with a row that it sums.
TOO_LITTLE: dict[str, tuple[str, str, Callable[[Filing], None]]] = {
    "a year beside projects": ("project_path", "growth not explained", A_YEAR_REFUSED),
    "one of two projects": (
        "project_path",
        "growth not explained",
        add("project", 0, project_id="P2", probability_pct=140.0),
    ),
    "one of two connections": (
        "peak_above_contract",
        "peak too large",
        add("connection", 0, connection_id="V1-E2", ean_code=None, connection_capacity_mva=-1.0),
    ),
    "a year beside CO2": ("ets_versus_fuel", "CO2 and gas", A_YEAR_REFUSED),
    "a year beside a request": ("requested_in_kw", "request in kW", A_YEAR_REFUSED),
    "a year beside a contract": ("power_in_kw", "contract in kW on the high-voltage net", A_YEAR_REFUSED),
    "one of two connections for gas": (
        "gas_versus_capacity",
        "a little more gas than the connection lets through",
        add("connection", 1, connection_id="V1-G2", ean_code=None, pressure_bar=-1.0),
    ),
    "a year beside a connection for gas": (
        "gas_versus_capacity",
        "gas in MWh where GWh was meant",
        demand("natural_gas", years=[2050], value=-1.0),
    ),
    "a year beside steam": (
        "carrier_out_of_proportion",
        "steam in MWh where GWh was meant",
        demand("heat", years=[2050], value=-1.0),
    ),
    "a year of a small site": ("below_usual_size", "small site", put("energy_demand", "value", -1.0, -1)),
    "a row of a site that is not known": (
        "peak_above_contract",
        "peak too large",
        add("connection", 0, connection_id="V1-E2", ean_code=None, site_id="V77"),
    ),
}

# --- at the edge: as far as a filing may go without a word ----------------------------------------------------------

AT_THE_EDGE: dict[str, Callable[[Filing], None]] = {
    "the valid filing itself": lambda filing: None,
    "every hour of a leap year": both(
        path("V2", "oil", "GWh", OIL), demand("oil", years=[2023], value=8.784, peak_mw=1.0)
    ),
    "a hundred hours": both(path("V2", "oil", "GWh", OIL), demand("oil", years=[2050], peak_mw=26.0)),
    "a trial with hydrogen that grows": path(
        "V2", "hydrogen", "GWh", (0.0, 0.0, 0.0, 0.0, 0.02, 1.0, 5.0), heating_value_basis="LHV"
    ),
    "seven times": demand("heat", years=[2050], value=210.0),
    "three years the same": demand("heat", years=[2025, 2027, 2030], value=31.0),
    "a coordinate in Goes": site(latitude=51.504, longitude=3.889, postcode="4461AA", city="Goes"),
    "the same coordinate in both systems": site(latitude=51.504, longitude=3.889, rd_x_m=50_900.0, rd_y_m=391_600.0),
    "a village named as another municipality of the province": site(municipality_code="GM0743", city="Heusden"),
    "a coordinate just over the border": site(latitude=51.504, longitude=3.78),
    "as many hours as food runs": put("energy_demand", "value", 34.0, 14),
    "contract as large as the connection carries": put("connection", "contracted_offtake_mw", 9.5),
    "feed-in as large as the connection": put("connection", "contracted_feed_in_mw", 10.0),
    "sixty megawatts on 20 kV": both(
        put("connection", "contracted_offtake_mw", 60.0), put("connection", "connection_capacity_mva", 100.0)
    ),
    "gas of an operator that is not in the list": put("connection", "grid_operator", "other_operator", 1),
    "peak as large as the contract": put("energy_demand", "peak_mw", 8.0, 6),
    "peak of a project that runs twenty hours": put("project", "delta_peak_mw", 500.0),
    "all of a connection is flexible": put("flexibility", "flexible_mw", 10.0),
    "a connection of a hundred MVA": put("connection", "connection_capacity_mva", 100.0),
    "twenty times the connection, and filled in three days": both(
        put("flexibility", "own_generation_mw", 200.0), put("flexibility", "storage_mwh", 720.0)
    ),
    "CO2 a quarter lower than the gas": put("site", "co2_base_year_t", 16_100.0),
    "nothing and the highest voltage": both(put(*BAR, 0.0, 1), put("connection", "voltage_level_kv", 500.0)),
    "gas through every hour of a leap year": put("connection", "capacity_m3_per_hour", 355.0 / 0.03165 / 8.784, 1),
    "ten full hours of gas": put("connection", "capacity_m3_per_hour", 355.0 / 0.03165 * 100, 1),
    "a plan of ten times the connection": both(
        path("V2", "hydrogen", "MWh", (0.0, 0.0, 0.0, 0.0, 500.0, 600.0, 700.0), heating_value_basis="LHV"),
        add(
            "connection",
            1,
            connection_id="V2-H1",
            site_id="V2",
            carrier="hydrogen",
            ean_code=None,
            grid_operator="other_operator",
            capacity_m3_per_hour=2.66,
        ),
    ),
    "a connection of which the capacity is not known": both(
        put("connection", "capacity_m3_per_hour", 1.0, 1),
        add("connection", 1, connection_id="V1-G2", ean_code=None, capacity_m3_per_hour=None),
    ),
    "twenty petajoule": path("V2", "waste", "PJ", (19.4, 19.5, 19.6, 19.7, 19.8, 19.9, 20.0)),
    "steam as almost a third of a site": path("V2", "steam", "GWh", STEAM, temperature_c=180.0),
    "gas with a twentieth of electricity and heat": path(
        "V2",
        "natural_gas",
        "TJ",
        (1_938.0, 1_940.0, 1_942.0, 1_944.0, 1_946.0, 1_948.0, 1_950.0),
        heating_value_basis="LHV",
    ),
    "steam of fifty times the rest": path(
        "V2", "steam", "TJ", (5_100.0, 5_110.0, 5_120.0, 5_130.0, 5_140.0, 5_150.0, 5_160.0), temperature_c=180.0
    ),
    "steam of a thousandth of the rest": path(
        "V2", "steam", "GJ", (102.0, 103.0, 104.0, 105.0, 106.0, 107.0, 108.0), temperature_c=180.0
    ),
    "no steam at all": path("V2", "steam", "GWh", (0.0,) * 7, temperature_c=180.0),
    "a data centre that heats its office with gas": both(
        site(),
        path("V3", "electricity", "GWh", (300.0, 301.0, 302.0, 303.0, 304.0, 305.0, 306.0), peak_mw=40.0),
        path("V3", "natural_gas", "m3", (30_000.0, 30_100.0, 30_200.0, 30_300.0, 30_400.0, 30_500.0, 30_600.0)),
        add("connection", 1, connection_id="V3-G1", site_id="V3", ean_code=None, capacity_m3_per_hour=40.0),
    ),
    "steam and hardly anything else, but little": both(
        site(is_ets=True, nea_permit_number="NL-209900002", co2_base_year_t=0.0),
        path("V3", "electricity", "MWh", (400.0, 401.0, 402.0, 403.0, 404.0, 405.0, 406.0), peak_mw=0.1),
        path("V3", "steam", "TJ", (99.0, 99.1, 99.2, 99.3, 99.4, 99.5, 99.6), temperature_c=180.0),
    ),
    "steam alone": both(
        site(is_ets=True, nea_permit_number="NL-209900002", co2_base_year_t=0.0),
        path("V3", "steam", "TJ", [value * 100 for value in STEAM], temperature_c=180.0),
    ),
    "steam for all of a neighbour": path("V2", "steam", "PJ", STEAM, temperature_c=180.0, direction="supply"),
    "a little diesel": path("V2", "oil", "MWh", OIL),
    "the longest text": put("flexibility", "energy_hub", "x" * 200),
    "zero is a value": path("V2", "oil", "t", (0.0,) * 7),
    "projects explain nine tenths": put("project", "delta_value", 9.1),
    "half a year of a project": both(
        put("project", "delta_value", 20.0), put("project", "commissioning_date", dt.date(2030, 7, 1))
    ),
    "the whole of a project that begins late in the year": put("project", "commissioning_date", dt.date(2030, 12, 1)),
    "a saving beside a project that replaces the carrier": add(
        "project",
        0,
        project_id="P2",
        carrier_from=None,
        carrier_to="natural_gas",
        delta_value=-10.0,
        delta_unit="TJ",
        delta_peak_mw=None,
    ),
    "as likely as can be": put("project", "probability_pct", 100.0),
    "two halves, of which one a year later": both(
        put("project", "delta_value", 5.0),
        add("project", 0, project_id="P2", commissioning_date=dt.date(2030, 1, 1)),
    ),
    "a project of the base year that changes nothing": add(
        "project",
        0,
        project_id="P2",
        commissioning_date=dt.date(2023, 1, 1),
        delta_value=None,
        delta_unit=None,
        delta_peak_mw=0.0,
    ),
    "ten million kWh": both(
        site(),
        path(
            "V3",
            "electricity",
            "MWh",
            (10_000.0, 10_100.0, 10_200.0, 10_300.0, 10_400.0, 10_500.0, 10_600.0),
            peak_mw=2.0,
        ),
    ),
}

# --- what no file of a company can be made to give, and what only a round can tell ----------------------------------

REFUSALS = tuple(get_args(FileRule))
CASES = (*FILES, *FAR, *SHEETS, *CELLS, *COLUMNS, *STRUCTURE, *ERRORS, *REMARKS)
Findings = dict[str, list[dict[str, Any]]]


def contents(case: Case, filing: Filing) -> bytes:
    if case.filing:
        case.filing(filing)
    if case.csv:
        data = pack({name: text.encode() for name, text in csv_texts(filing, YEARS, "nl").items()})
    else:
        drafted = draft(filing, YEARS)
        if case.draft:
            case.draft(drafted)
        data = xlsx_bytes(drafted)
    return case.data(data) if case.data else data


def by_submission(found: Examined) -> Findings:
    return {
        line["submission_id"]: [f for f in found.findings if f["submission_id"] == line["submission_id"]]
        for line in found.files
    }


def places(findings: Sequence[Mapping[str, Any]]) -> list[Found]:
    return sorted((Found(f["rule"], f["table_name"], f["row_number"], f["cell"]) for f in findings), key=str)


@pytest.fixture(scope="session")
def findings(
    tmp_path_factory: pytest.TempPathFactory,
    valid: Callable[[], Filing],
    examined: Callable[[Mapping[str, Path]], Examined],
) -> Findings:
    """The findings of all cases, read and judged in one go: a filing is judged as if it were alone."""
    folder = tmp_path_factory.mktemp("regels")
    edge = [Case(name, (), filing=edit) for name, edit in AT_THE_EDGE.items()]
    broken = {case.name: case.filing for case in CASES if case.filing}
    edge += [Case(name, (), filing=both(broken[case], more)) for name, (_, case, more) in TOO_LITTLE.items()]
    files = {}
    for number, case in enumerate((*CASES, *edge)):
        files[case.name] = folder / f"{number}.xlsx"
        files[case.name].write_bytes(contents(case, valid()))
    return by_submission(examined(files))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.name}")
def test_case(case: Case, findings: Findings) -> None:
    found = findings[case.name]
    assert places([f for f in found if f["rule"] not in case.also]) == sorted(case.found, key=str)
    assert case.also <= {f["rule"] for f in found}


@pytest.mark.parametrize("name", TOO_LITTLE)
def test_a_sum_that_misses_a_refused_row_is_not_compared(name: str, findings: Findings) -> None:
    rule, case, _ = TOO_LITTLE[name]
    assert rule in {f["rule"] for f in findings[case]}
    assert any(f["severity"] == "error" for f in findings[name])
    assert rule not in {f["rule"] for f in findings[name]}


@pytest.mark.parametrize("name", AT_THE_EDGE)
def test_nothing_to_say_at_the_edge(name: str, findings: Findings) -> None:
    assert places(findings[name]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.name}")
def test_message_is_whole(case: Case, findings: Findings) -> None:
    for finding in findings[case.name]:
        assert not re.search(r"[{}]|None|nan|''", finding["message"]), finding["message"]
        assert finding["rule"] == "number_too_large" or not re.search(r"\de[+-]\d", finding["message"])
        assert finding["file"]
        assert finding["severity"] == blueprint().rules[finding["rule"]].severity


def test_of_a_merged_heading_every_column_that_does_not_count_is_told(findings: Findings) -> None:
    lost = {f["cell"]: f for f in findings["one heading over three years"] if f["rule"] == "header_lost"}
    assert {cell: f["value_as_filed"] for cell, f in lost.items()} == {"G3": "42", "H3": "44"}
    assert all("'2023' in F1 is samengevoegd over 3 kolommen" in f["message"] for f in lost.values())


def test_of_a_column_that_is_not_there_no_cell_is_to_be_filled_in(findings: Findings) -> None:
    """And of two such columns both are told, though they have no cell that tells them apart."""
    voltage = [f["message"] for f in findings["no column for the voltage"]]
    years = [
        f["message"]
        for f in findings["no columns for two years of which the peaks are there"]
        if (f["rule"], f["row_number"]) == ("required_if", 3)
    ]
    assert [message.split(" ontbreekt")[0] for message in voltage] == ["De kolom 'Spanning (kV)'"] * 2
    assert sorted(message.split(" ontbreekt")[0] for message in years) == ["De kolom '2025'", "De kolom '2027'"]
    assert not any("deze cel" in message for message in voltage + years)


def test_hours_are_never_none(findings: Findings) -> None:
    (low,) = [f for f in findings["not even one hour"] if f["rule"] == "full_load_hours_low"]
    assert "geeft minder dan 1 uur per jaar" in low["message"]


def test_of_a_hidden_row_its_number_is_told(findings: Findings) -> None:
    (hidden,) = findings["hidden row"]
    assert "regels verborgen (regel 4)" in hidden["message"]


def test_projects_are_compared_in_the_unit_they_were_filed_in_or_a_larger_one(findings: Findings) -> None:
    def said(name: str) -> tuple[str, str]:
        (found,) = (f for f in findings[name] if f["rule"] == "project_path")
        return found["value_as_filed"], found["allowed"]

    assert said("growth not explained") == ("1 GWh", "10 GWh (Elektriciteit, vestiging V1, van 2023 naar 2030)")
    in_gwh = ("49,3685 GWh", "10 GWh (Elektriciteit, vestiging V1, van 2023 naar 2030)")
    assert said("growth not explained in kWh") == in_gwh
    two_units = ("0,0054 PJ", "0,036 PJ (Elektriciteit, vestiging V1, van 2023 naar 2030)")
    assert said("growth not explained by projects in two units") == two_units


def test_a_carrier_out_of_proportion_is_told_beside_the_rest_of_its_site(findings: Findings) -> None:
    def said(name: str) -> tuple[str, str]:
        (found,) = (f for f in findings[name] if f["rule"] == "carrier_out_of_proportion")
        return found["value_as_filed"], found["allowed"]

    little = ("10 MWh", "maar 0,04% van de overige energie van de vestiging (0,1 PJ)")
    assert said("steam in MWh where GWh was meant") == little
    assert said("steam that was divided by a thousand, and then filed in GWh") == ("0,01 GWh", little[1])
    much = ("5 TWh", "207 keer zo groot als de overige energie van de vestiging (87.000 GJ)")
    assert said("steam in TWh where GWh was meant, beside little heat") == much
    least = ("98,611 kWh", "minder dan 0,01% van de overige energie van de vestiging (0,1 PJ)")
    assert said("gas in kWh where GWh was meant, and no capacity") == least
    summed = ("7 PJ", "51 keer zo groot als de overige energie van de vestiging (0,1 PJ)")
    assert said("gas as fuel and as feedstock together in TWh where GWh was meant") == summed


# --- what no file of a company can be made to give ------------------------------------------------------------------


@pytest.fixture(scope="session")
def refusals(tmp_path_factory: pytest.TempPathFactory, settings: Round) -> Findings:
    """What is said of every way in which the reader of files can give up."""
    folder = tmp_path_factory.mktemp("opgegeven")
    given = {rule: UnreadableFile(rule, "hierom") for rule in REFUSALS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bounded, "read_many", lambda paths, *_: [(path, given[path.name]) for path in paths])
        return by_submission(examine([Received(rule, folder / rule, rule) for rule in given], settings))


@pytest.mark.parametrize("rule", REFUSALS)
def test_reader_gives_up(rule: str, refusals: Findings) -> None:
    assert places(refusals[rule]) == [Found(rule)]


def test_file_that_went_away(tmp_path: Path, examined: Callable[[Mapping[str, Path]], Examined]) -> None:
    assert places(examined({"weg": tmp_path / "weg.xlsx"}).findings) == [Found("file_changed")]


# --- what only a round can tell -------------------------------------------------------------------------------------


def company(number: int, day: int = 1, **submission: Any) -> Callable[[Filing], None]:
    """Another company, with EAN codes of its own, that files on a day in March."""

    def edit(filing: Filing) -> None:
        filing.row("company")["kvk_number"] = f"98{number:06d}"
        filing.row("submission").update(submitted_on=dt.date(2026, 3, day), **submission)
        for index, row in enumerate(filing.rows("connection")):
            row["ean_code"] = ean(number, 1, index)

    return edit


ROUND: dict[str, Callable[[Filing], None]] = {
    "1-eerste.xlsx": company(1),
    "1-tweede.xlsx": company(1, 2),
    "2-goed.xlsx": company(2),
    "2-nieuwer.xlsx": company(2, 2, round="2024-1"),
    "3.xlsx": company(3),
    "3b.xlsx": company(3),
    "6-een.xlsx": company(6),
    "6-twee.xlsx": company(6, replaces_submission="0" * 16),
    "7-een.xlsx": company(7),
    "7-twee.xlsx": both(company(7, 2), put("company", "company_name", "Heel andere naam")),
    "8.xlsx": company(8),
    "9.xlsx": company(9, replaces_submission="f" * 16),
    "4.xlsx": both(company(4), put("connection", "ean_code", ean(9, 9, 9))),
    "5.xlsx": both(company(5), put("connection", "ean_code", ean(9, 9, 9), 1)),
}
IN_ROUND: dict[str, set[Found]] = {
    "1-eerste.xlsx": {Found("superseded")},
    "1-tweede.xlsx": set(),
    "2-goed.xlsx": {Found("newer_refused")},
    "3.xlsx": set(),
    "3b.xlsx": {Found("identical_file")},
    "7-een.xlsx": {Found("superseded")},
    "7-twee.xlsx": {Found("superseded_other_name"), Found("superseded_other_sender")},
    "8.xlsx": {Found("withdrawn")},
    "9.xlsx": {Found("replaces_unknown")},
    "4.xlsx": {at("ean_in_two_filings", "connection", "ean_code")},
    "5.xlsx": {at("ean_in_two_filings", "connection", "ean_code", 3)},
}


@pytest.fixture(scope="session")
def round_findings(
    tmp_path_factory: pytest.TempPathFactory, valid: Callable[[], Filing], settings: Round
) -> list[dict[str, Any]]:
    data = DataFolder(tmp_path_factory.mktemp("ronde"))
    folder = data.round_folder(settings.round)
    write_round(folder, settings)
    for name, edit in ROUND.items():
        filing = valid()
        edit(filing)
        write_xlsx(filing, folder / name, YEARS)
    gone = hashlib.sha256((folder / "8.xlsx").read_bytes()).hexdigest()[:16]
    withdrawals.write_down(data, settings.round, gone, withdrawals.WITHDRAW, "verkeerd bestand", "An")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "failing_rows", lambda table, rows: [])  # no column is wrong here, and it takes time
        take_in(data, settings)
    return read_table(data, "findings", settings.round).to_pylist()


@pytest.mark.parametrize("file", IN_ROUND)
def test_in_a_round(file: str, round_findings: list[dict[str, Any]]) -> None:
    assert set(places([f for f in round_findings if f["file"] == file])) == IN_ROUND[file]


def test_of_two_filings_of_one_day_one_counts_and_says_so(round_findings: list[dict[str, Any]]) -> None:
    """Which of the two is decided by their content, so that it is the same in every run."""
    rules = [{f["rule"] for f in round_findings if f["file"] == file} for file in ("6-een.xlsx", "6-twee.xlsx")]
    rules[1].discard("replaces_unknown")  # what does not count is not looked at
    assert sorted(rules, key=sorted) == [{"same_day_filings"}, {"superseded"}]


def test_table_of_cases_covers_every_rule() -> None:
    in_round = {found.rule for expected in IN_ROUND.values() for found in expected} | {"same_day_filings"}
    shown = (
        {case.rule for case in CASES} | in_round | set(REFUSALS) | IN_CSV | BESIDE_A_SECOND_SOURCE | IN_LIST | ELSEWHERE
    )
    assert set(blueprint().rules) - shown == NOT_USED_YET
    assert shown <= set(blueprint().rules)


def test_every_case_has_its_own_name() -> None:
    names = [*(case.name for case in CASES), *AT_THE_EDGE]
    assert len(set(names)) == len(names)


# --- every rule of every column -------------------------------------------------------------------------------------

COLUMN_RULES = [(table, rule) for table in blueprint().sheet_tables for rule in column_rules(table)]


def key_of(pair: tuple[Table, ColumnRule]) -> str:
    table, rule = pair
    return f"{table.name}.{rule.field}.{rule.rule}"


def wrong(field: Field, rule: ColumnRule) -> Any:
    """A value that breaks the rule."""
    limits = field.constraints
    if rule.rule == "minimum":
        assert limits.minimum is not None
        return limits.minimum - 1
    if rule.rule == "maximum":
        assert limits.maximum is not None
        return limits.maximum + 1
    if rule.rule == "length":
        return "x" * ((limits.max_length or 0) + 1)
    return None if rule.rule in ("required", "required_if") else f"{field.example};?" if field.separator else "?"


def breach(table: Table, rule: ColumnRule, filing: Filing) -> set[str]:
    """Break the rule in the first row of the table; returns the fields that were touched."""
    row = filing.row(table.name)
    for test in rule.condition:
        row[test.field] = {"empty": None, "filled": row.get(test.field), "in": test.values[:1]}[test.op]
        if test.op == "in":
            row[test.field] = test.values[0]
    value = wrong(table.field(rule.field), rule)
    row[rule.field] = int(value) if table.field(rule.field).type in ("integer", "year") and value is not None else value
    return {rule.field, *(test.field for test in rule.condition)}


@pytest.fixture(scope="session")
def verdict(
    valid: Callable[[], Filing], rows_of: Callable[[Mapping[str, Filing]], dict[str, pa.Table]], settings: Round
) -> Verdict:
    filings = {}
    for table, rule in COLUMN_RULES:
        filings[key_of((table, rule))] = filing = valid()
        del filing.rows("energy_demand")[1:]
        breach(table, rule, filing)
    return judge(rows_of(filings), {}, settings)


@pytest.mark.parametrize("pair", COLUMN_RULES, ids=key_of)
def test_every_column_rule(pair: tuple[Table, ColumnRule], verdict: Verdict, valid: Callable[[], Filing]) -> None:
    table, rule = pair
    touched = breach(table, rule, valid())
    known = blueprint().rules
    mine = [f for f in verdict.failures if f.submission_id == key_of(pair) and known[f.rule].check == "column"]
    assert (table.name, 2, rule.field, rule.rule) in {(f.table, f.row_number, f.field, f.rule) for f in mine}
    for other in mine:
        condition = table.field(other.field).required_if or {} if other.table == table.name else {}
        assert other.field == rule.field or touched & {name.partition(".")[0] for name in condition}, other
    accepted = verdict.accepted[table.name].select(["submission_id", "row_number"]).to_pylist()
    only_warns = rule.rule in table.field(rule.field).warns
    assert ({"submission_id": key_of(pair), "row_number": 2} in accepted) == only_warns


KINDS = {
    "required": ("site", "industrial_cluster"),
    "required_if": ("connection", "voltage_level_kv"),
    "code": ("flexibility", "own_generation_type"),
    "list": ("project", "depends_on"),
    "pattern": ("submission", "replaces_submission"),
    "minimum": ("flexibility", "flexible_mw"),
    "maximum": ("site", "latitude"),
    "length": ("consent", "signatory_role"),
}


@pytest.fixture(scope="session")
def one(
    valid: Callable[[], Filing], rows_of: Callable[[Mapping[str, Filing]], dict[str, pa.Table]]
) -> dict[str, pa.Table]:
    tables = rows_of({"een": valid()}).items()
    return {name: rows.select([*KEY, *blueprint().tables[name].field_names]) for name, rows in tables}


def test_kinds_are_all_kinds() -> None:
    in_use = {"list" if t.field(r.field).separator else r.rule for t, r in COLUMN_RULES}
    assert set(KINDS) == in_use
    assert {rule.id for rule in blueprint().rules.values() if rule.check == "column"} == in_use - {"list"}


@pytest.mark.parametrize("kind", KINDS)
def test_empty_table_breaks_nothing(kind: str, one: dict[str, pa.Table]) -> None:
    table = blueprint().tables[KINDS[kind][0]]
    assert failing_rows(table, one[table.name].slice(0, 0)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_column_without_a_value(kind: str, one: dict[str, pa.Table]) -> None:
    table, name = blueprint().tables[KINDS[kind][0]], KINDS[kind][1]
    rows = one[table.name]
    place = rows.schema.get_field_index(name)
    empty = rows.set_column(place, rows.schema.field(name), pa.nulls(rows.num_rows, rows.schema.field(name).type))
    found = [f.row_number for f in failing_rows(table, empty) if f.field == name]
    expected = {"required": rows["row_number"].to_pylist(), "required_if": [2, 4]}
    assert found == expected.get(kind, [])


@pytest.mark.parametrize("kind", KINDS)
def test_missing_column_is_a_fault_of_ours(kind: str, one: dict[str, pa.Table]) -> None:
    table, name = blueprint().tables[KINDS[kind][0]], KINDS[kind][1]
    with pytest.raises(ValidationBroken, match=table.name):
        failing_rows(table, one[table.name].drop_columns([name]))
