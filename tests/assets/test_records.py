"""Record files: what was added comes back, nothing is lost, and no text runs as a formula."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.records import FORMULA_STARTS, DamagedRecord, append, read, write

COLUMNS = ("who", "why")
texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=30)


@given(rows=st.lists(st.fixed_dictionaries({"who": texts, "why": texts})))
def test_what_is_written_comes_back(rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("records") / "r.csv"
    write(path, COLUMNS, rows)
    assert read(path, COLUMNS) == rows


def test_rows_are_added_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "r.csv"
    append(path, COLUMNS, [{"who": "a", "why": "1"}])
    append(path, COLUMNS, [{"who": "b", "why": "2"}, {"who": "c", "why": "3"}])
    assert [row["who"] for row in read(path, COLUMNS)] == ["a", "b", "c"]


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_text_runs_as_a_formula(start: str, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    write(path, COLUMNS, [{"who": "a", "why": f"{start}cmd|' /C calc'!A0"}])
    cell = path.read_text(encoding="utf-8-sig").partition("\n")[2].partition(";")[2].lstrip('"')
    assert cell.startswith("'")


def test_missing_file_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path / "none.csv", COLUMNS) == []


@pytest.mark.parametrize("content", [b"who\na\n", b"who;why\na;b;c\n", b"who;why\na\n", b"\xff\xfe\x00"])
def test_damaged_file_is_said_and_kept(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(content)
    with pytest.raises(DamagedRecord, match=r"r\.csv"):
        append(path, COLUMNS, [{"who": "a", "why": "b"}])
    assert path.read_bytes() == content
