"""Gathers what one letter is made of: the rows of one company and of nobody else, and the plans that were loaded.

Every row is asked by the references of the company's own filings. What is said of them stands in `tell`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assets.dialogue.feedback import Feedback, gather, is_current
from assets.intake.register import counts, stands
from assets.letters.outlook import Place, Wish
from assets.rounds import Round, today
from assets.store import DataFolder, read_reference
from assets.strategy.document import INTERNAL
from assets.strategy.tables import Tables
from assets.strategy.words import clean, number
from blueprint.geography import places
from blueprint.load import blueprint

Row = dict[str, Any]
PLANS = "infrastructure"
# What comes by net or pipe, so that a plan can hold it up.
BY_NET = ("electricity", "natural_gas", "green_gas", "hydrogen", "heat", "steam", "co2")
NEEDS = {"grid_connection": "electricity", "hydrogen_network": "hydrogen"}


@dataclass(frozen=True)
class Company:
    """One company in one round: its filings, the one that counts, and the tables of that one only."""

    kvk_number: str
    name: str
    filings: tuple[Row, ...]
    counted: Row | None
    answers: dict[str, Feedback]
    # The filings of which this very feedback stands ready; what was found since is in none.
    answered: frozenset[str]
    tables: Tables
    plans: tuple[Row, ...]
    today: dt.date

    @property
    def settings(self) -> Round:
        return self.tables.settings

    @property
    def standing(self) -> tuple[Row, ...]:
        """The filings that are not replaced: the one that counts and what was sent back."""
        return tuple(row for row in self.filings if stands(row["state"]))

    @property
    def unanswered(self) -> bool:
        """Whether something is to be mended of which the feedback does not stand ready."""
        return any(
            row["submission_id"] not in self.answered and bool(serious(self.answers.get(row["submission_id"])))
            for row in self.standing
        )

    def rows(self, table: str) -> list[Row]:
        """The rows of the filing that counts; none when no filing counts."""
        return self.tables.rows(table, submission_id=self.counted["submission_id"]) if self.counted else []

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The sites of the filing that counts, else those that a filing names which was sent back."""
        return tuple(self._placed() if self.counted else self._named())

    @cached_property
    def provinces(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(place.province_code for place in self.places if place.province_code))

    @cached_property
    def wishes(self) -> tuple[Wish, ...]:
        return tuple([*self._requests(), *self._projects()])

    def _placed(self) -> Iterator[Place]:
        names = {row["site_id"]: row["site_name"] for row in self.rows("site")}
        operators: dict[str, dict[str, set[str]]] = {}
        for row in self.rows("connection"):
            operators.setdefault(row["site_id"], {}).setdefault(row["carrier"], set()).add(row["grid_operator"])
        for row in self.rows("site_place"):
            own = operators.get(row["site_id"], {})
            yield Place(
                row["site_id"],
                clean(names.get(row["site_id"]) or row["site_id"], 120),
                row["municipality_code"],
                row["municipality_name"] or "gemeente onbekend",
                _on_land(row["province_code"]),
                {carrier: frozenset(each) for carrier, each in own.items()},
            )

    def _named(self) -> Iterator[Place]:
        """From what is known of filings that were sent back; a site that two of them name stands once."""
        seen = set()
        for filing in reversed(self.standing):
            for row in self.tables.rows("filed_sites", submission_id=filing["submission_id"]):
                if row["site_id"] not in seen:
                    seen.add(row["site_id"])
                    code = row["municipality_code"]
                    known = places.current_code(code, self.settings.geography_year) if code else None
                    name = places.municipality_name(known) if known else "gemeente onbekend"
                    yield Place(clean(row["site_id"], 60), clean(row["site_id"], 60), known, name or "",
                                _on_land(row["province_code"]), {})  # fmt: skip

    def _requests(self) -> Iterator[Wish]:
        for row in self.rows("connection"):
            if row["request_pending"] and row["carrier"] in BY_NET:
                extra = row["requested_extra_mw"]
                much = f" van {number(extra, 2).rstrip('0').rstrip(',')} MW" if extra else ""
                since = f", gedaan in {row['requested_on'].year}" if row["requested_on"] else ""
                yield Wish(f"Uw aanvraag{much}{since}", self._place(row["site_id"]), row["carrier"], None)

    def _projects(self) -> Iterator[Wish]:
        for row in sorted(self.rows("project"), key=lambda row: (row["commissioning_date"], row["project_id"])):
            name = clean(row["project_name"] or _technique(row) or f"Project {row['project_id']}", 120)
            for carrier in _needed(row):
                yield Wish(name, self._place(row["site_id"]), carrier, row["commissioning_date"])

    def _place(self, site_id: str) -> Place:
        unknown = Place(site_id, clean(site_id, 60), None, "gemeente onbekend", None, {})
        return next((place for place in self.places if place.site_id == site_id), unknown)


def serious(answer: Feedback | None) -> list[Row]:
    """The findings that ask for mending, without those that follow from another one."""
    own = [finding for finding in answer.findings if not finding["consequence"]] if answer else []
    return [finding for finding in own if finding["severity"] in ("error", "warning")]


def companies(data: DataFolder, settings: Round) -> Iterator[Company]:
    """Every company of which a readable filing says who it is, in the order of their numbers; raises MissingTable."""
    answers = {answer.submission_id: answer for answer in gather(data, settings)}
    tables = Tables(data, settings, INTERNAL)
    plans = _plans(data, settings)
    by_number: dict[str, list[Row]] = {}
    for row in tables.rows("register"):
        if row["kvk_number"] and row["state"] not in ("duplicate", "withdrawn"):
            by_number.setdefault(row["kvk_number"], []).append(row)
    for kvk_number, rows in sorted(by_number.items()):
        filings = sorted(rows, key=lambda row: (str(row["submitted_on"] or ""), row["submission_id"]))
        counted = next((row for row in filings if counts(row["state"])), None)
        named = counted or filings[-1]
        own = {
            row["submission_id"]: answers[row["submission_id"]] for row in filings if row["submission_id"] in answers
        }
        base = data.feedback(settings.round)
        answered = frozenset(code for code, answer in own.items() if is_current(base / code, answer))
        name = clean(named["company_name"], 250)
        yield Company(kvk_number, name, tuple(filings), counted, own, answered, tables, plans, day_of(settings))


def day_of(settings: Round) -> dt.date:
    """The day from which is counted: today, and in a closed round its deadline, so that its letters stay the same."""
    return settings.deadline if settings.status == "closed" and settings.deadline else today()


def _plans(data: DataFolder, settings: Round) -> tuple[Row, ...]:
    rows = read_reference(data, PLANS).to_pylist()
    for row in rows:
        code = row["municipality_code"]
        row["municipality_code"] = (places.current_code(code, settings.geography_year) or code) if code else None
    return tuple(rows)


def _on_land(province_code: str | None) -> str | None:
    """The province, unless it stands for a place that is not known or at sea."""
    return province_code if province_code in {code.code for code in blueprint().codes["provinces"].filed} else None


def _technique(project: Row) -> str:
    code = project["technique"]
    return blueprint().codes["techniques"].label(code) if code else ""


def _needed(project: Row) -> list[str]:
    """The carriers of which a project needs more, or on whose net it says to depend."""
    more = (project["delta_value"] or 0) > 0 or (project["delta_peak_mw"] or 0) > 0
    found = [project["carrier_to"]] if more and project["carrier_to"] in BY_NET else []
    found += [NEEDS[each] for each in (project["depends_on"] or "").split(";") if each in NEEDS]
    return list(dict.fromkeys(found))
