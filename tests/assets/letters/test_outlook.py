"""Which plan goes with which wish of a company, and what it says of when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from assets.letters.outlook import Outlook, Place, Wish, in_area, outlook

TODAY = dt.date(2026, 6, 1)
HERE = Place("V1", "Bakkerij", "GM0193", "Zwolle", "PV23", {"electricity": frozenset({"enexis"})})
PLAN: dict[str, Any] = {
    "plan_id": "P-1",
    "plan_name": "Station",
    "province_code": "PV23",
    "municipality_code": "GM0193",
    "carrier": "electricity",
    "grid_operator": "enexis",
    "ready_year": 2031,
    "latest_ready_year": None,
    "certainty": None,
}


def said(wanted: dt.date | None, *plans: dict[str, Any], carrier: str = "electricity") -> Outlook:
    return outlook(Wish("Oven", HERE, carrier, wanted), plans, TODAY)


@pytest.mark.parametrize(
    ("wanted", "plan", "kind", "first"),
    [
        (dt.date(2029, 1, 1), {}, "later", 2031),
        (dt.date(2031, 1, 1), {}, "tight", 2031),
        (dt.date(2033, 1, 1), {"latest_ready_year": 2034}, "tight", 2031),
        (dt.date(2035, 1, 1), {"latest_ready_year": 2034}, "in_time", 2031),
        (None, {}, "from", 2031),
        (dt.date(2026, 5, 31), {}, "wish_past", 2026),
        (dt.date(2029, 1, 1), {"ready_year": 2024}, "done", 2024),
        # Begun and not ready: no year that has gone by is the first in which it can be.
        (None, {"ready_year": 2024, "latest_ready_year": 2028}, "from", 2026),
        (dt.date(2029, 1, 1), {"municipality_code": "GM0150"}, "nothing", 0),
        (dt.date(2029, 1, 1), {"grid_operator": "coteq"}, "nothing", 0),
        (dt.date(2029, 1, 1), {"carrier": "hydrogen"}, "nothing", 0),
        (dt.date(2029, 1, 1), {"province_code": "PV22", "municipality_code": None}, "no_plans", 0),
    ],
)
def test_what_one_plan_says(wanted: dt.date | None, plan: dict[str, Any], kind: str, first: int) -> None:
    found = said(wanted, PLAN | plan)
    assert (found.kind, found.first) == (kind, first)


def test_the_first_plan_that_is_not_past_decides() -> None:
    found = said(dt.date(2029, 1, 1), PLAN | {"ready_year": 2033}, PLAN, PLAN | {"ready_year": 2020})
    assert (found.kind, found.first, len(found.plans)) == ("later", 2031, 1)


def test_a_plan_of_the_province_of_a_national_operator_or_of_nobody_is_for_all() -> None:
    plans = [PLAN | {"municipality_code": None}, PLAN | {"grid_operator": "tennet"}, PLAN | {"grid_operator": None}]
    assert in_area(HERE, plans) == plans


def test_green_gas_may_come_through_the_net_of_natural_gas() -> None:
    assert said(None, PLAN | {"carrier": "natural_gas"}, carrier="green_gas").kind == "from"
    assert said(None, PLAN | {"carrier": "green_gas"}, carrier="natural_gas").kind == "nothing"


def test_without_a_known_place_nothing_is_said() -> None:
    nowhere = Place("V1", "V1", None, "gemeente onbekend", None, {})
    assert outlook(Wish("Oven", nowhere, "electricity", None), [PLAN], TODAY).kind == "place_unknown"
