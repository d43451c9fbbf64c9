"""Remembers what was examined, so that a file is read once however often its round is run.

A batch of examined files is a folder of Parquet files below the cache; it may be thrown away at any time.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import assets.intake
import blueprint.load
from assets.intake.examine import Examined
from assets.rounds import Round
from assets.store import DataFolder, write_parquet
from blueprint.arrow import schema
from blueprint.load import blueprint as agreed

FILES = pa.schema(
    [
        ("submission_id", pa.string()),
        ("readable", pa.bool_()),
        ("refused", pa.bool_()),
        ("kvk_number", pa.string()),
        ("company_name", pa.string()),
        ("submitted_on", pa.date32()),
        ("blueprint_version", pa.string()),
    ]
)
COUNTS = pa.schema(
    [
        ("submission_id", pa.string()),
        ("table_name", pa.string()),
        ("rows_in", pa.int64()),
        ("rows_accepted", pa.int64()),
    ]
)
COLUMNS = pa.schema(
    [
        ("submission_id", pa.string()),
        ("table_name", pa.string()),
        ("field_name", pa.string()),
        ("series", pa.string()),
        ("sheet", pa.string()),
        ("position", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Memory:
    """The examined batches of a round under one version of rules and settings."""

    folder: Path

    def batches(self) -> list[Path]:
        return sorted(path.parent for path in self.folder.glob("*/files.parquet"))

    def known(self) -> set[str]:
        """The submissions that need not be read again."""
        return set(self.read("files", FILES).column("submission_id").to_pylist())

    def read(self, name: str, expected: pa.Schema) -> pa.Table:
        """The rows called `name` of all batches together."""
        parts = [pq.ParquetFile(batch / f"{name}.parquet").read() for batch in self.batches()]
        return pa.concat_tables([expected.empty_table(), *(part.cast(expected) for part in parts)])

    def paths(self, name: str) -> list[str]:
        """The Parquet files with the accepted rows of a table, one per batch."""
        return [str(batch / f"{name}.parquet") for batch in self.batches()]

    def keep(self, examined: Examined) -> None:
        """Add a batch; half a batch is never seen, since its list of files is written last."""
        ids = sorted(line["submission_id"] for line in examined.files)
        batch = self.folder / hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
        for name, rows in examined.accepted.items():
            write_parquet(batch / f"{name}.parquet", rows)
        write_parquet(batch / "filed_sites.parquet", examined.sites)
        write_parquet(batch / "findings.parquet", pa.Table.from_pylist(examined.findings, schema=schema("findings")))
        counted = [(*key, *value) for key, value in sorted(examined.counts.items())]
        rows = [dict(zip(COUNTS.names, values, strict=True)) for values in counted]
        write_parquet(batch / "counts.parquet", pa.Table.from_pylist(rows, schema=COUNTS))
        write_parquet(batch / "columns.parquet", pa.Table.from_pylist(examined.columns, schema=COLUMNS))
        write_parquet(batch / "files.parquet", pa.Table.from_pylist(examined.files, schema=FILES))


def recall(data: DataFolder, settings: Round) -> Memory:
    """The memory of a round under today's rules; what was examined under others is forgotten."""
    root = data.cache(settings.round)
    current = root / _fingerprint(settings)
    if root.exists():
        for path in root.iterdir():
            if path != current:
                shutil.rmtree(path, ignore_errors=True)
    return Memory(current)


def _fingerprint(settings: Round) -> str:
    digest = hashlib.sha256(json.dumps(settings.model_dump(mode="json"), sort_keys=True).encode())
    digest.update(agreed().version.encode())
    for package in (Path(blueprint.load.__file__).parent, Path(assets.intake.__file__).parent):
        for path in sorted(p for p in package.rglob("*") if p.suffix in (".py", ".yaml", ".csv", ".sql")):
            digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
