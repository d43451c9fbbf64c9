"""Where a form may be written, and what the CSV form makes of text that looks like a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.dialogue.form import facts, make_form
from assets.dialogue.guide import CONTACT, guide
from assets.dialogue.template import TemplateRefused, template_bytes, write_template
from assets.intake.csv_zip import read_csv_parts
from assets.intake.extract import extract
from assets.rounds import Round
from assets.workbooks.filing import Filing
from assets.workbooks.write import csv_text
from blueprint.load import blueprint

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), min_size=1)


@pytest.mark.parametrize("name", ["formulier.pdf", "formulier", "formulier.xls", "formulier.csv"])
def test_other_endings_are_refused(name: str, settings: Round, tmp_path: Path) -> None:
    with pytest.raises(TemplateRefused, match=r"\.xlsx .*\.ods .*\.zip"):
        write_template(make_form(settings), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_never_changed(settings: Round, tmp_path: Path) -> None:
    path = tmp_path / "formulier.xlsx"
    path.write_bytes(b"van mij")
    with pytest.raises(TemplateRefused, match="bestaat al"):
        write_template(make_form(settings), path)
    assert path.read_bytes() == b"van mij"
    (tmp_path / "los.xlsx").symlink_to(tmp_path / "nergens.xlsx")
    with pytest.raises(TemplateRefused, match="bestaat al"):
        write_template(make_form(settings), tmp_path / "los.xlsx")


def test_a_folder_that_is_not_there(settings: Round, tmp_path: Path) -> None:
    with pytest.raises(TemplateRefused, match=r"map .* bestaat niet"):
        write_template(make_form(settings), tmp_path / "nergens" / "formulier.xlsx")


@pytest.mark.parametrize("ending", [".ods", ".zip"])
def test_same_form_same_bytes(ending: str, settings: Round, filings: list[Filing]) -> None:
    form = make_form(settings, filings[0].tables)
    assert template_bytes(form, ending) == template_bytes(form, ending)


def test_zip_explains_itself_and_has_every_table_and_list(settings: Round) -> None:
    with zipfile.ZipFile(io.BytesIO(template_bytes(make_form(settings), ".zip"))) as archive:
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    assert set(texts) == {"Uitleg.txt", "Lijsten.csv", *(f"{table.name}.csv" for table in blueprint().sheet_tables)}
    assert "De jaren staan er onder elkaar" in texts["Uitleg.txt"]
    assert "Klik op een cel" not in texts["Uitleg.txt"]
    assert all(field.description in texts["Uitleg.txt"] for t in blueprint().sheet_tables for field in t.fields)
    labels = {row[1] for row in csv.reader(io.StringIO(texts["Lijsten.csv"]), delimiter=";")}
    assert {code.label for code in blueprint().codes["carriers"].codes} <= labels


@given(TEXT)
def test_text_in_csv_is_no_formula_and_is_read_as_it_was(text: str) -> None:
    written = csv_text(text, "nl")
    assert written[0] not in "=+-@\t"
    stream = io.StringIO(newline="")
    # What separates the cells is told by the headings, as in a form.
    csv.writer(stream, delimiter=";").writerows([["tekst", "eind"], [written, "einde"]])
    (sheet,) = read_csv_parts({"x.csv": stream.getvalue().encode()})
    assert sheet.rows == [["tekst", "eind"], [text, "einde"]]


def test_units_above_a_heading_keep_their_capitals(settings: Round) -> None:
    columns = {column.heading: facts(column) for column in make_form(settings).sheet("energy_demand").columns}
    assert columns["2023 piek (MW)"] == "soms verplicht\npiekvermogen (MW)"
    assert columns["2023"] == "soms verplicht\nwaarde"


def test_sheets_of_the_form_are_known_by_name_only(settings: Round) -> None:
    parts = {"Lijsten.csv": b"a;b\n1;2\n", "Uitleg.txt": b"", "Lijstje.csv": b"a;b\n1;2\n"}
    rules = [(problem.rule, problem.sheet) for problem in extract(read_csv_parts(parts)).problems]
    assert ("sheet_unknown", "Lijstje") in rules
    assert not [rule for rule in rules if rule[1] in ("Lijsten", "Uitleg.txt")]


def test_form_names_whom_to_ask() -> None:
    asked = "J. Bakker, 058-1234567"
    said = [line.text for line in guide(make_form(Round(round="r", contact=asked))) if line.kind == "answer"]
    assert said == [asked]
    assert [line.text for line in guide(make_form(Round(round="r"))) if line.kind == "answer"] == [CONTACT]


def test_form_without_a_round_leaves_it_open() -> None:
    sheet = make_form(Round(round="")).sheet("submission")
    by_name = {
        column.field.name: (value, column.fixed) for column, value in zip(sheet.columns, sheet.rows[0], strict=True)
    }
    assert by_name["round"] == (None, False)
    assert by_name["base_year"] == (2023, True)
    assert by_name["blueprint_version"] == (blueprint().version, True)
