"""Writes rows as a Parquet file: the same rows, the same bytes, whatever they were read from.

Which rows, under which schema and where is for who calls; files that may leave the province are written in
`assets.release`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets.files import beside, file_hash

# DuckDB reads the row groups of a file side by side: one large group keeps one core busy.
ROW_GROUP = 100_000
# Where pyarrow looks for the schema that was written.
ARROW_SCHEMA = b"ARROW:schema"


def write_parquet(path: Path, rows: pa.Table) -> str:
    """Write rows to `path` as `write_groups` does."""
    return write_groups(path, rows.schema, row_groups(rows))


def row_groups(rows: pa.Table | pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The rows by ROW_GROUP at a time, and a table without rows when there are none.

    Of a reader no more is held than is written next.
    """
    if isinstance(rows, pa.Table):
        yield from (rows.slice(begin, ROW_GROUP) for begin in range(0, max(rows.num_rows, 1), ROW_GROUP))
        return
    waiting, is_first = rows.schema.empty_table(), True
    for batch in rows:
        waiting = pa.concat_tables([waiting, pa.Table.from_batches([batch])])
        while waiting.num_rows >= ROW_GROUP:
            yield waiting.slice(0, ROW_GROUP)
            waiting, is_first = waiting.slice(ROW_GROUP), False
    if waiting.num_rows or is_first:
        yield waiting


def write_groups(path: Path, wanted: pa.Schema, groups: Iterable[pa.Table]) -> str:
    """Write each table as a row group, without statistics of single values; returns the SHA-256 of the file.

    The file appears whole or not at all. Texts may come as they are or by number; they are read back as texts. All are
    written by number, which is dear only for texts of which no two in a group are equal.
    Raises ValueError when nothing stands where the schema asks for something.
    """
    numbered = pa.schema([field.with_type(_numbered(field.type)) for field in wanted])
    # Of measured numbers few are equal: looking each up takes longer, and more room, than writing it.
    repeated = [field.name for field in wanted if not _is_measured(field.type)]
    with beside(path) as temporary:
        with pq.ParquetWriter(
            temporary,
            numbered,
            compression="snappy",
            use_dictionary=repeated,  # pyright: ignore[reportArgumentType] - names of columns, too
            version="2.6",
            data_page_version="2.0",
            write_statistics=False,
            store_schema=False,
        ) as writer:
            # One group after another, since putting all pieces of a large table together takes its memory twice.
            for group in groups:
                columns = [_column(group.column(field.name), field) for field in numbered]
                writer.write_table(pa.Table.from_arrays(columns, schema=numbered))
            writer.add_key_value_metadata({**(wanted.metadata or {}), ARROW_SCHEMA: _encoded(wanted)})
        # Of what was written here: in its place another run may have put its own by then.
        return file_hash(temporary)


def distinct(path: Path, column: str) -> int:
    """How many different values stand in a column of a file that was written here; nothing is none of them."""
    rows = pq.ParquetFile(path, read_dictionary=[column]).read([column]).column(column)
    if not pa.types.is_dictionary(rows.type):
        return pc.call_function("count_distinct", [rows]).as_py()
    # The texts of a group are those that stand in it: to look at every row would take as long as to read them.
    return len({text for group in rows.chunks for text in group.dictionary.to_pylist()})


def _numbered(kind: pa.DataType) -> pa.DataType:
    return pa.dictionary(pa.int32(), kind) if pa.types.is_string(kind) else kind


def _is_measured(kind: pa.DataType) -> bool:
    return pa.types.is_decimal(kind) or pa.types.is_floating(kind)


def _encoded(wanted: pa.Schema) -> bytes:
    return base64.b64encode(wanted.serialize().to_pybytes())


def _column(column: pa.ChunkedArray, field: pa.Field) -> pa.Array:
    """A column as one array of the type of a field; texts numbered as they come, however they were numbered before."""
    if not pa.types.is_dictionary(field.type):
        whole = column.cast(field.type).combine_chunks()
    elif not pa.types.is_dictionary(column.type):
        whole = column.cast(field.type.value_type).combine_chunks().dictionary_encode()
    else:
        whole = _numbered_again(column.combine_chunks())
    if whole.null_count and not field.nullable:
        raise ValueError(f"{field.name}: null")
    return whole


def _numbered_again(column: pa.DictionaryArray) -> pa.DictionaryArray:
    used = column.indices.dictionary_encode()
    # The same text, or none, may have stood under several numbers.
    texts = column.dictionary.take(used.dictionary).dictionary_encode()
    return pa.DictionaryArray.from_arrays(texts.indices.take(used.indices), texts.dictionary)
