"""The nouns of a fictional site's energy: streams per carrier that change in steps, and the rows they are filed as.

How large they are and which plans there are is drawn in `plans`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from assets.sample.figures import rounded
from assets.workbooks.filing import Row
from blueprint.conversions import conversions
from blueprint.load import blueprint

BASE_YEAR = blueprint().base_year
DIGITS = 6
MWH_PER_PJ = 1e9 / 3600
CARRIER_ORDER = blueprint().codes["carriers"].names


@dataclass
class Step:
    """A change of a stream from the year `start` on, in PJ (or kt) and MW, as in the scenario `plan`."""

    start: int
    amount: float
    peak_mw: float = 0.0


@dataclass
class Stream:
    """What one site takes or supplies of one carrier for one use: base amount in PJ (or kt) and its steps."""

    carrier: str
    unit: str
    basis: str | None
    base: float
    use: str = "energetic"
    direction: str = "offtake"
    peak_mw: float = 0.0
    temperature_c: float | None = None
    drift: float = 0.0
    origin: str = "invoice"
    steps: list[Step] = field(default_factory=list)

    def amount(self, year: int, factor: float) -> float:
        total = self.base + sum(step.amount * factor for step in self.steps if step.start <= year)
        return max(0.0, total * (1 + self.drift * (year - BASE_YEAR)))

    def peak(self, year: int, factor: float) -> float:
        total = self.peak_mw + sum(step.peak_mw * factor for step in self.steps if step.start <= year)
        return max(0.0, total * (1 + self.drift * (year - BASE_YEAR)))

    def filed(self, amount: float) -> float:
        """An amount in PJ (or kt) in the unit and basis of this stream."""
        return rounded(amount / conversion(self.carrier, self.unit, self.basis), DIGITS)


@dataclass
class SiteEnergy:
    """The streams and projects of one site; the scenarios that it files with their share of each change."""

    site_id: str
    streams: list[Stream]
    projects: list[Row]
    scenarios: tuple[tuple[str, float], ...]
    route: str

    def stream(self, carrier: str, use: str = "energetic", direction: str = "offtake") -> Stream | None:
        wanted = (carrier, use, direction)
        return next((s for s in self.streams if (s.carrier, s.use, s.direction) == wanted), None)

    def rows(self, years: tuple[int, ...]) -> list[Row]:
        """The rows of energy_demand: the base year, then every scenario with the later years."""
        rows = []
        for stream in sorted(self.streams, key=lambda s: CARRIER_ORDER.index(s.carrier)):
            rows.append(self._row(stream, "base", BASE_YEAR, 0.0))
            for scenario, factor in self.scenarios:
                rows += [self._row(stream, scenario, year, factor) for year in years if year != BASE_YEAR]
        return rows

    def highest_peak(self, years: tuple[int, ...]) -> float:
        """The highest electric power that any row of this site files, in MW."""
        stream = self.stream("electricity")
        if stream is None:
            return 0.0
        factors = [factor for _, factor in self.scenarios]
        return max(rounded(stream.peak(year, factor), 4) for year in (*years, BASE_YEAR) for factor in (0.0, *factors))

    def _row(self, stream: Stream, scenario: str, year: int, factor: float) -> Row:
        is_electric = stream.carrier == "electricity"
        return {
            "site_id": self.site_id,
            "year": year,
            "scenario": scenario,
            "carrier": stream.carrier,
            "use": stream.use,
            "direction": stream.direction,
            "value": stream.filed(stream.amount(year, factor)),
            "unit": stream.unit,
            "heating_value_basis": stream.basis,
            "peak_mw": rounded(stream.peak(year, factor), 4) if is_electric else None,
            "temperature_c": stream.temperature_c,
            "origin": stream.origin if scenario == "base" else "estimate",
        }


@cache
def conversion(carrier: str, unit: str, basis: str | None) -> float:
    """PJ on LHV (or kt) per unit, as the Blueprint converts; StopIteration when it does not."""
    key = (carrier, unit, basis or "")
    return next(float(c.factor) for c in conversions() if (c.carrier, c.unit, c.basis) == key)
