"""Checks that a province's own text is taken in as text, kept, and flagged when its figures changed."""

from __future__ import annotations

import io
import re
import unicodedata
from pathlib import Path

import pytest
from docx import Document as opened

from assets.records import DamagedRecord
from assets.store import DataFolder
from assets.strategy.amounts import amounts_in
from assets.strategy.document import Document, OwnPart, OwnText, Paragraph, Section, Tier
from assets.strategy.leaks import secrets
from assets.strategy.make import FOLDERS, StrategyError, find_province, lost_texts, make_strategies
from assets.strategy.office import docx
from assets.strategy.own_figures import Amounts, amounts_of
from assets.strategy.own_leaks import OwnSecrets, own_secrets
from assets.strategy.own_text import OwnTexts, parts_of
from assets.strategy.page import page
from assets.strategy.paper import pdf
from tests.assets.strategy.made import ALONE, PLENTY, SETTINGS
from tests.assets.strategy.released import publish, released_rows

OLD, NEW = (Section("vermogen", "Vermogen", (Paragraph(f"Het is {value}."),)) for value in (1, 2))


def read(folder: Path, section: Section, is_reviewed: bool = False) -> OwnText:
    texts = OwnTexts(folder, is_reviewed)
    found = texts(section)
    texts.keep()
    assert found is not None
    return found


def document(text: OwnText) -> Document:
    """A document of one section with this text in it."""
    return Document("PV21", "Fryslân", "proef", "", "public", "Vrijgave 1", (Section("vermogen", "Kop", (text,)),))


def test_a_text_is_flagged_when_its_figures_change_until_it_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "vermogen.md").write_text("Dit is **ons** net.", encoding="utf-8")
    stale = [read(tmp_path, section).is_stale for section in (OLD, OLD, NEW, NEW)]
    assert stale == [False, False, True, True]
    assert not read(tmp_path, NEW, is_reviewed=True).is_stale
    assert not read(tmp_path, NEW).is_stale
    assert read(tmp_path, OLD).is_stale
    (tmp_path / "vermogen.md").write_text("Dit is ons nieuwe net.", encoding="utf-8")
    assert not read(tmp_path, OLD).is_stale


def test_html_is_text_and_nothing_is_fetched() -> None:
    text = "# Kop\n\n<script>x</script> **vet** en *schuin*\n\n- een [punt](javascript:x)\n\n![plaat](http://x.example/y.png)\n"
    parts = parts_of(text)
    assert [part.kind for part in parts] == ["heading", "paragraph", "points", "paragraph"]
    assert "".join(run.text for run in parts[1].runs) == "<script>x</script> vet en schuin"
    assert [run.text for run in parts[1].runs if run.bold] == ["vet"]
    assert "".join(run.text for run in parts[3].runs) == "plaat"


STRUCTURED = """Wat wij doen:

3. Eerst **bellen**.

   Dan schrijven.
4. Daarna bouwen
   - en meten

| Jaar | Wat |
|------|-----|
| 2030 | *Station* <b>Noord</b> |
| 2035 |
|  |

- een
-
- twee
"""


def words(part: OwnPart) -> list[list[str]]:
    return [["".join(run.text for run in runs) for runs in line] for line in part.lines]


def test_lists_and_tables_keep_their_shape() -> None:
    told, steps, table, points = parts_of(STRUCTURED)
    assert (told.kind, steps.kind, table.kind, points.kind) == ("paragraph", "steps", "table", "points")
    assert (steps.first, words(steps)) == (3, [["Eerst bellen. Dan schrijven."], ["Daarna bouwen"], ["en meten"]])
    assert words(table) == [["Jaar", "Wat"], ["2030", "Station <b>Noord</b>"], ["2035", ""], ["", ""]]
    assert words(points) == [["een"], ["twee"]]
    assert [run.text for run in table.runs if run.italic] == ["Station"]


def test_lists_and_tables_stand_in_every_form() -> None:
    made = document(OwnText(parts_of(STRUCTURED), is_stale=False))
    html = page(made)
    assert '<ol start="3">' in html
    assert html.count("<li>een</li>\n<li>twee</li>") == 1
    assert '<th scope="col">Jaar</th><th scope="col">Wat</th>' in html
    assert "<td><em>Station</em> &lt;b&gt;Noord&lt;/b&gt;</td>" in html
    office = opened(io.BytesIO(docx(made)))
    assert [[cell.text for cell in row.cells] for row in office.tables[-1].rows][1] == ["2030", "Station <b>Noord</b>"]
    assert "4. Daarna bouwen" in [paragraph.text for paragraph in office.paragraphs]
    assert pdf(made).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("Tekst".encode("utf-16"), "geen UTF-8"),
        ("één".encode("cp1252"), "geen UTF-8"),
        (b"x" * 70_000, "te groot"),
        (b">" * 5000 + b" te diep", "niets te lezen"),
        (b"[1]: http://x.example\n\n---\n", "niets te lezen"),
    ],
)
def test_a_file_that_is_no_text_is_said(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "vermogen.md").write_bytes(content)
    with pytest.raises(DamagedRecord, match=rf"vermogen\.md.*{told}"):
        read(tmp_path, OLD)


def test_a_folder_in_place_of_a_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "vermogen.md").mkdir()
    with pytest.raises(DamagedRecord, match="geen bestand"):
        read(tmp_path, OLD)


HOSTILE = """# <script>alert(1)</script>

<img src=x onerror=alert(1)> <iframe src=//x.example></iframe> <style>body{display:none}</style>

[klik](javascript:alert(1)) <javascript:alert(1)> [data](data:text/html,x) ![beeld](http://x.example/y.png)

{{ 7*7 }} {% raw %} #sys.inputs #read("/etc/passwd") &lt;script&gt; \ue0001\ue0012\ue002 \u202egnol\ufffe\x00\x9b31m

- [ ] punt <b onmouseover=x>
"""


def test_a_hostile_text_is_harmless_in_every_form(tmp_path: Path) -> None:
    (tmp_path / "vermogen.md").write_text(HOSTILE, encoding="utf-8")
    made = document(read(tmp_path, OLD))
    html = page(made)
    body = html[html.index("<main") :]
    assert not re.search(r"<(script|img|iframe|style|b|a href=\"(?!#))", body)
    assert "{{ 7*7 }}" in body
    assert not re.search("[\ue000-\uf8ff\u202e\ufffe\x00\x9b]", html)
    assert pdf(made).startswith(b"%PDF")
    assert docx(made).startswith(b"PK")


def test_a_text_under_a_name_that_is_no_section_is_told_of(released: DataFolder) -> None:
    place = released.strategy_texts("groningen", "openbaar")
    place.mkdir(parents=True)
    for name in ("kern.md", "Kern.md", "energie.md", "brief.docx", "gezien.json"):
        (place / name).write_text("Tekst." if name != "gezien.json" else "{}", encoding="utf-8")
    (made,) = make_strategies(released, SETTINGS, [ALONE], "public")
    assert (made.own_texts, made.strangers) == (1, ("Kern.md", "brief.docx", "energie.md"))


@pytest.fixture
def released(data: DataFolder, tmp_path: Path) -> DataFolder:
    found = DataFolder(tmp_path / "data")
    publish(found, released_rows())
    (found.root / "curated").symlink_to(data.root / "curated")
    return found


def test_a_company_in_an_own_text_keeps_a_public_document_from_being_written(released: DataFolder) -> None:
    place = released.strategy_texts("groningen", "openbaar")
    place.mkdir(parents=True)
    (place / "kern.md").write_text("Wij danken 12 gemeenten voor de moeite.", encoding="utf-8")
    make_strategies(released, SETTINGS, [ALONE], "public")
    folder = released.strategy(SETTINGS.round, "openbaar")
    before = (folder / "pces-groningen.html").read_bytes()
    (place / "kern.md").write_text("Wij danken fabriek b.v. voor de moeite.", encoding="utf-8")
    with pytest.raises(StrategyError, match="Groningen") as said:
        make_strategies(released, SETTINGS, [ALONE], "public")
    assert "Fabriek" not in str(said.value)
    assert (folder / "pces-groningen.html").read_bytes() == before


def test_a_stale_text_is_flagged_for_its_writer_and_not_for_the_public(released: DataFolder) -> None:
    tiers: tuple[tuple[Tier, bool], ...] = (("public", False), ("internal", True))
    for tier, shown in tiers:
        place = released.strategy_texts("groningen", FOLDERS[tier])
        place.mkdir(parents=True)
        (place / "vermogen.md").write_text("Ons net.", encoding="utf-8")
        make_strategies(released, SETTINGS, [ALONE], tier)
        seen = (place / "gezien.json").read_text(encoding="utf-8")
        figures = re.sub(r'"figures": "\w+"', '"figures": "other"', seen)
        (place / "gezien.json").write_text(figures, encoding="utf-8")
        (made,) = make_strategies(released, SETTINGS, [ALONE], tier)
        assert made.stale_texts == 1
        html = made.page.read_text(encoding="utf-8")
        assert ("Kijk de tekst na" in html) == shown
        assert "Ons net." in html


def test_texts_of_no_province_are_told_of(released: DataFolder) -> None:
    for name in ("friesland/openbaar", "fryslan/openbaar", "fryslan/publiek", "groningen/VERTROUWELIJK"):
        (released.own_texts / name).mkdir(parents=True)
    (released.own_texts / "fryslan" / "kern.md").write_text("Tekst.", encoding="utf-8")
    assert lost_texts(released) == ("friesland", "fryslan/kern.md", "fryslan/publiek")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("De Fabriék vraagt veel stroom.", "'Fabriék'"),
        ("De vraag is 0,220 PJ in 2023.", "'0,220 PJ' lijkt op een opgegeven of niet getoond cijfer"),
        (
            "In 2023 was het **61,1** GWh, of 0.220 PJ.",
            "- '0.220 PJ' lijkt op een opgegeven of niet getoond cijfer: \"In",
        ),
        ("| Jaar | PJ |\n|---|---|\n| 2023 | 0,220 |", "'0,220'"),
        ("Dat is 61,1GWh, hier.", "'61,1GWh'"),
        ("Dat is 61,1 GWh/jaar.", "'61,1 GWh/jaar'"),
        ("Dat is 0,220 petajoules.", "'0,220 petajoules'"),
        # It is 61.111 MWh: what is rounded to noughts is no less told.
        ("Dat is 61.100 MWh.", "'61.100 MWh'"),
    ],
)
def test_a_name_or_a_withheld_figure_in_another_form_is_refused(released: DataFolder, text: str, told: str) -> None:
    place = released.strategy_texts("groningen", "openbaar")
    place.mkdir(parents=True)
    (place / "vermogen.md").write_text(text, encoding="utf-8")
    with pytest.raises(StrategyError, match=r"groningen/openbaar/vermogen\.md") as said:
        make_strategies(released, SETTINGS, [ALONE], "public")
    assert told in str(said.value)


def tells(known: OwnSecrets, text: str, province: str = ALONE) -> list[str]:
    return [one.text for one in known.found(OwnText(parts_of(text), is_stale=False), province)]


@pytest.fixture
def known(released: DataFolder) -> OwnSecrets:
    return own_secrets(released, SETTINGS, secrets(released, SETTINGS))


@pytest.mark.parametrize(
    "text",
    [
        "Bij Crémerie Jansen staat het.",
        unicodedata.normalize("NFD", "Bij Crémerie Jansen staat het."),
        "Bij Cré\u200dmerie Jansen staat het.",
        "In ½ jaar, of ¼, of ¾: bij Crémerie Jansen",
    ],
)
def test_a_name_is_found_however_its_letters_are_made(text: str) -> None:
    known = OwnSecrets(frozenset({"cremerie jansen"}), {}, {}, amounts_of([]), SETTINGS.years)
    (hit,) = known.found(OwnText(parts_of(text), is_stale=False), ALONE)
    assert hit.text == "Crémerie Jansen"


def test_half_of_what_is_public_is_a_secret_when_a_site_filed_it() -> None:
    two_alike: dict[str | None, Amounts] = {ALONE: amounts_of([("mass", 74.35, 2023), ("mass", 148.7, 2023)])}
    for public, refused in (([], ["148,7 kt", "74,3 kt"]), ([("mass", 148.7, 2023)], ["74,3 kt"])):
        known = OwnSecrets(frozenset(), two_alike, {}, amounts_of(public), SETTINGS.years)
        assert tells(known, "Het is 148,7 kt; de helft daarvan is 74,3 kt.") == refused


def test_an_amount_of_elsewhere_tells_when_the_text_says_where(known: OwnSecrets) -> None:
    # What Utrecht plans, and what all plan together.
    assert tells(known, "Dat is 6,83 PJ.", PLENTY) == ["6,83 PJ"]
    assert tells(known, "Dat is 6,83 PJ.") == []
    assert tells(known, "Dat is 6,8300 PJ.") == ["6,8300 PJ"]
    assert tells(known, "Wij keken ook naar Utrecht.\n\nDat is 6,83 PJ.") == ["6,83 PJ"]
    assert tells(known, "Samen is dat 202 PJ.") == []
    assert tells(known, "Samen is dat 202,1 PJ.") == ["202,1 PJ"]
    assert tells(known, "In heel Nederland is dat 202 PJ.") == ["202 PJ"]


def test_a_rounded_amount_of_another_year_is_a_coincidence(known: OwnSecrets) -> None:
    # In Utrecht 4.900 PJ is the plan of 2030 and 6.830 of 2040; 3.300 is the base year.
    for text, refused in (
        ("In 2030 is het 4,90 PJ.", True),
        ("In 2030 is het 6,83 PJ.", False),
        ("Van 2030 tot 2050 gaat het naar 6,83 PJ.", True),
        ("In 2030 was het eerst 3,30 PJ.", True),
        ("Het wordt 6,83 PJ.", True),
        ("In 2028 bouwen wij; het wordt 6,83 PJ.", True),
    ):
        assert bool(tells(known, text, PLENTY)) == refused, text


def test_what_is_counted_otherwise_is_no_amount(known: OwnSecrets) -> None:
    innocent = "Langs 61,1 km kabel, voor 61,1 miljoen euro en 611 gemeenten, komt 12 GWh bij 61,1 kV en 61,1 GWh/kg."
    assert tells(known, innocent) == []
    assert tells(known, "Langs 12 km kabel gaat 61.111 MWh.") == ["61.111 MWh"]


def test_the_pipeline_keeps_no_word_of_what_a_text_told(released: DataFolder) -> None:
    place = released.strategy_texts("groningen", "openbaar")
    place.mkdir(parents=True)
    (place / "kern.md").write_text("De Fabriek vraagt 0,220 PJ.", encoding="utf-8")
    with pytest.raises(StrategyError) as said:
        make_strategies(released, SETTINGS, [ALONE], "public")
    assert "twee cijfers" in str(said.value)
    assert "Haal namen en nummers" in str(said.value)
    assert "groningen/openbaar/kern.md" in said.value.discreet
    assert not re.search("Fabriek|0,220", said.value.discreet)


def test_years_shares_and_public_figures_are_no_secret(released: DataFolder) -> None:
    place = released.strategy_texts("groningen", "openbaar")
    place.mkdir(parents=True)
    innocent = (
        "In 2030 vraagt Nederland 1,75 PJ; dat is 22,0% meer. Wij bouwen 4 molens van 4,5 MW voor € 0,220 miljoen."
    )
    (place / "vermogen.md").write_text(innocent, encoding="utf-8")
    (made,) = make_strategies(released, SETTINGS, [ALONE], "public")
    assert made.own_texts == 1


def test_an_amount_is_read_in_both_notations_and_with_its_unit() -> None:
    for text in ("8.298,70 ton", "8,298.70 t", "8 298,70 ton", "8,2987 kt", "8298.7 tonnes"):
        assert any(one.quantity == "mass" and one.value == pytest.approx(8.2987) for one in amounts_in(text)), text
    (one,) = amounts_in("1,5 mln m3")
    assert (one.quantity, one.value, one.digits) == ("volume", pytest.approx(1.5), 2)
    assert not list(amounts_in("PJ in 2035, CO2, 12,5% en € 3,55"))
    assert not list(amounts_in("van 3 t/m 5"))


def test_files_of_both_tiers_stand_apart_and_confidential_ones_say_so(released: DataFolder) -> None:
    make_strategies(released, SETTINGS, [ALONE], "public", with_docx=True)
    make_strategies(released, SETTINGS, [ALONE], "internal", with_docx=True)
    public, secret = (released.strategy(SETTINGS.round, tier) for tier in ("openbaar", "VERTROUWELIJK"))
    assert {path.name for path in public.iterdir()} == {
        "csv",
        *(f"pces-groningen.{end}" for end in ("html", "pdf", "docx")),
    }
    assert all("VERTROUWELIJK" in path.name for path in secret.rglob("*.*"))
    assert "vertrouwelijk" in (secret / "pces-groningen.VERTROUWELIJK.html").read_text(encoding="utf-8").lower()
    assert (public / "csv" / "pces-groningen-provincies.csv").read_bytes().startswith(b"\xef\xbb\xbfProvincie;2023;")


@pytest.mark.parametrize(
    ("text", "code"), [("Fryslân", "PV21"), ("friesland", "PV21"), ("pv30", "PV30"), ("Noord Brabant", "PV30")]
)
def test_a_province_is_found_by_any_of_its_spellings(text: str, code: str) -> None:
    assert find_province(text) == code


def test_an_unknown_province_is_said_with_those_there_are() -> None:
    with pytest.raises(StrategyError, match=r"'Twente' is geen provincie.*Overijssel"):
        find_province("Twente")
