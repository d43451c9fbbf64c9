"""Checks the document for a word processor as it is opened: named styles, tables with headings, pictures with words."""

from __future__ import annotations

import io
from dataclasses import replace

import docx as office
import pytest
from docx.oxml.ns import qn

from assets.strategy.office import docx
from assets.strategy.office_styles import (
    CELL,
    CELL_EDGES,
    NOTE,
    SMALL_CELL,
    SOURCE,
    TEXT_WIDTH,
    WARNING,
    is_crowded,
    widths,
)
from assets.strategy.words import plain
from tests.assets.strategy.conftest import Documents
from tests.assets.strategy.made import PLENTY


@pytest.fixture(scope="module")
def opened(documents: Documents):
    return office.Document(io.BytesIO(docx(documents("internal", PLENTY))))


def test_headings_are_styles_and_every_style_is_dutch(documents: Documents, opened) -> None:
    titles = [each.text for each in opened.paragraphs if each.style.name == "Heading 1"]
    assert titles == [section.title for section in documents("internal", PLENTY).sections]
    figures = [plain(chart.title) for section in documents("internal", PLENTY).sections for chart in section.charts]
    said = [each.text for each in opened.paragraphs if each.style.name == "Heading 2"]
    assert all(any(title in text for text in said) for title in figures)
    languages = {each.get(qn("w:val")) for each in opened.styles.element.iter(qn("w:lang"))}
    assert languages == {"nl-NL"}
    used = {each.style.name for each in opened.paragraphs}
    assert {NOTE, WARNING, SOURCE, "Caption", "List Bullet"} <= used


def test_the_mark_of_a_confidential_document_stands_on_every_page(documents: Documents, opened) -> None:
    assert opened.sections[0].header.paragraphs[0].text == "Vertrouwelijk"
    assert any(each.text.startswith("Vertrouwelijk. In dit document is niets beveiligd") for each in opened.paragraphs)
    public = office.Document(io.BytesIO(docx(replace(documents("internal", PLENTY), tier="public", sections=()))))
    assert "Vertrouwelijk" not in [each.text for each in public.sections[0].header.paragraphs]


def test_tables_repeat_their_heading_keep_rows_whole_and_stay_on_the_page(documents: Documents, opened) -> None:
    grids = [grid for section in documents("internal", PLENTY).sections for grid in section.grids]
    assert len(opened.tables) == len(grids)
    for table, grid in zip(opened.tables, grids, strict=True):
        first, *rest = table.rows
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in (first, *rest))
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == grid.caption
        assert sum(column.width.cm for column in table.columns) <= TEXT_WIDTH + 0.1
        assert {place.paragraphs[0].style.name for row in table.rows for place in row.cells} in ({CELL}, {SMALL_CELL})
    page = opened.sections[0]
    assert (round(page.page_width.cm, 1), round(page.page_height.cm, 1)) == (21.0, 29.7)


def test_a_picture_says_its_message(documents: Documents, opened) -> None:
    said = [each.get("descr") for each in opened.element.body.iter(qn("wp:docPr"))]
    charts = [chart for section in documents("internal", PLENTY).sections for chart in section.charts if chart.wide]
    assert said == [chart.alt for chart in charts]


def test_the_longest_word_of_a_column_fits_unless_the_page_is_too_small() -> None:
    narrow, wide = widths([("Nr", "Netbeheerder"), ("1", "een veel langere tekst die wel breken mag " * 5)])
    assert narrow < wide
    assert narrow + wide == pytest.approx(TEXT_WIDTH)
    assert sum(widths([("woord" * 20, "b")])) == pytest.approx(TEXT_WIDTH)
    assert min(widths([("Heel lange kop", "x"), ("1", "y" * 200)])) > 0
    assert sum(widths([("a", "b")])) == pytest.approx(TEXT_WIDTH)


def test_seven_years_of_nothing_filed_fit_in_smaller_letters_and_a_small_table_keeps_its_own() -> None:
    years = ("2023", "2025", "2027", "2030", "2035", "2040", "2050")
    texts = [("Energiedrager", *years), ("Elektriciteit", *["niet opgegeven"] * 7)]
    assert is_crowded(texts)
    assert not is_crowded([row[:4] for row in texts])
    # What 'opgegeven' takes in wide letters of 6.5 points, in centimetres.
    word = len("opgegeven") * 0.64 * 6.5 / 72 * 2.54
    assert all(width >= word + CELL_EDGES for width in widths(texts, small=True))
    assert sum(widths(texts, small=True)) == pytest.approx(TEXT_WIDTH)
