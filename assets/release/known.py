"""What a grid operator knows of a stream, whatever it is shown now: its own connections, and what it saw before.

Rows one by one, and sums over its area. What it can tell from them is reckoned in `insight`; what it is shown now is
decided in `operators`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from assets.release.areas import CARRIER, STREAM, Area, carrier_in, measure_of
from assets.release.facts import Stream, StreamKey, is_one_of, rows_of, with_codes
from assets.release.figures import NUMBERED
from assets.release.ledger import OPERATOR, Released
from blueprint.disclosure import Product, disclosure

NAME = "grid_operator_sites"
OPERATOR_CODE = "operator_code"
# Those who know nothing of a site as its operator.
NOBODY = ("own_network", "other_operator", "unknown")
# By KvK number and site number, which stay when a company files anew, how some rows call each site.
SiteNames = Mapping[tuple[str, str], str]
# Who saw an amount that is so near to another knows that too.
NEAR = 0.1


def operator_files(folder: Path) -> dict[str, pa.Table]:
    """What each operator got, by the folder of a release."""
    return {
        path.parent.name.removeprefix(OPERATOR): pq.ParquetFile(path).read()
        for path in sorted(folder.glob(f"{OPERATOR}*/{NAME}.parquet"))
    }


def open_sites(rows: pa.Table) -> set[tuple[str, str]]:
    """The sites that an operator's file shows one by one."""
    shown = with_codes(rows, {"operator_row_kind": "site"})
    return set(zip(shown["kvk_number"].to_pylist(), shown["site_id"].to_pylist(), strict=True))


def site_names(facts: pa.Table) -> SiteNames:
    """How the facts of the operators call each site."""
    pairs = zip(facts["kvk_number"].to_pylist(), facts["site_id"].to_pylist(), strict=True)
    return dict(zip(pairs, facts["site"].to_pylist(), strict=True))


def called(names: SiteNames, site: tuple[str, str]) -> str:
    """How these names call a site: one that is not there by its numbers."""
    return names.get(site, " ".join(site))


@dataclass(frozen=True)
class Knowledge:
    """What operators were shown in earlier releases, for who calls the sites by these names."""

    names: SiteNames
    earlier: Sequence[Released] = ()

    def added(self, name: str, given: Sequence[Stream]) -> list[Stream]:
        """The streams of a table with what each operator knows of them."""
        product = disclosure().products[name]
        before = [] if product.operators_know is None else [self._shown(name, one) for one in self.earlier]
        found = []
        for one in given:
            held = held_rows(product, one.key, one.rows)
            known, areas = dict(held), dict[str, tuple[Area, ...]]()
            for shown in before if product.is_known_to_operators(one.key) else ():
                for operator, mask in shown.rows(one).items():
                    known[operator] = known.get(operator, False) | mask
                for operator, area in shown.areas(one, product.codes(one.key)).items():
                    if area not in areas.setdefault(operator, ()):
                        areas[operator] += (area,)
            found.append(replace(one, held=held, known=known, areas=areas))
        return found

    def then(self, name: str, one: Released, given: Sequence[Stream]) -> list[Stream]:
        """The streams of a table in an earlier release, with what each operator knows of them; sites called as now.

        A site that is not there now is called by its numbers: it may have filed anew between two earlier releases.
        """
        names = site_names(one.facts(NAME))
        today = {then: called(self.names, pair) for pair, then in names.items()}
        found = []
        for stream in replace(self, names=names).added(name, given):
            sites = [today.get(site, site) for site in stream.rows["site"].to_pylist()]
            place = stream.rows.column_names.index("site")
            rows = stream.rows.set_column(place, "site", pa.array(sites, pa.string()))
            areas = {
                operator: tuple(
                    {c: frozenset(today.get(site, site) for site in sites) for c, sites in area.items()}
                    for area in some
                )
                for operator, some in stream.areas.items()
            }
            found.append(replace(stream, rows=rows, areas=areas))
        return found

    def _sums(self, rows: pa.Table, one: Released) -> list[_Sum]:
        """The remainders that an operator was shown in a release, by its file."""
        shown, inside = open_sites(rows), dict[tuple, set[str]]()
        operator = next(iter(rows["grid_operator"].to_pylist()), "")
        for line in with_codes(one.facts(NAME), {"grid_operator": operator}).to_pylist():
            pair = (line["kvk_number"], line["site_id"])
            if pair in self.names and pair not in shown:
                inside.setdefault(tuple(line[name] for name in STREAM), set()).add(self.names[pair])
        remainders = with_codes(rows, {"operator_row_kind": "remainder"}).to_pylist()
        streams = [(tuple(row[name] for name in STREAM), row) for row in remainders]
        return [
            _Sum(stream, row, frozenset(inside.get(stream, ())))
            for stream, row in streams
            if row["figure_status"] in NUMBERED
        ]

    def _shown(self, name: str, one: Released) -> _Shown:
        names = site_names(one.facts(NAME))
        then = {site: names[pair] for pair, site in self.names.items() if pair in names}
        files = operator_files(one.folder)
        sites = {
            operator: frozenset(self.names[pair] for pair in open_sites(rows) if pair in self.names)
            for operator, rows in files.items()
        }
        sums = {operator: self._sums(rows, one) for operator, rows in files.items()}
        return _Shown(one.facts(name), then, sites, sums)


@dataclass(frozen=True)
class _Sum:
    """The remainder of an area as an operator was shown it: the stream, the figures, and of what sites of today."""

    stream: tuple
    figures: Mapping[str, Any]
    sites: frozenset[str]


@dataclass(frozen=True, eq=False)
class _Shown:
    """A release: the amounts of a table, what each site of today was called, and which of them each operator saw.

    `sums` are the remainders that each was shown.
    """

    facts: pa.Table
    then: Mapping[str, str]
    sites: Mapping[str, frozenset[str]]
    sums: Mapping[str, Sequence[_Sum]]

    def rows(self, stream: Stream) -> dict[str, np.ndarray]:
        """Per operator the rows of a stream of today that were shown to it, and are about the same."""
        same = near(stream.rows, rows_of(self.facts, stream.key), self.then)
        found = {operator: is_one_of(stream.rows, "site", sites) & same for operator, sites in self.sites.items()}
        return {operator: mask for operator, mask in found.items() if mask.any()}

    def areas(self, stream: Stream, codes: Mapping[str, str | int]) -> dict[str, Area]:
        """Per operator the sums that it was shown beside a stream of today, where they are about the same."""
        rows, found = stream.rows, dict[str, Area]()
        has_carriers = CARRIER in rows.column_names
        for operator, sums in self.sums.items():
            area = {}
            for one in sums:
                carrier, shown = carrier_in(codes, has_carriers, one.stream), one.figures[measure_of(has_carriers)]
                if carrier is not None and shown is not None:
                    own = rows.filter(pa.array(is_one_of(rows, "site", one.sites)))
                    amount = sum((with_codes(own, {CARRIER: carrier}) if carrier else own)["value"].to_pylist())
                    area |= {carrier: one.sites} if amount and is_near(float(shown), amount) else {}
            found |= {operator: area} if area else {}
        return found


def near(rows: pa.Table, other: pa.Table | None, names: Mapping[str, str]) -> np.ndarray:
    """Per row whether another version has about the same amount; `names` says which sites that calls otherwise.

    Of the row itself, or of all that the site has of that carrier: its park, sector or operator may be another now.
    """
    if other is None:
        return np.zeros(rows.num_rows, dtype=bool)
    codes = [name for name in rows.column_names if name not in ("holding", "site", "value")]
    found = np.zeros(rows.num_rows, dtype=bool)
    for those in (codes, [name for name in codes if name == CARRIER]):
        there, here = _summed(other, those), _summed(rows, those)
        for at, row in enumerate(rows.to_pylist()):
            key = tuple(row[name] for name in those)
            then = there.get((names.get(row["site"], row["site"]), *key))
            found[at] |= then is not None and is_near(then, here[row["site"], *key])
    return found


def _summed(rows: pa.Table, codes: Sequence[str]) -> dict[tuple, float]:
    """What each site has in all, by these codes."""
    found: dict[tuple, float] = {}
    for row in rows.to_pylist():
        key = (row["site"], *(row[name] for name in codes))
        found[key] = found.get(key, 0.0) + row["value"]
    return found


def is_near(one: float, other: float) -> bool:
    """Whether who knows one amount knows the other as well."""
    return abs(one - other) <= NEAR * max(one, other)


def knowledge(facts: pa.Table, earlier: Sequence[Released]) -> Knowledge:
    """What operators know by these releases, for who calls the sites as these facts of operators do."""
    return Knowledge(site_names(facts), earlier)


def held_rows(product: Product, key: StreamKey, rows: pa.Table) -> dict[str, np.ndarray]:
    """Per operator which rows of a stream are in its own administration."""
    if not product.is_held_by_operators(key):
        return {}
    operators = sorted(set(rows[OPERATOR_CODE].to_pylist()) - set(NOBODY))
    return {operator: is_one_of(rows, OPERATOR_CODE, {operator}) for operator in operators}
