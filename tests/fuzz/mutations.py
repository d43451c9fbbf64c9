"""The catalogue of changes to one cell: what is written, which rule must answer at that cell, and what is read.

What follows from a refused row elsewhere is told in `expected`; several files at once are tried in `trial`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from assets.sample.figures import check_digit
from assets.workbooks.draft import Formatted
from assets.workbooks.write import Notation, csv_text
from blueprint.geography.places import province_of
from blueprint.load import blueprint
from blueprint.model import Field
from tests.fuzz.expected import Finding, finding
from tests.fuzz.forms import (
    Came,
    Form,
    Place,
    boolean_cell,
    error_cell,
    formula_without_value,
    number_cell,
    percent_cell,
    text_cell,
)

NBSP, THIN = "\u00a0", "\u202f"
KEEP = object()
Also = Callable[[Form, Place], set[Finding]]


@dataclass(frozen=True)
class Mutation:
    """One change of one cell.

    `rules` must be found at the cell, and nothing else anywhere but `also` and what follows. With `falls` the row
    is refused, else `reads` is what is accepted in that field. KEEP is the value that stood there.
    """

    name: str
    written: Any
    rules: tuple[str, ...] = ()
    falls: bool = True
    reads: Any = None
    also: Also | None = None


def _elsewhere(rule: str, name: str, year: int | None = None) -> Also:
    return lambda form, place: {finding(form, rule, form.place(place.table, name, place.row, year))}


def _in_eemsdelta(form: Form, place: Place) -> set[Finding]:
    """What the rest of the address says when the municipality becomes Appingedam, now Eemsdelta in Groningen."""
    also = _elsewhere("coordinate_elsewhere", "latitude")(form, place)
    far = not form.at(place)[0].values["postcode"].startswith("97")
    return also | (_elsewhere("postcode_elsewhere", "postcode")(form, place) if far else set())


# What a field must be by its pattern, and what it is not. Written by hand: the pattern itself is what is tried.
WRONG = {
    "round": ("ronde 1!", "-1"),
    "replaces_submission": ("xyz", "3f2a9c07b41d5e8", "3f2a9c07b41d5e86f"),
    "contact_email": ("geen adres", "a@b", "@voorbeeld.nl"),
    "kvk_number": ("1234567", "123456789", "1234567A", "１２３４５６７８"),
    "group_id": ("Concern & Co", "x" * 41),
    "sbi_code": ("1", "1071999", "10.7.1.1", "food"),
    "site_id": ("V/1", "V" * 41, "V;1"),
    "branch_number": ("12345678901A", "0000123456789"),
    "postcode": ("0511AB", "3511", "3511ABC"),
    "connection_id": ("E/1", "é1"),
    "ean_code": ("87169900000001002", "8716990000000100201", "87169900000001002X", "-71699000000010020"),
    "project_id": ("P/1", "P=1"),
    "bottleneck_id": ("K/1", "K&1"),
}
# What is read without the characters that steer a terminal or turn the reading direction.
STEERED = {"bottleneck_id": ("K\u202e999", "K999")}
BERGEN, BERGEN_LIES_IN, PLACED_IN = "Bergen", ("PV27", "PV31"), 2025
# Rules that look at one field of one row: value, rule, what else is said at the same cell.
RULES: dict[tuple[str, str], tuple[tuple[str, Any, tuple[str, ...]], ...]] = {
    ("submission", "blueprint_version"): (("old version", "2019.4", ("blueprint_version_unknown",)),),
    ("submission", "round"): (("other round", "2024-1", ("round_other",)),),
    ("submission", "base_year"): (("other base year", 2021, ("base_year_other",)),),
    ("submission", "submitted_on"): (
        ("year 9999", dt.date(9999, 12, 31), ("submitted_on_unlikely",)),
        ("year 1999", dt.date(1999, 12, 31), ("submitted_on_unlikely",)),
    ),
    ("site", "municipality_code"): (
        ("no such code", "GM9999", ("municipality_unknown",)),
        ("no such name", "Nergenshuizen", ("municipality_unknown",)),
        ("two of that name", BERGEN, ("municipality_ambiguous",)),
    ),
    ("energy_demand", "heating_value_basis"): (("HHV of electricity", "HHV", ("basis_without_factor",)),),
    ("energy_demand", "use"): (("co2 as energy", "energetic", ("use_not_allowed",)),),
    ("project", "delta_unit"): (("project in m3", "m3", ("delta_unit_not_allowed",)),),
}
ONLY_FOR = {"heating_value_basis": {"electricity"}, "use": {"co2"}}
NUMBERS = (
    ("words", "circa 12"),
    ("with its unit", "12 MWh"),
    ("in euros", "€ 12,50"),
    ("two decimals", "1.2.3"),
    ("a range", "10-12"),
    ("not finite", "1e400"),
    ("a nought too many", "0.123,4"),
    ("hexadecimal", "0x10"),
    ("digits of Arabic", "١٢"),
    ("a formula as text", "=1+1"),
    ("a question", "?"),
)
DATES = ("medio 2029", "31-02-2026", "1-1-26", "2026-13-01", "29-02-2023", "01-01-10000", "Q3 2027", "20260101")


def mutations(form: Form, place: Place) -> Iterator[Mutation]:
    """Everything that can be done to one cell of this form."""
    known = blueprint().tables[place.table].field(place.field)
    rows = form.at(place)
    if place.field == "number_notation" or not rows:
        return
    value = rows[0].values[place.field]
    if not form.is_csv:
        yield Mutation("error value", error_cell("#N/A"), ("cell_error",))
        yield Mutation("lost reference", error_cell("#REF!"), ("cell_error",))
        yield Mutation("formula without value", formula_without_value(), ("formula_without_value",))
    yield from _blank(form, place, known, rows[0])
    yield from _typed(form, place, known, rows[0])
    yield from _constrained(form, place, known, rows[0])
    yield from _by_rule(form, place, rows[0])
    yield from _keys(form, place)
    if value is not None:
        yield from _written_otherwise(form, place, known, value)


def apply(form: Form, place: Place, mutation: Mutation) -> set[Finding]:
    """Make the change; returns the findings that it declares."""
    rows = form.at(place)
    form.put(place, _in_format(form, mutation.written))
    for came in rows:
        came.fallen = came.fallen or mutation.falls
        if mutation.reads is not KEEP:
            came.values[place.field] = mutation.reads
    if _is_gone(form, place, rows):
        form.rows = [came for came in form.rows if came not in rows]
    also = mutation.also(form, place) if mutation.also else set()
    return {finding(form, rule, place) for rule in mutation.rules} | also


def _in_format(form: Form, written: Any) -> Any:
    if form.is_csv and not isinstance(written, str):
        return csv_text(written, _notation(form))
    return written


def _notation(form: Form) -> Notation:
    return "nl" if form.format == "nl" else "en"


def _is_gone(form: Form, place: Place, rows: list[Came]) -> bool:
    """A year of a form with years side by side is no row when neither amount nor peak stands there."""
    wide = blueprint().tables[place.table].wide
    return bool(wide and place.year and not rows[0].fallen and all(rows[0].values[n] is None for n in wide.columns))


def _blank(form: Form, place: Place, known: Field, row: Came) -> Iterator[Mutation]:
    spec = next(f for f in blueprint().tables[place.table].fields if f.name == known.name)
    for name, written in (("empty", None), ("only spaces", f" {NBSP} ")):
        if form.is_csv:
            written = written or ""
        if spec.required:
            yield Mutation(name, written, ("required",))
        elif _needed(form, place, row):
            yield Mutation(name, written, ("required_if",))
        elif row.values[known.name] is not None:
            yield Mutation(name, written, falls=False)


def _needed(form: Form, place: Place, row: Came) -> bool:
    """Whether a field that is not always required is so in this row, as the form explains it in words."""
    values = row.values
    electric, pending = values.get("carrier") == "electricity", values.get("request_pending")
    return {
        ("site", "nea_permit_number"): values.get("is_ets"),
        ("site", "co2_base_year_t"): values.get("is_ets"),
        ("connection", "voltage_level_kv"): electric,
        ("connection", "contracted_offtake_mw"): electric,
        ("connection", "requested_extra_mw"): pending,
        ("connection", "requested_on"): pending,
        ("energy_demand", "value"): form.is_csv or electric,
        ("energy_demand", "peak_mw"): electric,
        ("energy_demand", "temperature_c"): values.get("carrier") in ("heat", "steam"),
        ("energy_demand", "heating_value_basis"): values.get("carrier") == "natural_gas",
        ("project", "delta_unit"): values.get("delta_value") is not None,
        ("project", "delta_peak_mw"): values.get("carrier_to") == "electricity",
    }.get((place.table, place.field), False)


def _typed(form: Form, place: Place, known: Field, row: Came) -> Iterator[Mutation]:
    if known.type in ("number", "integer", "year"):
        yield from _wrong_number(form, place, known)
    elif known.type == "boolean":
        yield from _wrong_answer(form)
    elif known.type == "date":
        yield from _wrong_date(form)
    elif known.codes:
        yield from _wrong_code(form, known)


def _wrong_answer(form: Form) -> Iterator[Mutation]:
    for text in ("misschien", "ja/nee", "2", "onbekend"):
        yield Mutation(f"neither yes nor no: {text}", text, ("boolean",))
    if not form.is_csv:
        yield Mutation("a number for yes or no", number_cell(7), ("boolean",))
        yield Mutation("a date for yes or no", dt.date(2030, 1, 1), ("boolean",))


def _wrong_date(form: Form) -> Iterator[Mutation]:
    for text in DATES:
        yield Mutation(f"no date: {text}", text, ("date",))
    if not form.is_csv:
        yield Mutation("a serial number", number_cell(46_000), ("date",))
        yield Mutation("yes for a date", boolean_cell(True), ("date",))


def _wrong_code(form: Form, known: Field) -> Iterator[Mutation]:
    for text in ("zzz onbekend", "12345", "-", "=cmd|' /C calc'!A0", "x" * 500):
        yield Mutation(f"not in the list: {text[:12]}", text, ("code",))
    if known.separator:
        yield Mutation("one not in the list", "permit;het weer", ("code",))
        yield Mutation("wrong separator", "permit,subsidy", ("code",))
    if not form.is_csv:
        yield Mutation("a number for a code", number_cell(98765), ("code",))


def _wrong_number(form: Form, place: Place, known: Field) -> Iterator[Mutation]:
    rule = "number" if known.type == "number" else "integer"
    for name, text in NUMBERS:
        yield Mutation(f"{name}", text, (rule,))
    if form.is_csv:
        yield Mutation("the other notation", "1,234.5" if form.format == "nl" else "1.234,5", (rule,))
        large = "1" + "0" * 16
        yield Mutation("beyond all bounds", large, ("number_too_large",))
    else:
        yield Mutation("ambiguous", "1.234", ("number_ambiguous",))
        yield Mutation("ambiguous in English", "1,234", ("number_ambiguous",))
        yield Mutation("yes", boolean_cell(True), (rule,))
        yield Mutation("a date", dt.date(2030, 1, 1), (rule,))
        yield Mutation("beyond all bounds", number_cell("1E+25"), ("number_too_large",))
        yield Mutation("far below all bounds", number_cell("-2E+15"), ("number_too_large",))
        percentage = Formatted(0.25, "0%") if form.format == "xlsx" else percent_cell(0.25)
        if known.unit == "pct":
            yield Mutation("percentage where asked", percentage, falls=False, reads=25.0)
        else:
            yield Mutation("percentage", percentage, ("number_percent",))
    if known.type != "number":
        yield Mutation("a part", 12.5, ("integer",))
        yield Mutation("beyond 32 bits", 3_000_000_000.0, ("integer",))


def _constrained(form: Form, place: Place, known: Field, row: Came) -> Iterator[Mutation]:
    limits = known.constraints
    whole = known.type != "number"
    if limits.minimum is not None:
        below = limits.minimum - 1 if whole else limits.minimum - 0.5
        yield _bound("minimum", place, int(below) if whole else below)
    if limits.maximum is not None:
        above = limits.maximum + 1 if whole else limits.maximum + 0.5
        yield _bound("maximum", place, int(above) if whole else above)
    for text in WRONG.get(known.name, ()):
        also = ("round_other",) if known.name == "round" else ()
        falls = known.name != "contact_email"  # there it only warns
        yield Mutation(f"wrong way to write: {text[:14]}", text, ("pattern", *also), falls, text)
    if known.name in STEERED:
        written, reads = STEERED[known.name]
        yield Mutation("a character that steers", written, falls=False, reads=reads)
    if limits.max_length is not None:
        long = "x" * limits.max_length + "@x.nl" if known.name == "contact_email" else "x" * (limits.max_length + 1)
        also = {"blueprint_version": ("blueprint_version_unknown",), "consent_sites": ("consent_site_unknown",)}
        yield Mutation("too long", long, ("length", *also.get(known.name, ())))


def _bound(rule: str, place: Place, value: float) -> Mutation:
    more = {
        ("submission", "base_year"): ("base_year_other",),
        ("energy_demand", "year"): ("year_not_asked",),
        ("energy_demand", "peak_mw"): ("full_load_hours_high",) if rule == "minimum" else (),
    }.get((place.table, place.field), ())
    # Of a municipality that existed when our tables begin no year is too early: only the bound of the field speaks.
    return Mutation(f"beyond its {rule}", value, (rule, *more), reads=value)


def _by_rule(form: Form, place: Place, row: Came) -> Iterator[Mutation]:
    name, carrier = place.field, row.values.get("carrier")
    if name not in ONLY_FOR or carrier in ONLY_FOR[name]:
        for what, value, rules in RULES.get((place.table, name), ()):
            # The rest of the address tells which of the two it is.
            if value == BERGEN and province_of(row.values[name], PLACED_IN) in BERGEN_LIES_IN:
                continue
            yield Mutation(what, value, rules, reads=value)
    if name == "ean_code":
        digits = row.values[name][:17]
        wrong = digits + str((int(check_digit(digits)) + 1) % 10)
        yield Mutation("wrong check digit", wrong, ("ean_check_digit",), reads=wrong)
        if not form.is_csv:
            yield Mutation("EAN as a number", number_cell(float(row.values[name])), ("lost_digits",))
    if place.table == "energy_demand":
        yield from _of_demand(form, place, row)
    if name == "branch_number" and not form.is_csv:
        number = float(row.values[name])
        yield Mutation("branch as a number", number_cell(int(number) + 10**9), ("leading_zeros",), False,
                       f"{int(number) + 10**9:012d}")  # fmt: skip
    if name == "municipality_code":
        yield Mutation("abolished", "GM0003", ("municipality_abolished",), False, "GM0003", _in_eemsdelta)


def _of_demand(form: Form, place: Place, row: Came) -> Iterator[Mutation]:
    name, carrier = place.field, row.values["carrier"]
    if name == "unit":
        wrong = "kg" if carrier in ("electricity", "natural_gas", "heat") else "GWh"
        yield Mutation("unit of another carrier", wrong, ("unit_not_allowed",), reads=wrong)
    if name == "scenario":
        other = "plan" if row.values["scenario"] == "base" else "base"
        if row.values["scenario"] != "plan_low":
            yield Mutation("scenario of another year", other, ("base_year_scenario",), reads=other)
    if name == "year":
        yield Mutation("a year that is not asked", 2029, ("year_not_asked",), reads=2029)
    if name == "peak_mw" and carrier == "electricity":
        yield Mutation("more hours than a year has", 0.001, ("full_load_hours_high",), reads=0.001)
        yield Mutation("no peak at all", 0.0, ("full_load_hours_high",), reads=0.0)


def _keys(form: Form, place: Place) -> Iterator[Mutation]:
    """References to nothing, and the key of another row."""
    if (place.table, place.field) in (("bottleneck", "project_id"), *((t, "site_id") for t in (
        "connection", "energy_demand", "project", "flexibility", "bottleneck"
    ))):  # fmt: skip
        yield Mutation("refers to nothing", "X77", (), False, "X77")
    own = {"site": "site_id", "connection": "connection_id", "project": "project_id", "bottleneck": "bottleneck_id",
           "consent": "consent_purpose", "flexibility": "flex_direction"}  # fmt: skip
    if own.get(place.table) != place.field:
        return
    others = [c for c in form.rows if c.table == place.table and c.row != place.row]
    if place.table == "flexibility":
        mine = form.at(place)[0].values["site_id"]
        others = [c for c in others if c.values["site_id"] == mine]
    if others:
        other = others[0]
        key = blueprint().tables[place.table].primary_key[0]
        twin = form.place(place.table, key, other.row)

        def both(form: Form, place: Place) -> set[Finding]:
            other.fallen = True
            here = form.place(place.table, key, place.row)
            return {finding(form, "key_duplicate", here), finding(form, "key_duplicate", twin)}

        value = other.values[place.field]
        yield Mutation("key of another row", value, reads=value, also=both)


def _written_otherwise(form: Form, place: Place, known: Field, value: Any) -> Iterator[Mutation]:
    """The same value, written in another way that is read without a word."""

    if isinstance(value, bool):
        yield from _same_answer(form, value)
    elif isinstance(value, (int, float)):
        yield from _same_number(form, value)
    elif isinstance(value, dt.date):
        yield _same("date in text", value.strftime("%d-%m-%Y"))
        yield _same("date of ISO in text", f" {value.isoformat()} ")
        yield _same("date with slashes", f"{value.day}/{value.month}/{value.year}")
    elif known.codes:
        yield from _same_code(known, value)
    elif known.name in ("kvk_number", "ean_code", "branch_number"):
        yield _same("number with spaces", f" {value[:4]}{NBSP}{value[4:]} ")
        if not form.is_csv and known.name == "kvk_number":
            yield _same("KvK as a number", number_cell(value))
    elif known.name != "municipality_code":
        yield _same("spaces around", f" {NBSP}{value}{THIN} ")
        if not form.is_csv:
            yield _same("text of its own", text_cell(value))


def _same(name: str, written: Any) -> Mutation:
    return Mutation(name, written, falls=False, reads=KEEP)


def _same_answer(form: Form, value: bool) -> Iterator[Mutation]:
    for text in ("JA", " ja", f"Ja{NBSP}", "waar", "TRUE", "1") if value else ("NEE", " nee ", "onwaar", "0"):
        yield _same(f"yes or no as {text!r}", text)
    if not form.is_csv:
        yield _same("yes or no as a logical value", boolean_cell(value))
        yield _same("yes or no as a number", number_cell(int(value)))


def _same_code(known: Field, value: str) -> Iterator[Mutation]:
    if known.separator:
        yield _same("list with spaces", value.replace(";", " ; "))
        return
    label = blueprint().codes[known.codes or ""].label(value)
    for text in (value, value.upper(), f"  {label.upper()}{NBSP}", f"{THIN}{label}", label.replace(" ", "  ")):
        yield _same(f"code as {text!r}", text)


def _same_number(form: Form, value: float) -> Iterator[Mutation]:
    plain = csv_text(float(value), "en").replace(",", "")
    if form.is_csv:
        shown = plain.replace(".", ",") if form.format == "nl" else plain
        yield _same("without thousands", shown)
        yield _same("with spaces", f" {shown}{NBSP}")
        yield _same("with a plus", f"+{shown}")
        return
    if "." in plain and len(plain.partition(".")[2]) != 3:
        yield _same("English number in text", f" {plain} ")
        yield _same("Dutch number in text", f"{plain.replace('.', ',')}{NBSP}")
    if "." not in plain:
        yield _same("whole number in text", f"{plain} ")
    yield _same("number with an exponent", number_cell(f"{float(value):.17e}"))
