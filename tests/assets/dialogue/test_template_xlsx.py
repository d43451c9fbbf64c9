"""The Excel form holds to what Excel accepts without repairing it, and counts what is missing as it says."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import warnings
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from assets.dialogue.form import Form, make_form
from assets.dialogue.missing import gaps
from assets.dialogue.template import template_bytes
from assets.rounds import Round
from assets.workbooks.filing import Filing
from blueprint.load import blueprint

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LONGEST = {"promptTitle": 32, "prompt": 255, "errorTitle": 32, "error": 225}
CELL_LIKE = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*|[Cc]\d*")


@pytest.fixture(scope="module")
def content(settings: Round, filings: list[Filing]) -> bytes:
    return template_bytes(make_form(settings, filings[0].tables), ".xlsx")


@pytest.fixture(scope="module")
def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def trees(parts: dict[str, bytes]) -> dict[str, ElementTree.Element]:
    return {name: ElementTree.fromstring(part) for name, part in parts.items() if "/worksheets/sheet" in name}


def areas(references: str) -> list[tuple[int, int, int, int]]:
    return [tuple(bound or 0 for bound in range_boundaries(part)) for part in references.split()]  # type: ignore[misc]


def overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def test_validations_are_what_excel_accepts(parts: dict[str, bytes]) -> None:
    seen = 0
    for name, tree in trees(parts).items():
        taken: list[tuple[int, int, int, int]] = []
        rules = tree.findall(f".//{MAIN}dataValidation")
        seen += len(rules)
        assert len(rules) <= 65_534
        for rule in rules:
            for attribute, longest in LONGEST.items():
                assert len(rule.get(attribute, "")) <= longest, (name, rule.get("sqref"), attribute)
            for formula in ("formula1", "formula2"):
                text = rule.findtext(f"{MAIN}{formula}") or ""
                assert len(text) <= 255, (name, text)
                assert not text.startswith('"'), "a list in the cell itself is bounded; ours have a name"
            for area in areas(rule.attrib["sqref"]):
                assert not any(overlap(area, other) for other in taken), (name, rule.get("sqref"))
                taken.append(area)
    assert seen > 100


def test_names_are_what_excel_accepts(parts: dict[str, bytes]) -> None:
    book = ElementTree.fromstring(parts["xl/workbook.xml"])
    sheets = [sheet.attrib["name"] for sheet in book.iter(f"{MAIN}sheet")]
    assert len(set(map(str.casefold, sheets))) == len(sheets)
    assert all(0 < len(sheet) <= 31 and not set(sheet) & set("[]:*?/\\") for sheet in sheets)
    names = [n.attrib["name"] for n in book.iter(f"{MAIN}definedName") if not n.attrib["name"].startswith("_xlnm")]
    assert len(set(map(str.casefold, names))) == len(names) > 20
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]{0,254}", name) and not CELL_LIKE.fullmatch(name) for name in names)


def test_every_name_that_a_rule_uses_is_there(parts: dict[str, bytes]) -> None:
    book = ElementTree.fromstring(parts["xl/workbook.xml"])
    names = {name.attrib["name"] for name in book.iter(f"{MAIN}definedName")}
    used = set()
    for tree in trees(parts).values():
        for formula in tree.iter(f"{MAIN}formula1"):
            used |= set(re.findall(r"\b(?:lijst|codes|van|aantal|keuzes)_\w+", formula.text or ""))
    assert used - names == set()
    lists = {f"lijst_{f.codes}" for t in blueprint().sheet_tables for f in t.fields if f.codes}
    assert lists | {"lijst_janee", "lijst_gemeenten", "codes_site", "codes_project"} <= used


def test_formulas_are_short_and_of_old_excel(parts: dict[str, bytes]) -> None:
    texts = []
    for tree in trees(parts).values():
        texts += [node.text or "" for tag in ("f", "formula") for node in tree.iter(f"{MAIN}{tag}")]
    assert len(texts) > 100
    assert max(map(len, texts)) < 8192
    functions = {name for text in texts for name in re.findall(r"([A-Z_.a-z]+)\(", re.sub(r'"[^"]*"', "", text))}
    assert functions <= {"SUMPRODUCT", "IF", "AND", "MAX", "COUNTA", "OFFSET", "MATCH", "INDEX"}


def test_openpyxl_reads_it_without_a_warning(content: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book: Any = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[0] == "Uitleg"
    assert book["Lijsten"].sheet_state == "hidden"
    assert {p.name: p.value for p in book.custom_doc_props.props} == {
        "Blueprint-versie": blueprint().version,
        "Formulierversie": blueprint().form.version,
        "Ronde": "2026-1",
        "Basisjaar": "2023",
    }


def test_protected_except_where_one_fills_in(content: bytes) -> None:
    book: Any = openpyxl.load_workbook(io.BytesIO(content))
    assert all(sheet.protection.sheet and not sheet.protection.password for sheet in book)
    first = blueprint().form.header_row + 1
    for table in blueprint().sheet_tables:
        sheet = book[table.title]
        assert all(cell.protection.locked for row in sheet.iter_rows(max_row=first - 1) for cell in row)
        open_cells = [cell.column_letter for cell in sheet[first] if not cell.protection.locked]
        fixed = ["A", "B", "C"] if table.name == "submission" else []
        assert len(open_cells) == sheet.max_column - len(fixed)
    assert not book["Vestigingen"].column_dimensions["A"].protection.locked


def test_same_form_same_bytes_and_text_is_no_formula(content: bytes, settings: Round, filings: list[Filing]) -> None:
    assert template_bytes(make_form(settings, filings[0].tables), ".xlsx") == content
    book = openpyxl.load_workbook(io.BytesIO(content))
    for table in blueprint().sheet_tables:
        assert [cell for row in book[table.title].iter_rows() for cell in row if cell.data_type == "f"] == []
    assert book["Bedrijf"]["B5"].value == "=1+1"


def test_every_column_has_help_and_a_unit_where_it_has_one(content: bytes, settings: Round) -> None:
    book, form = openpyxl.load_workbook(io.BytesIO(content)), make_form(settings)
    for sheet in form.sheets:
        for at, column in enumerate(sheet.columns, start=1):
            cell = book[sheet.title].cell(form.header_row, at)
            assert column.field.description in (cell.comment.text if cell.comment else "")
            if column.field.unit and column.field.unit != "pct":
                unit = blueprint().units[column.field.unit].label
                shown = {part.strip("() ") for part in re.split(r"[()]", unit)} | {column.field.unit, "uur", "°C"}
                assert any(part in column.heading for part in shown if part), column.heading


def spoiled(filings: list[Filing]) -> dict[str, list[dict[str, Any]]]:
    """A filing in which much is missing."""
    tables = {name: [dict(row) for row in rows] for name, rows in filings[0].tables.items()}
    tables["submission"][0]["submitted_on"] = None
    tables["company"] = []
    tables["site"][0].update(nea_permit_number=None, postcode=None, municipality_code=None)
    tables["site"][1].update(is_ets=False, nea_permit_number=None)
    tables["connection"][0].update(contracted_offtake_mw=None, grid_operator=None)
    for row in tables["energy_demand"]:
        if row["carrier"] == "electricity" and row["year"] in (2030, 2040):
            row["peak_mw"] = None
        if row["carrier"] == "steam":
            row["temperature_c"] = None
        if row["carrier"] == "oil":
            row["value"] = None
    tables["project"][3]["delta_unit"] = None
    return tables


def counted(form: Form) -> dict[tuple[str, str], int]:
    return {(s.title, gap.label): gap.count for s in form.sheets for gap in gaps(s, form, str)}


def shown(book: Any, form: Form) -> dict[tuple[str, str], int]:
    """What the sheet Controle says: the number beside each label, below the title of its sheet."""
    titles, found, title = {sheet.title for sheet in form.sheets}, {}, ""
    for label, _, number in book["Controle"].iter_rows(min_row=6, min_col=2, max_col=4, values_only=True):
        if label in titles:
            title = label
        elif label:
            found[title, label] = number
    return found


def test_what_is_missing_is_counted(settings: Round, filings: list[Filing]) -> None:
    full = make_form(settings, filings[0].tables)
    assert set(counted(full).values()) == {0}
    found = counted(make_form(settings, spoiled(filings)))
    assert {key: number for key, number in found.items() if number} == {
        ("Indiening", "Datum van indiening"): 1,
        ("Bedrijf", "KvK-nummer"): 1,
        ("Bedrijf", "Bedrijfsnaam"): 1,
        ("Bedrijf", "Sector"): 1,
        ("Bedrijf", "SBI-code"): 1,
        ("Bedrijf", "SBI-versie"): 1,
        ("Vestigingen", "Postcode"): 1,
        ("Vestigingen", "Gemeentecode"): 1,
        ("Vestigingen", "Vergunningnummer NEa"): 1,
        ("Aansluitingen", "Gecontracteerde afname (MW)"): 1,
        ("Aansluitingen", "Netbeheerder"): 1,
        ("Energievraag", "Piekvermogen (MW)"): 6,
        ("Energievraag", "Temperatuur (°C)"): 4,
        ("Energievraag", "Een waarde in ten minste één jaar"): 4,
        ("Projecten", "Eenheid van de verandering"): 1,
    }


def test_cached_counts_are_those_that_were_counted(settings: Round, filings: list[Filing]) -> None:
    form = make_form(settings, spoiled(filings))
    book = openpyxl.load_workbook(io.BytesIO(template_bytes(form, ".xlsx")), data_only=True)
    assert shown(book, form) == counted(form)
    assert book["Controle"]["D4"].value == sum(counted(form).values())


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_counts_the_same(settings: Round, filings: list[Filing], tmp_path: Path) -> None:
    form = make_form(settings, spoiled(filings))
    book = openpyxl.load_workbook(io.BytesIO(template_bytes(form, ".xlsx")))
    (tmp_path / "in").mkdir()
    book.save(tmp_path / "in" / "formulier.xlsx")  # without the cached outcomes, so that they must be computed
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run(
        [*convert, str(tmp_path), str(tmp_path / "in" / "formulier.xlsx")], check=True, capture_output=True, timeout=120
    )
    computed = openpyxl.load_workbook(tmp_path / "formulier.xlsx", data_only=True)
    assert shown(computed, form) == counted(form)
    assert computed["Controle"]["D4"].value == sum(counted(form).values())
