"""Checks the workbooks of tables: what somebody may see and no more, numbers as numbers, text that never runs."""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.utils import get_column_letter

from assets.export.make import INTERNAL, OPERATOR, PUBLIC, ExportError, export, find_operator
from assets.export.workbook import About, sheet_names, workbook
from assets.files import file_hash
from assets.release.ledger import NOTE, DamagedRecord
from assets.release.ledger import OPERATOR as OPERATOR_FOLDER
from assets.release.retract import retract
from assets.release.scan import Secrets, scan
from assets.store import DataFolder
from blueprint.arrow import schema
from blueprint.load import blueprint
from tests.assets.cooked import Cook
from tests.assets.given import completed
from tests.assets.strategy.made import FRISIAN, SETTINGS, trouble, write_round
from tests.assets.strategy.released import publish, released_rows


@pytest.fixture(scope="module")
def data(cook: Cook, tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """The round of troubles with a release; not to be changed."""
    found = DataFolder(tmp_path_factory.mktemp("export") / "data")
    filed = trouble()
    write_round(found, cook(filed, SETTINGS), filed)
    publish(found, released_rows())
    return found


@pytest.fixture
def given(data: DataFolder, tmp_path: Path) -> DataFolder:
    """The same with a file for Enexis, to be changed at will."""
    shutil.copytree(data.root, tmp_path / "eigen")
    found = DataFolder(tmp_path / "eigen")
    path = found.release(SETTINGS.round, 1) / f"{OPERATOR_FOLDER}enexis" / "grid_operator_sites.parquet"
    path.parent.mkdir(parents=True)
    wanted = pa.schema([field.with_nullable(True) for field in schema("grid_operator_sites")])
    row = {"grid_operator": "enexis", "energy_pj": Decimal("1.5")}
    pq.write_table(pa.Table.from_pylist([row], schema=wanted), path)
    note = found.ledger(SETTINGS.round) / "001" / NOTE
    kept = json.loads(note.read_text(encoding="utf-8")) | {"operator_files": {"enexis": file_hash(path)}}
    note.write_text(json.dumps(kept), encoding="utf-8")
    return found


def sheet(path: Path, name: str) -> list[dict]:
    heading, *rows = openpyxl.load_workbook(path)[name].iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rows]


def all_bytes(path: Path) -> bytes:
    with ZipFile(path) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


def test_the_public_workbook_holds_the_released_figures_and_nothing_of_a_company(
    data: DataFolder, tmp_path: Path
) -> None:
    made = export(data, SETTINGS, PUBLIC, tmp_path / "open.xlsx")
    assert made.path.name == "open.xlsx"
    rows = released_rows()
    assert made.rows == {name: len(rows[name]) for name in rows}
    found = sheet(made.path, "Energievraag")
    given = [row["energy_pj"] for row in rows["public_energy_demand"]]
    assert sorted(row["Energie (PJ)"] for row in found if row["Energie (PJ)"] is not None) == sorted(
        float(value) for value in given if value is not None
    )
    assert {row["Status van het cijfer"] for row in found} >= {"Getoond", "Niet getoond", "Niet opgegeven"}
    assert all(row["Energie (PJ)"] is None for row in found if row["Status van het cijfer"] == "Niet getoond")
    assert {"Alle", "Elektriciteit"} <= {row["Energiedrager"] for row in found}
    content = all_bytes(made.path)
    assert FRISIAN.encode() not in content
    assert b"ertrouwelijk: alleen" not in content
    again = export(data, SETTINGS, PUBLIC, tmp_path / "weer.xlsx")
    assert again.path.read_bytes() == made.path.read_bytes()


@pytest.mark.parametrize("name", [FRISIAN, "Élan & Zonen", "O'Hara <Brood>"])
def test_a_public_workbook_that_tells_of_a_company_is_not_written(name: str, cook: Cook, tmp_path: Path) -> None:
    found = DataFolder(tmp_path / "data")
    filed = trouble()
    for firm in filed["company"]:
        firm["company_name"] = name if firm["company_name"] == FRISIAN else firm["company_name"]
    write_round(found, cook(filed, SETTINGS), filed)
    rows = released_rows()
    rows["public_coverage"][0]["region_name"] = name
    publish(found, rows)
    with pytest.raises(ExportError, match="niet geschreven"):
        export(found, SETTINGS, PUBLIC, tmp_path / "open.xlsx")
    assert not list(tmp_path.glob("*.xlsx"))


def test_an_amount_is_found_in_a_workbook_however_it_is_written_there(tmp_path: Path) -> None:
    amounts = [round(9 + number / 99991, 5) for number in range(0, 90000, 997)]
    for at, amount in enumerate(amounts):
        rows = completed("pmiek_energy_demand", {"energy_pj": Decimal(str(amount))})
        path = tmp_path / f"{at}.xlsx"
        path.write_bytes(workbook(About("Proef", ()), {"pmiek_energy_demand": rows}))
        if len(str(amount)) > 6:
            assert scan([path], Secrets(frozenset(), frozenset({amount}))).found, amount


def test_the_confidential_one_says_so_in_its_name_and_on_every_sheet(data: DataFolder, tmp_path: Path) -> None:
    made = export(data, SETTINGS, INTERNAL, tmp_path / "alles.xlsx", ["company", "pMIEK energievraag"])
    assert made.path.name == "alles.VERTROUWELIJK.xlsx"
    assert list(made.rows) == ["company", "pmiek_energy_demand"]
    book = openpyxl.load_workbook(made.path)
    assert "Vertrouwelijk: alleen voor de analist" in book["Uitleg"]["A2"].value
    assert all_bytes(made.path).count(b"&amp;CVertrouwelijk") == len(book.sheetnames)
    assert FRISIAN in {row["Bedrijfsnaam"] for row in sheet(made.path, "Bedrijf")}
    every = export(data, SETTINGS, INTERNAL, tmp_path / "x.VERTROUWELIJK.xlsx")
    assert every.path.name == "x.VERTROUWELIJK.xlsx"
    assert {blueprint().tables[name].kind for name in every.rows} == {"pmiek"}


def test_an_operator_gets_its_own_file(given: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="Voor Stedin is in vrijgave 1 niets"):
        export(given, SETTINGS, OPERATOR, tmp_path / "a.xlsx", operator="Stedin")
    made = export(given, SETTINGS, OPERATOR, tmp_path / "a.xlsx", operator="ENEXIS")
    assert made.path.name == "a.VERTROUWELIJK.xlsx"
    (line,) = sheet(made.path, "Vestigingen voor de netbeheerde")
    assert (line["Netbeheerder"], line["Energie (PJ)"]) == ("Enexis", 1.5)
    with pytest.raises(ExportError, match="'company' is hier geen tabel"):
        export(given, SETTINGS, OPERATOR, tmp_path / "a.xlsx", ["company"], "enexis")
    with pytest.raises(ExportError, match="Noem de netbeheerder met --operator"):
        find_operator("")


def test_a_file_of_an_operator_that_was_changed_is_not_used(given: DataFolder, tmp_path: Path) -> None:
    path = given.release(SETTINGS.round, 1) / f"{OPERATOR_FOLDER}enexis" / "grid_operator_sites.parquet"
    pq.write_table(pq.ParquetFile(path).read().slice(0, 0), path)
    with pytest.raises(DamagedRecord, match="niet de inhoud van toen"):
        export(given, SETTINGS, OPERATOR, tmp_path / "a.xlsx", operator="enexis")
    assert not list(tmp_path.glob("*.xlsx"))


def test_a_heading_of_several_lines_has_room_above_the_first_row(data: DataFolder, tmp_path: Path) -> None:
    made = export(data, SETTINGS, PUBLIC, tmp_path / "open.xlsx")
    book = openpyxl.load_workbook(made.path)
    for page in book.worksheets[1:]:
        for number, cell in enumerate(page[1], start=1):
            room = page.column_dimensions[get_column_letter(number)].width
            lines = page.row_dimensions[1].height / 15
            assert len(str(cell.value)) <= lines * room, (page.title, cell.value)
    assert max(page.row_dimensions[1].height for page in book.worksheets[1:]) > 15


def test_a_release_that_was_taken_back_is_not_exported(given: DataFolder, tmp_path: Path) -> None:
    retract(given, SETTINGS, 1, "Verkeerd bestand", "A. Analist", dt.date(2026, 1, 1))
    with pytest.raises(ExportError, match="Vrijgave 1 van ronde proef is ingetrokken"):
        export(given, SETTINGS, PUBLIC, tmp_path / "a.xlsx")
    with pytest.raises(ExportError, match="Vrijgave 1 van ronde proef is ingetrokken"):
        export(given, SETTINGS, OPERATOR, tmp_path / "a.xlsx", operator="enexis")


def test_text_stays_text_whatever_it_begins_with() -> None:
    harm = ["=1+1", "+cmd", "@SUM(A1)", "-2", "http://x.example", "x\x07\u202ey", "12345678"]
    rows = completed("company", *({"submission_id": str(n), "company_name": name} for n, name in enumerate(harm)))
    content = workbook(About("Proef", ()), {"company": rows})
    book = openpyxl.load_workbook(io.BytesIO(content))
    heading, *lines = book["Bedrijf"].iter_rows()
    at = [cell.value for cell in heading].index("Bedrijfsnaam")
    cells = [line[at] for line in lines]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == [*harm[:5], "xy", "12345678"]
    with ZipFile(io.BytesIO(content)) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert b"<f>" not in whole
    assert b"hyperlink" not in whole


def test_what_cannot_be_made_is_said(data: DataFolder, tmp_path: Path) -> None:
    for out, names, told in (
        ("a.csv", [], "eindigt niet op .xlsx"),
        ("a.xlsx", ["company"], "'company' is hier geen tabel"),
        ("a.xlsx", ["public_enrgy_demand"], "Bedoelt u 'public_energy_demand'"),
    ):
        with pytest.raises(ExportError, match=told):
            export(data, SETTINGS, PUBLIC, tmp_path / out, names)
    empty = DataFolder(tmp_path / "leeg")
    with pytest.raises(ExportError, match="pces release --round proef"):
        export(empty, SETTINGS, PUBLIC, tmp_path / "a.xlsx")
    with pytest.raises(ExportError, match="pces run --round proef"):
        export(empty, SETTINGS, INTERNAL, tmp_path / "a.xlsx")
    assert not list(tmp_path.glob("*.xlsx"))


def test_a_workbook_that_is_there_is_left_alone(data: DataFolder, tmp_path: Path) -> None:
    with_notes = export(data, SETTINGS, INTERNAL, tmp_path / "a.xlsx").path
    with_notes.write_bytes(b"met notities")
    with pytest.raises(ExportError, match="bestaat al en is niet veranderd"):
        export(data, SETTINGS, INTERNAL, tmp_path / "a.xlsx")
    assert with_notes.read_bytes() == b"met notities"


def test_sheets_have_names_that_excel_takes_each_once() -> None:
    names = sheet_names(["Uitleg", "A/B: [c]", "x" * 40, "X" * 40, "Opslag, openbaar"])
    assert names == ["Uitleg 2", "A B   c", "x" * 31, f"{'X' * 28} 2", "Opslag"]


def test_the_type_of_every_table_can_be_written() -> None:
    tables: dict[str, pa.Table] = {name: completed(name, {}) for name in ("findings", "register", "site_demand")}
    book = openpyxl.load_workbook(io.BytesIO(workbook(About("Proef", ()), tables)))
    assert len(book.sheetnames) == 4
