"""Remembers what was examined, so that a file is read once however often its round is run.

A batch of examined files is a folder of Parquet files below the cache; it may be thrown away at any time.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets.files import drop_half_written
from assets.intake.examine import Examined
from assets.intake.settle import REMARKS_SCHEMA
from assets.made_by import made_by
from assets.parquet import write_parquet
from assets.rounds import Round
from assets.store import DataFolder
from blueprint.arrow import schema

# What the name of a batch begins with of which the files are to be read once more, or that no run has counted yet.
PASSING, BEFOREHAND = "again-", "new-"
# The packages that decide what is said of a file: rules ask where its sites lie.
JUDGED_BY = ("intake", "placing")
# The list of the files of a batch, written last.
LISTED = "files.parquet"
FILES = pa.schema(
    [
        ("submission_id", pa.string()),
        ("readable", pa.bool_()),
        ("refused", pa.bool_()),
        ("kvk_number", pa.string()),
        ("company_name", pa.string()),
        ("submitted_on", pa.date32()),
        ("blueprint_version", pa.string()),
        ("contact_email", pa.string()),
        ("replaces_submission", pa.string()),
        ("waived", pa.string()),
    ]
)
COUNTS = pa.schema(
    [
        ("submission_id", pa.string()),
        ("table_name", pa.string()),
        ("rows_in", pa.int64()),
        ("rows_accepted", pa.int64()),
        ("rows_refused", pa.int64()),
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
        return sorted(path.parent for path in self.folder.glob(f"*/{LISTED}"))

    def forget_damaged(self) -> None:
        """Forget a batch that is not whole or cannot be opened: its files are read once more."""
        for half in set(self.folder.glob("*")) - set(self.batches()):
            _forget(half)
        for batch in self.batches():
            drop_half_written(batch)
            try:
                for path in batch.glob("*.parquet"):
                    pq.ParquetFile(path).close()
            except (OSError, pa.ArrowException):
                _forget(batch)

    def forget_changed(self, waived: dict[str, str]) -> None:
        """Forget a batch with a filing of which other errors were waived than now: its files are judged again."""
        for batch in self.batches():
            lines = pq.ParquetFile(batch / LISTED).read(["submission_id", "waived"]).to_pylist()
            if any(line["waived"] != waived.get(line["submission_id"], "") for line in lines):
                _forget(batch)

    def remarks(self) -> pa.Table:
        """The explanations of rows, of all batches together."""
        return self.read("remarks", REMARKS_SCHEMA)

    def known(self) -> set[str]:
        """The submissions that need not be read again."""
        return set(self.read("files", FILES).column("submission_id").to_pylist())

    def waived(self) -> dict[str, str]:
        """Of each filing what was waived in it; with its rules, this decides which of its rows were accepted."""
        return {line["submission_id"]: line["waived"] for line in self.read("files", FILES).to_pylist()}

    def forget_passing(self) -> None:
        """Forget the files that are to be read once more."""
        for batch in self.folder.glob(f"{PASSING}*"):
            _forget(batch)

    def read(self, name: str, expected: pa.Schema) -> pa.Table:
        """The rows called `name` of all batches together."""
        parts = [pq.ParquetFile(batch / f"{name}.parquet").read() for batch in self.batches()]
        return pa.concat_tables([expected.empty_table(), *(part.cast(expected) for part in parts)])

    def of_filings(self, name: str, expected: pa.Schema, wanted: Collection[str]) -> pa.Table:
        """The rows called `name` of the wanted filings, one filing after the other in the order asked for.

        A filing stands whole in one batch, and its rows are in order there: nothing has to be sorted.
        """
        asked, blocks = set(wanted), dict[str, pa.Table]()
        for batch in self.batches():
            if asked.isdisjoint(self._files(batch)):
                continue
            part = pq.ParquetFile(batch / f"{name}.parquet").read().cast(expected)
            if part.num_rows:
                runs = pc.call_function("run_end_encode", [part.column("submission_id").combine_chunks()])
                begin = 0
                for submission_id, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
                    blocks[submission_id] = part.slice(begin, end - begin)
                    begin = end
        found = [blocks[submission_id] for submission_id in wanted if submission_id in blocks]
        return pa.concat_tables([expected.empty_table(), *found]).combine_chunks()

    def _files(self, batch: Path) -> list[str]:
        return pq.ParquetFile(batch / LISTED).read(["submission_id"]).column("submission_id").to_pylist()

    def examined_beforehand(self) -> set[str]:
        """The submissions of which what was examined beforehand is kept since this was last asked."""
        found: set[str] = set()
        for batch in self.folder.glob(f"{BEFOREHAND}*"):
            found.update(self._files(batch))
            batch.rename(batch.with_name(batch.name.removeprefix(BEFOREHAND)))
        return found

    def keep(self, examined: Examined, kind: str = "") -> None:
        """Add a batch; half a batch is never seen, since its list of files is written last.

        One that is PASSING is of files that could not be read for a reason that may be gone the next time.
        """
        ids = sorted(line["submission_id"] for line in examined.files)
        name = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
        batch = self.folder / f"{kind}{name}"
        for name, rows in examined.accepted.items():
            write_parquet(batch / f"{name}.parquet", rows)
        write_parquet(batch / "filed_sites.parquet", examined.sites)
        write_parquet(batch / "remarks.parquet", examined.remarks)
        write_parquet(batch / "findings.parquet", pa.Table.from_pylist(examined.findings, schema=schema("findings")))
        counted = [(*key, *value) for key, value in sorted(examined.counts.items())]
        rows = [dict(zip(COUNTS.names, values, strict=True)) for values in counted]
        write_parquet(batch / "counts.parquet", pa.Table.from_pylist(rows, schema=COUNTS))
        write_parquet(batch / "columns.parquet", pa.Table.from_pylist(examined.columns, schema=COLUMNS))
        write_parquet(batch / LISTED, pa.Table.from_pylist(examined.files, schema=FILES))


def recall(data: DataFolder, settings: Round) -> Memory:
    """The memory of a round under today's rules; what was examined under others is forgotten."""
    root = data.cache(settings.round)
    current = root / made_by(settings, *JUDGED_BY)
    if root.exists():
        for path in root.iterdir():
            if path != current:
                for batch in path.glob("*/"):
                    _forget(batch)
                shutil.rmtree(path, ignore_errors=True)
    return Memory(current)


def _forget(batch: Path) -> None:
    """Throw a batch away, its list of files first: who is killed meanwhile leaves nothing that looks whole."""
    (batch / LISTED).unlink(missing_ok=True)
    shutil.rmtree(batch, ignore_errors=True)
