"""What comes out of a received file: values, places, marks, and refusals; never another exception."""

from __future__ import annotations

import datetime
import io
import json
import os
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import odf.opendocument
import odf.style
import odf.table
import odf.text
import openpyxl
import pytest
import xlsxwriter

from assets.intake.read import read_bytes, read_data, read_file
from assets.intake.sheets import UnreadableFile

STARTER = Path(__file__).parents[2] / "data" / "messy_starter"


NL, NUMBER = {"decimalChar": ","}, {"type": "number"}


def add_chart_sheet(book: xlsxwriter.Workbook) -> None:
    chart = book.add_chart({"type": "line"})
    assert chart is not None
    chart.add_series({"values": "=Grafiek!$C$4:$C$5"})
    book.add_chartsheet("Grafiek").set_chart(chart)


def workbook() -> bytes:
    """A workbook with one of everything."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        percent = book.add_format({"num_format": "0.0%"})
        date = book.add_format({"num_format": "dd-mm-yyyy"})
        sheet = book.add_worksheet("Vraag")
        sheet.write_row("B3", ["kvk", "hoeveelheid", "leeg"])
        sheet.write_row("B4", ["01234567", 12, None, True])
        sheet.write("B5", " spatie ")
        sheet.write("C5", 0.15, percent)
        sheet.write("D5", datetime.date(2030, 1, 2), date)
        write_formula = cast(Any, sheet).write_formula  # its type knows only whole numbers as value
        write_formula("E5", "=NA()", None, "#N/A")
        write_formula("F5", "=1+1", None, "")
        sheet.write("B6", "verborgen")
        sheet.set_row(5, None, None, {"hidden": True})
        sheet.set_row(50, None, None, {"hidden": True})
        sheet.merge_range("B7:C8", "samen")
        hidden = book.add_worksheet("Oud")
        hidden.write("A1", "  ")
        hidden.hide()
        add_chart_sheet(book)
        book.add_worksheet("Leeg")
    return data.getvalue()


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return data.getvalue()


def rule_of(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_data(data)
    return caught.value.rule


def test_workbook() -> None:
    sheet, old, empty = read_data(workbook())
    assert (sheet.name, sheet.hidden, sheet.first_row, sheet.first_column) == ("Vraag", False, 3, 2)
    assert sheet.rows == [
        ["kvk", "hoeveelheid", "leeg"],
        ["01234567", 12.0, None, True],
        [" spatie ", 0.15, datetime.date(2030, 1, 2)],
        ["verborgen"],
        ["samen"],
    ]
    assert type(sheet.rows[1][1]) is float
    assert sheet.marks == {
        (5, 3): "percent",
        (5, 5): "error:#N/A",
        (5, 6): "formula_without_value",
        (7, 2): "merged:2",
    }
    assert (sheet.hidden_rows, sheet.notation) == ({6}, None)
    assert (old.name, old.hidden, old.rows) == ("Oud", True, [["  "]])
    assert (empty.name, empty.rows) == ("Leeg", [])


def test_same_after_openpyxl_has_saved_it() -> None:
    data = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(workbook())).save(data)
    sheet = read_data(data.getvalue())[0]
    assert sheet.rows[1] == ["01234567", 12.0, None, True]
    assert sheet.marks[5, 5] == "formula_without_value"  # it keeps formulas and drops their values
    assert sheet.marks[5, 3] == "percent"
    assert sheet.hidden_rows == {6}


@pytest.mark.parametrize("name", ["calamine__date.xlsx", "calamine__date_1904.xlsx"])
def test_dates_of_both_date_systems(name: str) -> None:
    sheet = read_file(STARTER / name)[0]
    assert [row[0] for row in sheet.rows[:2]] == [datetime.date(2021, 1, 1), datetime.date(2021, 1, 2)]


def test_errors_of_a_real_file() -> None:
    sheet = read_file(STARTER / "calamine__errors.xlsx")[0]
    assert sheet.rows == []
    assert set(sheet.marks.values()) == {
        f"error:#{name}" for name in ("DIV/0!", "NAME?", "VALUE!", "NULL!", "REF!", "NUM!", "N/A")
    }


def test_places_of_real_files() -> None:
    sheet = read_file(STARTER / "calamine__header-row.xlsx")[0]
    assert (sheet.first_row, sheet.first_column, sheet.rows[0]) == (3, 1, [None, None, "Note 1"])
    merged = read_file(STARTER / "calamine__merge_cells.xlsx")[0]
    assert merged.marks == {(1, 1): "merged:2", (2, 1): "merged:1", (2, 2): "merged:3"}
    assert read_file(STARTER / "calamine__empty_sheet.xlsx")[0].rows == []
    texts = read_file(STARTER / "readxl__texty-dates-xlsx.xlsx")[0].rows
    assert texts[1] == [datetime.datetime(1985, 3, 11, 13, 0)]
    columns = read_file(STARTER / "readxl__unnamed-duplicated-columns.xlsx")[0]
    assert columns.rows[0] == [None, "var2", None, "var2"]


@pytest.mark.parametrize("path", sorted(STARTER.glob("*.xlsx")), ids=lambda path: path.name)
def test_same_text_and_numbers_as_openpyxl(path: Path) -> None:
    if "pass_protected" in path.name:
        assert rule_of(path.read_bytes()) == "file_password"
        return
    book = openpyxl.load_workbook(path, data_only=True)
    for sheet in read_file(path):
        for down, row in enumerate(sheet.rows):
            for right, value in enumerate(row):
                other = book[sheet.name].cell(sheet.first_row + down, sheet.first_column + right).value
                if isinstance(value, str | float | bool):
                    assert other == value


def test_ods() -> None:
    document: Any = odf.opendocument.OpenDocumentSpreadsheet()
    hide = odf.style.Style(name="weg", family="table")
    hide.addElement(odf.style.TableProperties(display="false"))
    document.automaticstyles.addElement(hide)
    table = odf.table.Table(name="Vraag")
    document.spreadsheet.addElement(table)
    cells = [
        {"valuetype": "string"},
        {"valuetype": "float", "value": "12"},
        {"valuetype": "percentage", "value": "0.5"},
        {"valuetype": "date", "datevalue": "2030-01-02"},
        {"formula": "of:=1/0", "valuetype": "float", "value": "0"},
        {"formula": "of:=1+1"},
    ]
    for visibility in ("visible", "collapse"):
        line = odf.table.TableRow(visibility=visibility)
        for attributes, text in zip(cells, ["01", "12", "50%", "x", "#DIV/0!", ""], strict=True):
            cell = odf.table.TableCell(**attributes)
            cell.addElement(odf.text.P(text=text))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(odf.table.Table(name="Oud", stylename=hide))
    data = io.BytesIO()
    document.write(data)
    sheet, old = read_data(data.getvalue())
    assert sheet.rows == [["01", 12.0, 0.5, datetime.date(2030, 1, 2), None]] * 2
    marks = {3: "percent", 5: "error:#DIV/0!", 6: "formula_without_value"}
    assert sheet.marks == {(row, column): mark for row in (1, 2) for column, mark in marks.items()}
    assert (sheet.hidden, sheet.hidden_rows, old.name, old.hidden) == (False, {2}, "Oud", True)


def replaced(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    assert old in parts[name]
    parts[name] = parts[name].replace(old, new)
    return zipped(parts)


def test_error_of_a_newer_excel_does_not_refuse_the_workbook() -> None:
    data = replaced(workbook(), "xl/worksheets/sheet1.xml", b"#N/A", b"#SPILL!")
    assert read_data(data)[0].marks[5, 5] == "error:#SPILL!"


def test_number_that_is_not_finite_is_text() -> None:
    for text in ("NaN", "inf", "-1e999"):
        data = replaced(workbook(), "xl/worksheets/sheet1.xml", b"<v>12</v>", f"<v>{text}</v>".encode())
        assert read_data(data)[0].rows[1][1] in ("nan", "inf", "-inf")


def test_workbook_with_only_a_chart() -> None:
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        add_chart_sheet(book)
    assert rule_of(data.getvalue()) == "file_no_sheets"


def test_refusal_does_not_repeat_a_cell() -> None:
    data = replaced(workbook(), "xl/worksheets/sheet1.xml", b't="b"><v>1', b't="b"><v>geheim')
    with pytest.raises(UnreadableFile) as caught:
        read_data(data)
    assert caught.value.rule == "file_damaged"
    assert "geheim" not in caught.value.detail


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("kvk;naam\n01;a,b\n", [["kvk", "naam"], ["01", "a,b"]]),
        ("kvk,naam\n01,a;b\n", [["kvk", "naam"], ["01", "a;b"]]),
        ("kvk\tnaam\n01\ta\n", [["kvk", "naam"], ["01", "a"]]),
        ("\ufeffkvk;naam\r\n1.234,5; x \r\n", [["kvk", "naam"], ["1.234,5", " x "]]),
        ('kvk;"naam;\nlang"\n1;"zei ""ja"""\n', [["kvk", "naam;\nlang"], ["1", 'zei "ja"']]),
        ("kvk\n01\n", [["kvk"], ["01"]]),
        ("\n\nkvk,naam\n;\n\n", [[], [], ["kvk", "naam"], [";"]]),
        ("a;b;c\n1;;\n;;3\n;;\n", [["a", "b", "c"], ["1"], [None, None, "3"]]),
        ("", []),
    ],
)
def test_csv(text: str, rows: list) -> None:
    (sheet,) = read_data(zipped({"map/vraag.csv": text, "__MACOSX/._vraag.csv": b"\xff"}))
    assert (sheet.name, sheet.first_row, sheet.first_column, sheet.notation) == ("vraag", 1, 1, None)
    assert sheet.rows == rows


def test_csv_that_names_its_delimiter() -> None:
    (sheet,) = read_data(zipped({"a.csv": "sep=;\r\nkvk;naam, lang, ja\r\n"}))
    assert (sheet.first_row, sheet.rows) == (2, [["kvk", "naam, lang, ja"]])


@pytest.mark.parametrize(
    ("part", "rule", "detail"),
    [
        ("kvk;naam\n1;Caf\xe9\n".encode("latin-1"), "csv_encoding", "byte 14"),
        (b"\xef\xbb\xbfkvk;\xe9\n", "csv_encoding", "byte 7"),
        ("kvk;naam\n".encode("utf-16"), "csv_encoding", "byte 0"),
        ("kvk;naam\n".encode("utf-16-le"), "csv_encoding", "byte 1"),
        (b'kvk;"naam\n1;2\n', "file_damaged", "regel"),
        (b'kvk;"na"am\n1;2\n', "file_damaged", "regel 1"),
        (b";" * 100 + b"x\n", "file_far_cell", "CW1"),
        (b"x\n" * 20_001, "file_far_cell", "A20001"),
        (b"x" * 200_000, "file_damaged", "regel"),
    ],
)
def test_csv_refused(part: bytes, rule: str, detail: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_data(zipped({"vraag.csv": part}))
    assert (caught.value.rule, detail in caught.value.detail) == (rule, True)


def test_two_csv_files_of_one_name() -> None:
    assert rule_of(zipped({"a/vraag.csv": "x", "b/vraag.csv": "x"})) == "file_damaged"


@pytest.mark.parametrize(
    ("package", "notations"),
    [
        (
            {"resources": [{"path": "a.csv", "dialect": {"decimalChar": ","}}, {"path": "b.csv"}]},
            ["nl", None],
        ),
        ({"dialect": NL, "resources": [{"path": ["a.csv"], "decimalChar": "."}]}, ["en", "nl"]),
        ({"resources": [{"path": "b.csv", "schema": {"fields": [NL, {}]}}]}, [None, "nl"]),
        ({"resources": [{"path": "b.csv", "schema": {"fields": [NL, {"decimalChar": "."}]}}]}, [None, None]),
        ({"resources": [{"path": "b.csv", "schema": {"fields": [NUMBER, {"type": "string"}]}}]}, [None, "en"]),
        ({"resources": [{"path": "b.csv", "schema": {"fields": [NUMBER, NUMBER | NL]}}]}, [None, None]),
        ({"resources": [{"path": "b.csv", "schema": {"fields": [{"type": "string"}]}}]}, [None, None]),
        ({"dialect": {"decimalChar": "x"}}, [None, None]),
        ({"resources": "a.csv", "dialect": [1]}, [None, None]),
        ([], [None, None]),
    ],
)
def test_declared_notation(package: object, notations: list) -> None:
    data = zipped({"datapackage.json": json.dumps(package), "a.csv": "x;y", "b.csv": "x;y"})
    assert [sheet.notation for sheet in read_data(data)] == notations


def test_unreadable_datapackage() -> None:
    for text in ("{", "[" * 100_000, b"\xff\xfe"):
        assert rule_of(zipped({"datapackage.json": text, "a.csv": "x"})) == "file_damaged"


@pytest.mark.parametrize("name", ["tabulator-py__bom", "tabulator-py__doublequote", "frictionless-py__invalid"])
def test_real_csv(name: str) -> None:
    path = STARTER / f"{name}.csv"
    assert rule_of(path.read_bytes()) == "file_not_recognised"
    (sheet,) = read_data(zipped({path.name: path.read_bytes()}))
    assert sheet.name == path.stem
    assert len(sheet.rows) > 1
    assert not str(sheet.rows[0][0]).startswith("\ufeff")


def test_real_csv_in_another_encoding() -> None:
    assert rule_of(zipped({"a.csv": (STARTER / "tabulator-py__latin1.csv").read_bytes()})) == "csv_encoding"


def test_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "groot.xlsx"
    with path.open("wb") as file:
        file.truncate(26_000_000)
    with pytest.raises(UnreadableFile, match="file_too_large"):
        read_file(path)


def test_file_that_is_gone_or_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFile, match="file_changed"):
        read_bytes(tmp_path / "weg.xlsx")
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"x")
    real, sizes = os.fstat, iter([1, 2])

    class Grown:
        st_size, st_mtime_ns = 1, 1

    def grows(number: int) -> object:
        grown = Grown()
        grown.st_size = next(sizes)
        return grown

    monkeypatch.setattr("assets.intake.read.os.fstat", grows)
    with pytest.raises(UnreadableFile, match="file_changed"):
        read_bytes(path)
    monkeypatch.setattr("assets.intake.read.os.fstat", real)
    assert read_bytes(path) == b"x"


def test_damage_is_always_a_refusal_or_sheets() -> None:
    chance = random.Random(20_260)
    whole = workbook()
    for _ in range(300):
        data = bytearray(whole[: chance.randrange(len(whole))] if chance.random() < 0.3 else whole)
        for _ in range(chance.choice([0, 1, 1, 5, 50])):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        _either(bytes(data))


def test_damage_inside_the_parts_is_always_a_refusal_or_sheets() -> None:
    """The check sum of a zip hides most damage from the reader; so it is also done before zipping."""
    chance = random.Random(20_261)
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    wanted = [name for name in parts if name.startswith("xl/")]
    outcomes = set()
    for _ in range(500):
        name = chance.choice(wanted)
        data = bytearray(parts[name])
        for _ in range(chance.choice([1, 1, 2, 8])):
            place = chance.randrange(len(data))
            if chance.random() < 0.5:
                data[place] = chance.choice(b'<>/"=&;0A9!? ')
            else:
                del data[place : place + chance.randrange(1, 9)]
        outcomes.add(_either(zipped({**parts, name: bytes(data)})))
    assert {"sheets", "file_damaged"} <= outcomes


def _either(data: bytes) -> str:
    try:
        sheets = read_data(data)
    except UnreadableFile as refused:
        return refused.rule
    assert sheets
    return "sheets"
