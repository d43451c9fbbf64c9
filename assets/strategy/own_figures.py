"""Gathers the figures that a province's own text must not tell, and those that anybody may read in a release.

How a text is held beside them is for `own_leaks`.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from assets.release.ledger import in_force, releases
from assets.rounds import Round
from assets.store import DataFolder, connect, read_table
from assets.strategy.amounts import Written
from blueprint.load import blueprint

UNITS_OF = {"pj": "PJ", "kt": "kt", "mw": "MW", "mwh": "MWh", "twh": "TWh", "t": "t", "mva": "MVA"}
READ = ("site_demand", "connection", "project", "flexibility", "site", "site_place", "pmiek_energy_demand",
        "pmiek_power_demand", "pmiek_projects", "pmiek_bottlenecks", "pmiek_area_demand")  # fmt: skip
PLACED = "join site_place using (submission_id, site_id)"
ENERGY = {"energy_pj": "PJ", "mass_kt": "kt"}
POWER = dict.fromkeys(
    ("contracted_offtake_mw", "contracted_feed_in_mw", "peak_sum_mw", "requested_extra_mw", "flexible_mw",
     "flexible_more_offtake_mw", "flexible_less_feed_in_mw", "flexible_more_feed_in_mw", "own_generation_mw"), "MW",
) | {"storage_mwh": "MWh"}  # fmt: skip
NO_YEAR = "null::integer"
# The figures of the confidential document, as it adds them up: from which rows, columns with units, by what, of when.
CELLS = (
    ("pmiek_energy_demand where sector = 'all' and certainty = 'all'", ENERGY,
     "year, scenario, direction, cube(province_code, carrier, use)", "year"),
    ("pmiek_area_demand where area_kind = 'municipality' and certainty = 'all' and scenario = 'base'", ENERGY,
     "province_code, year, direction, cube(municipality_code, carrier)", "year"),
    ("pmiek_power_demand where certainty = 'all'", POWER, "year, scenario, cube(province_code, grid_operator)", "year"),
    ("pmiek_projects where area_level = 'municipality'",
     {"delta_energy_pj": "PJ", "delta_peak_mw": "MW", "co2_reduction_kt": "kt", "co2_by_factor_kt": "kt"},
     "province_code, cube(route, certainty, commissioning_year)", NO_YEAR),
    ("pmiek_bottlenecks where escalation = 'all' and certainty = 'all'", {"waiting_mw": "MW", "waiting_pj": "PJ"},
     "province_code, bottleneck_kind", NO_YEAR),
)  # fmt: skip
# What companies filed: the unit of each column, and of when it is.
FILED = {
    "site_demand": ({**ENERGY, "peak_mw": "MW"}, "year"),
    f"connection {PLACED}": ({"contracted_offtake_mw": "MW", "contracted_feed_in_mw": "MW", "requested_extra_mw": "MW",
                              "connection_capacity_mva": "MVA"}, NO_YEAR),
    f"project {PLACED}": ({"delta_peak_mw": "MW", "co2_reduction_kt": "kt"}, NO_YEAR),
    f"flexibility {PLACED}": ({"flexible_mw": "MW", "storage_mwh": "MWh", "own_generation_mw": "MW"}, NO_YEAR),
    f"site {PLACED}": ({"co2_base_year_t": "t"}, NO_YEAR),
}  # fmt: skip
# Province (None: the country), quantity, canonical amount, and the year that it is of, if it is of one.
Figure = tuple[str | None, str, float, int | None]
Fits = Callable[[int | None], bool]


@dataclass(frozen=True)
class Amounts:
    """Amounts in order with the year of each, by quantity."""

    by_quantity: Mapping[str, Sequence[tuple[float, int]]]

    def hold(self, written: Written, fits: Fits = lambda year: True) -> bool:
        """Whether one of them, of a year that fits, rounds to what is written."""
        known, room = self.by_quantity.get(written.quantity, ()), written.half * (1 + 1e-9)
        for value, year in known[bisect.bisect_left(known, (written.value - room, -1)) :]:
            if value > written.value + room:
                return False
            if fits(year or None):
                return True
        return False


def amounts_of(found: Iterable[tuple[str, float, int | None]]) -> Amounts:
    """The quantities, amounts and years in order; a decrease is told by its size alone."""
    made: dict[str, set[tuple[float, int]]] = {}
    for quantity, value, year in found:
        made.setdefault(quantity, set()).add((abs(value), year or 0))
    return Amounts({quantity: sorted(values) for quantity, values in made.items()})


def confidential(data: DataFolder, settings: Round) -> list[Figure]:
    """All that was filed, and each cell of the confidential document; MissingTable when the round was never run."""
    units = blueprint().units
    table = pa.table(
        {
            "unit": list(units),
            "quantity": [unit.quantity for unit in units.values()],
            "factor": [float(unit.factor) for unit in units.values()],
        }
    )
    asked = [
        f"select province_code, quantity, {value} * factor, {year} from {name} join unit_of on unit_of.unit = {unit}"
        for name, value, unit, year in (
            ("site_demand", "value", "site_demand.unit", "year"),
            (f"project {PLACED}", "delta_value", "delta_unit", NO_YEAR),
        )
    ]
    for source, (columns, year) in FILED.items():
        asked += [_asked(column, unit, year, source) for column, unit in columns.items()]
    for source, columns, by, year in CELLS:
        asked += [_asked(f"sum({column})", unit, year, f"{source} group by {by}") for column, unit in columns.items()]
    with connect() as connection:
        for name in READ:
            connection.register(name, read_table(data, name, settings.round))
        connection.register("unit_of", table)
        found = connection.execute(" union all ".join(asked)).fetchall()
    return [(province, quantity, float(value), year) for province, quantity, value, year in found if value]


def _asked(value: str, code: str, year: str, source: str) -> str:
    unit = blueprint().units[code]
    return f"select province_code, '{unit.quantity}', ({value})::double * {float(unit.factor)!r}, {year} from {source}"


def released(data: DataFolder, settings: Round) -> Iterator[tuple[str, float, int | None]]:
    """The amounts that anybody may read in the newest release."""
    for newest in in_force(releases(data, settings.round))[-1:]:
        for name in newest.note["tables"]:
            table = newest.figures(name)
            for column in table.column_names:
                if code := UNITS_OF.get(column.rpartition("_")[2]):
                    unit = blueprint().units[code]
                    years = table["year"].to_pylist() if "year" in table.column_names else [None] * len(table)
                    for value, year in zip(table[column].to_pylist(), years, strict=True):
                        if value is not None:
                            yield unit.quantity, float(value) * float(unit.factor), year
