"""The letters of a whole round: each tells of one company and of nobody else, and stays whole whatever was filed."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from assets.letters import figures, gather, infrastructure
from assets.letters.make import PAGE, PAPER, Letter, make_letters
from assets.letters.outlook import Outlook, Place, Wish
from assets.recipes import MissingTable
from assets.store import DataFolder
from assets.strategy.document import INTERNAL, Document, Grid, Section, Source
from assets.strategy.page import page
from assets.strategy.words import plain
from tests.assets.cooked import Cook
from tests.assets.letters.made import NAMES, NEEDED, SETTLED, filed, load_plan, number, write_tables
from tests.assets.strategy.made import HARM, PLENTY

TODAY = dt.date(2026, 6, 1)


@pytest.fixture(scope="module")
def data(cook: Cook, tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """A data folder with the round, without plans; not to be changed."""
    found, rows = DataFolder(tmp_path_factory.mktemp("brieven") / "data"), filed()
    write_tables(found, cook({name: rows[name] for name in NEEDED}, SETTLED), rows)
    return found


@pytest.fixture(autouse=True)
def same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "today", lambda: TODAY)


@pytest.fixture
def planned(data: DataFolder):
    """The same folder with a plan, for as long as a test takes."""
    load_plan(data)
    yield data
    (data.reference / "infrastructure.parquet").unlink()


def written(data: DataFolder) -> dict[str, tuple[Letter, str]]:
    """Each letter as its page, by the number of its company."""
    made, _ = make_letters(data, SETTLED)
    return {one.kvk_number: (one, one.path.read_text(encoding="utf-8")) for one in made}


def shown(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html[html.index("<body>") :])))


def test_a_letter_holds_nothing_of_another_company(planned: DataFolder) -> None:
    letters = written(planned)
    assert list(letters) == [number(code) for code in NAMES]
    for code, name in NAMES.items():
        _, html = letters[number(code)]
        said = html + unescape(html)
        assert name in said
        others = {other: called for other, called in NAMES.items() if other != code}
        for other, called in others.items():
            assert called not in said
            assert number(other) not in said
            assert f"kenmerk {other}" not in said


def test_a_letter_is_marked_and_its_place_names_nobody(planned: DataFolder) -> None:
    for one, html in written(planned).values():
        assert f"VERTROUWELIJK. Deze brief is alleen voor {one.name}" in unescape(html)
        assert one.path.name == PAGE == "brief.VERTROUWELIJK.html"
        assert re.fullmatch(r"[0-9a-f]{12}", one.path.parent.name)
        assert not any(number(code) in str(one.path) for code in NAMES)


def test_a_letter_needs_no_script_and_no_network_and_is_whole(data: DataFolder, planned: DataFolder) -> None:
    for _, html in written(planned).values():
        assert "<script" not in html
        assert not re.search(r"(src|href)=\"(?!data:|#)", html)
        assert '<html lang="nl">' in html
        assert not re.search(r"\b(None|nan|Undefined|Decimal)\b", shown(html))
        assert not re.search("[\ue000-\uf8ff]", html)


def test_the_same_round_gives_the_same_bytes(planned: DataFolder) -> None:
    def everything() -> dict[str, bytes]:
        made, _ = make_letters(planned, SETTLED)
        return {str(path): path.read_bytes() for one in made for path in one.path.parent.iterdir()}

    first = everything()
    assert {Path(path).name for path in first} == {PAGE, PAPER}
    assert all(content.startswith(b"%PDF") for path, content in first.items() if path.endswith(".pdf"))
    assert first == everything()


def test_what_counts_what_is_open_and_what_comes_later_is_said(planned: DataFolder) -> None:
    text = shown(written(planned)[number("s1")][1])
    assert "Uw opgave telt mee, op 1 regel van de 9 na; die is afgekeurd." in text
    assert "Fout, tabblad Energievraag, I3: Getal van Bakkerij Aardbei." in text
    assert "u rekent op 2029): niet voor 2031. Dat is 2 jaar later dan u rekent." in text
    assert "Uw aanvraag van 3 MW" in text
    assert "nodig is: 1 komt volgens de plannen later dan u rekent en 1 is een aanvraag waarvoor een plan is." in text
    assert "Provincie Utrecht: het loket." in text
    assert re.search(r"Elektriciteit .* TJ 100 100 100 100", text)


def test_feedback_is_referred_to_only_when_it_holds_what_the_letter_says(
    data: DataFolder, planned: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, html = written(planned)[number("s1")]
    assert one.unanswered
    assert "terugkoppeling" not in shown(html)
    monkeypatch.setattr(gather, "is_current", lambda folder, answer: folder == data.feedback("proef") / "s1")
    one, html = written(planned)[number("s1")]
    assert not one.unanswered
    assert "Hoe u dit herstelt staat ook in de terugkoppeling die u bij dit kenmerk hebt gekregen." in shown(html)
    assert not written(planned)[number("s2")][0].unanswered


def test_without_plans_nothing_is_said_to_come_or_not_to_come(data: DataFolder) -> None:
    text = shown(written(data)[number("s1")][1])
    assert "Voor Utrecht zijn bij ons nog geen plannen voor infrastructuur bekend." in text
    assert "wij kunnen niet zeggen wanneer het komt" in text
    assert "niet voor 20" not in text


def test_a_site_that_lies_nowhere_is_told_so(planned: DataFolder) -> None:
    text = shown(written(planned)[number("s3")][1])
    assert "Van uw vestigingen weten wij de plaats niet" in text
    assert "wij weten niet waar deze vestiging ligt" in text
    assert "stellen aan: het loket." in text


def test_one_wish_two_plans_and_uneven_decimals_are_told_right() -> None:
    place = Place("V1", "Vestiging", "GM0344", "Utrecht", PLENTY, {})
    wish = Wish("Oven", place, "electricity", dt.date(2029, 1, 1))
    told = infrastructure._summed([(wish, Outlook("later", 2031))]).text
    assert plain(told).endswith("nodig is: dat komt volgens de plannen later dan u rekent.")
    both = Outlook("from", 2031, 2031, tuple({"plan_name": name, "certainty": "fid"} for name in ("A", "B")))
    assert "De eerste plannen zijn 'A' en 'B'." in infrastructure._by(both)
    assert [each.text for each in figures._amounts([1.5, None, 2.0, 10.25])] == ["1,50", "–", "2,00", "10,25"]


def test_what_was_sent_back_counts_for_nothing_and_is_told_what_to_mend(planned: DataFolder) -> None:
    one, html = written(planned)[number("s4")]
    text = shown(html)
    assert not one.counts
    assert "Van uw opgave telt nog niets mee." in text
    assert "Getal van Slachterij Mispel." in text
    assert "nog geen enkel cijfer over energie mee" in text
    assert "Stedin" in text
    assert "Provincie Utrecht: het loket." in text


def test_the_contact_of_its_province_is_escaped(planned: DataFolder) -> None:
    assert f"Provincie Gelderland: Anna {HARM}." in shown(written(planned)[number("s2")][1])


def test_one_company_at_a_time_and_those_that_are_gone(planned: DataFolder) -> None:
    stale, own = planned.letters(SETTLED.round) / ("0" * 12), planned.letters(SETTLED.round) / "eigen"
    for folder in (stale, own):
        folder.mkdir(parents=True, exist_ok=True)
    made, removed = make_letters(planned, SETTLED, number("s2"))
    assert ([one.kvk_number for one in made], removed, stale.exists()) == ([number("s2")], 0, True)
    _, removed = make_letters(planned, SETTLED)
    assert (removed, stale.exists(), own.exists()) == (1, False, True)
    with pytest.raises(KeyError):
        make_letters(planned, SETTLED, "99999999")


def test_a_round_that_was_never_run_has_no_letters(tmp_path: Path) -> None:
    with pytest.raises(MissingTable):
        make_letters(DataFolder(tmp_path), SETTLED)


def test_a_closed_round_counts_from_its_deadline() -> None:
    closed = SETTLED.model_copy(update={"status": "closed", "deadline": dt.date(2025, 3, 31)})
    assert gather.day_of(closed) == dt.date(2025, 3, 31)
    assert gather.day_of(SETTLED) == TODAY


def test_a_table_of_seven_years_is_set_small_so_that_it_need_not_be_scrolled() -> None:
    source = Source((("Vraag", "site_demand"),), "Ronde proef")
    years = ("2023", "2025", "2027", "2030", "2035", "2040", "2050")
    wide = Grid("uw-cijfers", "Uw cijfers", ("Drager", "Vestiging", "Eenheid", *years), (), source)
    fewer = replace(wide, headings=wide.headings[:9])
    sections = (Section("cijfers", "Cijfers", (wide, fewer)),)
    html = page(Document("PV22", "Drenthe", "proef", "", INTERNAL, "Ronde proef", sections))
    assert re.findall(r'<table class="([^"]*)"', html) == ["many most", "many"]
    assert ".most { font-size: .76rem; }" in html
