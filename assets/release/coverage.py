"""The public table of who took part: how many firms were invited and accepted per province, in classes.

Classes do not add up, so nothing follows from the difference of two; how complete the figures are is in the pMIEK.
"""

from __future__ import annotations

import pyarrow as pa

from assets.release.figures import band_of
from assets.release.public import table_of
from assets.rounds import Round
from assets.store import DataFolder, read_table
from blueprint.load import blueprint

NAME, SOURCE, EVERYONE = "public_coverage", "pmiek_coverage", "all"


def coverage_rows(data: DataFolder, settings: Round, number: int) -> pa.Table:
    """One row per province, those without any firm included."""
    counted = {
        row["province_code"]: row
        for row in read_table(data, SOURCE, settings.round).to_pylist()
        if row["sector"] == EVERYONE
    }
    rows = []
    for province in blueprint().codes["provinces"].codes:
        found = counted.get(province.code, {})
        rows.append(
            {
                "round": settings.round,
                "release": number,
                "region_code": province.code,
                "region_name": province.label,
                "blueprint_version": settings.blueprint_version,
                "factor_version": settings.factor_version,
                "invited_band": band_of(found.get("invited_count") or 0),
                "accepted_band": band_of(found.get("accepted_count") or 0),
            }
        )
    return table_of(NAME, rows)
