"""What stands behind a public figure: who filed how much, per stream of figures that are not added up with others.

Confidential; nothing of it is written by this module. Which figures there are, is declared in `blueprint.disclosure`.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from assets.disclosure.rules import Rules
from assets.recipes import expose
from assets.reference import register_reference
from assets.release.areas import Area
from assets.release.holdings import holdings, tied
from assets.release.waivers import Waivers
from assets.rounds import Round
from assets.store import DataFolder, connect
from blueprint.disclosure import Count, Product, disclosure

SQL = Path(__file__).parent / "sql"
# A stream by its codes, such as direction, year and scenario.
StreamKey = tuple[str | int, ...]


@dataclass(frozen=True, eq=False)
class Stream:
    """The amounts of one stream: rows of holding, site, dimensions and value, and the holdings that may be seen.

    `held` says per grid operator which rows are in its own administration, `known` which it knows besides: also sites
    that it was shown before. `areas` are the sums over its area that it was shown before and that still hold.
    """

    key: StreamKey
    rows: pa.Table
    waiving: frozenset[str] = frozenset()
    held: Mapping[str, np.ndarray] = field(default_factory=dict)
    known: Mapping[str, np.ndarray] = field(default_factory=dict)
    areas: Mapping[str, tuple[Area, ...]] = field(default_factory=dict)

    def knows(self, operator: str) -> np.ndarray:
        """Which rows an operator knows, whatever it is shown now."""
        return self.known.get(operator, np.zeros(self.rows.num_rows, dtype=bool))


def read_facts(data: DataFolder, settings: Round, name: str, rules: Rules) -> pa.Table:
    """The amounts behind a public table, one row per site and cell: holding, site, streams, dimensions, value.

    Raises MissingTable when the round was never run.
    """
    product = disclosure().products[name]
    return with_codes(read_amounts(data, settings, name, product, rules), product.only)


def read_amounts(data: DataFolder, settings: Round, name: str, agreed: Product | Count, rules: Rules) -> pa.Table:
    """What the SQL of a table gives, with holdings that are tied together as one; raises MissingTable.

    The SQL knows of the rules how many holdings they ask: `getvariable('min_holdings')`.
    """
    with connect() as connection:
        register_reference(connection, settings)
        expose(connection, data, settings, agreed.made_from)
        connection.execute("set variable min_holdings = ?", [rules.min_holdings])
        rows = connection.sql((SQL / f"{agreed.facts or name}.sql").read_text(encoding="utf-8")).to_arrow_table()
    return rows.set_column(0, "holding", tied(holdings(data, settings), rows["holding"]))


def streams(facts: pa.Table, name: str, waivers: Waivers) -> list[Stream]:
    """The facts of a table by stream, with who may be recognised there: the base year first, then the plan.

    So later patterns can follow earlier ones.
    """
    product = disclosure().products[name]
    if not product.streams:
        keys: set[StreamKey] = {()} if facts.num_rows else set()
    else:
        keys = set(zip(*(facts[name].to_pylist() for name in product.streams), strict=True))
    found = []
    for key in sorted(keys, key=lambda key: _order(product, key)):
        codes = product.codes(key)
        rows, waiving = with_codes(facts, codes), waivers.of(name, year_of(codes))
        found.append(
            Stream(key, rows.select(["holding", "site", *product.dimensions, "value"]).combine_chunks(), waiving)
        )
    return found


def with_codes(rows: pa.Table, codes: Mapping[str, str | int] | Mapping[str, str]) -> pa.Table:
    """The rows in which every one of these columns has this code."""
    wanted = [pc.field(name) == code for name, code in codes.items()]
    return rows.filter(reduce(and_, wanted)) if wanted else rows


def is_one_of(rows: pa.Table, column: str, codes: Set[str]) -> np.ndarray:
    """Per row whether its code is among these."""
    return np.array([code in codes for code in rows[column].to_pylist()], dtype=bool)


def rows_of(facts: pa.Table, key: StreamKey) -> pa.Table | None:
    """The facts of one stream out of a ledger's; None when it was not there."""
    found = with_codes(facts, {f"stream_{at}": part for at, part in enumerate(key)})
    names = [name for name in found.column_names if not name.startswith("stream_")]
    return found.select(names) if found.num_rows else None


def year_of(codes: Mapping[str, str | int]) -> int | None:
    """The year of a stream; None when its figures are of no year."""
    return int(codes["year"]) if "year" in codes else None


def _order(product: Product, key: StreamKey) -> tuple:
    codes = product.codes(key)
    scenario, year = str(codes.pop("scenario", "")), int(codes.pop("year", 0))
    return (*map(str, codes.values()), {"base": 0, "plan": 1}.get(scenario, 2), scenario, year)
