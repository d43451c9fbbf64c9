"""The public table of what changed since the previous round, made from nothing but what was published of both.

Who can read both tables can make it too, so that it tells nothing more; why something changed is in the pMIEK.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa

from assets.release.figures import NUMBERED
from assets.release.ledger import Released
from assets.release.public import table_of
from assets.rounds import Round
from blueprint.disclosure import disclosure

NAME, SOURCE = "public_round_change", "public_energy_demand"


def round_change_rows(now: pa.Table, before: Released | None, settings: Round, number: int) -> pa.Table:
    """One row per figure that both rounds have; none without a release of the previous round."""
    product = disclosure().products[SOURCE]
    keys = (*product.dimensions, *product.streams)
    old = {} if before is None else {_key(row, keys): row for row in before.figures(SOURCE).to_pylist()}
    rows = [
        {
            "round": settings.round,
            "release": number,
            "previous_round": before.round,
            "previous_release": before.number,
            "region_name": row["region_name"],
            "blueprint_version": settings.blueprint_version,
            "factor_version": settings.factor_version,
            **{name: row[name] for name in keys},
            **_change(old[_key(row, keys)], row, product.value),
        }
        for row in now.to_pylist()
        if before is not None and _key(row, keys) in old
    ]
    return table_of(NAME, rows)


def _key(row: dict[str, Any], keys: tuple[str, ...]) -> tuple:
    return tuple(row[name] for name in keys)


def _change(old: dict[str, Any], new: dict[str, Any], value: str) -> dict[str, Any]:
    statuses = {old["figure_status"], new["figure_status"]}
    if statuses <= set(NUMBERED):
        change: Decimal = new[value] - old[value]
        return {"figure_status": "shown" if change else "zero", "change_pj": change}
    return {"figure_status": "not_filed" if "not_filed" in statuses else "withheld", "change_pj": None}
