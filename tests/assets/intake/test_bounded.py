"""Many files in bounded child processes: order, time, memory, crashes."""

from __future__ import annotations

import importlib
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from assets.intake.bounded import read_many
from assets.intake.sheets import UnreadableFile

STARTER = Path(__file__).parents[2] / "data" / "messy_starter"
GIGABYTE = 1 << 30
JOBS = """
import os, resource, signal, sys, time
from pathlib import Path
from assets.intake.read import read_file
from assets.intake.sheets import UnreadableFile

def names(path):
    return ";".join(sheet.name for sheet in read_file(path)).encode()

def odd(path):
    name = path.name
    if name == "hang":
        while True:
            time.sleep(0.01)
    if name == "hang in C":
        import re
        re.match("(a+)+$", "a" * 50 + "b")
    if name == "memory":
        bytearray(8 << 30)
    if name == "many small":
        hoard = []
        while True:
            hoard.append(bytes(1_000_000))
    if name == "abort":
        os.abort()
    if name == "exit":
        os._exit(3)
    if name == "refuse":
        raise UnreadableFile("file_damaged", "kapot")
    if name == "bug":
        raise KeyError("geheim")
    if name == "interrupt":
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
    if name == "slow":
        time.sleep(0.3)
    if name == "limits":
        return repr((resource.getrlimit(resource.RLIMIT_CORE), os.readlink("/proc/self/fd/2")))
    if name == "array":
        import pyarrow as pa
        pa.array([1.0]).to_numpy()
        return str("pandas" in sys.modules)
    return name
"""


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module that the children can import too."""
    (tmp_path / "bounded_jobs.py").write_text(JOBS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(Path(__file__).parents[3])
    yield importlib.import_module("bounded_jobs")
    del sys.modules["bounded_jobs"]


def outcomes(work: Callable, names: list[str], workers: int = 2, timeout: float = 20) -> list:
    found = list(read_many(map(Path, names), work, workers, timeout, GIGABYTE))
    assert [path.name for path, _ in found] == names
    return [result.rule if isinstance(result, UnreadableFile) else result for _, result in found]


def test_results_in_order_and_refusals_between(jobs: ModuleType) -> None:
    names = [*"abc", "slow", "refuse", *"def"]
    assert outcomes(jobs.odd, names) == [*"abc", "slow", "file_damaged", *"def"]


@pytest.mark.parametrize("workers", [0, 2])
def test_whatever_a_file_does_the_rest_goes_on(jobs: ModuleType, workers: int) -> None:
    names = ["a", "abort", "b", "memory", "c", "exit", "d", "many small", "e", "bug", "f"]
    crashed, memory = "reader_crashed", "reader_memory"
    assert outcomes(jobs.odd, names, workers) == [
        "a", crashed, "b", memory, "c", crashed, "d", memory, "e", crashed, "f",
    ]  # fmt: skip


def test_a_file_that_hangs_is_stopped_in_time(jobs: ModuleType) -> None:
    started = time.perf_counter()
    names = ["a", "hang", "b", "hang in C", "c"]
    assert outcomes(jobs.odd, names, timeout=1) == ["a", "reader_timeout", "b", "reader_timeout", "c"]
    assert time.perf_counter() - started < 8


def test_detail_tells_the_place_of_a_fault_but_not_its_text(jobs: ModuleType) -> None:
    ((_, result),) = read_many([Path("bug")], jobs.odd, 1, 20, GIGABYTE)
    assert isinstance(result, UnreadableFile)
    assert result.detail.startswith("KeyError (bounded_jobs, regel ")
    assert "geheim" not in result.detail


def test_children_are_silent_and_leave_no_core(jobs: ModuleType) -> None:
    assert outcomes(jobs.odd, ["limits"]) == ["((0, 0), '/dev/null')"]


def test_paths_are_taken_as_it_goes(jobs: ModuleType) -> None:
    taken = itertools.count()
    paths = (Path(str(next(taken))) for _ in range(2_000))
    results = read_many(paths, jobs.odd, 2, 20, GIGABYTE)
    assert [next(results)[0].name for _ in range(3)] == ["0", "1", "2"]
    assert next(taken) <= 3 + 2 * 4
    results.close()


def test_real_files_in_children(jobs: ModuleType) -> None:
    paths = sorted(STARTER.iterdir())
    found = dict(read_many(paths, jobs.names, 2, 20, GIGABYTE))
    assert found[STARTER / "readxl__deaths.xlsx"] == b"arts;other"
    refused = {path.name: result.rule for path, result in found.items() if isinstance(result, UnreadableFile)}
    assert refused.pop("calamine__pass_protected.xlsx") == "file_password"
    assert set(refused.values()) == {"file_not_recognised"}
    assert list(found) == paths


def test_children_that_cannot_start_are_a_fault_of_ours(jobs: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "bounded_jobs.py").write_text("raise ImportError")
    with pytest.raises(RuntimeError, match="cannot start"):
        outcomes(jobs.odd, ["a", "b"])


def test_nothing_to_do(jobs: ModuleType) -> None:
    assert outcomes(jobs.odd, []) == []


def test_a_child_does_not_load_pandas_for_its_first_array(jobs: ModuleType) -> None:
    ((_, result),) = read_many([Path("array")], jobs.odd, 1, 20, GIGABYTE)
    assert result == "False"


def test_children_leave_it_to_their_parent_to_be_stopped(jobs: ModuleType) -> None:
    """Ctrl-C reaches every process of a terminal, and what a child says of it is a trace-back."""
    assert outcomes(jobs.odd, ["a", "interrupt", "b"]) == ["a", "interrupt", "b"]
