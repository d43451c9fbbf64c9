"""Checks that a Parquet file depends on its rows only, and reads back as they were."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import parquet
from assets.files import file_hash
from assets.parquet import distinct, row_groups, write_groups, write_parquet
from assets.store import connect, parquet_sql

WANTED = pa.schema(
    [
        pa.field("name", pa.string(), nullable=False, metadata={"title": "Naam"}),
        pa.field("remark", pa.string()),
        pa.field("amount_pj", pa.decimal128(38, 12), metadata={"unit": "PJ"}),
        pa.field("share", pa.float64()),
        pa.field("year", pa.int32()),
        pa.field("day", pa.date32()),
        pa.field("is_main", pa.bool_()),
    ],
    {"title": "Proef", "marking": "vertrouwelijk"},
)
TEXTS = [field.name for field in WANTED if pa.types.is_string(field.type)]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["a", "b", "ceé", ""]),
            "remark": st.sampled_from([None, "", "x", "y" * 40]),
            "amount_pj": st.one_of(st.none(), st.integers(-(10**6), 10**6).map(Decimal)),
            "share": st.one_of(st.none(), st.floats(allow_nan=False)),
            "year": st.one_of(st.none(), st.integers(2020, 2023)),
            "day": st.sampled_from([None, dt.date(2026, 1, 2)]),
            "is_main": st.sampled_from([None, True, False]),
        }
    ),
    max_size=12,
)


def numbered(rows: pa.Table, names: list[str]) -> pa.Table:
    """The same rows, their texts numbered in the order of `names`, of which some stand nowhere."""
    for name in TEXTS:
        indices = pa.array(
            [names.index(text) if text is not None else None for text in rows[name].to_pylist()], pa.int32()
        )
        texts = pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))
        rows = rows.set_column(rows.schema.get_field_index(name), name, texts)
    return rows


@given(lines=ROWS, cut=st.integers(0, 12), data=st.data())
def test_texts_by_number_give_the_bytes_of_texts(
    lines: list[dict[str, Any]], cut: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("files")
    whole = pa.Table.from_pylist(lines, schema=WANTED)
    known = ["a", "b", "ceé", "", "x", "y" * 40, "nergens"]
    parts = [numbered(part, data.draw(st.permutations(known))) for part in (whole.slice(0, cut), whole.slice(cut))]
    backwards = pa.concat_tables(parts).select(WANTED.names[::-1])
    assert write_groups(folder / "a", WANTED, [whole]) == write_groups(folder / "b", WANTED, [backwards])
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()
    read = pq.ParquetFile(folder / "a")
    assert read.schema_arrow.equals(WANTED, check_metadata=True)
    assert read.read().equals(whole)


def test_many_long_texts_in_several_groups_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 700)
    names = [f"{number:>1000}" for number in range(2000)]
    wanted = pa.schema([pa.field("name", pa.string(), nullable=False)])
    rows = pa.table({"name": names}, schema=wanted)
    indices = pa.array([1999 - number for number in range(2000)], pa.int32())
    by_number = pa.table({"name": pa.DictionaryArray.from_arrays(indices, pa.array(names[::-1]))})
    one = write_groups(tmp_path / "a", wanted, row_groups(rows))
    assert write_groups(tmp_path / "b", wanted, row_groups(by_number)) == one
    assert pq.ParquetFile(tmp_path / "b").num_row_groups == 3
    assert pq.ParquetFile(tmp_path / "b").read().equals(rows)
    with connect() as connection:
        found = connection.sql(f"select name from {parquet_sql(tmp_path / 'b')}").fetchall()
    assert [name for (name,) in found] == names


def test_text_under_two_numbers_and_none_under_a_number(tmp_path: Path) -> None:
    wanted = pa.schema([pa.field("name", pa.string())])
    twice = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 3], pa.int32()), pa.array(["a", "b", "a", None]))
    rows = pa.table({"name": ["a", "b", "a", None]}, schema=wanted)
    one = write_groups(tmp_path / "a", wanted, [rows])
    assert write_groups(tmp_path / "b", wanted, [pa.table({"name": twice})]) == one
    required = pa.schema([pa.field("name", pa.string(), nullable=False)])
    with pytest.raises(ValueError, match="name: null"):
        write_groups(tmp_path / "c", required, [pa.table({"name": twice})])


def test_nothing_where_something_must_stand_is_not_written(tmp_path: Path) -> None:
    rows = pa.table({name: pa.nulls(1, kind) for name, kind in zip(WANTED.names, WANTED.types, strict=True)})
    with pytest.raises(ValueError, match="name: null"):
        write_groups(tmp_path / "a", WANTED, [rows])
    assert list(tmp_path.iterdir()) == []


def test_large_table_stands_in_several_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 2)
    numbers = pa.table({"number": list(range(5))})
    path = tmp_path / "large.parquet"
    assert write_parquet(path, numbers) == file_hash(path)
    file = pq.ParquetFile(path)
    assert file.num_row_groups == 3
    assert file.read() == numbers


@given(lines=ROWS, cut=st.integers(0, 12))
def test_different_values_are_counted(
    lines: list[dict[str, Any]], cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("files") / "a"
    whole = pa.Table.from_pylist(lines, schema=WANTED)
    # Texts that stand in no row of a group, or in another group only, are none of it.
    parts = numbered(whole, ["nergens", "a", "b", "ceé", "", "x", "y" * 40])
    write_groups(path, WANTED, [parts.slice(0, cut), parts.slice(cut)])
    for name in ("name", "remark", "year"):
        assert distinct(path, name) == len({line[name] for line in lines} - {None})
