"""Reckons once more, plainly and from the rows, who has what in every cell, what the rules say and which sums are told.

Shares no code with `assets.disclosure`, on purpose: the maker and the proof have these from there, and a mistake in it
would hide a leak from both. What is attacked is for `prove`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise, product

import pyarrow as pa

from assets.disclosure.rules import Rules
from blueprint.disclosure import Step

Key = tuple[str | None, ...]
Amounts = dict[str, float]
# Two ways of adding up the same differ by less than this share.
SAME = 1e-9


def amounts_of(rows: pa.Table, step: Step) -> dict[Key, Amounts]:
    """By cell of all tables of a step what each holding has in it."""
    columns = step.columns
    kinds = {frozenset(name for name in chosen if name) for table in step.levels for chosen in _crossed(table)}
    found: dict[Key, Amounts] = {}
    for row in rows.select(["holding", "value", *columns]).to_pylist():
        if row["value"] is None:
            continue
        for kind in kinds:
            cell = found.setdefault(tuple(str(row[name]) if name in kind else None for name in columns), {})
            cell[row["holding"]] = cell.get(row["holding"], 0.0) + row["value"]
    return found


def _crossed(table: tuple[tuple[str, ...], ...]) -> Iterator[tuple[str | None, ...]]:
    """Of each dimension one of its levels, or its total."""
    return product(*((*levels, None) for levels in table))


def level_of(amounts: Amounts, rules: Rules, waiving: frozenset[str]) -> float:
    """How far an attacker must stay from a cell; 0 when it may be shown. Rounded figures have a unit."""
    ranked = sorted(((amount, holding) for holding, amount in amounts.items()), reverse=True)
    total = sum(amount for amount, _ in ranked)
    lacking = 0.0
    others = [(amount, holding) for amount, holding in ranked if holding not in waiving]
    if rules.p_percent is not None and others:
        victim, who = others[0]
        attacker = max((amount for amount, holding in ranked if holding != who), default=0.0)
        lacking = rules.p_percent / 100 * victim - (total - victim - attacker)
    for number, percent in rules.dominance:
        lacking = max(lacking, sum(amount for amount, _ in others[:number]) * 100 / percent - total)
    lacking = lacking if lacking > 1e-12 * total else 0.0
    count = sum(amount > 0 for amount, _ in ranked) or len(ranked)
    if not lacking and count >= rules.min_holdings:
        return 0.0
    return max(lacking or rules.few_percent / 100 * total, rules.unit, rules.floor_per_mille / 1000 * total)


def unlike(mine: Mapping[Key, Amounts], theirs: Mapping[Key, Amounts]) -> int:
    """In how many cells the two do not have the same."""
    return sum(not _alike(mine.get(key), theirs.get(key)) for key in mine.keys() | theirs.keys())


def _alike(one: Amounts | None, other: Amounts | None) -> bool:
    if one is None or other is None or one.keys() != other.keys():
        return False
    size = sum(one.values()) + sum(other.values())
    return all(abs(one[name] - other[name]) <= SAME * size for name in one)


def telling_sums(
    cells: Mapping[Key, Amounts],
    shown: Mapping[Key, bool],
    rows: pa.Table,
    step: Step,
    rules: Rules,
    who: frozenset[str],
) -> int:
    """How many shown totals leave, less their shown parts, a sum that may not be shown."""
    found = 0
    for total, parts in _lines(cells, rows, step).items():
        for line in parts:
            hidden = [part for part in line if not shown[part]]
            if shown.get(total) and hidden and len(hidden) < len(line):
                together: Amounts = {}
                for part in hidden:
                    for holding, amount in cells[part].items():
                        together[holding] = together.get(holding, 0.0) + amount
                found += level_of(together, rules, who) > 0
    return found


def _lines(cells: Mapping[Key, Amounts], rows: pa.Table, step: Step) -> dict[Key, list[list[Key]]]:
    """Every total with, per column, the cells that it is the sum of: without that column, or one level up in it."""
    lies_in: dict[tuple[str, str], tuple[str, str]] = {}
    for levels in (levels for table in step.levels for levels in table):
        for fine, coarse in pairwise(levels):
            pairs = zip(rows[fine].to_pylist(), rows[coarse].to_pylist(), strict=True)
            lies_in |= {(fine, code): (coarse, above) for code, above in pairs}
    found: dict[Key, dict[str, list[Key]]] = {}
    for key in cells:
        code = dict(zip(step.columns, key, strict=True))
        for name, part in code.items():
            if part is not None:
                above = lies_in.get((name, part))
                over = [code | {name: None}] + ([code | {name: None, above[0]: above[1]}] if above else [])
                for one in over:
                    found.setdefault(tuple(one.values()), {}).setdefault(name, []).append(key)
    return {total: list(lines.values()) for total, lines in found.items()}
