"""Checks that a document stays whole and says what is the matter, whatever stands or is missing in its tables."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import docx as office
import pytest

from assets.store import DataFolder
from assets.strategy import firms
from assets.strategy.compose import compose
from assets.strategy.document import Chart, Document, Tier
from assets.strategy.office import docx
from assets.strategy.page import page
from assets.strategy.paper import pdf
from assets.strategy.tables import NoRelease, Tables
from assets.strategy.words import plain
from blueprint.strategy import strategy
from tests.assets.strategy.conftest import Documents
from tests.assets.strategy.made import (
    ALONE,
    EMPTY,
    FRISIAN,
    HARM,
    HOSTILE,
    LONG,
    PLENTY,
    SETTINGS,
    SINGLE,
    THOUSAND,
)

EVERY = [
    (tier, code)
    for tier in ("public", "internal")
    for code in (ALONE, "PV21", EMPTY, SINGLE, THOUSAND, HOSTILE, PLENTY)
]


class Text(HTMLParser):
    """What a reader sees of a page, and its tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown, self.tags, self._skipped = "", [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._skipped += tag in ("style", "svg")

    def handle_endtag(self, tag):
        self._skipped -= tag in ("style", "svg")

    def handle_data(self, data):
        if not self._skipped:
            self.shown += data


def section(document: Document, name: str) -> str:
    """All that a section says, without its tables."""
    found = next(each for each in document.sections if each.name == name)
    texts = []
    for block in found.blocks:
        texts += [
            getattr(block, "text", ""),
            *getattr(block, "items", ()),
            getattr(block, "title", ""),
            getattr(block, "note", ""),
        ]
    return plain(" ".join(texts))


def charts(document: Document) -> dict[str, Chart]:
    return {chart.grid.name: chart for each in document.sections for chart in each.charts}


@pytest.mark.parametrize(("tier", "code"), EVERY)
def test_every_document_is_whole(documents: Documents, tier: Tier, code: str) -> None:
    document = documents(tier, code)
    html = page(document)
    shown = Text(html)
    assert [each.name for each in document.sections] == [each.name for each in strategy().sections]
    assert all(each.blocks for each in document.sections)
    assert "script" not in shown.tags
    assert not re.search(r"\b(None|nan|NaN|Undefined|Decimal|inf)\b", shown.shown)
    assert not re.search("[\ue000-\uf8ff]", html)
    assert " ." not in shown.shown.replace("\n", " ")
    assert len(html) < 1_500_000
    assert pdf(document).startswith(b"%PDF")


def test_a_province_without_any_filing_says_so(documents: Documents) -> None:
    document = documents("internal", EMPTY)
    assert "geen enkel bedrijf uitgenodigd en heeft geen enkel bedrijf ingediend" in section(document, "deelname")
    assert "Leeg is niet hetzelfde als nul" in section(document, "energievraag")
    assert set(charts(document)) <= {"provincies"}
    assert "of er meer nodig is, is dus niet bekend" in section(document, "infrastructuur")
    assert "niet opgegeven" in section(document, "nederland")


def test_one_firm_is_told_in_the_singular_and_that_all_is_of_it(documents: Documents) -> None:
    document = documents("internal", ALONE)
    assert "1 bedrijf telt mee; elk cijfer hieronder is dus van dat ene bedrijf" in section(document, "deelname")
    assert "1 vestiging ligt in 1 gemeente" in section(document, "bedrijven")


def test_what_is_all_withheld_is_never_nought(documents: Documents) -> None:
    document = documents("public", ALONE)
    told = section(document, "energievraag")
    assert "geen enkel cijfer" in told
    assert "Dat is niet hetzelfde als nul" in told
    assert "niets van het elektrisch vermogen te tonen" in section(document, "vermogen")
    assert "alleen het totaal" not in section(document, "vermogen")
    grids = {grid.name: grid for each in document.sections for grid in each.grids}
    for name in ("energievraag-per-drager", "vermogen-per-netbeheerder"):
        # Without a picture it is no figure.
        assert name not in charts(document)
        assert {cell.text for row in grids[name].rows for cell in row[1:] if not isinstance(cell, str)} <= {
            "niet getoond",
            "niet opgegeven",
        }
    assert "niet te tonen" in section(document, "nederland")


def test_a_withheld_part_is_no_bar_and_is_named(documents: Documents) -> None:
    chart = charts(documents("public", "PV21"))["energievraag-per-drager"]
    assert "Elektriciteit, aardgas en waterstof zijn niet in elk jaar getoond" in chart.note
    assert "Aardgas" not in chart.wide
    (row,) = (row for row in chart.grid.rows if row[0] == "Aardgas")
    assert {cell.text for cell in row[1:] if not isinstance(cell, str)} == {"niet getoond"}


def test_one_carrier_only_is_a_bar_of_one_part(documents: Documents) -> None:
    for tier in ("public", "internal"):
        chart = charts(documents(tier, SINGLE))["energievraag-per-drager"]
        assert "Waterstof" in chart.wide
        assert "Elektriciteit" not in chart.wide


def test_a_thousandfold_jump_is_warned_of(documents: Documents) -> None:
    assert "wijst vaak op een verkeerde eenheid" in section(documents("internal", THOUSAND), "energievraag")
    assert "wijst vaak op een verkeerde eenheid" in section(documents("public", THOUSAND), "energievraag")
    assert "eenheid; vraag" not in section(documents("internal", PLENTY), "energievraag")


def test_names_are_text_whatever_is_in_them(documents: Documents) -> None:
    html = page(documents("internal", HOSTILE))
    assert "<script" not in html
    assert HARM in Text(html).shown
    assert LONG in Text(html).shown
    assert FRISIAN in Text(page(documents("internal", "PV21"))).shown
    opened = office.Document(io.BytesIO(docx(documents("internal", HOSTILE))))
    assert any(HARM in place.text for table in opened.tables for row in table.rows for place in row.cells)


def test_a_round_without_later_years_list_or_places_says_nothing_of_them(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    relaxed = ("energy_demand.peak_mw.required_if",)
    now = SETTINGS.model_copy(update={"target_years": (), "open_data": True, "relaxed_rules": relaxed})
    tables = Tables(data, now, "internal")
    table = tables._table("pmiek_coverage")
    uninvited = [row | {"invited_count": None, "missing_count": None} for row in tables.rows("pmiek_coverage")]
    tables._read["pmiek_coverage"] = table.from_pylist(uninvited, table.schema)
    monkeypatch.setattr(firms, "on_map", lambda code, year, known: [])
    document = compose(tables, PLENTY, lambda section: None)
    assert "5 ramingen tellen mee, uit open data" in section(document, "deelname")
    made = section(document, "verantwoording")
    assert "ramingen uit open data, geen opgaven van bedrijven" in made
    assert "geen fout maar een waarschuwing: veld is hier verplicht" in made
    public = compose(Tables(data, now, "public"), PLENTY, lambda section: None)
    assert "ramingen uit open data" in section(public, "deelname")
    (grid,) = (grid for each in document.sections for grid in each.grids if grid.name == "deelname")
    assert not {"Uitgenodigd", "Ontbreekt"} & set(grid.headings)
    assert "gele stip" not in section(document, "bedrijven")
    assert "er zijn geen plannen" in section(document, "scenarios")
    assert "niet naar latere jaren" in section(document, "infrastructuur")
    assert "alle uit op" not in section(document, "kern")


def test_a_missing_map_leaves_the_table(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firms, "places", lambda code, year: {})
    document = compose(Tables(data, SETTINGS, "internal"), ALONE, lambda section: None)
    assert "Van deze provincie is er geen kaart; de tabel is volledig." in section(document, "bedrijven")
    assert any(grid.name == "gemeenten" and grid.rows for each in document.sections for grid in each.grids)


def test_a_missing_previous_round_is_said(documents: Documents) -> None:
    assert (
        section(documents("internal", PLENTY), "verschil").strip() == "Er is geen vorige ronde om mee te vergelijken."
    )


def test_without_a_release_there_is_no_public_document(tmp_path) -> None:
    with pytest.raises(NoRelease, match="pces release --round proef"):
        Tables(DataFolder(tmp_path), SETTINGS, "public")
