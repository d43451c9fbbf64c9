"""Decides which companies are one holding, on the safe side: all that any filing ties together counts as one.

A group may be named by a KvK number, by two names, in capitals, or in a circle; how it is protected is for the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from assets.rounds import Round
from assets.store import DataFolder, read_table


def holdings(data: DataFolder, settings: Round) -> dict[str, str]:
    """By KvK number and by group the one name under which a holding is counted: the least of all its names."""
    rows = read_table(data, "company", settings.round).select(["kvk_number", "group_id"]).to_pylist()
    pairs = [(row["kvk_number"], row["group_id"] or row["kvk_number"]) for row in rows]
    names = {name for pair in pairs for name in pair}
    # A group is the same in capitals.
    found = _joined([*pairs, *((name, name.casefold()) for name in names)])
    return {name: found[name] for name in sorted(names)}


def one_name(*times: Mapping[str, str]) -> dict[str, str]:
    """The one name for all that was a holding at any of these times: who changes its name did not come or leave."""
    return _joined([pair for known in times for pair in known.items()])


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    above: dict[str, str] = {}

    def top(name: str) -> str:
        while (over := above.setdefault(name, name)) != name:
            name = over
        return name

    for pair in pairs:
        one, other = sorted(map(top, pair))
        above[other] = one
    return {name: top(name) for name in above}


def tied(known: Mapping[str, str], holding: pa.ChunkedArray) -> pa.Array:
    """The holdings of rows under the names of `holdings`."""
    return pa.array([known.get(name, name) for name in holding.to_pylist()], pa.string())


def contradicting(data: DataFolder, settings: Round) -> int:
    """How many holdings were made of filings that each name another group."""
    known = holdings(data, settings)
    named: dict[str, set[str]] = {}
    for row in read_table(data, "company", settings.round).select(["kvk_number", "group_id"]).to_pylist():
        named.setdefault(known[row["kvk_number"]], set()).add(row["group_id"] or row["kvk_number"])
    return sum(len(names) > 1 for names in named.values())
