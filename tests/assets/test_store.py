"""Checks how tables are written and read: same rows same bytes, all or nothing, in the Blueprint's schema."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets import files, parquet, store
from assets.files import file_hash
from assets.rounds import RoundError
from assets.store import DataFolder, connect, read_table, write_table
from blueprint.arrow import schema
from blueprint.load import blueprint

Rows = Callable[..., pa.Table]
PMIEK = [name for name, table in blueprint().tables.items() if table.kind == "pmiek"]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


def cell(pj: str) -> dict:
    keys = {"round": "proef", "province_code": "PV26", "year": 2030, "scenario": "plan", "carrier": "heat"}
    keys |= {"use": "energetic", "direction": "offtake", "sector": "food", "certainty": "all"}
    keys |= {"cell_status": "shown", "blueprint_version": "v", "factor_version": "f"}
    return {**keys, "energy_pj": Decimal(pj)}


def left_behind(data: DataFolder) -> list[str]:
    return sorted(path.name for path in data.curated.rglob("*") if path.is_file())


def test_same_rows_give_the_same_bytes_however_they_were_made(data: DataFolder, rows: Rows) -> None:
    lines = [{"site_id": f"V{number}"} for number in range(300)]
    whole = rows("site", *lines)
    pieces = pa.concat_tables([rows("site", *lines[:7]), rows("site", *lines[7:])])
    backwards = whole.select(list(reversed(whole.column_names))).replace_schema_metadata({"made": "elsewhere"})
    first = write_table(data, "site", "proef", whole)
    content = data.table("site", "proef").read_bytes()
    assert first == hashlib.sha256(content).hexdigest() == file_hash(data.table("site", "proef"))
    assert write_table(data, "site", "proef", pieces) == first
    assert write_table(data, "site", "proef", backwards) == first
    assert write_table(data, "site", "proef", rows("site", *lines[1:])) != first


@pytest.mark.parametrize("sizes", [[], [0], [7], [1, 5, 1], [2, 0, 2, 2], [3, 4, 9, 1]])
def test_rows_that_come_bit_by_bit_give_the_same_bytes(
    data: DataFolder, rows: Rows, monkeypatch: pytest.MonkeyPatch, sizes: list[int]
) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 3)
    whole = rows("site", *({"site_id": f"V{number}"} for number in range(sum(sizes))))
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    batches = [
        batch
        for size, end in zip(sizes, ends, strict=True)
        for batch in whole.slice(end - size, size).combine_chunks().to_batches()
    ]
    first = write_table(data, "site", "proef", whole)
    assert write_table(data, "site", "proef", pa.RecordBatchReader.from_batches(whole.schema, batches)) == first
    assert read_table(data, "site", "proef").equals(whole)


def test_written_rows_are_read_back(data: DataFolder, rows: Rows) -> None:
    table = rows("site", {"site_id": "V1"}, {"site_id": "V2", "is_ets": True, "latitude": 52.5})
    write_table(data, "site", "proef", table)
    assert read_table(data, "site", "proef").equals(table)
    some = ("latitude", "site_id")
    assert read_table(data, "site", "proef", some).equals(table.select(some))
    assert read_table(data, "site", "other", some).equals(table.select(some).slice(0, 0))


def test_table_that_was_never_written_is_empty_with_its_columns(data: DataFolder, rows: Rows) -> None:
    assert read_table(data, "site", "proef").equals(rows("site"))


@pytest.mark.parametrize("change", ["missing", "odd"])
def test_wrong_columns_are_refused(data: DataFolder, rows: Rows, change: str) -> None:
    table = rows("site", {})
    wrong = table.drop_columns(["is_ets"]) if change == "missing" else table.append_column("kleur", pa.array(["rood"]))
    with pytest.raises(ValueError, match="is_ets" if change == "missing" else "kleur"):
        write_table(data, "site", "proef", wrong)
    assert left_behind(data) == []


def test_empty_key_is_refused(data: DataFolder, rows: Rows) -> None:
    with pytest.raises(ValueError, match="null"):
        write_table(data, "pmiek_energy_demand", "proef", _without_year(rows("pmiek_energy_demand", cell("1"))))
    assert left_behind(data) == []


def _without_year(table: pa.Table) -> pa.Table:
    position = table.column_names.index("year")
    return table.set_column(position, pa.field("year", pa.int32()), pa.array([None], pa.int32()))


def test_more_decimals_than_declared_are_not_rounded_away(data: DataFolder, rows: Rows) -> None:
    table = rows("pmiek_energy_demand", cell("1"))
    position = table.column_names.index("energy_pj")
    finer = table.set_column(position, "energy_pj", pa.array([Decimal("0.0000000000005")], pa.decimal128(38, 13)))
    with pytest.raises(ValueError, match="data loss"):
        write_table(data, "pmiek_energy_demand", "proef", finer)


def test_hash_is_of_what_was_written_also_when_another_takes_its_place(
    data: DataFolder, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is carried over is noted under that hash: rows of another run would stand under keys of this one."""
    mine = write_table(data, "pmiek_energy_demand", "proef", rows("pmiek_energy_demand", cell("1")))
    replace = os.replace

    def overtaken(source: Path, target: Path) -> None:
        replace(source, target)
        Path(target).write_bytes(b"of another run")

    monkeypatch.setattr(files.os, "replace", overtaken)
    assert write_table(data, "pmiek_energy_demand", "proef", rows("pmiek_energy_demand", cell("1"))) == mine


@pytest.mark.parametrize("moment", ["writing", "renaming"])
def test_failing_write_leaves_the_old_file_and_nothing_else(
    data: DataFolder, rows: Rows, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    before = write_table(data, "site", "proef", rows("site", {}))

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(
        *((parquet.pq.ParquetWriter, "write_table", fail) if moment == "writing" else (files.os, "replace", fail))
    )
    with pytest.raises(OSError, match="disk full"):
        write_table(data, "site", "proef", rows("site", {}, {"site_id": "V2"}))
    assert file_hash(data.table("site", "proef")) == before
    assert left_behind(data) == ["site.parquet"]


def test_file_tells_what_its_columns_mean(data: DataFolder, rows: Rows) -> None:
    write_table(data, "pmiek_energy_demand", "proef", rows("pmiek_energy_demand", cell("1.5")))
    path = data.table("pmiek_energy_demand", "proef")
    found = pq.read_schema(path)
    assert found.metadata[b"title"].decode() == "pMIEK energievraag"
    assert found.metadata[b"description"].decode() == blueprint().tables["pmiek_energy_demand"].description
    assert found.metadata[b"blueprint_version"].decode() == blueprint().version
    assert found.metadata[b"marking"].decode() == blueprint().unprotected_mark
    energy = found.field("energy_pj")
    assert energy.type == pa.decimal128(38, 12)
    assert energy.metadata[b"unit"] == b"PJ"
    for field in found:
        assert field.metadata[b"title"], field.name
        assert field.metadata[b"description"], field.name
    with connect() as connection:
        known = connection.execute(
            "select decode(value) from parquet_kv_metadata(?) where decode(key) = 'marking'", [str(path)]
        ).fetchone()
    assert known == (blueprint().unprotected_mark,)


@pytest.mark.parametrize("name", PMIEK)
def test_unprotected_table_says_so_in_its_name(data: DataFolder, rows: Rows, name: str) -> None:
    assert data.table(name, "proef").name == f"{name}.VERTROUWELIJK-NIET-BEVEILIGD.parquet"
    write_table(data, name, "proef", rows(name))
    path = data.table(name, "proef")
    assert pq.read_schema(path).metadata[b"marking"].decode().startswith("VERTROUWELIJK, NIET BEVEILIGD")


def test_pmiek_tables_are_those_that_are_called_so_and_three_for_cases() -> None:
    called_so = {name for name in blueprint().tables if name.startswith("pmiek_")}
    assert set(PMIEK) == called_so | {"case_candidates", "round_change", "area_opportunities"}


def test_file_holds_no_statistics_of_single_values(data: DataFolder, rows: Rows) -> None:
    write_table(data, "site", "proef", rows("site", {"latitude": 52.5}))
    metadata = pq.read_metadata(data.table("site", "proef"))
    assert metadata.num_row_groups == 1
    columns = [metadata.row_group(0).column(position) for position in range(metadata.num_columns)]
    assert not any(column.is_stats_set or column.has_column_index for column in columns)


def test_duckdb_leaves_no_file_and_loads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with connect() as connection:
        for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
            assert connection.execute(f"select current_setting('{setting}')").fetchone() == (False,)
        # Without the extension that this would load, the address is a file that is not there or a plain refusal.
        with pytest.raises(duckdb.Error, match=r"(?i)httpfs|extension"):
            connection.execute("select * from read_parquet('https://pces.invalid/x.parquet')")
        connection.execute("create temp table made as select range as n from range(1000)")
    assert list(tmp_path.iterdir()) == []


def test_rounds_are_the_folders_that_were_opened(data: DataFolder) -> None:
    for name, opened in (("b", True), ("a", True), ("c", False)):
        data.round_folder(name).mkdir(parents=True)
        if opened:
            (data.round_folder(name) / "round.yaml").write_text("status: open")
    assert data.rounds() == ["a", "b"]


@pytest.mark.parametrize("name", ["../../x", "..", "", "/etc", "a/b", "a\\b", "a\n", "x" * 41])
def test_no_name_of_a_round_leads_out_of_the_folder(data: DataFolder, name: str) -> None:
    with pytest.raises(
        RoundError, match="kan geen naam van een ronde zijn: gebruik letters, cijfers, punt en streepje"
    ):
        data.round_folder(name)


def test_what_does_not_fit_in_memory_goes_to_the_data_folder_and_is_gone_afterwards(data: DataFolder) -> None:
    old = data.spill / "1"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    code = f"""
from pathlib import Path
from assets import store
store.MEMORY_LIMIT = "60MiB"
data = store.DataFolder(Path({str(data.root)!r}))
store.spill_into(data)
with store.connect() as connection:
    connection.execute("create temp table t as select repeat('x', 60) || i from range(2000000) as r(i)")
    assert [path for path in data.spill.rglob("*") if path.is_file()]
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    assert not list(data.spill.iterdir())


def no_second_name(*_: object) -> None:
    raise PermissionError


def unknown_here(*_: object) -> None:
    raise NotImplementedError


def said_to_fail(path: Path, target: Path) -> None:
    """As a network does that loses the answer and asks again."""
    os.link(target, path)
    raise FileExistsError


@pytest.mark.parametrize("link", [None, no_second_name, unknown_here, said_to_fail])
def test_table_made_aside_is_read_there_and_takes_its_place_when_told(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, link: Callable[..., None] | None
) -> None:
    if link is not None:
        monkeypatch.setattr(Path, "hardlink_to", link)
    rows = schema("same_site").empty_table()
    left = data.ahead("r") / "of a run that was killed"
    left.mkdir(parents=True)
    table = data.table("same_site", "r")
    half, other = table.with_name(f".{table.name}.9.tmp"), data.table("site", "s").with_name(".site.parquet.9.tmp")
    for path in (half, other):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"PAR1")
    with store.set_aside(data, "r") as folder:
        assert not left.exists()
        assert not half.exists()
        assert other.exists()
        store.write_table(folder, "same_site", "r", rows)
        assert not data.table("same_site", "r").exists()
        assert store.read_table(folder, "same_site", "r").equals(rows)
        store.put_in_place(folder, "same_site", "r")
        made = folder.table("same_site", "r")
        assert data.table("same_site", "r").samefile(made) is (link is None)
        content = made.read_bytes()
        assert data.table("same_site", "r").read_bytes() == content
        # What is made aside anew leaves alone what was put in place.
        other = pa.table({name: ["x"] for name in rows.schema.names}).cast(rows.schema)
        store.write_table(folder, "same_site", "r", other)
        assert data.table("same_site", "r").read_bytes() == content
    assert not data.ahead("r").exists()
    assert data.table("same_site", "r").read_bytes() == content


def test_who_stops_a_program_while_duckdb_works_stops_the_program() -> None:
    """DuckDB mostly looks up at once, and else when it is done."""
    code = """
import os, signal, threading
from assets.store import connect
try:
    with connect() as connection:
        seconds = connection.sql("select sum(a.i * b.i) from range(100000) a(i), range(30000) b(i)")
        threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()
        seconds.to_arrow_table()
except KeyboardInterrupt:
    print("gestopt")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "gestopt\n"


def test_disk_that_refuses_duckdb_is_a_disk_that_refuses(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="DuckDB"), connect() as connection:
        connection.sql(f"from {store.parquet_sql(tmp_path / 'weg.parquet')}").fetchall()


def test_nothing_is_kept_outside_the_data_folder() -> None:
    with connect() as connection:
        limit, folder = connection.execute(
            "select current_setting('memory_limit'), current_setting('temp_directory')"
        ).fetchone() or ("", "")
    assert limit == "640.0 MiB"
    assert folder == "" or Path(folder).parent.name == ".duckdb"
