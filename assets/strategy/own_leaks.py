"""Looks through a province's own text for who filed and for figures that were filed or are withheld.

Sterner than `leaks`, since people write a name without its legal form and a figure in another unit, and round it.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa

from assets.reference import LEGAL_FORM
from assets.release.ledger import in_force, releases
from assets.release.scan import SHORTEST, Secrets
from assets.rounds import Round
from assets.store import DataFolder, connect, read_table
from assets.strategy.amounts import Written, amounts_in
from assets.strategy.document import OwnText
from assets.strategy.words import plain
from blueprint.load import blueprint

WORD = re.compile(r"\w+")
# So many digits of a figure of the own province, or of the country, are no coincidence; of any other, so many.
NEAR, FAR = 3, 4
UNITS_OF = {"pj": "PJ", "kt": "kt", "mw": "MW", "mwh": "MWh", "twh": "TWh", "t": "t", "mva": "MVA"}
READ = ("site_demand", "connection", "project", "flexibility", "site", "site_place", "pmiek_energy_demand",
        "pmiek_power_demand", "pmiek_projects", "pmiek_bottlenecks", "pmiek_area_demand")  # fmt: skip
PLACED = "join site_place using (submission_id, site_id)"
ENERGY = {"energy_pj": "PJ", "mass_kt": "kt"}
POWER = dict.fromkeys(
    ("contracted_offtake_mw", "contracted_feed_in_mw", "peak_sum_mw", "requested_extra_mw", "flexible_mw",
     "flexible_more_offtake_mw", "flexible_less_feed_in_mw", "flexible_more_feed_in_mw", "own_generation_mw"), "MW",
) | {"storage_mwh": "MWh"}  # fmt: skip
# The figures of the confidential document, as it adds them up: from which rows, columns with units, and by what.
CELLS = (
    ("pmiek_energy_demand where sector = 'all' and certainty = 'all'", ENERGY,
     "year, scenario, direction, cube(province_code, carrier, use)"),
    ("pmiek_area_demand where area_kind = 'municipality' and certainty = 'all' and scenario = 'base'", ENERGY,
     "province_code, year, direction, cube(municipality_code, carrier)"),
    ("pmiek_power_demand where certainty = 'all'", POWER, "year, scenario, cube(province_code, grid_operator)"),
    ("pmiek_projects where area_level = 'municipality'",
     {"delta_energy_pj": "PJ", "delta_peak_mw": "MW", "co2_reduction_kt": "kt", "co2_by_factor_kt": "kt"},
     "province_code, cube(route, certainty, commissioning_year)"),
    ("pmiek_bottlenecks where escalation = 'all' and certainty = 'all'", {"waiting_mw": "MW", "waiting_pj": "PJ"},
     "province_code, bottleneck_kind"),
)  # fmt: skip
# What companies filed, with the unit of each column.
FILED = {
    "site_demand": {**ENERGY, "peak_mw": "MW"},
    f"connection {PLACED}": {"contracted_offtake_mw": "MW", "contracted_feed_in_mw": "MW", "requested_extra_mw": "MW",
                             "connection_capacity_mva": "MVA"},
    f"project {PLACED}": {"delta_peak_mw": "MW", "co2_reduction_kt": "kt"},
    f"flexibility {PLACED}": {"flexible_mw": "MW", "storage_mwh": "MWh", "own_generation_mw": "MW"},
    f"site {PLACED}": {"co2_base_year_t": "t"},
}  # fmt: skip
Sorted = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class OwnSecrets:
    """Names as folded words, and amounts by quantity: those of a province (None: the country), all, and the public."""

    names: frozenset[str]
    near: Mapping[str | None, Sorted]
    far: Sorted
    public: Sorted

    def found(self, text: OwnText, province_code: str) -> tuple[str, ...]:
        """The words and numbers of the text that tell too much, as they are written there."""
        hits = list(chain.from_iterable(self._names(line) for line, _ in _lines(text)))
        hits += [
            written.text
            for line, heading in _lines(text)
            for written in amounts_in(line, heading)
            if self._tells(written, province_code)
        ]
        return tuple(dict.fromkeys(hits))

    def _names(self, line: str) -> Iterator[str]:
        words = [(folded(match[0]), match.span()) for match in WORD.finditer(line)]
        whole = " ".join(word for word, _ in words)
        for name in sorted(self.names):
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", whole):
                first = whole[: match.start()].count(" ")
                last = first + name.count(" ")
                yield line[words[first][1][0] : words[last][1][1]]

    def _tells(self, written: Written, province_code: str) -> bool:
        if written.digits < NEAR or _within(self.public, written):
            return False
        close = (_within(self.near.get(code, {}), written) for code in (province_code, None))
        return any(close) or (written.digits >= FAR and _within(self.far, written))


def folded(text: str) -> str:
    """Words in small letters without accents, and nothing between them but one space."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(WORD.findall("".join(one for one in letters if not unicodedata.combining(one))))


def own_secrets(data: DataFolder, settings: Round, known: Secrets) -> OwnSecrets:
    """What an own text must not hold beside what `known` says; raises MissingTable when the round was never run."""
    companies, sites = (read_table(data, name, settings.round) for name in ("company", "site"))
    bare = (bare_name(name) for name in companies["company_name"].to_pylist() if name)
    # What our own lists and places are called gives nobody away.
    common = {folded(code.label) for codes in blueprint().codes.values() for code in codes.codes}
    common |= {folded(city) for city in sites["city"].to_pylist() if city}
    names = {folded(text) for text in chain(known.texts, bare)} - common
    rows = _amounts(data, settings)
    by_place: dict[str | None, list[tuple[str, float]]] = {}
    for province, quantity, value in rows:
        by_place.setdefault(province, []).append((quantity, value))
    return OwnSecrets(
        frozenset(name for name in names if len(name) >= SHORTEST),
        {province: _sorted(each) for province, each in by_place.items()},
        _sorted((quantity, value) for _, quantity, value in rows),
        _sorted(_released(data, settings)),
    )


def bare_name(name: str) -> str:
    """The name of a company without its legal form and what stands in brackets."""
    return re.sub(LEGAL_FORM, "", name.strip(), flags=re.IGNORECASE)


def _lines(text: OwnText) -> Iterator[tuple[str, str]]:
    """What is read as one: a paragraph, a point, or a cell of a table with what stands above and before it."""
    for part in text.parts:
        lines = [["".join(run.text for run in runs) for runs in line] for line in part.lines]
        for line in lines:
            for at, each in enumerate(line):
                head = lines[0][at] if part.kind == "table" and at < len(lines[0]) else ""
                yield plain(each), plain(f"{head} {line[0] if part.kind == 'table' else ''}")


def _amounts(data: DataFolder, settings: Round) -> list[tuple[str | None, str, float]]:
    """Province, quantity and canonical amount of all that was filed, and of each cell of the confidential document."""
    units = blueprint().units
    table = pa.table(
        {
            "unit": list(units),
            "quantity": [unit.quantity for unit in units.values()],
            "factor": [float(unit.factor) for unit in units.values()],
        }
    )
    asked = [
        f"select province_code, quantity, {value} * factor from {name} join unit_of on unit_of.unit = {unit}"
        for name, value, unit in (
            ("site_demand", "value", "site_demand.unit"),
            (f"project {PLACED}", "delta_value", "delta_unit"),
        )
    ]
    for source, columns in FILED.items():
        asked += [_asked(column, unit, source) for column, unit in columns.items()]
    for source, columns, by in CELLS:
        asked += [_asked(f"sum({column})", unit, f"{source} group by {by}") for column, unit in columns.items()]
    with connect() as connection:
        for name in READ:
            connection.register(name, read_table(data, name, settings.round))
        connection.register("unit_of", table)
        found = connection.execute(" union all ".join(asked)).fetchall()
    return [(province, quantity, float(value)) for province, quantity, value in found if value]


def _asked(value: str, code: str, source: str) -> str:
    unit = blueprint().units[code]
    return f"select province_code, '{unit.quantity}', ({value})::double * {float(unit.factor)!r} from {source}"


def _released(data: DataFolder, settings: Round) -> Iterable[tuple[str, float]]:
    """The amounts that anybody may read in the newest release."""
    for newest in in_force(releases(data, settings.round))[-1:]:
        for name in newest.note["tables"]:
            table = newest.figures(name)
            for column in table.column_names:
                if code := UNITS_OF.get(column.rpartition("_")[2]):
                    unit = blueprint().units[code]
                    for value in table[column].to_pylist():
                        if value is not None:
                            yield unit.quantity, abs(float(value)) * float(unit.factor)


def _sorted(found: Iterable[tuple[str, float]]) -> Sorted:
    made: dict[str, set[float]] = {}
    for quantity, value in found:
        made.setdefault(quantity, set()).add(abs(value))
    return {quantity: sorted(values) for quantity, values in made.items()}


def _within(known: Sorted, written: Written) -> bool:
    """Whether an amount rounds to what is written."""
    values, room = known.get(written.quantity, ()), written.half * (1 + 1e-9)
    at = bisect.bisect_left(values, written.value - room)
    return at < len(values) and values[at] <= written.value + room
