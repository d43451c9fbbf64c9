"""Which grid operators serve which municipality: the Blueprint's default, in the place of which comes what was loaded.

Loading a file is done in `assets.intake.reference_files`; which filed operator is odd is said by rules.
"""

from __future__ import annotations

import pyarrow as pa

from assets.store import DataFolder, read_reference
from blueprint.arrow import schema
from blueprint.geography import places
from blueprint.load import blueprint

NAME = "operator_areas"
# What needs no more than one filing and the areas: also asked of a file that is only checked.
RULES = ("operator_elsewhere", "operator_voltage")


def operator_areas(data: DataFolder) -> pa.Table:
    """The operators of every municipality and carrier; what an analyst loaded of these replaces the default."""
    loaded = read_reference(data, NAME)
    return replaced(default_areas(), loaded, blueprint().tables[NAME].replaces)


def default_areas() -> pa.Table:
    """The Blueprint's own rows, a proposal that says of each row where it is from."""
    wanted = schema(NAME)
    rows = [
        {**row, "below_kv": float(row["below_kv"]) if row["below_kv"] else None, "year": int(row["year"])}
        for row in places.read_rows(f"{NAME}.csv")
    ]
    return pa.Table.from_pylist(rows, schema=wanted)


def replaced(before: pa.Table, rows: pa.Table, names: tuple[str, ...]) -> pa.Table:
    """The rows, and those of before that share no values of `names` with any of them; without names none of before."""
    renewed = set(_keys(rows, names))
    stay = [key not in renewed for key in _keys(before, names)] if names else [False] * before.num_rows
    return pa.concat_tables([before.filter(pa.array(stay, pa.bool_())), rows])


def _keys(rows: pa.Table, names: tuple[str, ...]) -> list[tuple]:
    return list(zip(*(rows.column(name).to_pylist() for name in names), strict=True))
