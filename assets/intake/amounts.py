"""Says what to fill in where a cell holds a number with its unit and the column has a unit of its own.

Such a cell stays refused: what is read here is advice and never an amount. Plain numbers are read in `cells`.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from functools import cache

from assets.intake.cells import Unfit, as_text, fold, number, tidy
from blueprint.load import blueprint
from blueprint.model import Field, Unit

AMOUNT = re.compile(r"([+\-−]?[0-9][0-9., ]*?) ?([^\W\d_].*|[%°].*)")
DIGITS = Context(prec=12)


def advice(field: Field, text: str, notation: str | None) -> str:
    """'80 kW is 0,08 MW; vul 0,08 in.', or '' when that is not certain: no such unit, or another quantity."""
    match = AMOUNT.fullmatch(tidy(text))
    wanted = blueprint().units.get(field.unit or "")
    filed = _units().get(fold(match[2])) if match else None
    found = number(match[1], notation) if match else Unfit("number")
    if wanted is None or filed is None or isinstance(found, Unfit) or filed.canon != wanted.canon:
        return ""
    if filed == wanted:
        return f"De eenheid ligt hier vast; vul {as_text(found)} in."
    exact = Decimal(repr(found)) * filed.factor / wanted.factor
    said = f"{DIGITS.plus(exact).normalize():f}".replace(".", ",")
    return f"{as_text(found)} {_symbol(filed)} is {said} {_symbol(wanted)}; vul {said} in."


def _symbol(unit: Unit) -> str:
    """What stands between brackets in the label, such as kW."""
    return unit.label.rpartition("(")[2].rstrip(")")


@cache
def _units() -> dict[str, Unit]:
    units = blueprint().units
    known = {fold(alias): units[code] for alias, code in blueprint().codes["units"].aliases.items() if code in units}
    return known | {fold(text): unit for unit in units.values() for text in (unit.unit, unit.label, _symbol(unit))}
