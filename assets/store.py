"""Where tables live and how they are written: Parquet files per round, and DuckDB in memory over them.

The only place that opens DuckDB and that knows the layout of the data folder; what the tables mean is elsewhere.
"""

from __future__ import annotations

import atexit
import errno
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from assets.files import beside, drop_half_written
from assets.no_pandas import begin_arrow
from assets.parquet import row_groups, write_groups
from assets.rounds import RoundError, is_round_name
from blueprint.arrow import schema
from blueprint.load import blueprint

if TYPE_CHECKING:
    import duckdb

# What a round of 2,000 companies gets by with, also when two of its tables are made at a time; what is more goes to
# disk, so that one round does not take the memory of the machine.
MEMORY_LIMIT = "640MiB"
INTERRUPTED = "Query interrupted"
DAY_SECONDS = 24 * 3600
# What the name of a table of the previous round begins with.
PREVIOUS = "previous_"
UNPROTECTED = "VERTROUWELIJK-NIET-BEVEILIGD"


# Arrow's own allocator asks for memory in huge pages, which the system first has to empty.
pa.set_memory_pool(pa.system_memory_pool())
begin_arrow()


@dataclass(frozen=True)
class DataFolder:
    """The data folder of one installation.

    A run that makes tables before their turn keeps them in `aside`: they are read from there, and put in place later.
    """

    root: Path
    aside: Path | None = None

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def curated(self) -> Path:
        return self.root / "curated"

    @property
    def dagster_home(self) -> Path:
        return self.root / "dagster"

    def round_folder(self, round_name: str) -> Path:
        """Where the files of a round stand as received; raises RoundError (Dutch) for what cannot be a name.

        Whoever asks for a round by name comes past here, so that no name leads out of the folder.
        """
        if not is_round_name(round_name):
            raise RoundError(
                f"{round_name!r} kan geen naam van een ronde zijn: gebruik letters, cijfers, punt en streepje."
            )
        return self.raw / round_name

    def cache(self, round_name: str) -> Path:
        """Where examined files are remembered; may be thrown away at any time."""
        return self.root / "cache" / round_name

    def records(self, round_name: str) -> Path:
        """What analysts decided about a round and loaded for it; only commands write there."""
        return self.root / "records" / round_name

    def carried(self, name: str, round_name: str) -> Path:
        """The note beside a table of what the rows of each filing were made of; may be thrown away at any time."""
        return self.root / "cache" / ".carried" / round_name / f"{name}.json"

    @property
    def spill(self) -> Path:
        """Where DuckDB keeps, while it works, what does not fit in its memory: a folder per process."""
        return self.root / "cache" / ".duckdb"

    def ahead(self, round_name: str) -> Path:
        """Where the run of a round keeps tables that were made before their turn."""
        return self.root / "cache" / ".ahead" / round_name

    def round_lock(self, round_name: str) -> Path:
        """Held by the run that works on the tables of a round."""
        return self.root / "cache" / f".{round_name}.lock"

    def memory_lock(self, round_name: str) -> Path:
        """Held by whoever examines the files of a round or reads what is remembered of them."""
        return self.root / "cache" / f".{round_name}.lock.memory"

    @property
    def reference(self) -> Path:
        """What analysts loaded for all rounds, such as emissions of the EU ETS."""
        return self.root / "reference"

    def status_page(self, round_name: str) -> Path:
        """The page that says where a round stands; it names companies and is for the analyst only."""
        return self.curated / "status" / f"round={round_name}" / "status.VERTROUWELIJK.html"

    def cases_page(self, round_name: str) -> Path:
        """The page with candidates for casework; nothing in it is protected yet, so it is for the analyst only."""
        return self.curated / "cases" / f"round={round_name}" / "casussen.VERTROUWELIJK.html"

    def table(self, name: str, round_name: str) -> Path:
        """The Parquet file of a table in a round; a pMIEK table carries its marking in its name."""
        new = self.new_table(name, round_name)
        return new if self.aside is None or new.exists() else replace(self, aside=None).new_table(name, round_name)

    def new_table(self, name: str, round_name: str) -> Path:
        """Where that file is written."""
        unprotected = blueprint().tables[name].kind == "pmiek"
        file = f"{name}.{UNPROTECTED}.parquet" if unprotected else f"{name}.parquet"
        return (self.aside or self.curated) / name / _folder_of(round_name) / file

    def feedback(self, round_name: str) -> Path:
        """Where the feedback of a round stands, a folder per submission; names no company, number or file."""
        return self.curated / "feedback" / f"round={round_name}"

    def letters(self, round_name: str) -> Path:
        """Where the letters to companies stand, a folder per mark of a company; names no company or number."""
        return self.curated / "letters" / f"round={round_name}"

    def release(self, round_name: str, number: int) -> Path:
        """The files of a release: what may leave the province, a folder per audience."""
        return self.root / "releases" / f"round={round_name}" / f"release={number:03}"

    def strategy(self, round_name: str, tier: str) -> Path:
        """The strategy documents of a round: `openbaar` may leave the province, `VERTROUWELIJK` may not."""
        return self.root / "strategy" / f"round={round_name}" / tier

    def site(self, round_name: str) -> Path:
        """The public pages of a round, as one folder to open from disk or to put on a web server."""
        return self.root / "site" / f"round={round_name}"

    def strategy_texts(self, province: str, tier: str) -> Path:
        """What a province wrote itself, a Markdown file per section; kept from round to round."""
        return self.own_texts / province / tier

    @property
    def own_texts(self) -> Path:
        """Where provinces keep what they wrote themselves, a folder per province."""
        return self.root / "strategy-texts"

    def ledger(self, round_name: str) -> Path:
        """What was released and, confidentially, what stood behind it; never thrown away."""
        return self.records(round_name) / "releases"

    def rounds(self) -> list[str]:
        """The rounds that were opened, by name."""
        return sorted(path.parent.name for path in self.raw.glob("*/round.yaml"))


def _folder_of(round_name: str) -> str:
    return f"round={round_name}"


@contextmanager
def connect(threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection in memory that cannot reach the network and leaves no file behind.

    Connections share one database of the process, since opening one takes longer than most questions: make only
    temporary views and tables, which no other connection sees. Raises OSError when the disk refuses.
    """
    import duckdb

    connection = _database(threads).cursor()
    try:
        connection.execute("set timezone = 'UTC'")
        yield connection
    except RuntimeError as error:
        # Who stops a program while DuckDB works gets this from it, whatever the program was to do then.
        if str(error) == INTERRUPTED:
            raise KeyboardInterrupt from None
        raise
    except duckdb.IOException:
        raise OSError(errno.EIO, "DuckDB") from None
    finally:
        connection.close()


@cache
def spill_into(data: DataFolder) -> None:
    """Let the connections of this process keep in a data folder what does not fit in memory; else that is an error.

    DuckDB throws it away when it is done; what a process left there that was stopped goes after a day.
    """
    own = data.spill / str(os.getpid())
    shutil.rmtree(own, ignore_errors=True)
    data.spill.mkdir(parents=True, exist_ok=True)
    for left in data.spill.iterdir():
        if time.time() - left.stat().st_mtime > DAY_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    _database(None).execute("set temp_directory = ?", [str(own)])


@contextmanager
def set_aside(data: DataFolder, round_name: str) -> Iterator[DataFolder]:
    """The data folder with a place aside for the tables that are made; what was not put in place goes at the end.

    Only for who keeps the round to itself: what a run left there, or half written, that was killed goes first.
    """
    aside = data.ahead(round_name)
    shutil.rmtree(aside, ignore_errors=True)
    for folder in data.curated.glob(f"*/{_folder_of(round_name)}"):
        drop_half_written(folder)
    aside.mkdir(parents=True)
    try:
        yield replace(data, aside=aside)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def put_in_place(data: DataFolder, name: str, round_name: str) -> None:
    """Let a table that was made aside take the place of the one of before; it can still be read aside.

    It is the same file under two names, where the disk can do so: no table is ever changed where it stands.
    """
    made = data.table(name, round_name)
    with beside(replace(data, aside=None).table(name, round_name)) as temporary:
        # A link that was made although it is said to have failed would be copied onto itself.
        temporary.unlink(missing_ok=True)
        try:
            temporary.hardlink_to(made)
        except (OSError, NotImplementedError):
            temporary.unlink(missing_ok=True)
            shutil.copyfile(made, temporary)


@cache
def _database(threads: int | None) -> duckdb.DuckDBPyConnection:
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": True,
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": "",
        # Gives back what a large question took, before the next one takes as much.
        "allocator_background_threads": True,
    }
    if threads is not None:
        config["threads"] = threads
    database = duckdb.connect(":memory:", config=config)
    atexit.register(database.close)
    return database


def write_table(data: DataFolder, name: str, round_name: str, rows: pa.Table | pa.RecordBatchReader) -> str:
    """Write a table of a round in the Blueprint's schema, beside the old file and then in its place.

    Rows must come ordered: same rows, same bytes, also when they come bit by bit. Returns the SHA-256 of the file.
    Raises ValueError when a column is missing or too many.
    """
    wanted = schema(name)
    if set(rows.schema.names) != set(wanted.names):
        odd = sorted(set(rows.schema.names) ^ set(wanted.names))
        raise ValueError(f"{name}: columns differ from the Blueprint: {odd}")
    return write_groups(data.new_table(name, round_name), wanted, row_groups(rows))


def read_table(data: DataFolder, name: str, round_name: str, columns: Iterable[str] | None = None) -> pa.Table:
    """A table of a round, or some columns of it; an empty table with its schema when it was never written."""
    path = data.table(name, round_name)
    chosen = None if columns is None else list(columns)
    if path.exists():
        found = pq.ParquetFile(path).read(chosen)
        return found if chosen is None else found.select(chosen)
    empty = schema(name).empty_table()
    return empty if chosen is None else empty.select(chosen)


def rows_there(data: DataFolder, name: str, round_name: str | None) -> pa.Table | Path:
    """A table of a round as far as it is there: its file, or no rows without that round or when it was never run."""
    path = data.table(name, round_name) if round_name else None
    return path if path is not None and path.exists() else schema(name).empty_table()


def expose_rows(connection: duckdb.DuckDBPyConnection, name: str, source: pa.Table | Path, wanted: pa.Schema) -> None:
    """Make rows readable under a name; those of a file in the wanted columns.

    Under an earlier Blueprint a file may have lacked a column; it is empty then.
    """
    if isinstance(source, pa.Table):
        connection.register(name, source)
        return
    connection.register(f"{name}_wanted", wanted.empty_table())
    connection.execute(
        f"""
        create temp view {name} as select {", ".join(wanted.names)} from (
            select * from {name}_wanted
            union all by name
            select * from {parquet_sql(source)}
        )
        """
    )


def parquet_sql(path: Path) -> str:
    """What reads a Parquet file in SQL, where no parameter can stand."""
    escaped = str(path).replace("'", "''")
    return f"read_parquet('{escaped}', hive_partitioning = false)"


def read_reference(data: DataFolder, name: str) -> pa.Table:
    """A reference table in the Blueprint's schema; without rows when it was never loaded."""
    path = data.reference / f"{name}.parquet"
    return pq.ParquetFile(path).read().cast(schema(name)) if path.exists() else schema(name).empty_table()
