"""Carries over the rows of filings of which nothing changed since a table was made, so that only the others are made.

Beside each table that is made filing by filing stands a note in the cache: of which file it speaks, and for each filing
a key of all that its rows were made of. Which tables are made so stands in `assets.recipes`; without a note, or with
another file, the whole table is made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets.files import beside, file_hash
from assets.store import DataFolder
from blueprint.arrow import schema

Keys = dict[str, str]
# In which order the rows of filings stand in a table: of companies when SQL made it, of filings when they were filed.
COMPANY, FILING = "kvk_number", "submission_id"


@dataclass(frozen=True)
class Block:
    """The rows of one filing in a table: they stand together, at a place among those of other filings."""

    order: str
    submission_id: str
    table: pa.Table
    begin: int
    end: int


@dataclass(frozen=True)
class Standing:
    """The file of a table as it was read, whatever another run writes since, and the filings whose rows stay."""

    content: bytes
    kept: frozenset[str]


def key_of(*parts: str) -> str:
    """One key of all that rows were made of."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def note(data: DataFolder, table: str, round_name: str, file_sha256: str, keys: Keys) -> None:
    """Remember of what the rows of each filing were made, in the file that was just written."""
    with beside(data.carried(table, round_name)) as path:
        path.write_text(json.dumps({"file": file_sha256, "keys": keys}), encoding="utf-8")


def noted(data: DataFolder, table: str, round_name: str) -> Keys | None:
    """The key of each filing in a table as it stands; None when nobody noted it, or another file stands there now."""
    try:
        return _noted_of(data, table, round_name, file_hash(data.table(table, round_name)))
    except OSError:
        return None


def _noted_of(data: DataFolder, table: str, round_name: str, file_sha256: str) -> Keys | None:
    try:
        found: dict[str, Any] = json.loads(data.carried(table, round_name).read_text(encoding="utf-8"))
        return found["keys"] if found["file"] == file_sha256 else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keys_from(data: DataFolder, inputs: Iterable[str], round_name: str, made_by: str) -> Keys | None:
    """The key that each filing gets in a table made of these; None when of one of them nothing was noted."""
    read = [noted(data, name, round_name) for name in inputs]
    known = [keys for keys in read if keys is not None]
    if len(known) < len(read):
        return None
    filings = sorted({filing for keys in known for filing in keys})
    return {filing: key_of(made_by, *(keys.get(filing, "") for keys in known)) for filing in filings}


def standing(data: DataFolder, table: str, round_name: str, keys: Keys) -> Standing:
    """A table as it stands, and the filings of which the rows in it are made of the same as now."""
    try:
        content = data.table(table, round_name).read_bytes()
    except OSError:
        return Standing(b"", frozenset())
    before = _noted_of(data, table, round_name, hashlib.sha256(content).hexdigest()) or {}
    same = frozenset(filing for filing, key in keys.items() if before.get(filing) == key)
    is_of_today = bool(same) and pq.read_schema(pa.BufferReader(content)).names == schema(table).names
    return Standing(content, same if is_of_today else frozenset())


def woven(stands: Standing, made: pa.Table, order: str = COMPANY) -> pa.Table | None:
    """The rows of kept filings as they stood with those just made, in the order of the whole: by company, or filing.

    Texts are by number, which takes a tenth of their memory; whoever writes them spells them out.
    None when a company has rows of several filings, so that their order cannot be told.
    """
    stood = _read(stands.content)
    old, new = blocks(stood, order), blocks(made.select(stood.column_names).cast(stood.schema), order)
    if old is None or new is None:
        return None
    wanted = [*(block for block in old if block.submission_id in stands.kept), *new]
    wanted.sort(key=lambda block: block.order)
    if any(one.order == other.order for one, other in pairwise(wanted)):
        return None
    return pa.concat_tables([stood.slice(0, 0), *pieces(wanted)])


def _read(content: bytes) -> pa.Table:
    """A table out of its file, its texts by number."""
    texts = [field.name for field in pq.read_schema(pa.BufferReader(content)) if pa.types.is_string(field.type)]
    return pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts).read()


def blocks(rows: pa.Table, order: str = COMPANY) -> list[Block] | None:
    """The rows per filing, in their order; None when those of a filing do not stand together."""
    if not rows.num_rows:
        return []
    filings = pc.call_function("run_end_encode", [rows.column("submission_id").cast(pa.string()).combine_chunks()])
    names, ends = filings.values.to_pylist(), filings.run_ends.to_pylist()
    if len(set(names)) < len(names):
        return None
    begins = [0, *ends[:-1]]
    orders = rows.column(order).take(pa.array(begins)).to_pylist()
    return [
        Block(place, name, rows, begin, end)
        for place, name, begin, end in zip(orders, names, begins, ends, strict=True)
    ]


def pieces(wanted: list[Block]) -> list[pa.Table]:
    """The rows of blocks, as few tables: thousands of small ones take longer to write than one large."""
    found: list[Block] = []
    for block in wanted:
        if found and found[-1].table is block.table and found[-1].end == block.begin:
            found[-1] = replace(found[-1], end=block.end)
        else:
            found.append(block)
    return [block.table.slice(block.begin, block.end - block.begin) for block in found]
