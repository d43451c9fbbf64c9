"""Says what must be found in a form and which rows must be accepted, given what one change declares of itself.

It follows from the rows alone, in plain Python, and shares nothing with the intake: references, refusal of a filing,
and the two remarks that a missing row calls up (year_absent, project_path).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from assets.workbooks.filing import Row
from blueprint.load import blueprint
from tests.fuzz.filings import SETTINGS, YEARS
from tests.fuzz.forms import Came, Form, Place

CORE = ("submission", "company")
PARENTS = {
    "connection": (("site_id", "site"),),
    "energy_demand": (("site_id", "site"),),
    "project": (("site_id", "site"),),
    "flexibility": (("site_id", "site"),),
    "bottleneck": (("site_id", "site"), ("project_id", "project")),
}
PJ = {"kWh": 3.6e-9, "MWh": 3.6e-6, "GWh": 3.6e-3, "TJ": 1e-3, "GJ": 1e-6}
SHARE = 0.10


class Finding(NamedTuple):
    """A finding as far as it says what is wrong and where; without a table it concerns the file."""

    rule: str
    table: str | None = None
    sheet: str | None = None
    cell: str | None = None


@dataclass
class Outcome:
    """What must come of a form: findings, accepted rows by place, and how many rows came per table."""

    findings: set[Finding] = field(default_factory=set)
    accepted: dict[tuple[str, int, str], Row] = field(default_factory=dict)
    came: dict[str, int] = field(default_factory=dict)


def finding(form: Form, rule: str, place: Place) -> Finding:
    return Finding(rule, place.table, form.name(place.table), place.cell)


def expect(form: Form, declared: set[Finding]) -> Outcome:
    """What must come of the form; `declared` is what the change itself gives, beside the rows it marked as fallen."""
    out = Outcome(set(declared))
    for came in form.rows:
        out.came[came.table] = out.came.get(came.table, 0) + 1
    lost = {id(came) for came in form.rows if came.fallen}
    for table in blueprint().sheet_tables:
        for name, parent in PARENTS.get(table.name, ()):
            _follow(form, out, lost, table.name, name, parent)
    has_site = any(came.table == "site" and id(came) not in lost for came in form.rows)
    if not has_site or any(came.table in CORE and id(came) in lost for came in form.rows):
        out.findings.add(Finding("submission_refused"))
        return out
    kept = [came for came in form.rows if id(came) not in lost]
    out.accepted = {(came.table, came.row, came.series): came.values for came in kept}
    _year_absent(form, out, kept)
    _project_path(form, out, kept)
    for came in kept:
        if came.table == "site":
            if came.values["municipality_code"] is None:
                out.findings.add(finding(form, "place_derived", form.place("site", "municipality_code", came.row)))
            for rule, first, second in (("coordinate_half", "latitude", "longitude"), ("rd_half", "rd_x_m", "rd_y_m")):
                if (came.values[first] is None) != (came.values[second] is None):
                    out.findings.add(finding(form, rule, form.place("site", first, came.row)))
    return out


def _follow(form: Form, out: Outcome, lost: set[int], table: str, name: str, parent: str) -> None:
    passed = {came.values[name] for came in form.rows if came.table == parent and id(came) not in lost}
    known = _known(form, parent, name)
    orphans = [c for c in form.rows if c.table == table and c.values[name] not in passed | {None}]
    spoken: set[str] = set()
    for came in sorted(orphans, key=lambda came: (came.row, came.series)):
        value = came.values[name]
        lost.add(id(came))
        if value in known and value in spoken:
            continue
        spoken.add(value)
        rule = "reference_refused" if value in known else "reference_unknown"
        out.findings.add(finding(form, rule, form.place(table, name, came.row)))


def _year_absent(form: Form, out: Outcome, kept: list[Came]) -> None:
    names = ("site_id", "carrier", "use", "direction")
    streams: dict[tuple, list[Came]] = {}
    for came in kept:
        if came.table == "energy_demand":
            streams.setdefault(tuple(came.values[name] for name in names), []).append(came)
    for key, rows in streams.items():
        there = {
            came.values["year"]
            for came in form.rows
            if came.table == "energy_demand" and tuple(came.values[name] for name in names) == key
        }
        if set(YEARS) - there:
            first = min(set(YEARS) - there)
            fitting = [c.row for c in rows if (c.values["scenario"] == "base") == (first == SETTINGS.base_year)]
            row = min(fitting or [came.row for came in rows])
            # In a form that has the years below each other no cell is that of a year which is not there.
            cell = None if form.is_csv else form.place("energy_demand", "value", row, first).cell
            out.findings.add(Finding("year_absent", "energy_demand", form.name("energy_demand"), cell))


def _known(form: Form, table: str, name: str) -> set:
    return {came.values[name] for came in form.rows if came.table == table} - {None}


def _project_path(form: Form, out: Outcome, kept: list[Came]) -> None:
    accepted = {id(came) for came in kept}
    sites = _known(form, "site", "site_id")
    summed = [came for came in form.rows if came.table in ("energy_demand", "project")]
    incomplete = {came.values["site_id"] for came in summed if id(came) not in accepted}
    if incomplete - sites:  # it may be of any site
        return
    path: dict[tuple[str, int], float] = {}
    for came in kept:
        row = came.values
        on_path = came.table == "energy_demand" and row["carrier"] == "electricity" and row["scenario"] != "plan_low"
        if on_path and row["value"] is not None:
            key = (row["site_id"], row["year"])
            path[key] = path.get(key, 0.0) + row["value"] * PJ[row["unit"]]
    for came in kept:
        row = came.values
        known = came.table == "project" and row["carrier_to"] == "electricity" and row["delta_unit"] in PJ
        if not known or row["delta_value"] is None:
            continue
        last = row["commissioning_date"].year
        if last <= SETTINGS.base_year or row["site_id"] in incomplete:
            continue
        later = sorted(year for site, year in path if site == row["site_id"] and year >= last)
        if not later:
            continue
        change = path[row["site_id"], later[0]] - path.get((row["site_id"], SETTINGS.base_year), 0.0)
        explained = row["delta_value"] * PJ[row["delta_unit"]]
        if abs(change - explained) > SHARE * max(abs(change), abs(explained)):
            out.findings.add(finding(form, "project_path", form.place("project", "delta_value", came.row)))
