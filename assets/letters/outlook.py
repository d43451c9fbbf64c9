"""Holds what a company wants beside the plans for infrastructure: which are for its area, and what comes when.

What the company is told of it stands in `tell`; the plans are loaded in `assets.intake.reference_files`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from blueprint.load import blueprint

Row = dict[str, Any]
# Without plans of a province nothing can be said; with plans, none of which is for this, there is nothing planned.
Kind = Literal["place_unknown", "no_plans", "nothing", "wish_past", "done", "later", "tight", "in_time", "from"]
# Green gas flows through the net of natural gas.
ALSO = {"green_gas": ("green_gas", "natural_gas")}


@dataclass(frozen=True)
class Place:
    """A site of the company as far as a plan can be held beside it; `operators` are its own, per carrier."""

    site_id: str
    name: str
    municipality_code: str | None
    municipality: str
    province_code: str | None
    operators: dict[str, frozenset[str]]


@dataclass(frozen=True)
class Wish:
    """Something for which a company needs infrastructure: a project with its date, or a request without one."""

    what: str
    place: Place
    carrier: str
    wanted: dt.date | None


@dataclass(frozen=True)
class Outlook:
    """What the plans say of a wish: the first year in which it can be, and the last when the plans name a period."""

    kind: Kind
    first: int = 0
    last: int = 0
    plans: tuple[Row, ...] = ()


def in_area(place: Place, plans: Iterable[Row]) -> list[Row]:
    """The plans for the municipality of a site or its whole province, by its own operator or one that serves all."""
    return [plan for plan in plans if _is_for(place, plan) and _is_own(place, plan)]


def outlook(wish: Wish, plans: Sequence[Row], today: dt.date) -> Outlook:
    """What these plans say of a wish; a plan for the area is no promise to the company."""
    if wish.place.province_code is None:
        return Outlook("place_unknown")
    if wish.wanted is not None and wish.wanted < today:
        return Outlook("wish_past", wish.wanted.year)
    if not any(plan["province_code"] == wish.place.province_code for plan in plans):
        return Outlook("no_plans")
    carriers = ALSO.get(wish.carrier, (wish.carrier,))
    found = [plan for plan in in_area(wish.place, plans) if plan["carrier"] in carriers]
    coming = sorted((plan for plan in found if ready_by(plan) >= today.year), key=lambda plan: plan["ready_year"])
    if not found:
        return Outlook("nothing")
    if not coming:
        year = max(ready_by(plan) for plan in found)
        return Outlook("done", year, year, tuple(found))
    first = max(coming[0]["ready_year"], today.year)
    soonest = tuple(plan for plan in coming if max(plan["ready_year"], today.year) == first)
    last = min(ready_by(plan) for plan in soonest)
    return Outlook(_kind(wish.wanted, first, last), first, last, soonest)


def ready_by(plan: Row) -> int:
    """The last year in which a plan is ready by its own account."""
    return plan["latest_ready_year"] or plan["ready_year"]


def is_past(plan: Row, today: dt.date) -> bool:
    return ready_by(plan) < today.year


def is_decided(plan: Row) -> bool:
    """Whether there is a decision to build it, or more."""
    known = {code.code: code.attributes["fid_or_further"] for code in blueprint().codes["certainty"].codes}
    return known.get(plan["certainty"] or "") == "true"


def _kind(wanted: dt.date | None, first: int, last: int) -> Kind:
    if wanted is None:
        return "from"
    if wanted.year < first:
        return "later"
    return "tight" if wanted.year <= last else "in_time"


def _is_for(place: Place, plan: Row) -> bool:
    if plan["municipality_code"] is not None:
        return plan["municipality_code"] == place.municipality_code
    return place.province_code is not None and plan["province_code"] == place.province_code


def _is_own(place: Place, plan: Row) -> bool:
    """Whether the plan is of an operator that may serve the site: not of a neighbour's regional one."""
    serves = {code.code: code.attributes["serves"] for code in blueprint().codes["grid_operators"].codes}
    own = {operator for operator in place.operators.get(plan["carrier"], ()) if serves.get(operator) == "regional"}
    return not own or serves.get(plan["grid_operator"] or "") != "regional" or plan["grid_operator"] in own
