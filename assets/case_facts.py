"""Makes relations of the code lists that casework, supply and area opportunities join with.

Facts only, as in `assets.reference`, which registers them; no row of a company comes here.
"""

from __future__ import annotations

import pyarrow as pa

from blueprint.load import blueprint
from blueprint.model import CodeList


def casework() -> dict[str, pa.Table]:
    """The lists of bottlenecks, levels, parties, reasons of change and carriers of exchange, by name.

    Each with code and label in the order of its list (`position`), and its own attributes typed.
    """
    lists = blueprint().codes
    kinds, levels, parties = lists["bottleneck_kinds"], lists["escalations"], lists["case_parties"]
    exchanged = lists["exchange_carriers"]
    return {
        "bottleneck_kinds": _table(kinds, carriers=_lists(kinds, "carriers")),
        "escalations": _table(levels, level=_numbers(levels, "order")),
        "change_reasons": _table(lists["change_reasons"]),
        "own_generation_types": _table(lists["own_generation_types"]),
        "case_parties": _table(
            parties, scope=_texts(parties, "scope"), bottleneck_kinds=_lists(parties, "bottleneck_kinds")
        ),
        "exchange_carriers": _table(
            exchanged,
            has_temperature=pa.array([text == "true" for text in _values(exchanged, "has_temperature")]),
            within_km=_numbers(exchanged, "within_km"),
        ),
    }


def _table(codes: CodeList, **attributes: pa.Array) -> pa.Table:
    return pa.table(
        {
            "code": list(codes.names),
            "label": [code.label for code in codes.codes],
            "position": list(range(len(codes.codes))),
            **attributes,
        }
    )


def _values(codes: CodeList, attribute: str) -> list[str]:
    return [code.attributes[attribute] for code in codes.codes]


def _texts(codes: CodeList, attribute: str) -> pa.Array:
    return pa.array(_values(codes, attribute), pa.string())


def _numbers(codes: CodeList, attribute: str) -> pa.Array:
    return pa.array([float(text) if text else None for text in _values(codes, attribute)], pa.float64())


def _lists(codes: CodeList, attribute: str) -> pa.Array:
    return pa.array(
        [[part for part in text.split(";") if part] for text in _values(codes, attribute)], pa.list_(pa.string())
    )
