"""The mistakes that companies make, each with the rules of the Blueprint that the intake must then report.

How a filing or a sheet is changed is in `edits`, how bytes are damaged in `damage`; judging is the intake's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.sample import damage
from assets.sample.edits import (
    DraftEdit,
    FilingEdit,
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
    other_heading,
    put,
    remove,
    title,
    title_above,
    without_column,
    without_sheet,
)
from assets.sample.figures import check_digit, rounded
from assets.sample.misplaced import MISPLACED, by_its_name, in_bergen
from assets.sample.paths import conversion
from assets.workbooks.draft import Draft, Formatted, Formula, draft
from assets.workbooks.filing import Filing, Row
from assets.workbooks.pack import pack
from assets.workbooks.write import Notation, csv_texts, xlsx_bytes

NBSP = "\u00a0"


@dataclass(frozen=True)
class Mistake:
    """One mistake: at most one edit of the filing, the sheets and the bytes; `rules` must then be reported.

    Without rules the file is unusual but must be read right: no error and no warning. With a `notation` the
    mistake is made in a zip of CSV files.
    """

    name: str
    rules: tuple[str, ...] = ()
    filing: FilingEdit | None = None
    draft: DraftEdit | None = None
    data: Callable[[bytes], bytes] | None = None
    notation: Notation | None = None

    def apply(self, filing: Filing) -> Filing:
        """A copy of the filing with this mistake; LookupError when there is nothing to make it in."""
        copy = filing.copy()
        if self.filing is not None:
            self.filing(copy)
        return copy


def write_faulty(filing: Filing, mistakes: Sequence[Mistake], path: Path, years: tuple[int, ...]) -> None:
    """Write a filing with some mistakes in it: those of the filing first, then of the sheets, then of the bytes.

    It becomes a zip of CSV files when a mistake asks for a notation, else an xlsx.
    """
    for mistake in mistakes:
        filing = mistake.apply(filing)
    notation: Notation | None = next((mistake.notation for mistake in mistakes if mistake.notation), None)
    if notation:
        data = pack({name: text.encode() for name, text in csv_texts(filing, years, notation).items()})
    else:
        drafted = draft(filing, years)
        for mistake in mistakes:
            if mistake.draft is not None:
                mistake.draft(drafted)
        data = xlsx_bytes(drafted)
    for mistake in mistakes:
        if mistake.data is not None:
            data = mistake.data(data)
    path.write_bytes(data)


def _in_mva(filing: Filing) -> None:
    row = filing.row("connection")
    row["contracted_offtake_mw"] = row["connection_capacity_mva"]


def _contract_in_kw(filing: Filing) -> None:
    row = filing.row("connection")
    for name in ("contracted_offtake_mw", "connection_capacity_mva"):
        row[name] = rounded(row[name] * 1000, 6)


def _request_in_kw(filing: Filing) -> None:
    row = filing.row("connection")
    highest = max(line["value"] or 0 for line in filing.rows("energy_demand"))
    asked = {"requested_extra_mw": rounded(highest * 1e6, 6), "requested_on": dt.date(2025, 1, 15)}
    row.update(request_pending=True, **asked)


def _wrong_check_digit(filing: Filing) -> None:
    row = filing.row("connection")
    digits = row["ean_code"][:17]
    row["ean_code"] = digits + str((int(check_digit(digits)) + 1) % 10)


def _dates_1904(drafted: Draft) -> None:
    drafted.date_1904 = True


def _kvk_with_space(filing: Filing) -> None:
    number = filing.row("company")["kvk_number"]
    filing.row("company")["kvk_number"] = f" {number[:4]}{NBSP}{number[4:]} "


def _numbers_as_cells(drafted: Draft) -> None:
    sheet, column = drafted.place("company", "kvk_number")
    sheet.rows[1][column] = int(sheet.rows[1][column])


def _date_as_text(drafted: Draft) -> None:
    sheet, column = drafted.place("project", "commissioning_date")
    sheet.rows[1][column] = sheet.rows[1][column].strftime("%d-%m-%Y")


def _all_values_away(drafted: Draft) -> None:
    sheet = drafted.sheet("energy_demand")
    for column, heading in enumerate(sheet.rows[0]):
        if heading[:4].isdigit():
            sheet.rows[2][column] = None


def _in_gwh(row: Row) -> float:
    """The amount in GWh, to stand beside a unit that says otherwise."""
    factor = conversion(row["carrier"], row["unit"], None) / conversion(row["carrier"], "GWh", None)
    return rounded(row["value"] * factor, 6)


def _another_year(drafted: Draft) -> None:
    for heading in ("{year}", "{year} piek (MW)"):
        other_heading("energy_demand", heading.format(year=2030), heading.format(year=2029))(drafted)


def _consent_elsewhere(filing: Filing) -> None:
    filing.rows("consent")[:] = [{"consent_purpose": "operator_site_level", "granted": True, "consent_sites": "V1;V77"}]


def _new_stream(**values: object) -> FilingEdit:
    base = {"use": "energetic", "direction": "offtake", "origin": "invoice", "scenario": "base", "year": 2023}
    return add("energy_demand", site_id="V1", value=500.0, **{**base, **values})


UNREADABLE = (
    Mistake("file_empty", ("file_empty",), data=damage.emptied),
    Mistake("file_is_pdf", ("file_not_recognised",), data=damage.as_pdf),
    Mistake("file_with_password", ("file_password",), data=damage.with_password),
    Mistake("file_old_xls", ("file_old_xls",), data=damage.as_old_xls),
    Mistake("file_cut_off", ("file_damaged",), data=damage.cut_off),
    Mistake("file_with_macros", ("file_macros",), data=damage.with_macros),
    Mistake("file_too_large", ("file_too_large",), data=damage.too_large),
    Mistake("file_expands", ("file_expands_too_much",), data=damage.expanding),
    Mistake("file_with_entities", ("file_entities",), data=damage.with_entities),
    Mistake("file_without_sheets", ("file_no_sheets",), data=damage.as_empty_zip),
    Mistake("cell_far_away", ("file_far_cell",), draft=far_away("site", 25_000, "x")),
    Mistake("zip_path_outside", ("file_unsafe_names",), data=damage.path_outside, notation="nl"),
    Mistake("zip_in_zip", ("file_nested_zip",), data=damage.zip_in_zip, notation="nl"),
    Mistake("csv_latin1", ("csv_encoding",), data=damage.latin1, notation="nl"),
)

SHEETS = (
    Mistake("sheet_missing", ("sheet_missing",), draft=without_sheet("company")),
    Mistake("sheet_double", ("sheet_double",), draft=extra_sheet("site", [["Vestiging", "Plaats"], ["V9", "Goes"]])),
    Mistake("sheet_unknown", ("sheet_unknown",), draft=extra_sheet("Toelichting", [["Zie onze brief"]])),
    Mistake("sheet_hidden", ("sheet_hidden",), draft=hidden_sheet("connection")),
    Mistake("sheet_not_used", ("sheet_not_used",), draft=extra_sheet(title("load_profile"), [["Aansluiting"]])),
    Mistake("row_hidden", ("row_hidden",), draft=hidden_row("energy_demand", 2)),
    Mistake("header_merged", ("header_lost",), draft=heading_over("energy_demand", "value", 2025, 2)),
    Mistake(
        "header_missing",
        ("header_missing", "reference_without_table"),
        draft=lambda d: d.sheet("site").rows.__delitem__(0),
    ),
    Mistake("header_moved", ("header_moved",), draft=title_above("site", ["Vestigingen van ons bedrijf", ""])),
    Mistake("header_repeated", ("header_repeated",), draft=headings_again("energy_demand")),
    Mistake("column_without_heading", ("column_without_heading",), draft=extra_column("energy_demand", "", 5)),
    Mistake("header_mixed", ("header_mixed",), draft=extra_column("energy_demand", "Waarde", 5)),
    Mistake("header_double", ("header_double",), draft=extra_column("energy_demand", "Energiedrager", "Aardgas")),
    Mistake("header_unknown", ("header_unknown",), draft=extra_column("energy_demand", "Ons kenmerk", "abc")),
    Mistake("header_required", ("header_required",), draft=without_column("energy_demand", "unit")),
    Mistake("no_row", ("no_row",), filing=remove("site", lambda row: False)),
)

CELLS = (
    Mistake(
        "cell_not_available", ("cell_error",), draft=cell("energy_demand", "value", Formula("=NA()", "#N/A"), 2, 2030)
    ),
    Mistake(
        "cell_lost_reference", ("cell_error",), draft=cell("energy_demand", "value", Formula("=B1", "#REF!"), 2, 2035)
    ),
    Mistake(
        "formula_without_value",
        ("formula_without_value",),
        draft=cell("energy_demand", "value", Formula(damage.FORMULA, 4), 2, 2040),
        data=damage.without_results,
    ),
    Mistake("cells_merged", ("cell_merged", "required"), draft=merged("energy_demand", "origin", 1, 2)),
    Mistake("number_with_text", ("number",), draft=cell("energy_demand", "value", "circa 12000 MWh", 2, 2030)),
    Mistake("number_too_large", ("number_too_large",), draft=cell("energy_demand", "value", 1e25, 2, 2027)),
    Mistake("number_with_currency", ("number",), draft=cell("energy_demand", "value", "€ 12.500,-", 2, 2027)),
    Mistake("number_ambiguous", ("number_ambiguous",), draft=cell("energy_demand", "value", "1.234", 2, 2035)),
    Mistake(
        "number_percent", ("number_percent",), draft=cell("energy_demand", "value", Formatted(0.45, "0%"), 2, 2050)
    ),
    Mistake("year_with_words", ("integer",), draft=cell("site", "municipality_year", "sinds 2019")),
    Mistake("boolean_with_words", ("boolean",), draft=cell("site", "is_ets", "weet niet")),
    Mistake("date_with_words", ("date",), draft=cell("project", "commissioning_date", "medio 2029")),
    Mistake("date_impossible", ("date",), draft=cell("submission", "submitted_on", "31-02-2026")),
    Mistake("ean_as_number", ("lost_digits",), draft=cell("connection", "ean_code", 871699000000010020)),
    Mistake("branch_as_number", ("leading_zeros",), draft=cell("site", "branch_number", 1234567890)),
    Mistake("energy_row_empty", ("energy_row_empty",), draft=_all_values_away),
)

READ_RIGHT = (
    Mistake("number_dutch", draft=cell("connection", "capacity_m3_per_hour", "1.234,5")),
    Mistake("number_english", draft=cell("connection", "capacity_m3_per_hour", "1,234.5")),
    Mistake("number_with_nbsp", draft=cell("connection", "capacity_m3_per_hour", f"1{NBSP}234,5 ")),
    Mistake("number_in_euros", draft=cell("connection", "capacity_m3_per_hour", Formatted(1234.5, "€ #,##0"))),
    Mistake(
        "value_by_a_link",
        ("cell_linked",),
        draft=cell("connection", "capacity_m3_per_hour", Formula("=[1]Blad1!A1", 7.0)),
    ),
    Mistake("formula_with_value", draft=cell("connection", "capacity_m3_per_hour", Formula("=1000+234.5", 1234.5))),
    Mistake("percent_where_asked", draft=cell("project", "probability_pct", Formatted(0.6, "0%"))),
    Mistake("dates_from_1904", draft=_dates_1904),
    Mistake("date_as_text", draft=_date_as_text),
    Mistake("kvk_as_number", draft=_numbers_as_cells),
    Mistake("kvk_with_spaces", filing=_kvk_with_space),
    Mistake("code_with_nbsp", draft=cell("connection", "carrier", f"{NBSP}elektriciteit ")),
    Mistake("municipality_by_name", filing=by_its_name),
)

VALUES = (
    Mistake("sector_empty", ("required", "submission_refused"), filing=put("company", "sector", None)),
    Mistake("two_companies", ("one_row_only",), filing=add("company", like=0, kvk_number="98999999")),
    Mistake("kvk_too_short", ("pattern",), filing=put("company", "kvk_number", "9812345")),
    Mistake("postcode_wrong", ("pattern",), filing=put("site", "postcode", "0123 A")),
    Mistake("ean_check_digit", ("ean_check_digit",), filing=_wrong_check_digit),
    Mistake("unit_unknown", ("code",), filing=demand("natural_gas", unit="vaten")),
    Mistake("carrier_unknown", ("code",), filing=_new_stream(carrier="Kernenergie", unit="TJ")),
    Mistake("unit_not_allowed", ("unit_not_allowed",), filing=demand("electricity", unit="m3")),
    Mistake("delta_unit_not_allowed", ("delta_unit_not_allowed",), filing=put("project", "delta_unit", "kW")),
    Mistake("basis_missing", ("required_if",), filing=demand("natural_gas", unit="GJ", heating_value_basis=None)),
    Mistake(
        "basis_without_factor",
        ("basis_without_factor",),
        filing=_new_stream(carrier="process_gas", unit="TJ", heating_value_basis="HHV"),
    ),
    Mistake("peak_missing", ("required_if",), filing=demand("electricity", years=(2030,), peak_mw=None)),
    Mistake("demand_negative", ("minimum",), filing=demand("electricity", years=(2035,), value=-10.0)),
    Mistake("probability_too_high", ("maximum",), filing=put("project", "probability_pct", 140.0)),
    Mistake("house_number_long", ("length",), filing=put("site", "house_number", "12 (ingang aan de achterzijde)")),
    Mistake("dependency_unknown", ("code",), filing=put("project", "depends_on", "grid_connection;het weer")),
    Mistake("use_not_allowed", ("use_not_allowed",), filing=_new_stream(carrier="co2", unit="kt", use="energetic")),
    Mistake("row_twice", ("key_duplicate",), filing=add("connection", like=0)),
    Mistake("site_unknown", ("reference_unknown",), filing=put("connection", "site_id", "V77")),
    Mistake("consent_elsewhere", ("consent_site_unknown",), filing=_consent_elsewhere),
    Mistake("site_refused", ("required", "reference_refused"), filing=put("site", "is_ets", None)),
    Mistake("hours_too_high", ("full_load_hours_high",), filing=demand("electricity", years=(2030,), peak_mw=0.01)),
    Mistake("version_unknown", ("blueprint_version_unknown",), filing=put("submission", "blueprint_version", "2019.4")),
    Mistake(
        "filed_in_9999", ("submitted_on_unlikely",), filing=put("submission", "submitted_on", dt.date(9999, 12, 31))
    ),
    Mistake("round_other", ("round_other",), filing=put("submission", "round", "voorbeeld-2024")),
    Mistake("base_year_other", ("base_year_other",), filing=put("submission", "base_year", 2021)),
    Mistake("year_not_asked", ("year_not_asked",), draft=_another_year),
    Mistake("plan_in_base_year", ("base_year_scenario",), filing=demand("electricity", years=(2023,), scenario="plan")),
    Mistake("municipality_unknown", ("municipality_unknown",), filing=put("site", "municipality_code", "GM9999")),
    Mistake("municipality_bergen", ("municipality_ambiguous",), filing=in_bergen),
)

REMARKS = (
    Mistake("probability_as_share", ("probability_fraction",), filing=put("project", "probability_pct", 0.6)),
    *(Mistake(name, (rule,), filing=edit) for name, rule, edit in MISPLACED),
    Mistake(
        "peak_too_high",
        ("full_load_hours_unusual",),
        filing=demand("electricity", years=(2023,), peak_mw=lambda row: row["peak_mw"] * 8),
    ),
    Mistake("mwh_for_gwh", ("full_load_hours_low",), filing=demand("electricity", value=_in_gwh, unit="MWh")),
    Mistake(
        "mwh_in_one_year",
        ("thousandfold_jump",),
        filing=demand("electricity", years=(2035,), value=lambda row: row["value"] / 1000),
    ),
    Mistake(
        "growth_high",
        ("growth_high",),
        filing=demand(
            "electricity",
            years=(2050,),
            value=lambda row: row["value"] * 40,
            peak_mw=lambda row: row["peak_mw"] * 40,
        ),
    ),
    Mistake(
        "gas_in_gwh", ("gas_versus_capacity",), filing=demand("natural_gas", value=lambda row: row["value"] * 1000)
    ),
    Mistake("petajoules", ("above_usual_size",), filing=_new_stream(carrier="coal", unit="PJ")),
    Mistake(
        "steam_in_kwh",
        ("carrier_out_of_proportion",),
        filing=_new_stream(carrier="steam", unit="kWh", temperature_c=180.0),
    ),
    Mistake("copied_every_year", ("same_every_year",), filing=demand("natural_gas", value=12345.0)),
    Mistake(
        "contract_above_capacity",
        ("contracted_above_capacity",),
        filing=put("connection", "connection_capacity_mva", 0.01),
    ),
    Mistake(
        "feed_in_above_capacity", ("feed_in_above_capacity",), filing=put("connection", "contracted_feed_in_mw", 900.0)
    ),
    Mistake("peak_above_contract", ("peak_above_contract",), filing=put("connection", "contracted_offtake_mw", 0.01)),
    Mistake("contract_in_mva", ("power_mva_as_mw",), filing=_in_mva),
    Mistake("contract_in_kw", ("power_in_kw", "capacity_in_kva"), filing=_contract_in_kw),
    Mistake("request_in_kw", ("requested_in_kw",), filing=_request_in_kw),
    Mistake("project_in_kw", ("project_in_kw",), filing=put("project", "delta_peak_mw", 90_000.0)),
    Mistake("flexible_in_kw", ("flexible_in_kw",), filing=put("flexibility", "flexible_mw", 9_000.0)),
    Mistake("generation_in_kw", ("generation_in_kw",), filing=put("flexibility", "own_generation_mw", 9_000.0)),
    Mistake("storage_in_kwh", ("storage_in_kwh",), filing=put("flexibility", "storage_mwh", 90_000.0)),
    Mistake("capacity_in_kva", ("capacity_in_kva",), filing=put("connection", "connection_capacity_mva", 6_000.0)),
    Mistake("tennet_for_gas", ("operator_carrier",), filing=put("connection", "grid_operator", "tennet", 1)),
    Mistake("co2_versus_gas", ("ets_versus_fuel",), filing=put("site", "co2_base_year_t", 2_000_000.0)),
    Mistake("sbi_versus_sector", ("sbi_versus_sector",), filing=put("company", "sbi_code", "0111")),
    Mistake("other_cluster", ("other_cluster",), filing=put("site", "industrial_cluster", "chemelot")),
    Mistake(
        "hydrogen_too_early",
        ("hydrogen_before_network",),
        filing=_new_stream(carrier="hydrogen", unit="t", scenario="plan", year=2025),
    ),
    Mistake("projects_do_not_explain", ("project_path",), filing=put("project", "delta_value", 1.0)),
    Mistake(
        "project_in_base_year",
        ("project_before_base",),
        filing=put("project", "commissioning_date", dt.date(2022, 7, 1)),
    ),
    Mistake("project_twice", ("project_double",), filing=add("project", like=0, project_id="P98")),
    Mistake("technique_of_another_route", ("technique_route",), filing=put("project", "technique", "hydrogen_burner")),
    Mistake("year_absent", ("year_absent",), filing=remove("energy_demand", lambda row: row["year"] != 2040)),
)

MISTAKES: dict[str, Mistake] = {m.name: m for m in (*UNREADABLE, *SHEETS, *CELLS, *READ_RIGHT, *VALUES, *REMARKS)}
