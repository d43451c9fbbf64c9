"""The marked copy says what was found, harms nobody, and disturbs nothing when it is filed again."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from assets.dialogue import feedback_look, feedback_workbook
from assets.dialogue.feedback_cells import CellSheet
from assets.dialogue.feedback_workbook import LIST, MAX_LINKS, Copied, NoCopy, copy_names, write_copy
from assets.dialogue.form import make_form
from assets.dialogue.template import template_bytes
from assets.dialogue.xlsx_looks import choices_of
from assets.intake.examine import Examined
from assets.intake.read import read_file
from assets.intake.sheets import Marks, Sheet, Value
from assets.rounds import Round
from assets.sample.mistakes import CELLS, MISTAKES, REMARKS, UNREADABLE, VALUES, write_faulty
from assets.workbooks.filing import Filing
from assets.workbooks.pack import pack
from assets.workbooks.write import csv_texts, write_ods, write_xlsx
from blueprint.load import blueprint

YEARS = (2023, 2025, 2027, 2030, 2035, 2040, 2050)
KENMERK = "0123456789abcdef"
READABLE = [name for name, mistake in MISTAKES.items() if mistake not in UNREADABLE]
# What a copy cannot keep, because it shows what was hidden, takes apart what was merged, holds no formula, and adds
# the empty sheet of a table that is missing.
GONE = {
    "cells_merged": {"cell_merged"},
    "formula_without_value": {"formula_without_value"},
    # Of headings that are taken apart it is told otherwise what is lost.
    "header_merged": {"header_lost"},
    "row_hidden": {"row_hidden"},
    "sheet_hidden": {"sheet_hidden"},
    "sheet_missing": {"sheet_missing"},
    "value_by_a_link": {"cell_linked"},
}
CAME = {
    "formula_without_value": {"cell_error"},
    "header_merged": {"header_lost"},
    "sheet_missing": {"no_row"},
}
ADDED = {"sheet_missing": "Bedrijf"}
NASTY = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|'/c calc'!A0",
    "<script>alert(1)</script>",
    "<r><t>rijk</t></r>",
    "<r></t></si></sst>kapot</r>",
    "http://kwaad.example/x",
    "file:///etc/passwd",
    "{=1+1}",
    "_x0041_",
    "a\x01b\x1fc\ufffe\ud800",
    "  spaties \n en regels ",
    "x" * 40_000,
    "\U0001f600" * 20_000,
)


def finding(sheet: str | None, cell: str, severity: str = "error", **more: Any) -> dict[str, Any]:
    letters, digits = cell.rstrip("0123456789"), cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return {
        "sheet": sheet,
        "cell": cell if letters and digits else None,
        "row_number": int(digits) if digits else None,
        "column_letter": letters or None,
        "table_name": None,
        "field_name": None,
        "rule": "number",
        "severity": severity,
        "severity_label": blueprint().codes["severities"].label(severity),
        "title": "Geen getal",
        "message": "Bij 'Waarde' staat 'x'; dat is geen getal.",
        "value_as_filed": "x",
        "allowed": None,
        "consequence": False,
        **more,
    }


def labelled(found: dict[str, Any]) -> dict[str, Any]:
    rule = blueprint().rules[found["rule"]]
    label = blueprint().codes["severities"].label(found["severity"])
    return {**found, "severity_label": label, "title": rule.title, "consequence": rule.consequence}


def sheet(name: str, *rows: list[Value], marks: Marks | None = None, at: tuple[int, int] = (1, 1)) -> Sheet:
    return Sheet(name, False, *at, [list(row) for row in rows], marks or {}, frozenset(), None)


def opened(path: Path) -> Any:
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


def cells(book: Any) -> Iterator[Any]:
    for one in book.worksheets:
        for row in one.iter_rows():
            yield from row


def key(found: dict[str, Any]) -> tuple:
    return tuple(found[name] for name in ("sheet", "cell", "row_number", "rule", "severity", "message"))


@pytest.fixture(scope="module")
def copies(clean: Filing, look: Callable[[Path], Examined], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Every readable mistake as filed, its marked copy filed again, and what is found in both."""
    filed, back = tmp_path_factory.mktemp("filed"), tmp_path_factory.mktemp("back")
    for name in READABLE:
        write_faulty(clean, [MISTAKES[name]], filed / name, YEARS)
    before = look(filed)
    for name in READABLE:
        mine = [labelled(f) for f in before.findings if f["file"] == name]
        assert isinstance(write_copy(back / name, read_file(filed / name), mine, KENMERK, "returned"), Copied)
    return before, look(back), back


def test_a_copy_filed_again_gives_the_same_findings_at_the_same_cells(copies: Any) -> None:
    before, after, _ = copies
    for name in READABLE:
        old = {key(f) for f in before.findings if f["file"] == name}
        new = {key(f) for f in after.findings if f["file"] == name}
        assert {k[3] for k in old - new} == GONE.get(name, set()), name
        assert {k[3] for k in new - old} == CAME.get(name, set()), name
        places = {k[:3] for k in new - old if k[0] != ADDED.get(name)}
        assert places <= {k[:3] for k in old}, name


def test_a_sheet_that_is_missing_stands_ready_with_its_headings(copies: Any) -> None:
    rows = list(opened(copies[2] / "sheet_missing")["Bedrijf"].values)
    assert rows == [tuple(field.title for field in blueprint().tables["company"].fields)]


def test_a_copy_filed_again_is_read_as_the_same_rows(copies: Any) -> None:
    before, after, _ = copies
    assert before.counts == after.counts
    for name, rows in before.accepted.items():
        columns = [c for c in rows.column_names if c != "replaces_submission"]
        assert rows.select(columns).equals(after.accepted[name].select(columns)), name


def test_every_faulty_cell_has_colour_and_a_note_that_says_how_bad_it_is(copies: Any) -> None:
    before, _, back = copies
    for name in READABLE:
        book = opened(back / name)
        for found in (f for f in before.findings if f["file"] == name and f["cell"]):
            cell = book[found["sheet"]][found["cell"]]
            assert cell.fill.fgColor.rgb in {"FFFFC7CE", "FFFFE699", "FFDDEBF7"}, (name, found["cell"])
            note = cell.comment.text
            assert note.startswith(("Fout: ", "Waarschuwing: ", "Opmerking: "))
            assert found["message"] in note


def test_a_copy_names_the_filing_that_it_replaces(copies: Any) -> None:
    _, after, _ = copies
    assert set(after.accepted["submission"].column("replaces_submission").to_pylist()) == {KENMERK}


def offered(book: Any, title: str) -> dict[str, Any]:
    """The lists to choose from of a sheet, by the column at which they stand."""
    rules = book[title].data_validations.dataValidation
    return {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule for rule in rules if rule.type == "list"}


def test_a_copy_offers_the_lists_of_the_form(copies: Any) -> None:
    book, form, lists = opened(copies[2] / "carrier_unknown"), opened_form(), blueprint().form.lists
    assert book[lists].sheet_state == "hidden"
    assert list(book[lists].values) == list(form[lists].values)
    assert {name for name in form.defined_names if not name.startswith("codes_")} == set(book.defined_names)
    for table in blueprint().sheet_tables:
        heads = {str(cell.value): cell.column_letter for cell in book[table.title][1] if cell.value}
        wanted = {str(cell.value): cell.column_letter for cell in form[table.title][4] if cell.value}
        listed = {f.title for f in table.fields if f.codes or f.type == "boolean" or f.format == "municipality"}
        found, original = offered(book, table.title), offered(form, table.title)
        assert set(found) == {heads[title] for title in listed}, table.title
        for title in listed:
            mine, theirs = found[heads[title]], original[wanted[title]]
            assert mine.formula1.replace("2,", "5,") == theirs.formula1, (
                title
            )  # the copy has no lines above its headings
            assert (mine.errorStyle, mine.showErrorMessage) == ("warning", theirs.showErrorMessage)
            first, _, last = str(mine.sqref).partition(":")
            assert first == f"{heads[title]}2"
            assert bool(last) == (table.rows != "exactly_one")


def opened_form() -> Any:
    return openpyxl.load_workbook(io.BytesIO(template_bytes(make_form(Round(round="")), ".xlsx")))


def test_lists_follow_the_headings_as_they_were_filed(tmp_path: Path) -> None:
    rows: list[list[Value]] = [["Eenheid", None, "Energiedrager"], ["GWh", None, "Elektriciteit"]]
    write_copy(tmp_path / "x.xlsx", [sheet("Energievraag", *rows, at=(4, 2))], [], KENMERK, "accepted")
    found = offered(opened(tmp_path / "x.xlsx"), "Energievraag")
    assert set(found) == {"B", "D"}
    assert str(found["B"].sqref).startswith("B5:B")
    assert "MATCH($D5," in found["B"].formula1
    write_copy(tmp_path / "y.xlsx", [sheet("Energievraag", ["Eenheid", "Gebruik"], ["GWh"])], [], KENMERK, "accepted")
    assert offered(opened(tmp_path / "y.xlsx"), "Energievraag")["A"].formula1 == "lijst_units"
    write_copy(tmp_path / "z.xlsx", [sheet("Los blad", ["Eenheid", "Gebruik"])], [], KENMERK, "accepted")
    assert opened(tmp_path / "z.xlsx").sheetnames == [LIST, "Los blad"]


def restored(book: Any, clean_book: Any, found: list[dict[str, Any]]) -> None:
    """Put back, in every cell that is marked, what stands there in the filing without mistakes."""
    for one in found:
        if one["sheet"] in clean_book.sheetnames and one["cell"]:
            target, source = book[one["sheet"]][one["cell"]], clean_book[one["sheet"]][one["cell"]]
            target.value, target.number_format = source.value, source.number_format


# Mended by another cell than the one that is marked, or by taking a row away.
ELSEWHERE = {
    "two_companies", "row_twice", "cells_merged", "energy_row_empty", "carrier_unknown", "basis_without_factor",
    "use_not_allowed", "hydrogen_too_early", "unit_not_allowed", "delta_unit_not_allowed", "mwh_for_gwh",
    "copied_every_year", "municipality_empty", "year_not_asked", "year_absent", "feed_in_above_capacity",
    "contract_above_capacity", "peak_above_contract", "growth_high", "mwh_in_one_year", "projects_do_not_explain",
    "base_year_other", "plan_in_base_year", "basis_missing", "municipality_by_city", "gas_in_gwh", "petajoules",
    "steam_in_kwh",
    # A pair is marked at its first cell.
    "coordinate_elsewhere", "coordinate_swapped", "coordinate_abroad", "coordinate_at_sea", "coordinates_apart",
    "coordinate_half", "rd_half", "rd_swapped", "rd_abroad",
}  # fmt: skip


def test_a_copy_of_which_the_marked_cells_are_mended_has_no_findings(
    copies: Any, clean: Filing, look: Callable[[Path], Examined], tmp_path: Path
) -> None:
    before, _, back = copies
    write_xlsx(clean, tmp_path / "clean.xlsx", YEARS)
    clean_book = opened(tmp_path / "clean.xlsx")
    mended = tmp_path / "mended"
    mended.mkdir()
    names = [m.name for m in (*CELLS, *VALUES, *REMARKS) if m.name not in ELSEWHERE]
    for name in names:
        book = opened(back / name)
        restored(book, clean_book, [f for f in before.findings if f["file"] == name and not labelled(f)["consequence"]])
        book.save(mended / f"{name}.xlsx")
    assert len(names) > 30
    assert [(f["file"], f["rule"], f["cell"]) for f in look(mended).findings] == []


def test_a_copy_of_the_form_has_columns_as_wide_as_their_values_and_headings_that_wrap(tmp_path: Path) -> None:
    path, copy = tmp_path / "formulier.xlsx", tmp_path / "kopie.xlsx"
    path.write_bytes(template_bytes(make_form(Round(round="proef")), ".xlsx"))
    write_copy(copy, read_file(path), [finding("Energievraag", "A5")], KENMERK, "returned")
    target = opened(copy)["Energievraag"]
    assert target["A2"].value.startswith("Eén rij per vestiging")
    assert target.column_dimensions["A"].width < 15
    assert target["O4"].value == "2023 piek (MW)"
    assert target["O4"].alignment.wrap_text
    assert target.column_dimensions["O"].width < 15
    assert target.row_dimensions[3].height >= 30
    assert target.row_dimensions[4].height >= 30


def test_no_text_becomes_a_formula_or_markup(tmp_path: Path) -> None:
    rows: list[list[Value]] = [[text, 1.5] for text in NASTY]
    found = [finding("Blad", f"A{row}", message=text[:200]) for row, text in enumerate(NASTY, start=1)]
    path = tmp_path / "x.xlsx"
    write_copy(path, [sheet("Blad", *rows)], found, KENMERK, "returned")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert not [name for name, part in parts.items() if b"<f>" in part or b"<f " in part]
    assert not [name for name, part in parts.items() if b"TargetMode" in part]
    book = opened(path)
    assert all(cell.data_type != "f" for cell in cells(book))
    for row, text in enumerate(NASTY[:13], start=1):
        shown = book["Blad"].cell(row, 1)
        assert shown.value == text.replace("\r", "\n") or shown.value == text, text
        assert shown.number_format == "@"
    (again,) = [one for one in read_file(path) if one.name == "Blad"]
    assert again.rows[13][0] == "_x0041_"
    assert again.rows[14][0] == "a b c  "
    assert len(str(again.rows[16][0])) == 32_767
    assert len(str(again.rows[17][0]).encode("utf-16-le")) <= 2 * 32_767
    assert [row[1] for row in again.rows] == [1.5] * len(NASTY)


def test_values_come_back_as_what_they_were(tmp_path: Path) -> None:
    values: list[Value] = [
        "tekst", 0.1 + 0.2, 12_345_678_901_234_567, True, False, dt.date(2026, 3, 31), 1e300, -0.5, dt.date(1899, 5, 1)
    ]  # fmt: skip
    write_copy(tmp_path / "x.xlsx", [sheet("Los blad", [None], values, at=(4, 3))], [], KENMERK, "accepted")
    again = next(one for one in read_file(tmp_path / "x.xlsx") if one.name == "Los blad")
    assert (again.first_row + len(again.rows) - 1, again.first_column) == (5, 3)
    expected = [*values[:2], float(12_345_678_901_234_567), *values[3:-1], "01-05-1899"]
    assert [v.date() if isinstance(v, dt.datetime) else v for v in again.rows[-1]] == expected


def test_marks_of_cells_are_kept(tmp_path: Path) -> None:
    marks = {(2, 1): "percent", (2, 2): "error:#N/A", (3, 2): "formula_without_value", (2, 3): "error:Err:502"}
    write_copy(tmp_path / "x.xlsx", [sheet("Blad", ["a", "b", "c"], [0.45], marks=marks)], [], KENMERK, "returned")
    again = next(one for one in read_file(tmp_path / "x.xlsx") if one.name == "Blad")
    errors = {(2, 2): "error:#N/A", (3, 2): "error:#N/A", (2, 3): "error:#VALUE!"}
    assert again.marks == {(2, 1): "percent", **errors}


def test_names_of_sheets_are_made_such_that_excel_takes_them(tmp_path: Path) -> None:
    names = ["Ons 'blad' [1]", "a/b", "A_B", "x" * 40, "x" * 41, "History", "'aanhaling'", "Bevindingen"]
    sheets = [sheet(name, ["x"]) for name in names[:-1]]
    made = copy_names(sheets)
    assert len({name.casefold() for name in made.values()}) == len(made)
    found = [finding(name, "B2") for name in names[:-1]] + [finding("Bevindingen", "A1"), finding(None, "")]
    write_copy(tmp_path / "x.xlsx", [*sheets, sheet("Bevindingen", ["oud"])], found, KENMERK, "returned")
    book = opened(tmp_path / "x.xlsx")
    assert book.sheetnames == [LIST, *made.values()]
    links = {cell.hyperlink.location for cell in cells(book) if cell.hyperlink}
    assert links == {f"'{name.replace(chr(39), chr(39) * 2)}'!B2" for name in made.values()}


def test_limits_of_links_and_notes_are_not_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback_workbook, "MAX_LISTED", 3_000)
    rows: list[list[Value]] = [["x"] for _ in range(5_000)]
    found = [finding("Blad", f"A{row}") for row in range(1, 5_001)]
    write_copy(tmp_path / "x.xlsx", [sheet("Blad", *rows)], found, KENMERK, "returned")
    book = opened(tmp_path / "x.xlsx")
    assert sum(1 for cell in cells(book) if cell.hyperlink) == MAX_LINKS
    assert sum(1 for cell in cells(book) if cell.comment) == feedback_look.MAX_NOTES
    assert book["Blad"]["A5000"].fill.fgColor.rgb == "FFFFC7CE"
    assert "2000" in str(book[LIST].cell(3_000 + 7, 5).value)


@pytest.mark.parametrize("notation", ["nl", "en"])
@pytest.mark.parametrize("declared", [False, True])
def test_a_zip_of_csv_comes_back_as_a_workbook_that_reads_the_same(
    notation: Any, declared: bool, clean: Filing, look: Callable[[Path], Examined], tmp_path: Path
) -> None:
    texts = csv_texts(clean, YEARS, notation)
    parts = {name: text.encode() for name, text in texts.items()}
    if declared:  # the notation stands in the description of the files only
        heading = "Getalnotatie" if notation == "nl" else "number_notation"
        parts["submission.csv"] = parts["submission.csv"].replace(heading.encode(), b"Notitie")
        parts["datapackage.json"] = b'{"dialect": {"decimalChar": "%s"}}' % (b"," if notation == "nl" else b".")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(pack(parts))
    (tmp_path / "b").mkdir()
    copied = write_copy(tmp_path / "b" / "x", read_file(tmp_path / "a" / "x"), [], KENMERK, "superseded")
    assert isinstance(copied, Copied)
    assert copied.names["energy_demand"] == "Energievraag"
    before, after = look(tmp_path / "a"), look(tmp_path / "b")
    assert before.counts == after.counts
    for name, rows in before.accepted.items():
        columns = [c for c in rows.column_names if c != "sheet"]
        assert rows.select(columns).equals(after.accepted[name].select(columns)), name


def test_an_ods_comes_back_as_a_workbook_that_reads_the_same(
    clean: Filing, look: Callable[[Path], Examined], tmp_path: Path
) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    write_ods(clean, tmp_path / "a" / "x", YEARS)
    write_copy(tmp_path / "b" / "x", read_file(tmp_path / "a" / "x"), [], KENMERK, "superseded")
    before, after = look(tmp_path / "a"), look(tmp_path / "b")
    assert before.accepted == after.accepted
    assert [f for f in after.findings if f["severity"] != "info"] == []


@pytest.mark.parametrize("rule", ["row_too_long", "part_not_csv"])
def test_of_shifted_columns_no_copy_is_made(rule: str, tmp_path: Path) -> None:
    found = [finding("site", "A2", rule=rule)]
    assert write_copy(tmp_path / "x.xlsx", [sheet("site", ["a"])], found, KENMERK, "returned") == NoCopy("csv")
    assert not (tmp_path / "x.xlsx").exists()


def test_our_own_sheets_disturb_nobody(clean: Filing, look: Callable[[Path], Examined], tmp_path: Path) -> None:
    assert LIST in blueprint().form.sheets
    write_xlsx(clean, tmp_path / "clean.xlsx", YEARS)
    book = opened(tmp_path / "clean.xlsx")
    for name in blueprint().form.sheets:
        book.create_sheet(name).append(["KvK-nummer", "Bedrijfsnaam", "Sector"])
    book.save(tmp_path / "clean.xlsx")
    assert look(tmp_path).findings == []


def test_the_same_filing_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_copy(tmp_path / name, [sheet("Blad", ["x"])], [finding("Blad", "A1")], KENMERK, "returned")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    rows: list[list[Value]] = [[text, dt.date(2026, 1, 2)] for text in NASTY]
    found = [finding("Ons 'blad'", f"A{row}") for row in range(1, len(NASTY) + 1)]
    write_copy(tmp_path / "x.xlsx", [sheet("Ons 'blad'", *rows)], found, KENMERK, "returned")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path), "x.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    content = zipfile.ZipFile(io.BytesIO((tmp_path / "x.ods").read_bytes())).read("content.xml").decode()
    assert "table:formula" not in content
    assert content.count("<office:annotation") == len(NASTY)


def test_a_cell_that_comes_through_xlsxwriter_is_written_as_ours_are(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet: Any = book.add_worksheet("Blad", CellSheet)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, "<r>a & b</r>", book.add_format({"bold": True}))
    sheet.write_number(0, 1, 0.1)
    sheet.write_url(0, 2, "internal:'Blad'!A1", None, "A1")
    sheet.write_column(1, 1, ["x", "_x0041_"])
    book.close()
    found = openpyxl.load_workbook(path)["Blad"]
    assert [[cell.value for cell in row] for row in found.iter_rows()] == [
        ["<r>a & b</r>", 0.1, "A1"],
        [None, "x", None],
        [None, "_x005F_x0041_", None],  # openpyxl leaves the escape as it stands
    ]
    assert found["A1"].font.bold
    assert found["C1"].hyperlink is not None
    assert found.row_dimensions[1].height == 30


def test_no_list_to_choose_from_needs_a_prefix_in_its_formula() -> None:
    form = make_form(Round(round=""))
    plain, ours = Worksheet(), CellSheet()
    for sheet in form.sheets:
        for column in sheet.columns:
            above = sheet.columns[column.depends_on] if column.depends_on is not None else None
            formula = "=" + choices_of(column.choices or "x", above and above.choices, "$A$1")
            assert ours._prepare_formula(formula, True) == plain._prepare_formula(formula, True)
