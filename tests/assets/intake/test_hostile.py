"""Hostile and strange files end in one finding or are read, in bounded processes, and never stop a round.

The files are made in `tests/fuzz/hostile.py`; the large and slow ones are tried and measured by `benchmarks.fuzz`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from assets.intake import examine as examining
from assets.intake import extract as extracting
from assets.intake.examine import Examined, Received, examine
from assets.intake.guard import guard
from assets.intake.parts import unzip
from assets.intake.read import read_data
from assets.intake.sheets import UnreadableFile
from assets.intake.take_in import take_in
from assets.rounds import Round, write_round
from assets.store import DataFolder, read_table
from assets.workbooks.filing import Filing
from assets.workbooks.write import write_xlsx
from tests.fuzz.hostile import HOSTILE, MAIN, STYLES, Hostile, large, many_findings, many_years, xlsx, zipped
from tests.fuzz.hostile import ods as ods_of

QUICK = tuple(one for one in HOSTILE if not one.slow)
READ = "READ"
# A reader that does what no file can be counted on to do; other files are read as ever.
ODD_READER = """
import os, signal, time
from assets.intake.extract import extract_file

def odd(path):
    if "hang" in path.name:
        while True:
            time.sleep(0.01)
    if "memory" in path.name:
        bytearray(8 << 30)
    if "kill" in path.name:
        os.kill(os.getpid(), signal.SIGKILL)
    if "exit" in path.name:
        os._exit(3)
    if "fault" in path.name:
        raise KeyError("geheim")
    return extract_file(path)
"""


@pytest.fixture(scope="module")
def examined(tmp_path_factory: pytest.TempPathFactory, settings: Round) -> Examined:
    """All files in one go, read by the bounded processes that a round uses."""
    folder = tmp_path_factory.mktemp("hostile")
    received = []
    for number, one in enumerate(QUICK):
        path = folder / f"{number:04d}"
        path.write_bytes(one.make())
        received.append(Received(path.name, path, path.name))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examining, "TIMEOUT_SECONDS", 90.0)  # how long it takes is measured elsewhere, on a quiet machine
        return examine(received, settings)


@pytest.mark.parametrize("number", range(len(QUICK)), ids=[one.name for one in QUICK])
def test_it_ends_in_its_finding_or_is_read(number: int, examined: Examined) -> None:
    one, submission = QUICK[number], f"{number:04d}"
    rules = [finding["rule"] for finding in examined.findings if finding["submission_id"] == submission]
    line = next(line for line in examined.files if line["submission_id"] == submission)
    assert line["refused"], "none of them is a filing"
    if line["readable"]:
        assert not one.rules or READ in one.rules
        assert "sheet_missing" in rules
    else:
        assert len(rules) == 1
        assert rules[0] in one.rules


def test_nothing_of_it_is_accepted(examined: Examined) -> None:
    assert {name: rows.num_rows for name, rows in examined.accepted.items() if rows.num_rows} == {}


def test_every_kind_has_a_name_of_its_own() -> None:
    names = [one.name for one in (*HOSTILE, *large())]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("make", [many_findings, many_years])
def test_one_file_cannot_flood_the_process_that_judges(
    make: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = read_data(make(20) if make is many_years else make(20, 17))
    assert extracting.extract(sheets).readable
    monkeypatch.setattr(extracting, "MAX_ROWS", 300)
    monkeypatch.setattr(extracting, "MAX_PROBLEMS", 100)
    with pytest.raises(UnreadableFile, match="file_expands_too_much"):
        extracting.extract(sheets)


def test_styles_without_end_are_refused_before_they_are_kept() -> None:
    styles = f"<styleSheet {MAIN}><cellXfs>{'<xf/>' * 200_001}</cellXfs></styleSheet>"
    with pytest.raises(UnreadableFile, match="file_expands_too_much"):
        guard(xlsx(parts={STYLES: styles}))


@pytest.mark.parametrize(
    "cell", ['office:value-pe="float" office:value="1"', 'office:value-type="Aloat" office:value="1"']
)
def test_ods_number_without_its_type_is_not_guessed(cell: str) -> None:
    row = f"<table:table-row><table:table-cell {cell}><text:p>1</text:p></table:table-cell></table:table-row>"
    with pytest.raises(UnreadableFile, match="file_damaged"):
        read_data(ods_of(row))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize("end", ["<sst><si><t>1</t></sst>", "<sst a=1/>", "<sst><x:a/></sst>", "<sst/><sst/>"])
def test_what_is_no_xml_is_not_read(part: str, end: str) -> None:
    with pytest.raises(UnreadableFile, match="file_damaged"):
        read_data(xlsx(parts={part: end.replace("sst", "worksheet") if "sheet1" in part else end}))


def test_name_before_the_content_must_be_the_name_in_the_directory() -> None:
    data = zipped({"site.csv": "a"})
    with pytest.raises(UnreadableFile, match="file_damaged"):
        unzip(data.replace(b"site.csv", b"sote.csv", 1))


# --- a whole round --------------------------------------------------------------------------------------------------


@pytest.fixture
def odd_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A reader that the child processes can import too."""
    (tmp_path / "odd_reader.py").write_text(ODD_READER)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(Path(__file__).parents[3])
    yield importlib.import_module("odd_reader")
    del sys.modules["odd_reader"]


def test_a_reader_that_hangs_eats_memory_or_dies_stops_no_round(
    odd_reader: ModuleType,
    valid: Callable[[], Filing],
    settings: Round,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(examining, "extract_file", odd_reader.odd)
    monkeypatch.setattr(examining, "TIMEOUT_SECONDS", 5.0)
    data = DataFolder(tmp_path / "data")
    folder = data.round_folder(settings.round)
    write_round(folder, settings)
    names = ("a", "b-hang", "c", "d-memory", "e", "f-kill", "g", "h-exit", "i-fault", "j")
    for number, name in enumerate(names):
        filing = valid()
        filing.row("company")["kvk_number"] = f"98{number:06d}"
        write_xlsx(filing, folder / f"{name}.xlsx", settings.years)
    (folder / "z-bom.xlsx").write_bytes(_bomb().make())
    take_in(data, settings)
    states = {row["file"]: row["state"] for row in read_table(data, "register", settings.round).to_pylist()}
    rules = {row["file"]: row["rule"] for row in read_table(data, "findings", settings.round).to_pylist()}
    counted = read_table(data, "company", settings.round).column("kvk_number").to_pylist()
    good = {name: f"98{number:06d}" for number, name in enumerate(names) if len(name) == 1}
    assert counted == sorted(good.values(), key=counted.index)
    assert {name for name, state in states.items() if state.startswith("accepted")} == {f"{n}.xlsx" for n in good}
    assert {name: rules[name] for name, state in states.items() if state == "unreadable"} == {
        "b-hang.xlsx": "reader_timeout",
        "d-memory.xlsx": "reader_memory",
        "f-kill.xlsx": "reader_crashed",
        "h-exit.xlsx": "reader_crashed",
        "i-fault.xlsx": "reader_crashed",
        "z-bom.xlsx": "file_expands_too_much",
    }


def _bomb() -> Hostile:
    return next(one for one in HOSTILE if one.name == "strings of 40 MB of blanks")
