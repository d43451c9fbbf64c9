"""A written file with a field above its tier, or with a figure twice, is not released."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from assets.release.ledger import PUBLIC
from assets.release.make import ReleaseError, check_tiers
from assets.release.public import write_public
from blueprint.arrow import schema

COVERAGE = "public_coverage"


def coverage(*regions: str) -> pa.Table:
    wanted = schema(COVERAGE)
    rows = [
        {name: 1 if pa.types.is_integer(wanted.field(name).type) else "x" for name in wanted.names}
        | {"region_code": region}
        for region in regions
    ]
    return pa.Table.from_pylist(rows, schema=wanted)


def test_what_is_as_agreed_may_leave(tmp_path: Path) -> None:
    write_public(tmp_path / PUBLIC / f"{COVERAGE}.parquet", coverage("PV20", "PV21"))
    check_tiers(tmp_path)


def test_figure_twice_is_refused(tmp_path: Path) -> None:
    write_public(tmp_path / PUBLIC / f"{COVERAGE}.parquet", coverage("PV20", "PV21", "PV20"))
    with pytest.raises(ReleaseError, match="twee keer"):
        check_tiers(tmp_path)


@pytest.mark.parametrize("table", ["company", "pmiek_coverage", "grid_operator_sites"])
def test_table_of_another_tier_is_refused(tmp_path: Path, table: str) -> None:
    write_public(tmp_path / PUBLIC / f"{table}.parquet", schema(table).empty_table())
    with pytest.raises(ReleaseError, match="hoort"):
        check_tiers(tmp_path)


def test_field_above_the_tier_is_refused(tmp_path: Path) -> None:
    field = schema("company").field("kvk_number").with_nullable(True)
    rows = coverage("PV20").append_column(field, pa.array(["10000001"]))
    write_public(tmp_path / PUBLIC / f"{COVERAGE}.parquet", rows)
    with pytest.raises(ReleaseError, match="kvk_number"):
        check_tiers(tmp_path)
