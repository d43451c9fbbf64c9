"""Checks that files examined beforehand give what a run alone would give, and that nothing of it stays behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.files import file_hash
from assets.intake import beforehand, bounded, register
from assets.intake import examine as examining
from assets.intake import take_in as taking
from assets.intake.take_in import examine_few, take_in
from assets.one_at_a_time import examining as keeping
from assets.rounds import Round, RoundError, write_round
from assets.sample.edits import put
from assets.store import DataFolder, read_table
from assets.workbooks.filing import Filing
from assets.workbooks.write import write_xlsx
from blueprint.load import blueprint

TABLES = (*(table.name for table in blueprint().sheet_tables), "findings", "submission_status", "filed_sites")


@pytest.fixture(autouse=True)
def _nothing_begun() -> Iterator[None]:
    beforehand.begin.cache_clear()
    yield
    beforehand.begin.cache_clear()


@pytest.fixture
def data(tmp_path: Path, settings: Round, valid: Callable[[], Filing]) -> DataFolder:
    """A round with two filings, one with an error, and a file that is no workbook."""
    data = DataFolder(tmp_path / "a")
    folder = data.round_folder(settings.round)
    write_round(folder, settings)
    for name, edit in (("a.xlsx", None), ("b.xlsx", put("connection", "connection_capacity_mva", 1.0))):
        filing = valid()
        filing.row("company")["kvk_number"] = f"9800000{1 if edit else 2}"
        if edit:
            edit(filing)
        write_xlsx(filing, folder / name, settings.years)
    (folder / "c.xlsx").write_bytes(b"geen werkmap")
    return data


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that a run reads, in children of its own; here they are read without."""
    names: list[str] = []

    def spy(paths: Any, work: Callable[[Path], Any], *_: Any) -> Any:
        for path in paths:
            names.append(path.name)
            yield path, work(path)

    monkeypatch.setattr(bounded, "read_many", spy)
    return names


def spied(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The processes that are begun from now on."""
    begun: list[Any] = []
    real = subprocess.Popen
    monkeypatch.setattr(beforehand.subprocess, "Popen", lambda *a, **k: begun.append(real(*a, **k)) or begun[-1])
    return begun


def hashes(data: DataFolder, settings: Round) -> dict[str, str]:
    return {name: file_hash(data.table(name, settings.round)) for name in TABLES}


def test_run_finds_what_was_examined_beforehand(
    data: DataFolder, settings: Round, children: list[str], tmp_path: Path
) -> None:
    examine_few(data, settings, most=3)
    assert children == []
    first, second = take_in(data, settings), take_in(data, settings)
    assert children == []
    assert (first.received, first.read_now, second.read_now) == (3, 3, 0)
    other = DataFolder(tmp_path / "b")
    shutil.copytree(data.raw, other.raw)
    alone = take_in(other, settings)
    assert children == ["a.xlsx", "b.xlsx", "c.xlsx"]
    assert (alone.states, alone.rows, alone.severities) == (first.states, first.rows, first.severities)
    assert hashes(other, settings) == hashes(data, settings)


def test_many_files_are_left_to_the_run(data: DataFolder, settings: Round, children: list[str]) -> None:
    examine_few(data, settings, most=2)
    assert take_in(data, settings).read_now == 3
    assert len(children) == 3


def test_file_that_may_be_readable_later_is_left_to_the_run(
    data: DataFolder, settings: Round, children: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = examining.extract_file

    def changed(path: Path) -> Any:
        found = real(path)
        if path.name == "a.xlsx":
            found.sha256 = "another"
        return found

    with monkeypatch.context() as patch:
        patch.setattr(examining, "extract_file", changed)
        examine_few(data, settings, most=3)
    assert take_in(data, settings).read_now == 3
    assert children == ["a.xlsx"]
    states = {row["file"]: row["state"] for row in read_table(data, "register", settings.round).to_pylist()}
    assert states["a.xlsx"] == "accepted_with_remarks"


@pytest.mark.parametrize("wrong", [MemoryError, RecursionError, ZeroDivisionError])
def test_file_that_ends_the_reading_is_left_to_the_run(
    data: DataFolder, settings: Round, children: list[str], monkeypatch: pytest.MonkeyPatch, wrong: type[Exception]
) -> None:
    def broken(path: Path) -> Any:
        raise wrong

    with monkeypatch.context() as patch:
        patch.setattr(examining, "extract_file", broken)
        with pytest.raises(wrong):
            examine_few(data, settings, most=3)
    assert take_in(data, settings).read_now == 3
    assert len(children) == 3


def test_memory_is_bounded_while_files_are_read_only(
    data: DataFolder, settings: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "extract_file", lambda path: bytearray(2 * examining.MEMORY_BYTES))
    with pytest.raises(MemoryError):
        examine_few(data, settings, most=3)
    assert len(bytearray(2 * examining.MEMORY_BYTES)) > 0


def test_batch_that_breaks_is_left_to_the_run(
    data: DataFolder, settings: Round, children: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(examining, "judge", broken)
        with pytest.raises(ZeroDivisionError):
            examine_few(data, settings, most=3)
    assert children == []
    assert take_in(data, settings).read_now == 3


def test_what_takes_long_is_left_to_the_run(
    data: DataFolder, settings: Round, children: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(examining.time, "monotonic", iter([0.0, 1.0, 2.5, 3.0]).__next__)
        examine_few(data, settings, most=3)
    assert take_in(data, settings).read_now == 3
    assert children == ["b.xlsx", "c.xlsx"]


def test_unreadable_file_that_was_half_there_is_read_again(
    data: DataFolder, settings: Round, children: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = data.round_folder(settings.round) / "a.xlsx"
    whole = path.read_bytes()
    real = examining.extract_file

    def half(file: Path) -> Any:
        if file == path:
            path.write_bytes(whole[:1000])
        return real(file)

    with monkeypatch.context() as patch:
        patch.setattr(examining, "extract_file", half)
        examine_few(data, settings, most=3)
    path.write_bytes(whole)
    take_in(data, settings)
    assert children == ["a.xlsx"]


def test_file_that_went_meanwhile_is_not_counted(data: DataFolder, settings: Round) -> None:
    examine_few(data, settings, most=3)
    (data.round_folder(settings.round) / "b.xlsx").unlink()
    taken = take_in(data, settings)
    assert (taken.received, taken.read_now) == (2, 2)


def test_batch_that_is_half_thrown_away_is_no_batch(
    data: DataFolder, settings: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    examine_few(data, settings, most=3)
    memory = taking.recall(data, settings)
    (batch,) = memory.batches()
    (batch / "findings.parquet").write_bytes(b"PAR1 no more")
    with monkeypatch.context() as patch:
        patch.setattr("shutil.rmtree", lambda *_, **__: None)
        memory.forget_damaged()
    assert memory.batches() == []
    assert take_in(data, settings).read_now == 3


def test_locks_of_two_rounds_differ(data: DataFolder) -> None:
    names = ("r1", "r1.memory", "r1.lock")
    assert len({lock(name) for name in names for lock in (data.round_lock, data.memory_lock)}) == 6


def test_only_what_came_since_the_last_run_is_looked_at(
    data: DataFolder, settings: Round, children: list[str], valid: Callable[[], Filing]
) -> None:
    folder = data.round_folder(settings.round)
    take_in(data, settings)
    children.clear()
    last_run = data.table("register", settings.round).stat().st_mtime
    for name in ("d", "e"):
        filing = valid()
        filing.row("company")["company_name"] = name
        write_xlsx(filing, folder / f"{name}.xlsx", settings.years)
    assert [file.file for file in register.scan(folder, since=last_run)] == ["d.xlsx", "e.xlsx"]
    # As if the register had been written after this one came.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(register, "_changed_at", lambda path: last_run - 1 if path.name == "e.xlsx" else last_run)
        examine_few(data, settings, most=9)
    assert take_in(data, settings).read_now == 2
    assert children == ["e.xlsx"]


def test_copy_that_keeps_its_old_date_is_new(data: DataFolder, settings: Round) -> None:
    take_in(data, settings)
    folder = data.round_folder(settings.round)
    copy = folder / "copy.xlsx"
    shutil.copyfile(folder / "a.xlsx", copy)
    os.utime(copy, (0, 0))
    since = data.table("register", settings.round).stat().st_mtime
    assert [file.file for file in register.scan(folder, since)] == ["copy.xlsx"]


def test_who_finds_somebody_at_it_leaves_at_once(data: DataFolder, settings: Round) -> None:
    code = (
        "import sys; from pathlib import Path; from assets.intake.take_in import examine_few;"
        " from assets.rounds import read_round; from assets.store import DataFolder;"
        f" data = DataFolder(Path({str(data.root)!r})); examine_few(data, read_round(data.raw / {settings.round!r}), 9)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with keeping(data, settings.round):
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert RoundError.__name__ in done.stderr


def test_process_ends_with_what_began_it() -> None:
    """Its input ends when the other is gone; here the reading of a pipe would last for ever."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    code = (
        "import time; from threading import Thread; from assets.intake import beforehand;"
        " Thread(target=beforehand._end_with_its_run, daemon=True).start(); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdin=subprocess.PIPE)
    process.communicate(timeout=50)
    assert process.returncode == 1


def test_process_watches_the_run_that_told_it(data: DataFolder, settings: Round) -> None:
    code = (
        "import time; from assets.intake import beforehand, take_in;"
        " take_in.examine_few = lambda *_: time.sleep(60); beforehand.main()"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdin=subprocess.PIPE)
    process.communicate(json.dumps([str(data.root), settings.round]).encode() + b"\n", timeout=50)
    assert process.returncode == 1


def test_process_that_is_told_no_round_ends_well() -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-m", beforehand.__name__], env=environment, stdin=subprocess.PIPE)
    process.communicate(timeout=50)
    assert process.returncode == 0


def test_process_is_begun_once_and_told_later(
    data: DataFolder, settings: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    begun = spied(monkeypatch)
    process = beforehand.begin()
    with beforehand.examining_beforehand(data.root, settings.round):
        assert begun == [process]
        begun[0].wait(timeout=50)
    assert taking.recall(data, settings).known() != set()
    beforehand.begin()
    assert len(begun) == 2
    begun[1].communicate(timeout=50)


def test_process_that_ended_before_it_was_told_is_no_loss(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = spied(monkeypatch)
    beforehand.begin()
    begun[0].kill()
    begun[0].wait()
    with beforehand.examining_beforehand(data.root, None):
        pass
    assert len(begun) == 1


def test_process_ends_in_time_though_alarms_were_ignored() -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    code = (
        "import signal, time; from assets.intake import beforehand;"
        " signal.signal(signal.SIGALRM, signal.SIG_IGN); signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM});"
        " beforehand.SECONDS = 1; beforehand._end_in_time(); time.sleep(60)"
    )
    assert subprocess.run([sys.executable, "-c", code], env=environment, timeout=50).returncode == -signal.SIGALRM


def test_other_process_examines_and_is_gone_afterwards(
    data: DataFolder, settings: Round, children: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    begun = spied(monkeypatch)
    with beforehand.examining_beforehand(data.root, settings.round):
        until = time.monotonic() + 60
        while begun[0].poll() is None and time.monotonic() < until:
            time.sleep(0.05)
    assert begun[0].returncode == 0
    assert take_in(data, settings).read_now == 3
    assert children == []


def test_other_process_is_ended_with_the_run(
    data: DataFolder, settings: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = spied(monkeypatch)
    with pytest.raises(KeyboardInterrupt), beforehand.examining_beforehand(data.root, settings.round):
        raise KeyboardInterrupt
    assert begun[0].returncode == -signal.SIGKILL


def test_run_goes_on_where_no_process_can_be_begun(
    data: DataFolder, settings: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> Any:
        raise BlockingIOError

    monkeypatch.setattr(beforehand.subprocess, "Popen", refused)
    with beforehand.examining_beforehand(data.root, settings.round):
        pass


def test_what_is_counted_beforehand_is_counted_once(data: DataFolder, settings: Round) -> None:
    examine_few(data, settings, most=3)
    memory = taking.recall(data, settings)
    assert [len(memory.examined_beforehand()), len(memory.examined_beforehand())] == [3, 0]
    assert len(memory.known()) == 3
