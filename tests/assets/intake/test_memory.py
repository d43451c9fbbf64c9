"""What is remembered of examined files comes back per filing, in the order that is asked for."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pyarrow as pa
import pytest

from assets.intake import memory as module
from assets.intake.memory import JUDGED_BY, Memory
from assets.parquet import write_parquet

ROWS = pa.schema([("submission_id", pa.string()), ("row_number", pa.int64())])


def put_down(folder: Path, batch: str, filings: dict[str, list[int]]) -> None:
    lines = [{"submission_id": name, "row_number": row} for name in sorted(filings) for row in filings[name]]
    for table in ("site", "files"):
        write_parquet(folder / batch / f"{table}.parquet", pa.Table.from_pylist(lines, schema=ROWS))


def kept(memory: Memory, *wanted: str) -> list[tuple[str, int]]:
    rows = memory.of_filings("site", ROWS, wanted)
    assert rows.schema.equals(ROWS)
    return [(row["submission_id"], row["row_number"]) for row in rows.to_pylist()]


def test_what_judging_takes_from_other_packages_decides_what_is_remembered() -> None:
    """Else findings of older code stay after an upgrade. Tables and records are looked at anew in every run."""
    root = Path(module.__file__).parent.parent
    packages = {path.parent.name for path in root.glob("*/__init__.py")}
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((root / "intake").glob("*.py")))
    used = set(re.findall(r"^\s*from assets\.(\w+)", text, flags=re.MULTILINE)) & packages
    assert used == set(JUDGED_BY)


def test_filings_of_several_batches_come_in_the_order_asked_for(tmp_path: Path) -> None:
    put_down(tmp_path, "one", {"a": [1, 2], "c": [7]})
    put_down(tmp_path, "two", {"b": [3], "d": [4, 5]})
    put_down(tmp_path, "empty", {})
    memory = Memory(tmp_path)
    assert kept(memory, "a", "b", "c", "d") == [("a", 1), ("a", 2), ("b", 3), ("c", 7), ("d", 4), ("d", 5)]
    assert kept(memory, "d", "unknown", "a") == [("d", 4), ("d", 5), ("a", 1), ("a", 2)]
    assert kept(memory) == []
    assert kept(Memory(tmp_path / "nothing"), "a") == []


@pytest.mark.parametrize("seed", range(5))
def test_batches_change_nothing_and_no_row_is_lost(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    filings = {f"f{number:02d}": sorted(rng.sample(range(99), rng.randrange(5))) for number in range(20)}
    for name, rows in filings.items():
        put_down(tmp_path / "apart", f"batch-{name}", {name: rows})
    names = rng.sample(sorted(filings), len(filings))
    for begin in range(0, len(names), 7):
        put_down(tmp_path / "together", f"batch{begin}", {name: filings[name] for name in names[begin : begin + 7]})
    wanted = sorted(rng.sample(names, 15))
    expected = [(name, row) for name in wanted for row in filings[name]]
    assert kept(Memory(tmp_path / "apart"), *wanted) == kept(Memory(tmp_path / "together"), *wanted) == expected
