"""The primary rules: which cells would tell about one holding, and how far an attacker must stay from the truth.

Which cells are withheld to protect these, is for `suppress`; what stands in which cell, for `system`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

PREFIX = "PCES_DISCLOSURE_"
OPERATOR_PREFIX = f"{PREFIX}OPERATOR_"
STRICT: dict[str, Any] = {"p_percent": 15.0, "dominance": ((1, 75.0),)}
Dominance = tuple[Annotated[int, Field(ge=1)], Annotated[float, Field(gt=0, lt=100)]]
PROFILES: dict[str, dict[str, Any]] = {"standard": {}, "strict": STRICT}


class RulesError(Exception):
    """The rules cannot be made from what the environment says; the message names variables, never their values."""


class Rules(BaseModel):
    """The parameters of the primary rules; its text shows none of them, since they are kept from attackers.

    `p_percent` None leaves out the p% rule. `dominance` holds pairs (n, k): unsafe when n holdings have more than k
    percent. `unit` is the unit to which published values are rounded, in the unit of the values themselves.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    min_holdings: int = Field(default=3, ge=1, repr=False)
    p_percent: float | None = Field(default=10.0, gt=0, lt=100, repr=False)
    dominance: tuple[Dominance, ...] = Field(default=(), repr=False)
    few_percent: float = Field(default=10.0, gt=0, lt=100, repr=False)
    floor_per_mille: float = Field(default=1.0, gt=0, lt=1000, repr=False)
    unit: float = Field(default=0.0, ge=0, allow_inf_nan=False, repr=False)

    def __str__(self) -> str:
        return "Rules()"


VARIABLES = {
    "min_holdings": "N",
    "p_percent": "P",
    "dominance": "DOMINANCE",
    "few_percent": "FEW",
    "floor_per_mille": "FLOOR",
}


@dataclass(frozen=True)
class TierRules:
    """The rules of each tier: what everybody may see, and what a grid operator may see of its own area."""

    public: Rules
    operator: Rules


def rules_from(environment: Mapping[str, str]) -> TierRules:
    """The rules that the environment asks for: a profile, and parameters that go before it.

    PCES_DISCLOSURE_PROFILE is standard or strict; _N, _P, _FEW (percent), _FLOOR (per mille) and _DOMINANCE
    ("1:75;2:90") each replace a parameter. PCES_DISCLOSURE_OPERATOR_PROFILE, _OPERATOR_N and so on are those of the
    operators: a parameter that is not there is the public one, and a profile goes before all public ones. Raises
    RulesError (Dutch), without a value in it.
    """
    known = {prefix + name for prefix in (PREFIX, OPERATOR_PREFIX) for name in ("PROFILE", *VARIABLES.values())}
    if strange := sorted(name for name in environment if name.startswith(PREFIX) and name not in known):
        raise RulesError(f"Deze instelling bestaat niet: {strange[0]}. Wel: {', '.join(sorted(known))}.")
    public = _asked(environment, PREFIX, {})
    own = _asked(environment, OPERATOR_PREFIX, public)
    return TierRules(_rules(public, PREFIX), _rules(own, OPERATOR_PREFIX))


def _asked(environment: Mapping[str, str], prefix: str, otherwise: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a tier that are not the defaults."""
    profile = (environment.get(f"{prefix}PROFILE") or "").strip()
    if profile and profile not in PROFILES:
        raise RulesError(f"{prefix}PROFILE kent alleen: {', '.join(PROFILES)}.")
    given = dict(PROFILES[profile] if profile else otherwise)
    for field, name in VARIABLES.items():
        if text := (environment.get(prefix + name) or "").strip():
            given[field] = _pairs(text) if field == "dominance" else text
    return given


def _rules(given: dict[str, Any], prefix: str) -> Rules:
    try:
        return Rules.model_validate(given)
    except ValidationError as error:
        fields = sorted({str(detail["loc"][0]) for detail in error.errors(include_input=False)})
        names = ", ".join(prefix + VARIABLES.get(field, field.upper()) for field in fields)
    # Outside the except clause: the cause would carry what was filled in.
    raise RulesError(f"Dit is geen bruikbare instelling: {names}. De waarde staat hier met opzet niet.")


def _pairs(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(pair.split(":")) for pair in text.split(";"))


@dataclass(frozen=True, eq=False)
class Contributions:
    """What each holding has in each cell: one row per cell and holding, ordered by cell, largest first.

    `cell` and `holding` are numbers, `amount` is absolute, in the unit of the values; a filed zero is a row too.
    `holdings` names the holdings by number, and `cells` says how many cells there are.
    """

    cell: np.ndarray
    holding: np.ndarray
    amount: np.ndarray
    holdings: tuple[str, ...]
    cells: int


@dataclass(frozen=True, eq=False)
class Primary:
    """Per cell what the rules say: arrays with an element for each cell.

    `level` is how far from the true value, both ways, an attacker must be kept; 0 in a safe cell.
    """

    too_few: np.ndarray
    p_percent: np.ndarray
    dominance: np.ndarray
    level: np.ndarray

    @property
    def unsafe(self) -> np.ndarray:
        return self.too_few | self.p_percent | self.dominance


def primaries(given: Contributions, rules: Rules, waiving: frozenset[str] = frozenset()) -> Primary:
    """Judge every cell, and say how wide the protection of an unsafe one must be.

    `waiving` are the holdings that accept to be recognised: the second-largest still must not learn about others,
    and the minimum number of holdings stays.
    """
    totals = np.bincount(given.cell, given.amount, given.cells)
    respondents = np.bincount(given.cell, minlength=given.cells)
    present = np.bincount(given.cell[given.amount > 0], minlength=given.cells)
    # A zero tells about those who filed it; in a cell with any amount those with nothing protect nobody.
    count = np.where(present > 0, present, respondents)
    too_few = (respondents > 0) & (count < rules.min_holdings)

    waives = np.isin(given.holding, [at for at, name in enumerate(given.holdings) if name in waiving])
    lacking = _p_percent_lacking(given, totals, waives, rules)
    excess = _dominance_excess(given, totals, waives, rules)
    level = np.maximum(lacking, excess)
    level = np.where(too_few & (level <= 0), rules.few_percent / 100 * totals, level)
    floor = np.maximum(rules.unit, rules.floor_per_mille / 1000 * totals)
    level = np.maximum(level, floor)
    # A cell of zeros has no width of its own; without a rounding unit any width is the typical cell's.
    level = np.where(level > 0, level, _smallest_width(totals, rules))
    unsafe = too_few | (lacking > 0) | (excess > 0)
    return Primary(too_few, lacking > 0, excess > 0, np.where(unsafe, level, 0.0))


def _p_percent_lacking(given: Contributions, totals: np.ndarray, waives: np.ndarray, rules: Rules) -> np.ndarray:
    """How much the rest of a cell falls short of what the p% rule asks; 0 or less is safe."""
    if rules.p_percent is None:
        return np.zeros(given.cells)
    victim = _ranked(given, ~waives, 1)
    first, two = _ranked(given, np.ones_like(waives), 1), _ranked(given, np.ones_like(waives), 2)
    # The attacker is the largest other: the second when the victim is the first, else the first.
    attacker = np.where(_top_is_victim(given, waives), two - first, first)
    lacking = rules.p_percent / 100 * victim - (totals - victim - attacker)
    # What is left of subtracting large numbers is no shortage.
    return np.where(lacking > 1e-12 * totals, lacking, 0.0)


def _dominance_excess(given: Contributions, totals: np.ndarray, waives: np.ndarray, rules: Rules) -> np.ndarray:
    """How far a cell's total falls short of safety under the (n, k) rules; 0 or less is safe."""
    excess = np.zeros(given.cells)
    for number, percent in rules.dominance:
        lacking = _ranked(given, ~waives, number) * 100 / percent - totals
        excess = np.maximum(excess, np.where(lacking > 1e-12 * totals, lacking, 0.0))
    return excess


def _ranked(given: Contributions, counted: np.ndarray, number: int) -> np.ndarray:
    """Per cell the sum of the `number` largest amounts of those that are counted."""
    cell, amount = given.cell[counted], given.amount[counted]
    rank = np.arange(len(cell)) - np.searchsorted(cell, cell)
    top = rank < number
    return np.bincount(cell[top], amount[top], given.cells)


def _top_is_victim(given: Contributions, waives: np.ndarray) -> np.ndarray:
    top = np.arange(len(given.cell)) == np.searchsorted(given.cell, given.cell)
    found = np.zeros(given.cells, dtype=bool)
    found[given.cell[top]] = ~waives[top]
    return found


def _smallest_width(totals: np.ndarray, rules: Rules) -> float:
    some = totals[totals > 0]
    return rules.unit or (rules.floor_per_mille / 1000 * float(np.median(some)) if len(some) else 1.0)
